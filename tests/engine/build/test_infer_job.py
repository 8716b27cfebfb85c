"""The job `infer`: whole networks, changes relative to the last one, and losing track."""

import pytest

from workbench.build.infer_job import InferSession, infer
from workbench.data.spec import DataSignature, InputSignature
from workbench.errors import EngineError, GraphError
from workbench.graph import AddNode, Batch, MoveNodes, Node, SetField, SetParam
from workbench.graph.inference import Inference
from workbench.jobs import Control, ignore

pytestmark = pytest.mark.backend

BINARY = DataSignature((InputSignature("features", (30,)),), "binary", 1, ("no", "yes"), 500)


@pytest.fixture
def session(catalog):
    return InferSession(catalog)


def ask(session, **spec):
    return Inference.from_plain(session.run(spec))


def test_changes_follow_a_network(net, session):
    _, dense = net.chain(("Dense", {"units": 1, "activation": "sigmoid"}), shape=None)
    first = ask(session, graph=net.graph.to_plain(), signature=BINARY.to_plain(), revision=1)
    assert (first.revision, first.parameters, first.problems) == (1, 31, ())
    change = Batch(
        (SetField("recipe", ("epochs",), 5), SetParam(dense, "units", 2),
         MoveNodes({dense: (50.0, 60.0)})), "several",
    )  # fmt: skip
    second = ask(session, changes=[change.to_plain()], revision=2)
    assert second.revision == 2
    assert [p.code for p in second.problems] == ["output_units"]
    assert second.nodes[dense].parameters == 62
    assert ask(session, changes=[], revision=3, signature=None).problems[0].code == (
        "input_shape_unknown"
    )


def test_the_whole_network_forgets_the_signature(net, session):
    net.chain("Dense", shape=None)
    ask(session, graph=net.graph.to_plain(), signature=BINARY.to_plain(), revision=1)
    found = ask(session, graph=net.graph.to_plain(), revision=2)
    assert [p.code for p in found.problems] == ["input_shape_unknown"]


def test_changes_need_a_network(session):
    with pytest.raises(EngineError, match="does not know this network"):
        ask(session, changes=[], revision=1)


def test_changes_that_do_not_fit_ask_for_the_whole(net, session):
    net.chain("Dense")
    ask(session, graph=net.graph.to_plain(), revision=1)
    add = AddNode(Node("x", "Dense", "extra")).to_plain()
    for wrong in ([add, SetParam("gone", "units", 3).to_plain()], [{"kind": "?"}], [None]):
        with pytest.raises(EngineError, match="lost track"):
            ask(session, changes=wrong, revision=2)
        with pytest.raises(EngineError, match="does not know"):
            ask(session, changes=[], revision=2)
        assert len(ask(session, graph=net.graph.to_plain(), revision=3).nodes) == 2
    with pytest.raises(GraphError):
        ask(session, graph={"nodes": 3}, revision=4)


def test_as_a_job(net):
    _, dense = net.chain("Dense")
    spec = {"graph": net.graph.to_plain(), "signature": None, "revision": 7}
    found = Inference.from_plain(infer(spec, ignore, Control()))
    assert found.revision == 7 and found.nodes[dense].parameters == 31 * 64
    more = {"changes": [SetParam(dense, "units", 2).to_plain()], "revision": 8}
    assert Inference.from_plain(infer(more, ignore, Control())).nodes[dense].parameters == 62


@pytest.mark.slow
@pytest.mark.parametrize(("layers", "limit"), [(200, 0.05), (1000, 0.05)])
def test_an_edit_of_a_large_network_is_quick(net, session, layers, limit):
    """The median, since other tests run beside; the 95th percentile is in the benchmarks."""
    import statistics
    import time

    kinds = ["Dense", "BatchNormalization", "Activation", "Dropout"]
    ids = net.chain(*[(kinds[n % 4], {"units": 32 + n % 97} if n % 4 == 0 else None)
                      for n in range(layers)])  # fmt: skip
    session.run({"graph": net.graph.to_plain(), "revision": 0})
    times = []
    for number in range(40):
        change = SetParam(ids[1 + 4 * number % (layers - 4)], "units", 100 + number)
        change = change if net.graph.node(change.node_id).layer == "Dense" else MoveNodes({})
        started = time.process_time()
        session.run({"changes": [change.to_plain()], "revision": number})
        times.append(time.process_time() - started)
    assert statistics.median(times) < limit
