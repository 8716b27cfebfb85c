"""Networks and arrays that several benchmarks share."""

from __future__ import annotations

from typing import Any

from workbench.catalog import ParamSpec
from workbench.graph import Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.changes import AddNode
from workbench.graph.formulas import formula
from workbench.graph.records import Records

UNIT = "unit"
"""Id of the block in `deep_block_graph`."""
CHAIN = ("Conv2D", "BatchNormalization", "Activation", "Dropout")


def deep_graph(layers: int = 200) -> Graph:
    """Return a chain of that many layers: convolution blocks, then pooling and two dense layers."""
    graph = Graph()
    entries: list[tuple[str, dict[str, Any]]] = [("InputLayer", {"shape": [32, 32, 3]})]
    params: dict[str, dict[str, Any]] = {
        "Conv2D": {"filters": 8, "kernel_size": [3, 3], "padding": "same"},
        "BatchNormalization": {},
        "Activation": {"activation": "relu"},
        "Dropout": {"rate": 0.1},
    }
    while len(entries) < layers - 3:
        kind = CHAIN[(len(entries) - 1) % len(CHAIN)]
        entries.append((kind, params[kind]))
    entries += [
        ("GlobalAveragePooling2D", {}),
        ("Dense", {"units": 32, "activation": "relu"}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    ]
    for at, (kind, values) in enumerate(entries):
        node = Node(f"n{at}", kind, f"{kind.lower()}_{at}", values, (0.0, 90.0 * at))
        graph.apply(AddNode(node))
        if at:
            source, target = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
            graph.apply(Connect(Edge(source, target)))
    return graph


def deep_block_graph(layers: int = 1000) -> Graph:
    """Return a chain of about that many layers, all but the ends in uses of one block of four."""
    inner = Graph(Records())
    entries: list[tuple[str, str, dict[str, Any]]] = [
        ("in", BLOCK_INPUT, {}),
        ("conv", "Conv2D",
         {"filters": formula("filters"), "kernel_size": [3, 3], "padding": "same"}),
        ("norm", "BatchNormalization", {}),
        ("act", "Activation", {"activation": "relu"}),
        ("drop", "Dropout", {"rate": 0.1}),
        ("out", BLOCK_OUTPUT, {}),
    ]  # fmt: skip
    _chain(inner, [(at, layer, at, params) for at, layer, params in entries])
    params = (ParamSpec("filters", "int", default=8, minimum=1),)
    graph = Graph()
    graph.apply(PutRecord(Block(UNIT, "Unit", inner, params)))
    uses = [(f"u{at}", layer_of(UNIT), f"unit_{at}", {}) for at in range((layers - 3) // 4)]
    _chain(graph, [
        ("i", "InputLayer", "input", {"shape": [32, 32, 3]}),
        *uses,
        ("g", "GlobalAveragePooling2D", "pool", {}),
        ("d", "Dense", "dense", {"units": 10, "activation": "softmax"}),
    ])  # fmt: skip
    return graph


def _chain(graph: Graph, entries: list[tuple[str, str, str, dict[str, Any]]]) -> None:
    before = ""
    for at, (node_id, layer, name, params) in enumerate(entries):
        graph.apply(AddNode(Node(node_id, layer, name, params, (0.0, 90.0 * at))))
        uses = (layer_of(UNIT),)
        if before:
            out = "out" if graph.node(before).layer in uses else "output"
            port = "in" if layer in uses else "input"
            graph.apply(Connect(Edge(Endpoint(before, out), Endpoint(node_id, port))))
        before = node_id


def edgeless_graph(layers: int) -> Graph:
    """Return that many dense layers in rows of a hundred, none connected."""
    graph = Graph()
    for at in range(layers):
        place = (at % 100 * 300.0, at // 100 * 120.0)
        graph.apply(AddNode(Node(f"n{at}", "Dense", f"dense_{at}", {"units": 8}, place)))
    return graph


def long_chain(layers: int) -> Graph:
    """Return an input and that many dense layers in one column."""
    graph = Graph()
    graph.apply(AddNode(Node("n0", "InputLayer", "input", {"shape": [8]})))
    for at in range(1, layers):
        place = (0.0, 120.0 * at)
        graph.apply(AddNode(Node(f"n{at}", "Dense", f"dense_{at}", {"units": 8}, place)))
        ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
        graph.apply(Connect(Edge(*ends)))
    return graph


def large_block_graph(layers: int) -> Graph:
    """Return a network of one use of a block that is a chain of that many dense layers."""
    inner = Graph(Records())
    dense = [(f"n{at}", "Dense", f"dense_{at}", {"units": 8}) for at in range(layers)]
    _chain(inner, [("in", BLOCK_INPUT, "in", {}), *dense, ("out", BLOCK_OUTPUT, "out", {})])
    graph = Graph()
    graph.apply(PutRecord(Block(UNIT, "Unit", inner)))
    _chain(graph, [("i", "InputLayer", "input", {"shape": [8]}), ("u", layer_of(UNIT), "unit", {})])
    return graph
