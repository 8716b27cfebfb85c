"""What leads to the ports of a block from outside."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.graph import Change, Disconnect, Graph
from workbench.graph.blocks import Block, blocks, uses
from workbench.graph.record_changes import InBlock


def loose_ends(root: Graph, block: Block, port_ids: Iterable[str]) -> list[Change]:
    """Return the changes that delete all connections to ports of a block, wherever it is used.

    Args:
        root: The outermost network.
        block: The block.
        port_ids: Ids of the port nodes; other ids are passed over.
    """
    doomed = set(port_ids)
    changes: list[Change] = [*_in_network(root, block, doomed)]
    for other in blocks(root.records):
        changes += [InBlock(other.id, c) for c in _in_network(other.graph, block, doomed)]
    return changes


def _in_network(graph: Graph, block: Block, doomed: set[str]) -> list[Change]:
    found: list[Change] = []
    for use in uses(graph, block.id):
        found += [Disconnect(e) for e in graph.incoming(use.id) if e.target.port in doomed]
        found += [Disconnect(e) for e in graph.outgoing(use.id) if e.source.port in doomed]
    return found
