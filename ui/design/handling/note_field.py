"""Writing a note in place: a field over the note, plain text only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ui.widgets import identify


class NoteField(QPlainTextEdit):
    """Edits the text of one note; leaving it or Ctrl+Enter takes the text, Escape gives up.

    Attributes:
        written: Emitted with the note's id and the new text.
        closed: Emitted when it went away.
    """

    written = Signal(str, str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "design.note.text", "Text of the note")
        self.setFrameShape(QFrame.Shape.Box)
        self.setTabChangesFocus(True)
        self._note_id = ""
        self._one_line = False
        self.hide()

    def open(self, note_id: str, text: str, box: QRect, *, one_line: bool) -> None:
        """Show the field.

        Args:
            note_id: The note.
            text: Its present text.
            box: Where it is, px.
            one_line: Whether Enter takes the text: titles of frames have one line.
        """
        self._note_id, self._one_line = note_id, one_line
        self.setPlainText(text)
        height = 34 if one_line else max(box.height(), 72)
        self.setGeometry(box.left(), box.top(), max(box.width(), 180), height)
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+Enter, which means Train elsewhere."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the text with Ctrl+Enter (Enter for a title), give up with Escape."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif enter and (self._one_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.take()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the text when the focus goes elsewhere."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.take()

    def take(self) -> None:
        """Take the text, if the field is open."""
        note_id, text = self._note_id, self.toPlainText().strip()
        self._close()
        if note_id:
            self.written.emit(note_id, text)

    def _close(self) -> None:
        if self._note_id:
            self._note_id = ""
            self.hide()
            self.closed.emit()
