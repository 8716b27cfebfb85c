"""Records beside nodes: blocks in the document, changed, undone, written, read."""

import pytest

from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Connect,
    DropRecord,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    PutRecord,
    SetParam,
    change_from_plain,
)
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.records import Records
from workbench.graph.specs import spec_of


def dense_block(block_id="b1", name="Dense twice"):
    inner = Graph(Records())
    for node in (
        Node("in", BLOCK_INPUT, "input"),
        Node("d", "Dense", "dense", {"units": 4}),
        Node("out", BLOCK_OUTPUT, "output"),
    ):
        inner.apply(AddNode(node))
    inner.apply(Connect(Edge(Endpoint("in", "output"), Endpoint("d", "input"))))
    inner.apply(Connect(Edge(Endpoint("d", "output"), Endpoint("out", "input"))))
    return Block(block_id, name, inner)


def through_plain(change):
    return change_from_plain(change.to_plain())


def test_a_block_is_put_edited_inside_and_taken_back():
    graph = Graph()
    empty = graph.copy()
    put = graph.apply(through_plain(PutRecord(dense_block())))
    with_block = graph.copy()
    undo = graph.apply(through_plain(InBlock("b1", SetParam("d", "units", 9))))
    assert graph.record("block", "b1").graph.node("d").params == {"units": 9}
    assert with_block.record("block", "b1").graph.node("d").params == {"units": 4}
    assert graph != with_block
    graph.apply(undo)
    assert graph == with_block
    graph.apply(put)
    assert graph == empty


def test_a_file_keeps_blocks_and_what_it_does_not_know():
    graph = Graph()
    graph.apply(PutRecord(dense_block()))
    graph.apply(AddNode(Node("n1", layer_of("b1"), "first")))
    plain = graph.to_plain() | {"holograms": [{"id": "h"}]}
    again = Graph.from_plain(plain)
    assert again.record("block", "b1") == graph.record("block", "b1")
    assert again.to_plain() == plain
    assert again.copy() == again


def test_the_description_follows_the_ports_and_parameters(catalog):
    graph = Graph()
    graph.apply(PutRecord(dense_block()))
    spec = spec_of(graph, catalog, layer_of("b1"))
    assert [port.title for port in spec.inputs] == ["input"]
    assert [param.name for param in spec.params] == ["repeat"]
    graph.apply(InBlock("b1", AddNode(Node("in2", BLOCK_INPUT, "skip"))))
    spec = spec_of(graph, catalog, layer_of("b1"))
    assert [port.title for port in spec.inputs] == ["input", "skip"]
    inner = graph.record("block", "b1").graph
    assert spec_of(inner, catalog, layer_of("b1")) == spec
    assert spec_of(graph, catalog, layer_of("gone")) is None


def test_a_block_never_contains_itself():
    graph = Graph()
    graph.apply(PutRecord(dense_block("b1")))
    outer = dense_block("b2", "Outer")
    outer.graph.apply(AddNode(Node("x", layer_of("b1"), "inner")))
    graph.apply(PutRecord(outer))
    before = graph.copy()
    with pytest.raises(GraphError, match="would contain itself"):
        graph.apply(InBlock("b1", AddNode(Node("y", layer_of("b2"), "outer"))))
    with pytest.raises(GraphError, match="would contain itself"):
        graph.apply(InBlock("b1", AddNode(Node("y", layer_of("b1"), "self"))))
    assert graph == before


def test_a_record_that_is_gone_is_named():
    with pytest.raises(GraphError, match="not in this project"):
        Graph().apply(InBlock("b1", SetParam("d", "units", 1)))
    with pytest.raises(GraphError, match="no block of this id"):
        Graph().apply(DropRecord("block", "b1"))
