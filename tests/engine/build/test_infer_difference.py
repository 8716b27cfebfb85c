"""Answers that tell what changed make the same inference as whole ones."""

import random

import pytest

from workbench.build.infer_job import InferSession
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, RemoveNode, SetParam
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import is_block
from workbench.graph.inference import Inference
from workbench.graph.inference_delta import SINCE, joined

pytestmark = pytest.mark.backend


def chain(length):
    graph = Graph()
    graph.apply(AddNode(Node("n0", "InputLayer", "n0", {"shape": [4]})))
    for at in range(1, length):
        graph.apply(AddNode(Node(f"n{at}", "Dense", f"n{at}", {"units": 4})))
        ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
        graph.apply(Connect(Edge(*ends)))
    return graph


def edits(graph, chance):
    for at in range(40):
        dense = [node for node in graph if node.layer == "Dense"]
        kind = chance.choice(["units", "units", "bad", "remove", "group", "ungroup", "add"])
        uses = [node for node in graph if is_block(node.layer)]
        if kind == "group":
            yield group(graph, [chance.choice(dense).id], f"Block {at}")[0]
        elif kind == "ungroup" and uses:
            yield ungroup(graph, uses[0].id)[0]
        elif kind == "remove":
            yield RemoveNode(chance.choice(dense).id)
        elif kind == "add":
            yield AddNode(Node(f"extra{at}", "Dense", f"extra{at}", {"units": 2}))
        else:
            units = 0 if kind == "bad" else chance.randrange(1, 9)
            yield SetParam(chance.choice(dense).id, "units", units)


@pytest.mark.parametrize("seed", range(3))
def test_differences_add_up_to_whole_answers(catalog, seed):
    graph, session = chain(20), InferSession(catalog)
    last = Inference.from_plain(session.run({"graph": graph.to_plain(), "revision": 1}))
    for revision, change in enumerate(edits(graph, random.Random(seed)), 2):
        spec = {"changes": [change.to_plain()], "revision": revision, SINCE: last.revision}
        graph.apply(change)
        answer = session.run(spec)
        assert answer[SINCE] == last.revision
        last = joined(last, answer)
        whole = InferSession(catalog).run({"graph": graph.to_plain(), "revision": revision})
        assert last == Inference.from_plain(whole)


def test_a_difference_from_another_answer_is_not_given_and_not_taken(catalog):
    graph, session = chain(5), InferSession(catalog)
    first = Inference.from_plain(session.run({"graph": graph.to_plain(), "revision": 1}))
    plain = SetParam("n1", "units", 7).to_plain()
    assert SINCE not in session.run({"changes": [plain], "revision": 2, SINCE: 0})
    answer = session.run({"changes": [plain], "revision": 3, SINCE: 2})
    assert answer["nodes"] == {}
    with pytest.raises(ValueError, match="another"):
        joined(first, answer)


def test_an_edit_of_a_large_network_sends_what_it_changes(catalog):
    graph, session = chain(300), InferSession(catalog)
    session.run({"graph": graph.to_plain(), "revision": 1})
    plain = SetParam("n150", "units", 7).to_plain()
    answer = session.run({"changes": [plain], "revision": 2, SINCE: 1})
    assert set(answer["nodes"]) == {"n150", "n151"}
