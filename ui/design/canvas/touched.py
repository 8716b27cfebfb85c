"""Which nodes a change concerns, so that the rest of the picture is left alone."""

from __future__ import annotations

from workbench.graph import (
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    MoveNodes,
    RemoveNode,
    RenameNode,
    SetParam,
)
from workbench.graph.changes import SetTrainable


def touched_nodes(change: Change) -> set[str]:
    """Return the ids of the nodes whose drawing a change may alter, removed ones included.

    Nodes that only have an edge to one of them are not listed.
    """
    match change:
        case Batch(changes=changes):
            ids: set[str] = set()
            for part in changes:
                ids |= touched_nodes(part)
            return ids
        case AddNode(node=node):
            return {node.id}
        case Connect(edge=edge) | Disconnect(edge=edge):
            return {edge.source.node, edge.target.node}
        case MoveNodes(positions=positions):
            return set(positions)
        case RemoveNode(node_id=node_id) | RenameNode(node_id=node_id):
            return {node_id}
        case SetParam(node_id=node_id) | SetTrainable(node_id=node_id):
            return {node_id}
        case _:
            return set()
