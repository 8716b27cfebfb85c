"""Dropping a layer from the palette: on empty space, on an edge, on a node or on its port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ui.design.canvas.figures import EdgeFigure, NodeFigure
from ui.design.canvas.geometry import snap_point
from ui.design.canvas.hits import PortHit, edge_at, node_at, port_at
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from ui.design.gestures.base import Stage

MIME = "application/x-keras-workbench-layer"
"""Holds the catalog key of the dragged layer, UTF-8."""


@dataclass(frozen=True, slots=True)
class _Onto:
    """What the pointer is over."""

    edge: EdgeFigure | None = None
    node: NodeFigure | None = None
    port: PortHit | None = None


class LayerDrop:
    """A layer that is being dragged over the canvas.

    Args:
        stage: The canvas.
        key: Catalog key of the layer.

    Attributes:
        hint: What a drop does here.
        refused: Whether nothing can be dropped here.
    """

    def __init__(self, stage: Stage, key: str) -> None:
        self._stage = stage
        self._key = key
        self._at = QPointF()
        self._onto = _Onto()
        self.hint = ""
        self.refused = False
        self._ghost = self._make_ghost()

    def _make_ghost(self) -> NodeFigure | None:
        try:
            return self._stage.editor.trial_figure(self._key)
        except WorkbenchError:
            return None

    @property
    def _title(self) -> str:
        return self._ghost.title if self._ghost is not None else self._key

    def over(self, at: QPointF) -> bool:
        """The pointer is at another pixel now.

        Returns:
            Whether a drop is possible here.
        """
        stage = self._stage
        self._at = stage.camera.to_scene(at)
        picture, reach = stage.picture, stage.reach()
        takes = self._ghost is not None and bool(self._ghost.inputs)
        port = port_at(picture, self._at, reach)
        node = None if port else node_at(picture, self._at)
        edge = None if port or node or not takes else edge_at(picture, self._at, 2 * reach)
        self._onto = _Onto(edge, node, port)
        self.refused = self._ghost is None or ((node is not None or _is_output(port)) and not takes)
        self.hint = self._words()
        stage.update()
        return not self.refused

    def _words(self) -> str:
        onto = self._onto
        if self._ghost is None:
            return f"There is no layer called {self._key}."
        if self.refused:
            return f"{self._title} has no input, so that nothing can lead to it."
        names = self._stage.editor.graph.nodes
        if onto.port is not None:
            word = "after" if onto.port.side == "output" else "before"
            return f"Add {self._title} {word} {names[onto.port.end.node].name}"
        if onto.node is not None:
            return f"Add {self._title} after {onto.node.node.name}"
        return f"Insert {self._title} into this connection" if onto.edge is not None else ""

    def drop(self, at: QPointF) -> str:
        """Add the layer.

        Returns:
            The id of the new node, or "" when it was refused.
        """
        if not self.over(at):
            return ""
        editor, onto = self._stage.editor, self._onto
        if onto.port is not None and onto.port.side == "output":
            return editor.add_after(self._key, onto.port.end)
        if onto.port is not None:
            return editor.add_before(self._key, onto.port.end)
        if onto.node is not None:
            editor.selection.select([onto.node.id])
            return editor.add_to_selection(self._key, self._at)
        if onto.edge is not None:
            return editor.insert(self._key, onto.edge.edge)
        return editor.add(self._key, snap_point(self._at))

    def paint(self, painter: QPainter) -> None:
        """Paint the layer where it would go and what it would be connected to."""
        stage, onto = self._stage, self._onto
        frame, scale = stage.frame, stage.camera.scale
        pen = frame.ink.strong_pen(scale, frame.ink.accent, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        if onto.edge is not None:
            frame.paint_edges(painter, [onto.edge], scale)
        elif onto.port is not None:
            figure = stage.picture.nodes[onto.port.end.node]
            centre = figure.port_point(onto.port.side, onto.port.end.port)
            painter.setBrush(frame.ink.accent_soft)
            painter.drawEllipse(centre, 7, 7)
        elif onto.node is not None and not self.refused:
            painter.drawRoundedRect(onto.node.rect, 6, 6)
            frame.paint_edges(painter, self._leaving(onto.node), scale)
        elif self._ghost is not None and not self.refused:
            rect = QRectF(self._ghost.rect)
            rect.moveCenter(snap_point(self._at))
            self._ghost.rect = rect
            frame.paint_figure(painter, self._ghost, scale, stage.pixel_ratio(), 0.8)

    def _leaving(self, node: NodeFigure) -> list[EdgeFigure]:
        """Return the only connection that leaves a node: the layer would go into it."""
        leaving = self._stage.editor.graph.outgoing(node.id)
        figures = [self._stage.picture.edges[e] for e in leaving if e in self._stage.picture.edges]
        return figures if len(figures) == 1 else []


def _is_output(port: PortHit | None) -> bool:
    return port is not None and port.side == "output"
