"""Keys that mean something where the focus is, although the page has a shortcut for them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

_DELETING: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_TAKING: Final = (
    QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.SelectAll,
)  # fmt: skip
_OTHER: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class OwnKeys(QObject):
    """Leaves keys to what has the focus in a part of the window.

    Letters and deleting never reach the page's shortcuts from there: who reads the code or chooses
    an activation does not mean the layers on the canvas.

    Args:
        part: The part of the window.
        taking: Whether copying, cutting and selecting all belong to it too.
    """

    def __init__(self, part: QWidget, *, taking: bool = False) -> None:
        super().__init__(part)
        self._taking = taking
        part.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Claim the keys; the event comes here from what is inside when nothing there claims it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not self._mine(event):
            return False
        event.accept()
        return True

    def _mine(self, event: QKeyEvent) -> bool:
        if event.modifiers() & _OTHER:
            return self._taking and any(event.matches(key) for key in _TAKING)
        return event.key() in _DELETING or (event.text().isprintable() and bool(event.text()))
