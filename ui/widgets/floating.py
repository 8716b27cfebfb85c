"""The small window that holds a side panel's content while the panel is undocked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class FloatingPanel(QWidget):
    """A window above the main window; closing it asks for the content to be docked again.

    Args:
        title: Title of the window.
        content: The panel's content; it is taken over until somebody takes it back.
        owner: The window that this one stays above and ends with.

    Attributes:
        closed: Emitted when the person closed it.
    """

    closed = Signal()

    def __init__(self, title: str, content: QWidget, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Tool)
        self._owner = owner
        self.setObjectName("floatingPanel")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(content)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Have the content docked; when the application ends, leave it for the next session."""
        if self._owner.isVisible():
            event.ignore()
            self.closed.emit()
        else:
            super().closeEvent(event)
