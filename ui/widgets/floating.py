"""The small window that holds a side panel's content while the panel is undocked."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

_TITLE_BAR = 32
"""Height (px) of a title bar, of which a part must stay on a screen to be caught."""


class FloatingPanel(QWidget):
    """A window above the main window; closing it asks for the content to be docked again.

    It is made once and lives as long as the window that owns it: a deferred deletion that is
    still waiting when Python destroys the owner makes Qt destroy it a second time (met in our
    tests, PySide6 6.11).

    Args:
        title: Title of the window.
        owner: The window that this one stays above and ends with.

    Attributes:
        closed: Emitted when the person closed it.
    """

    closed = Signal()

    def __init__(self, title: str, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Tool)
        self.setObjectName("floatingPanel")
        self.setProperty("surface", "surface")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 8, 0, 0)

    def hold(self, content: QWidget) -> None:
        """Take the content over until somebody takes it back."""
        self._layout.addWidget(content)
        content.show()

    def place(self, wanted: QRect) -> None:
        """Take a place on the screens; one that no screen shows any more is moved into view.

        Args:
            wanted: Position and size of the content, screen coordinates in px.
        """
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        grip = QRect(wanted.left(), wanted.top() - _TITLE_BAR, wanted.width(), _TITLE_BAR)
        if screens and not any(area.intersects(grip) for area in screens):
            wanted.moveTopLeft(screens[0].topLeft())
            wanted.translate(_TITLE_BAR, 2 * _TITLE_BAR)
        self.setGeometry(wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Have the content docked."""
        super().closeEvent(event)
        self.closed.emit()
