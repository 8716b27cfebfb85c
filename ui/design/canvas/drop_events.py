"""Layers that are dragged from the palette and dropped on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent

from ui.design.canvas.key_events import KeyEvents
from ui.design.gestures.base import Stage
from ui.design.gestures.drop import MIME, LayerDrop


class DropEvents(KeyEvents):
    """A widget that takes layers; a part of `Canvas`, which is the stage.

    Attributes:
        drop: The layer that is dragged over it, or None.
        pointer: Where the pointer is, px; None outside.
    """

    drop: LayerDrop | None = None
    pointer: QPointF | None = None

    if TYPE_CHECKING:  # the canvas has them

        def stage(self) -> Stage:
            """Return what the drop acts on."""

        def cancel_gesture(self) -> bool:
            """Give up the gesture that goes on; returns whether there was one."""

    @property
    def drop_hint(self) -> str:
        """What a drop would do, while a layer is dragged over the canvas."""
        return self.drop.hint if self.drop is not None else ""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take layers."""
        if not event.mimeData().hasFormat(MIME):
            event.ignore()
            return
        self.cancel_gesture()
        key = bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
        self.drop = LayerDrop(self.stage(), key)
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show what a drop would do."""
        if self.drop is None:
            return
        self.pointer = event.position()
        if self.drop.over(event.position()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the layer."""
        self.drop = None
        self.update()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the layer."""
        drop, self.drop = self.drop, None
        if drop is not None and drop.drop(event.position()):
            event.acceptProposedAction()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.update()
