"""How many layers a network has, those in its blocks included."""

from __future__ import annotations

from workbench.graph import Graph
from workbench.graph.blocks import PORT_SPECS, REPEAT, Block, block_of, is_block


def layers_in(graph: Graph, around: frozenset[str] = frozenset()) -> int:
    """Return the number of layers of a network with all copies of its blocks.

    Ports are no layers; a block that is missing, and copies whose number is a formula, count
    once.

    Args:
        graph: The network.
        around: Ids of the blocks that it is in: a damaged file may hold one in itself.
    """
    uses = graph.memo("uses of blocks", uses_of_blocks)
    total = graph.memo("own layers", _own_layers)
    for use in uses:
        node = graph.owner(graph.node(use))
        block = block_of(graph.records, node.layer)
        copies = node.params.get(REPEAT, 1)
        inside = layers_inside(block, around) if block and block.id not in around else 1
        total += inside * (copies if isinstance(copies, int) else 1)
    return total


def layers_inside(block: Block, around: frozenset[str] = frozenset()) -> int:
    """Return the number of layers in a block, counted once until a definition changes."""
    return block.graph.records.memo(
        ("layers inside", block.id), lambda: layers_in(block.graph, around | {block.id})
    )


def uses_of_blocks(graph: Graph) -> list[str]:
    """Return the ids of all uses of blocks in a network."""
    return [node.id for node in graph if is_block(node.layer)]


def _own_layers(graph: Graph) -> int:
    return sum(1 for n in graph if n.layer not in PORT_SPECS and not is_block(n.layer))
