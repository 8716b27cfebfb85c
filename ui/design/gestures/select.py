"""Selecting: with a click, with a rubber band."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ui.design.gestures.base import Gesture, Keys, Stage
from workbench.graph import Edge


class RubberBand(Gesture):
    """Selects what a rectangle meets; Shift adds to the selection, Ctrl toggles.

    A click without a drag on empty space selects nothing.
    """

    def __init__(self, stage: Stage, at: QPointF, keys: Keys) -> None:
        super().__init__(stage, at, keys)
        self._from = self._scene(at)
        self._box: QRectF | None = None
        self._before = stage.selection.nodes, stage.selection.edges

    def move(self, at: QPointF, keys: Keys, /) -> None:
        """Stretch the rectangle."""
        if self._box is None and not self._is_drag(at):
            return
        self._box = QRectF(self._from, self._scene(at)).normalized()
        picture, before = self.stage.picture, self._before[0]
        met = [f.id for f in picture.node_index.inside(self._box)]
        if keys & Qt.KeyboardModifier.ControlModifier:
            was, now = set(before), set(met)
            nodes = [i for i in before if i not in now] + [i for i in met if i not in was]
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            nodes = [*before, *met]
        else:
            nodes = met
        edges: list[Edge] = []
        if not met:
            edges = [f.edge for f in picture.edge_index.inside(self._box)
                     if f.path.intersects(self._box)]  # fmt: skip
        self.stage.selection.select(nodes, edges)
        self.stage.update()

    def release(self, _at: QPointF, keys: Keys, /) -> None:
        """Keep what is selected; a click clears the selection."""
        extend = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if self._box is None and not keys & extend:
            self.stage.selection.clear()
        self.stage.update()

    def cancel(self) -> None:
        """Select what was selected before."""
        self.stage.selection.select(*self._before)
        self.stage.update()

    def paint(self, painter: QPainter) -> None:
        """Paint the rectangle."""
        if self._box is None:
            return
        ink, scale = self.stage.frame.ink, self.stage.camera.scale
        inside = QColor(ink.accent)
        inside.setAlphaF(0.10)
        painter.setPen(ink.strong_pen(scale, ink.accent, 1))
        painter.setBrush(inside)
        painter.drawRect(self._box)
