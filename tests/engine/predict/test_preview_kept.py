"""What stays between previews: nothing is made or computed twice, and nothing stale is shown."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.predict.conftest import row_of
from workbench.errors import DataError, EngineError, JobCancelled
from workbench.graph import MoveNodes, SetParam
from workbench.graph.model import Edge, Endpoint, Node
from workbench.jobs import Control, ignore
from workbench.predict.preview import preview


def network(units=5):
    return row_of(
        ("Dense", {"units": 7, "activation": "relu"}),
        ("Dense", {"units": units, "activation": "tanh"}),
        ("Dense", {"units": 3, "activation": "softmax"}),
    )


def test_a_second_node_or_row_makes_no_layer_anew(table):
    graph = network()
    session = table.session
    first = table(graph, nodes=["n1"])
    assert (session.layers.made, session.forward.computed) == (1, 2)
    table(graph, nodes=["n3"])
    assert (session.layers.made, session.forward.computed) == (2, 2)
    again = table(graph, nodes=["n1"])
    assert session.forward.computed == 0
    np.testing.assert_array_equal(first.nodes["n1"].output.values, again.nodes["n1"].output.values)
    other = table(graph, nodes=["n1"], index=1)
    assert (session.layers.made, session.forward.computed) == (0, 2)
    assert not np.array_equal(other.nodes["n1"].output.values, again.nodes["n1"].output.values)


def test_an_edit_makes_only_what_it_changes(table):
    graph = network()
    session = table.session
    table(graph)
    graph.apply(MoveNodes({"n1": (50.0, 60.0)}))
    table(graph)
    assert (session.layers.made, session.forward.computed) == (0, 0)
    graph.apply(SetParam("n2", "units", 9))
    table(graph)
    assert (session.layers.made, session.forward.computed) == (2, 2)  # and the one after it
    graph.apply(SetParam("n2", "units", 5))
    table(graph)
    assert session.layers.made == 0


def test_large_layers_that_are_not_used_any_more_are_let_go(table, monkeypatch):
    graph = network()
    table(graph)
    graph.apply(SetParam("n1", "units", 8))
    table(graph)
    assert len(table.session.layers._kept) == 5  # both versions of n1 and n2, one n3
    monkeypatch.setattr("workbench.predict.kept_layers._MOST_BYTES", 100)
    graph.apply(SetParam("n1", "units", 9))
    table(graph)
    assert len(table.session.layers._kept) == 3


def test_after_any_edit_the_values_are_those_of_a_fresh_look(table, tmp_path):
    graph = network()
    table(graph)
    graph.put_node(Node("drop", "Dropout", "drop", {"rate": 0.1}))
    graph.drop_edge(Edge(Endpoint("n1", "output"), Endpoint("n2", "input")))
    graph.put_edge(Edge(Endpoint("n1", "output"), Endpoint("drop", "input")))
    graph.put_edge(Edge(Endpoint("drop", "output"), Endpoint("n2", "input")))
    kept = table(graph)
    from tests.engine.predict.conftest import Look

    fresh = Look(table.folder, table.data)(graph)
    for node in graph.nodes:
        np.testing.assert_array_equal(
            kept.nodes[node].output.values, fresh.nodes[node].output.values
        )


def test_a_network_with_an_error_shows_what_comes_before_it(table):
    graph = network()
    graph.put_node(Node("conv", "Conv2D", "conv", {"filters": 2, "kernel_size": [3, 3]}))
    graph.put_edge(Edge(Endpoint("n2", "output"), Endpoint("conv", "input")))
    seen = table(graph)
    assert seen.nodes["n2"].output.shape == (5,)
    assert seen.nodes["conv"].output is None
    assert "height × width × channels" in seen.nodes["conv"].message
    assert seen.nodes["n3"].output.shape == (3,)


def test_an_input_that_the_data_does_not_fit_says_so(table):
    graph = network()
    graph.apply(SetParam("n0", "shape", [9]))
    seen = table(graph)
    assert seen.nodes["n0"].message == "The data gives 6, but layer_0 takes 9."
    assert seen.nodes["n1"].message == "layer_0 before it gives nothing."


def test_rows_are_chosen_by_number_or_place(table):
    graph = network()
    assert table(graph, row=17).sample.row == 17
    test = table(graph, part="test", index=0).sample
    assert (test.member, test.part, test.index) == ("test", "test", 0)
    last = table(graph, part="test", index=-1).sample
    assert last.index == last.count - 1
    assert table(graph, part="test", index=last.count).sample.row == test.row
    with pytest.raises(DataError, match="Row 99 cannot be used"):
        table(graph, row=99)


def test_not_finite_values_are_counted_and_stay_visible(table):
    huge = ("Rescaling", {"scale": 2e9})
    graph = row_of(*[huge] * 5, ("Reshape", {"target_shape": [3, 2]}), ("Softmax", {}))
    seen = table(graph)
    found = seen.nodes["n6"].output
    assert 0 < found.statistics.infinite <= 6
    assert np.isinf(found.values).sum() == found.statistics.infinite
    after = seen.nodes["n7"].output
    assert after.statistics.nan > 0
    assert np.isnan(after.values).sum() == after.statistics.nan
    assert np.isfinite(after.statistics.maximum)


def test_large_arrays_are_bounded_and_the_true_shape_is_told(images):
    graph = row_of(
        ("Reshape", {"target_shape": [8, 8, 1]}),
        ("UpSampling2D", {"size": [20, 20]}),
        ("Conv2D", {"filters": 100, "kernel_size": [1, 1]}),
    )
    small = images(graph, nodes=["n3"]).nodes["n3"].output
    assert small.shape == (160, 160, 100)
    assert small.values.shape[0] == 8
    assert max(small.values.shape[1:]) <= 48
    assert small.step == (1, 4, 4)
    large = images(graph, nodes=[], detail="n3", first=90).nodes["n3"].output
    assert large.first == 90
    assert large.values.shape == (10, 80, 80)
    assert large.statistics == small.statistics
    whole = images(graph, nodes=["n2"]).nodes["n2"].output
    assert whole.values.mean() == pytest.approx(whole.statistics.mean, rel=1e-5)


def test_stop_ends_it_soon_with_what_is_known_and_cancel_ends_it(table):
    graph = network()
    control = Control()
    control.stop()
    seen = table(graph, control)
    assert seen.stopped
    assert not any(found.outputs for found in seen.nodes.values())
    assert table(graph).nodes["n3"].output is not None
    control = Control()
    control.cancel()
    with pytest.raises(JobCancelled):
        table(graph, control)


def test_the_job_answers_about_the_network_that_was_inferred_last(table):
    from workbench.build.infer_job import infer

    graph = network()
    infer({"graph": graph.to_plain(), "signature": table.signature.to_plain(), "revision": 8},
          ignore, Control())  # fmt: skip
    spec = table.spec(graph, revision=8)
    del spec["graph"], spec["signature"]
    found = preview(spec, ignore, Control())
    assert found["revision"] == 8
    assert found["nodes"]["n3"]["outputs"]["output"]["shape"] == [3]
    infer({"changes": [SetParam("n3", "units", 4).to_plain()], "revision": 9}, ignore, Control())
    with pytest.raises(EngineError, match="changed since"):
        preview(spec, ignore, Control())
    found = preview({**spec, "revision": 9}, ignore, Control())
    assert found["nodes"]["n3"]["outputs"]["output"]["shape"] == [4]


def test_it_runs_in_the_calling_process(table):
    from workbench.engine.local import run_local

    found = run_local("preview", table.spec(network(), nodes=["n3"], row=5))
    assert found["sample"]["row"] == 5
    assert found["nodes"]["n3"]["outputs"]["output"]["shape"] == [3]


def test_the_answer_can_be_sent(table):
    from workbench.engine.protocol import decode, encode

    plain = table.session.run(table.spec(network(), detail="n1"), ignore, Control()).to_plain()
    back = decode(encode(plain)[4:])
    assert set(back["nodes"]) == {"n0", "n1", "n2", "n3"}
