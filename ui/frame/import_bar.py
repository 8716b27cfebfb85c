"""The bar on the canvas that asks where an imported network goes. Nothing waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.widgets import Button, IconButton, Symbol, Text, identify
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas

_USUAL: Final = 440
_MARGIN: Final = 16
_LONGEST: Final = 28


class ImportBar(QFrame):
    """Offers the places for one network. Escape puts it away.

    Args:
        canvas: The canvas that it lies on.

    Attributes:
        chosen: Emitted with `"replace"`, `"beside"` or `"block"`.
        given_up: Emitted when it was put away.
    """

    chosen = Signal(str)
    given_up = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        identify(self, "palettePopup", "Where does the imported network go?")
        self.words = Text("", "heading", name="import.words")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Symbol("import", "accent", 16))
        head.addWidget(self.words, 1)
        close = IconButton("close", "Do not import it (Esc)", self.give_up, size=16,
                           name="import.close")  # fmt: skip
        head.addWidget(close)
        self.replace = Button(
            "Replace the network", lambda: self.chosen.emit("replace"), name="import.replace"
        )
        self.beside = Button(
            "Insert beside", lambda: self.chosen.emit("beside"), name="import.beside"
        )
        self.block = Button(
            "Insert as a block", lambda: self.chosen.emit("block"), name="import.block"
        )
        self.replace.setToolTip("The network that is here goes; Undo brings it back")
        self.block.setToolTip("One node with the network inside; its inputs and outputs are ports")
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (self.replace, self.beside, self.block):
            line.addWidget(button)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(line)
        canvas.installEventFilter(self)
        self.hide()

    def ask(self, name: str, layers: int, *, inside: bool) -> None:
        """Ask for one network.

        Args:
            name: What it is called.
            layers: How many layers it has.
            inside: Whether the canvas shows the inside of a block, where inputs cannot stand.
        """
        what = f"Where does {_short(name)} go? ({plural(layers, 'layer')})"
        self.words.setText(what)
        self.setAccessibleDescription(what)
        self.beside.setEnabled(not inside)
        self.beside.setToolTip(
            "Inputs of a network cannot stand inside a block"
            if inside
            else "Its layers come to the right of those that are here; nothing is connected"
        )
        self.place()
        self.show()
        self.raise_()
        self.replace.setFocus(Qt.FocusReason.OtherFocusReason)

    def give_up(self) -> None:
        """Go away without an answer."""
        self.leave()
        self.given_up.emit()

    def leave(self) -> None:
        """Go away and give the keyboard back to the canvas."""
        if self.isVisible():
            self.hide()
            self._canvas.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the canvas."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    @Slot()
    def place(self) -> None:
        """Take the upper middle of what is free of the canvas, between the panels."""
        free = self._canvas.free_rect().toRect()
        room = max(free.width() - 2 * _MARGIN, 200)
        width = min(max(self.sizeHint().width(), _USUAL), room)
        self.resize(width, self.sizeHint().height())
        self.move(free.left() + (free.width() - width) // 2, free.top() + _MARGIN)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
