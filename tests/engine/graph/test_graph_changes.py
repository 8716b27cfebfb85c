"""Every change undoes itself exactly, survives the journal, and is made whole or not at all."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    Node,
    RemoveNode,
    RenameNode,
    SetField,
    SetParam,
    change_from_plain,
)
from workbench.graph.changes import UNSET, SetTrainable, graph_part

NAMES = st.sampled_from(["a", "b", "dense", "dense_2", "dense_3", "conv2d", "x y", "é"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)


def state(graph):
    """The whole document as text; edges are a set, their order is no part of it."""
    plain = graph.to_plain()
    plain["edges"] = sorted(plain["edges"], key=json.dumps)
    return json.dumps(plain, sort_keys=True)


@st.composite
def changes(draw, graph, depth=0):
    """Draw a change that may or may not fit the graph."""
    ids = [*graph.nodes, "missing"]
    node = st.sampled_from(ids)
    kind = draw(st.integers(0, 8 if depth == 0 else 7))
    if kind == 0:
        new = f"n{draw(st.integers(0, 30))}"
        shared = draw(st.sampled_from(["", "", *graph.nodes]))
        return AddNode(
            Node(new, draw(NAMES), draw(NAMES), {"p": draw(PLAIN)},
                 (float(draw(st.integers(-9, 9))), 0.5), shared, draw(st.booleans())),
            draw(st.sampled_from(["", *graph.nodes])),
        )  # fmt: skip
    if kind == 1:
        return RemoveNode(draw(node))
    if kind == 2:
        return Connect(
            Edge(Endpoint(draw(node), "output"), Endpoint(draw(node), draw(NAMES)),
                 draw(st.integers(0, 2)))
        )  # fmt: skip
    if kind == 3 and graph.edges:
        return Disconnect(draw(st.sampled_from(list(graph.edges))))
    if kind == 4:
        return SetParam(draw(node), draw(NAMES), draw(PLAIN | st.just(UNSET)))
    if kind == 5:
        return RenameNode(draw(node), draw(NAMES | st.just("")))
    if kind == 6:
        return MoveNodes({draw(node): (draw(st.floats(-1e3, 1e3)), 2.0)})
    if kind == 8:
        count = draw(st.integers(0, 4))
        trial, parts = graph.copy(), []
        for _ in range(count):
            part = draw(changes(trial, depth + 1))
            parts.append(part)
            try:
                trial.apply(part)
            except GraphError:
                break
        return Batch(tuple(parts), "several")
    return SetTrainable(draw(node), draw(st.booleans()))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_random_changes_undo_and_redo_exactly(data):
    graph, mirror = Graph(), Graph()
    done = []
    for _ in range(data.draw(st.integers(1, 25))):
        change = data.draw(changes(graph))
        before, order = state(graph), list(graph.nodes)
        again = change_from_plain(json.loads(json.dumps(change.to_plain())))
        try:
            inverse = graph.apply(change)
        except GraphError as error:
            assert error.message
            assert state(graph) == before, "a refused change must change nothing"
            with pytest.raises(GraphError):
                mirror.apply(again)
            continue
        mirror.apply(again)
        assert state(mirror) == state(graph), "a change read from the journal does the same"
        after = state(graph)
        redo = graph.apply(inverse)
        assert state(graph) == before
        assert list(graph.nodes) == order
        graph.apply(redo)
        assert state(graph) == after
        done.append(inverse)
        assert all(graph.name_taken(node.name) for node in graph)
        assert not graph.name_taken(graph.free_name("dense"))
    for inverse in reversed(done):
        graph.apply(inverse)
    assert state(graph) == state(Graph())


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_plain_round_trip(data):
    graph = Graph()
    for _ in range(15):
        try:
            graph.apply(data.draw(changes(graph)))
        except GraphError:
            continue
    again = Graph.from_plain(json.loads(json.dumps(graph.to_plain())))
    assert again == graph
    assert list(again.nodes) == list(graph.nodes)
    assert again == graph.copy()
    for node in graph:
        assert set(again.sharers(node.id)) == set(graph.sharers(node.id))
        assert set(again.incoming(node.id)) == set(graph.incoming(node.id))


def test_a_failing_batch_leaves_nothing_behind():
    graph = Graph()
    graph.apply(AddNode(Node("a", "Dense", "dense")))
    before = state(graph)
    batch = Batch((RenameNode("a", "other"), RemoveNode("a"), RemoveNode("a")), "nonsense")
    with pytest.raises(GraphError, match="not in the network"):
        graph.apply(batch)
    assert state(graph) == before


@pytest.mark.parametrize(
    "plain",
    [None, 3, [], {}, {"kind": "no_such"}, {"kind": "add_node"}, {"kind": "connect", "edge": {}},
     {"kind": "add_node", "node": {"id": "a"}}, {"kind": "batch", "changes": [{"kind": "x"}]},
     {"kind": "move_nodes", "positions": {"a": [1]}}],
)  # fmt: skip
def test_a_damaged_journal_line_is_a_graph_error(plain):
    with pytest.raises(GraphError, match="cannot be read"):
        change_from_plain(plain)


@pytest.mark.parametrize(
    "plain",
    [None, 3, {"nodes": 5, "edges": []}, {"nodes": [{}], "edges": []}, {"nodes": []},
     {"nodes": [], "edges": [{"source": ["a", "output"], "target": ["b", "input"]}]},
     {"nodes": [{"id": "a", "layer": "Dense", "name": "d"}] * 2, "edges": []}],
)  # fmt: skip
def test_a_damaged_network_is_a_graph_error(plain):
    with pytest.raises(GraphError):
        Graph.from_plain(plain)


def test_an_owner_of_shared_weights_cannot_go_first():
    graph = Graph()
    graph.apply(AddNode(Node("a", "Dense", "dense")))
    graph.apply(AddNode(Node("b", "Dense", "dense_shared", shared_with="a")))
    with pytest.raises(GraphError, match="lends its weights"):
        graph.apply(RemoveNode("a"))
    graph.apply(RemoveNode("b"))
    graph.apply(RemoveNode("a"))
    assert len(graph) == 0


def test_free_names_fill_gaps():
    graph = Graph()
    for number, name in enumerate(["dense", "dense_2", "dense_3", "dense_4"]):
        graph.apply(AddNode(Node(f"n{number}", "Dense", name)))
    assert graph.free_name("dense") == "dense_5"
    graph.apply(RemoveNode("n1"))
    assert graph.free_name("dense") == "dense_2"
    assert graph.free_names(["dense", "dense", "conv2d", "dense"]) == [
        "dense_2", "dense_5", "conv2d", "dense_6",
    ]  # fmt: skip
    assert graph.free_name("dense") == "dense_2", "asking reserves nothing"


def test_graph_part_leaves_other_documents_out():
    move, field = MoveNodes({"a": (1.0, 2.0)}), SetField("recipe", ("epochs",), 3)
    assert graph_part(field) is None
    assert graph_part(Batch((field,), "x")) is None
    assert graph_part(Batch((field, move), "x")) == Batch((move,), "x")


def test_ten_thousand_nodes_stay_quick():
    """Undoing the deletion of half of a large network took seconds with a list for the order."""
    graph = Graph()
    started = time.process_time()
    for number in range(10_000):
        graph.apply(AddNode(Node(f"n{number}", "Dense", graph.free_name("dense"))))
        if number:
            graph.apply(
                Connect(Edge(Endpoint(f"n{number - 1}", "output"), Endpoint(f"n{number}", "input")))
            )
    before = graph.copy()
    inverse = graph.apply(
        Batch(tuple(RemoveNode(f"n{number}") for number in range(2_000, 7_000)), "half")
    )
    assert len(graph) == 5_000
    graph.apply(inverse)
    assert graph == before
    assert list(graph.nodes) == list(before.nodes)
    assert time.process_time() - started < 3.0
