"""Letting tensors flow another way: all networks of a document are placed anew in one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ui.design.canvas.figures import NodeFigure, make_node_figure, room_at_sides
from ui.design.canvas.geometry import node_size
from workbench.graph import Batch, Change, Graph, InBlock, MoveNodes
from workbench.graph.blocks import blocks
from workbench.graph.layout import Direction, layout

if TYPE_CHECKING:
    from ui.design.editor import Editor
    from workbench.catalog import Catalog

_ACROSS: Final = (48.0, 24.0)
"""Room around a layer in a layout from left to right, for shapes on edges and previews."""
_MOST: Final = 1000
"""Layers of a network that is not shown beyond which it is left as it is: no waiting for it."""


def room_for(
    figures: Iterable[NodeFigure], graph: Graph, catalog: Catalog, direction: Direction
) -> dict[str, tuple[float, float]]:
    """Return the room that each layer needs where tensors flow a way, they may not do so yet.

    Args:
        figures: What is drawn for the layers now.
        graph: The network.
        catalog: The layers that exist.
        direction: The way.
    """
    wide, high = _ACROSS
    sizes = {}
    for figure in figures:
        width, plain = figure.rect.width(), bool(figure.headline)
        if direction == "vertical":
            sizes[figure.id] = width, node_size(width, plain)[1]
        else:
            ports = room_at_sides(graph, catalog, figure.node)
            sizes[figure.id] = width + wide, node_size(width, plain, ports)[1] + high
    return sizes


def turn_all(editor: Editor, turn: Change, shown: MoveNodes, direction: Direction) -> Batch:
    """Return the change of the document that turns it and places all its networks anew.

    Args:
        editor: Knows the document and the network that is shown.
        turn: The change of the direction.
        shown: How the network that is shown is placed.
        direction: The way tensors flow afterwards.
    """
    here = editor.block.id if editor.block else ""
    moves: list[Change] = []
    for block_id, graph in _networks(editor.root):
        if block_id != here and len(graph) > _MOST:
            continue
        move = shown if block_id == here else _placed(graph, editor.catalog, direction)
        if move.positions:
            moves.append(InBlock(block_id, move) if block_id else move)
    return Batch((turn, *moves), turn.label)


def _networks(root: Graph) -> Iterator[tuple[str, Graph]]:
    yield "", root
    for block in blocks(root.records):
        yield block.id, block.graph


def _placed(graph: Graph, catalog: Catalog, direction: Direction) -> MoveNodes:
    figures = (make_node_figure(graph, catalog, node, None, ()) for node in graph)
    return layout(graph, room_for(figures, graph, catalog, direction), direction)
