"""Renaming in place: a field over the node's name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.widgets import identify


class NameField(QLineEdit):
    """Edits one name; Enter or leaving takes it, Escape gives up.

    Attributes:
        renamed: Emitted with node id and the new name.
        closed: Emitted when it went away.
    """

    renamed = Signal(str, str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "design.rename", "Name of the layer")
        self._node_id = ""
        self.hide()

    @property
    def node_id(self) -> str:
        """The node that is being renamed, or ""."""
        return self._node_id

    def open(self, node_id: str, name: str, box: QRectF) -> None:
        """Show the field over a node.

        Args:
            node_id: The node.
            name: Its present name.
            box: Where its title row is, px.
        """
        self._node_id = node_id
        self.setText(name)
        height = 28
        width = max(round(box.width()), 160)
        self.setGeometry(round(box.left()), round(box.center().y() - height / 2), width, height)
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the name with Enter, give up with Escape; the canvas sees neither key."""
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the name when the focus goes elsewhere."""
        super().focusOutEvent(event)
        if self._node_id and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()

    def finish(self) -> None:
        """Take the name, if one is being edited."""
        node_id, name = self._node_id, self.text().strip()
        self.give_up()
        if node_id and name:
            self.renamed.emit(node_id, name)

    def give_up(self) -> None:
        """Go away; the name stays as it was."""
        if self._node_id:
            self._node_id = ""
            self.hide()
            self.closed.emit()
