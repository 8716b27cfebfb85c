"""A large network, made quickly."""

from __future__ import annotations

from workbench.graph import Edge, Endpoint, Graph, Node


def large(count: int) -> Graph:
    """Return a chain of layers, `n0` to `n<count - 1>`."""
    graph, above = Graph(), ""
    for number in range(count):
        place = (float(number % 40) * 300, float(number // 40) * 130)
        node = Node(f"n{number}", "Dense", f"dense_{number}", {"units": 1 + number % 7}, place)
        graph.put_node(node)
        if above:
            graph.put_edge(Edge(Endpoint(above, "output"), Endpoint(node.id, "input")))
        above = node.id
    return graph
