"""Moving the view: middle button, or the left one while the space bar is held."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.design.gestures.base import Gesture, Keys, Stage


class Pan(Gesture):
    """Moves the view with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, stage: Stage, at: QPointF, keys: Keys) -> None:
        super().__init__(stage, at, keys)
        self._last = at
        self._before = QPointF(stage.camera.offset)

    def move(self, at: QPointF, _keys: Keys, /) -> None:
        """Follow the pointer."""
        self.stage.camera.pan(at - self._last)
        self._last = at
        self.stage.view_moved()

    def cancel(self) -> None:
        """Show what was shown before."""
        self.stage.camera.offset = self._before
        self.stage.view_moved()
