"""The changes that put another network beside the present one, or into it as one block."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workbench.errors import GraphError
from workbench.graph.adopting import adopt, needed
from workbench.graph.blocking import group
from workbench.graph.blocks import BLOCK_OUTPUT, block_of
from workbench.graph.changes import AddNode, Batch
from workbench.graph.clipboard import copy, paste
from workbench.graph.edits import name_stem
from workbench.graph.model import INPUT_LAYER, Graph, Node, new_node_id
from workbench.graph.starting_weights import StartingWeights, put_weights

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in scene units."""
_WIDTH: Final = 288.0
_HEIGHT: Final = 72.0
_GAP: Final = 96.0


def insert_beside(
    graph: Graph,
    other: Graph,
    offset: tuple[float, float] | None = None,
    weights: StartingWeights | None = None,
) -> tuple[Batch, list[str]]:
    """Return the change that adds all of another network, and the ids that its layers get.

    Names that are taken get a number; nothing is connected.

    Args:
        graph: The present network.
        other: The other one; it stays as it is.
        offset: Shift of its positions; None puts it to the right of everything.
        weights: Weights that the other network begins with.
    """
    if offset is None:
        offset = right_of(graph, other)
    change, ids = paste(graph, copy(other, other.nodes), offset)
    if weights is not None:
        fresh = dict(zip((node.id for node in other), ids, strict=True))

        def renamed(at: str) -> str:
            first, slash, rest = at.partition("/")
            return fresh.get(first, first) + slash + rest

        weights = weights.renamed(renamed)
    changes = (*change.changes, *put_weights(weights))
    return Batch(changes, "Insert network beside"), ids


def insert_as_block(
    graph: Graph,
    other: Graph,
    name: str,
    at: tuple[float, float] | None = None,
    weights: StartingWeights | None = None,
) -> tuple[Batch, str]:
    """Return the change that adds another network as one block, and the id of its use.

    Its inputs and its outputs become the block's ports and keep their names.

    Args:
        graph: The network that the block comes into.
        other: The other one; it stays as it is.
        name: What the block is called.
        at: Centre of the block; None puts it to the right of everything.
        weights: Weights that the other network begins with.

    Raises:
        GraphError: The other network has no layers besides its inputs.
    """
    apart = Graph.from_plain(other.to_plain())
    layers = [node.id for node in apart if node.layer != INPUT_LAYER]
    if not layers:
        raise GraphError(
            f"{name} has no layers besides its inputs.", remedy="Insert it beside the network."
        )
    change, use_id = group(apart, layers, name)
    apart.apply(change)
    key = apart.node(use_id).layer
    _name_outputs(apart, key)
    changes, keys = adopt(graph.records, needed(apart.records, [key]))
    if at is None:
        single = Graph()
        single.put_node(Node("x", key, name))
        at = right_of(graph, single)
    use = Node(new_node_id(), keys.get(key, key), graph.free_name(name_stem(name)), {}, at)
    if weights is not None:
        weights = weights.renamed(lambda layer: f"{use.id}/{layer}")
    return Batch((*changes, AddNode(use), *put_weights(weights)), "Insert network as block"), use.id


def right_of(graph: Graph, other: Graph) -> tuple[float, float]:
    """Return the shift that puts a network to the right of another, their upper edges level."""
    there, comes = box_of(graph), box_of(other)
    if there is None or comes is None:
        return (0.0, 0.0)
    return (there[2] + _GAP - comes[0], there[1] - comes[1])


def box_of(graph: Graph) -> Box | None:
    """Return about the box that a network takes, None when it is empty."""
    places = [node.position for node in graph]
    if not places:
        return None
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return (
        min(xs) - _WIDTH / 2,
        min(ys) - _HEIGHT / 2,
        max(xs) + _WIDTH / 2,
        max(ys) + _HEIGHT / 2,
    )


def _name_outputs(graph: Graph, key: str) -> None:
    """Call each of several outputs of a block after the layer that it comes from."""
    block = block_of(graph.records, key)
    if block is None:
        return
    outputs = [node for node in block.graph if node.layer == BLOCK_OUTPUT]
    if len(outputs) < 2:
        return
    for node in outputs:
        for edge in block.graph.entering(node.id):
            source = block.graph.node(edge.source.node).name
            named = block.graph.free_name(f"{source}_output")
            block.graph.put_node(replace(node, name=named))
