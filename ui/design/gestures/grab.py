"""Selecting an edge with a click, and taking its nearer end elsewhere with a drag."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from ui.design.canvas.figures import EdgeFigure
from ui.design.gestures.base import Gesture, Keys, Stage
from ui.design.gestures.link import Link


class GrabEdge(Gesture):
    """Selects an edge; once the pointer drags, goes on as a `Link` of the nearer end.

    Args:
        stage: The canvas.
        at: Where it begins, px.
        keys: Modifier keys held down.
        figure: The edge under the pointer.
    """

    def __init__(self, stage: Stage, at: QPointF, keys: Keys, figure: EdgeFigure) -> None:
        super().__init__(stage, at, keys)
        self._figure = figure
        self._link: Link | None = None
        if keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            stage.selection.toggle_edge(figure.edge)
        else:
            stage.selection.select((), [figure.edge])

    def move(self, at: QPointF, keys: Keys, /) -> None:
        """Take the nearer end along."""
        if self._link is None:
            if not self._is_drag(at):
                return
            self._link = self._take_end()
            self.cursor = self._link.cursor
        self._link.move(at, keys)
        self.hint, self.refused = self._link.hint, self._link.refused

    def release(self, at: QPointF, keys: Keys, /) -> None:
        """Connect what was dragged."""
        if self._link is not None:
            self._link.release(at, keys)

    def cancel(self) -> None:
        """Leave the edge as it was."""
        if self._link is not None:
            self._link.cancel()

    def paint(self, painter: QPainter) -> None:
        """Paint what the link shows."""
        if self._link is not None:
            self._link.paint(painter)

    def _take_end(self) -> Link:
        here, edge = self._scene(self.start), self._figure.edge
        to_start, to_end = here - self._figure.start, here - self._figure.end
        if math.hypot(to_start.x(), to_start.y()) < math.hypot(to_end.x(), to_end.y()):
            return Link.moving_source(self.stage, self.start, self.keys, edge)
        return Link.moving_target(self.stage, self.start, self.keys, edge)
