"""Files that somebody damaged or made to harm: told, put right, never a crash or a loss."""

import time
from itertools import pairwise

import pytest

from workbench.catalog import load_catalog
from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.graph import AddNode, Edge, Endpoint, Graph, Node, PutRecord, SetParam
from workbench.graph import expand as expanding
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.checks import check_graph
from workbench.graph.clipboard import copy, paste
from workbench.graph.edits import delete
from workbench.graph.expand import MOST_DEEP, Expander, expand
from workbench.graph.formulas import formula
from workbench.graph.records import Records

CATALOG = load_catalog()


def shared(*owners):
    """Layers `n0`, `n1` … where the number says whose layer each one applies."""
    return Graph.from_plain({
        "nodes": [
            {"id": f"n{at}", "layer": "ReLU", "name": f"relu_{at}",
             "shared_with": "" if owner is None else f"n{owner}"}
            for at, owner in enumerate(owners)
        ],
        "edges": [],
    })  # fmt: skip


@pytest.mark.parametrize("owners", [(0,), (None, 0, 1), (None, 0, 1, 2, 0)])
def test_layers_that_share_in_circles_or_rows_can_be_deleted(owners):
    graph = shared(*owners)
    before = graph.copy()
    assert any(p.code == "missing_owner" for p in check_graph(graph, CATALOG))
    undo = graph.apply(delete(graph, ["n0"]))
    assert not len(graph)
    graph.apply(undo)
    assert graph == before
    assert list(graph.nodes) == list(before.nodes)


def test_a_layer_without_an_id_is_refused_with_its_name():
    plain = {"nodes": [{"id": "", "layer": "ReLU", "name": "mine"}], "edges": []}
    with pytest.raises(GraphError, match="mine has no id"):
        Graph.from_plain(plain)


def nested(depth, width):
    """A network whose block holds `width` blocks in a row, each of which holds … and so on."""
    graph = Graph()
    for level in range(depth, -1, -1):
        inner = Graph(Records())
        uses = [Node(f"u{n}", layer_of(f"b{level + 1}"), f"u{n}") for n in range(width)]
        nodes = [Node("in", BLOCK_INPUT, "x"), *(uses if level < depth else []),
                 Node("out", BLOCK_OUTPUT, "y")]  # fmt: skip
        for node in nodes:
            inner.put_node(node)
        for first, second in pairwise(nodes):
            source = "output" if first.layer == BLOCK_INPUT else "out"
            target = "input" if second.layer == BLOCK_OUTPUT else "in"
            inner.put_edge(Edge(Endpoint(first.id, source), Endpoint(second.id, target)))
        graph.apply(PutRecord(Block(f"b{level}", f"B{level}", inner)))
    graph.put_node(Node("i", "InputLayer", "input", {"shape": [4]}))
    graph.put_node(Node("u", layer_of("b0"), "u"))
    graph.put_edge(Edge(Endpoint("i", "output"), Endpoint("u", "in")))
    return graph


def test_blocks_in_blocks_without_end_are_told():
    (problem,) = expand(nested(400, 1)).problems
    assert problem.code == "too_deep"
    assert str(MOST_DEEP) in problem.message
    assert not expand(nested(MOST_DEEP - 2, 1)).problems


def test_blocks_without_layers_cannot_multiply_without_end(monkeypatch):
    monkeypatch.setattr(expanding, "MOST_LAYERS", 2000)
    begun = time.monotonic()
    found = expand(nested(40, 2))
    assert {p.code for p in found.problems} == {"too_many_layers"}
    assert len(found.scopes) < 2100
    assert time.monotonic() - begun < 10


def test_a_whole_number_is_not_taken_for_a_truth_value_when_a_use_changes():
    inner = Graph(Records())
    inner.put_node(Node("d", "Dense", "d", {"units": formula("n")}))
    graph = Graph()
    graph.apply(PutRecord(Block("b", "B", inner, (ParamSpec("n", "int", default=3),))))
    graph.put_node(Node("u", layer_of("b"), "u", {"n": 1}))
    expander = Expander()
    for value in (1, True, 1.0, 1):
        graph.apply(SetParam("u", "n", value))
        units = expander.expand(graph).graph.node("u/d").params["units"]
        assert (units, type(units)) == (value, type(value))


def test_an_input_that_is_pasted_into_a_block_becomes_its_input():
    graph = Graph()
    graph.apply(AddNode(Node("i", "InputLayer", "input", {"shape": [4], "dtype": "int32"})))
    graph.apply(AddNode(Node("r", "ReLU", "relu")))
    graph.put_edge(Edge(Endpoint("i", "output"), Endpoint("r", "input")))
    part = copy(graph, ["i", "r"])
    graph.apply(PutRecord(Block("b", "B")))
    inner = graph.record("block", "b").graph
    change, (entry, _) = paste(inner, part, within="b")
    inner.apply(change)
    assert (inner.node(entry).layer, inner.node(entry).params) == (BLOCK_INPUT, {})
    assert len(inner.edges) == 1
    change, (again, _) = paste(graph, part)
    graph.apply(change)
    assert graph.node(again).layer == "InputLayer"
