"""A short notice over the canvas: why something was not possible. It goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.design.canvas.view import Canvas
from ui.widgets import Symbol, Text, identify

_SHOWN_MS = 6000
_WIDEST = 480


class Notice(QFrame):
    """One notice at a time, in the lower middle of the canvas.

    Args:
        parent: The canvas.
    """

    def __init__(self, parent: Canvas) -> None:
        super().__init__(parent)
        self._area = parent
        identify(self, "palettePopup", "Notice")
        self.words = Text("", wrap=True, name="design.notice")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 8)
        line.setSpacing(8)
        line.addWidget(Symbol("info", "accent", 16))
        line.addWidget(self.words, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @Slot(str)
    def say(self, text: str) -> None:
        """Show a text for some seconds."""
        self.words.setText(text)
        self.setAccessibleDescription(text)
        width = min(self.words.fontMetrics().horizontalAdvance(text) + 56, _WIDEST)
        self.resize(width, max(self.heightForWidth(width), 36))
        area = self._area.free_rect().toRect()
        self.move(max((area.width() - width) // 2, 8), area.height() - self.height() - 24)
        self.show()
        self.raise_()
        self._timer.start()
