"""The keyboard events of the canvas: keys, the space bar that pans, the focus ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ui.design.canvas.keys import Keyboard


class KeyEvents(QWidget):
    """A widget whose keys a `Keyboard` knows; a part of `Canvas`.

    Args:
        parent: Parent widget.

    Attributes:
        keyboard: What each key does; None until it is set.
        space_held: Whether the space bar is down, so that the left button pans.
        ring: Whether the focus ring is shown: when the focus came by keyboard.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keyboard: Keyboard | None = None
        self.space_held = False
        self.ring = False

    def show_cursor(self) -> None:
        """Show the pointer that fits what a press would do."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the key to the keyboard table."""
        if self.keyboard is None or not self.keyboard.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End panning with the space bar."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.space_held = False
            self.show_cursor()
        super().keyReleaseEvent(event)

    def hold_space(self) -> None:
        """Pan with the left button until the space bar is released."""
        self.space_held = True
        self.show_cursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring when the focus came by keyboard."""
        self.ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the space bar."""
        self.space_held = False
        super().focusOutEvent(event)
        self.update()
