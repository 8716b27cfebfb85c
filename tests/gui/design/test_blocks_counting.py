"""Counting layers through blocks: copies count, nesting is quick, damage is survived."""

from __future__ import annotations

from dataclasses import replace

from ui.design.blocks.counting import layers_in
from workbench.graph import AddNode, Graph, Node
from workbench.graph.blocks import Block, layer_of
from workbench.graph.record_changes import PutRecord


def pyramid(levels: int, uses: int) -> Graph:
    """Return a network of one use of a block of blocks, each with several uses of the next."""
    graph = Graph()
    below = "Dense"
    for level in range(levels):
        inner = Graph(graph.records)
        for n in range(uses):
            inner.apply(AddNode(Node(f"n{n}", below, f"n{n}")))
        graph.apply(PutRecord(Block(f"b{level}", f"Level {level}", inner)))
        below = layer_of(f"b{level}")
    graph.apply(AddNode(Node("top", below, "top", {"repeat": 2})))
    return graph


def test_deep_nesting_is_counted_at_once():
    assert layers_in(pyramid(levels=30, uses=4)) == 2 * 4**30


def test_a_block_in_itself_is_counted_once():
    graph = pyramid(levels=2, uses=2)
    outer = graph.records.get("block", "b1")
    assert isinstance(outer, Block)
    inner = outer.graph.bound(graph.records)
    inner.put_node(Node("self", layer_of("b1"), "self"))
    graph.records.put(replace(outer, graph=inner))
    assert layers_in(graph) == 2 * (2 * 2 + 1)
