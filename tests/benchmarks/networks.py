"""Networks and arrays that several benchmarks share."""

from __future__ import annotations

from typing import Any

from workbench.graph import Connect, Edge, Endpoint, Graph, Node
from workbench.graph.changes import AddNode

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
