"""Which layers read a tensor, through the borders of blocks and without expanding them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.graph.blocks import BLOCK_OUTPUT, block_of
from workbench.graph.elements import Endpoint, Node
from workbench.graph.model import Graph


class Reader(NamedTuple):
    """A layer, and the way to it.

    Attributes:
        node: The layer.
        graph: The network that it stands in.
        outer: The uses of blocks around it, the outermost first: network, node id, block id.
    """

    node: Node
    graph: Graph
    outer: tuple[tuple[Graph, str, str], ...] = ()


def readers(reader: Reader) -> Iterator[Reader]:
    """Iterate over the layers that read what a layer gives; those in blocks stand for these."""
    seen: set[tuple[tuple[str, ...], Endpoint]] = set()
    waiting = [(reader.graph, reader.outer, e.target) for e in reader.graph.leaving(reader.node.id)]
    while waiting:
        graph, outer, end = waiting.pop()
        at = (tuple(use for _, use, _ in outer), end)
        if at in seen:
            continue
        seen.add(at)
        node = graph.node(end.node)
        block = block_of(graph.records, graph.owner(node).layer)
        if block is not None:
            if end.port in block.graph and all(block.id != around for _, _, around in outer):
                inner = (*outer, (graph, node.id, block.id))
                waiting += [(block.graph, inner, e.target) for e in block.graph.leaving(end.port)]
        elif node.layer == BLOCK_OUTPUT and outer:
            around, use, _ = outer[-1]
            waiting += [(around, outer[:-1], e.target) for e in around.outgoing(use, node.id)]
        else:
            yield Reader(node, graph, outer)
