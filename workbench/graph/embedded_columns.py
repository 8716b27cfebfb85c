"""Changes that join the inputs of a network with what the data offers."""

from __future__ import annotations

from dataclasses import replace

from workbench.catalog import Catalog
from workbench.graph.changes import AddNode, Batch, Change, Connect, Disconnect, RemoveNode
from workbench.graph.edits import name_stem, new_node
from workbench.graph.fixes import COLUMN, ROW
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.order import input_nodes
from workbench.plain import Plain


def embedding_size(cardinality: int) -> int:
    """Return a usual vector length for a category column: half its codes, 2 to 50."""
    return max(2, min(50, (cardinality + 1) // 2))


def add_embedded_input(
    graph: Graph, catalog: Catalog, source: str, cardinality: int, beside: str
) -> Batch:
    """Return the change that adds Input, Embedding and Flatten for a column and joins them.

    They join the present input at the Concatenate that it leads to alone, else at a new one
    behind it.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        source: Name of the embedded column.
        cardinality: Number of its codes.
        beside: Id of the input node that the new one stands beside.
    """
    x, y = graph.node(beside).position
    column = x + COLUMN * len(input_nodes(graph))
    leaving = graph.outgoing(beside)
    ahead = {edge.target.node for edge in leaving}
    present = graph.node(next(iter(ahead))) if len(ahead) == 1 else None
    if present is not None and present.layer != "Concatenate":
        present = None
    size = embedding_size(cardinality)
    settings: list[tuple[str, tuple[float, float], dict[str, Plain]]] = [
        ("InputLayer", (column, y), {"source": source}),
        ("Embedding", (column, y + ROW), {"input_dim": cardinality, "output_dim": size}),
        ("Flatten", (column, y + 2 * ROW), {}),
    ]
    if present is None:
        settings.append(("Concatenate", ((x + column) / 2, y + 3 * ROW), {}))
    names = graph.free_names(name_stem(key) for key, _, _ in settings)
    nodes = [
        replace(new_node(graph, catalog, key, at, params), name=name)
        for (key, at, params), name in zip(settings, names, strict=True)
    ]
    join = present or nodes[3]
    entry, vectors, flat = nodes[:3]
    changes: list[Change] = [AddNode(node) for node in nodes]
    index = 1
    if present is None:
        changes.append(Connect(Edge(Endpoint(beside, "output"), Endpoint(join.id, "inputs"))))
        for edge in leaving:
            moved = Edge(Endpoint(join.id, "output"), edge.target, edge.index)
            changes += [Disconnect(edge), Connect(moved)]
    else:
        index = graph.next_index(Endpoint(join.id, "inputs"))
    changes += [
        Connect(_edge(entry, vectors, "input")),
        Connect(_edge(vectors, flat, "input")),
        Connect(_edge(flat, join, "inputs", index)),
    ]
    return Batch(tuple(changes), f"Add an input for {source}")


def _edge(source: Node, target: Node, port: str, index: int = 0) -> Edge:
    return Edge(Endpoint(source.id, "output"), Endpoint(target.id, port), index)


def merge_inputs(graph: Graph, kept: str, dropped: str) -> Batch:
    """Return the change that lets one input feed what another one fed, and deletes that."""
    changes: list[Change] = []
    fed = {e.target for e in graph.outgoing(kept)}
    for edge in graph.outgoing(dropped):
        changes.append(Disconnect(edge))
        variadic = len(graph.incoming(edge.target.node, edge.target.port)) > 1
        if edge.target not in fed or variadic:
            changes.append(Connect(Edge(Endpoint(kept, "output"), edge.target, edge.index)))
    changes.append(RemoveNode(dropped))
    return Batch(tuple(changes), "Use one input")
