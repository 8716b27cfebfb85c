"""The change that puts another network in the place of the present one."""

from __future__ import annotations

from workbench.graph.adopting import adopt, needed, node_with_layer
from workbench.graph.changes import AddNode, Batch, Change, Connect
from workbench.graph.edits import delete
from workbench.graph.model import Graph
from workbench.graph.starting_weights import StartingWeights, drop_weights, put_weights


def replace_network(
    graph: Graph,
    other: Graph,
    text: str = "Import network",
    weights: StartingWeights | None = None,
) -> Batch:
    """Return the change that deletes all layers and puts those of another network there.

    Args:
        graph: The present network.
        other: The other one; blocks that it uses come along.
        text: What the undo menu calls it.
        weights: Weights that the other network begins with; those of the present one go.
    """
    changes: list[Change] = [*delete(graph, list(graph.nodes)).changes]
    brought, keys = adopt(graph.records, needed(other.records, [node.layer for node in other]))
    changes += brought
    lending_first = sorted(other, key=lambda node: bool(node.shared_with))
    changes += [AddNode(node_with_layer(node, keys)) for node in lending_first]
    changes += [Connect(edge) for edge in other.edges]
    changes += [*drop_weights(graph), *put_weights(weights)]
    return Batch(tuple(changes), text)
