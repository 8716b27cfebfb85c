"""The activity bar: the pages in the order of the work, each with its state."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from ui.frame.page_table import PageEntry
from ui.theme import color, set_icon
from ui.widgets import IconButton

_WIDTH: Final = 72
_BADGE: Final = 12.0
_WORDS: Final = {
    "empty": "nothing here yet",
    "attention": "needs attention",
    "ready": "ready",
    "running": "running",
}


class ActivityButton(QToolButton):
    """One page: icon, name, and a badge that differs by form as well as by colour.

    Args:
        entry: The page.
        number: Its place, for the shortcut.
        parent: Parent widget.
    """

    def __init__(self, entry: PageEntry, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._state = ""
        self._keys = f"Ctrl+{number}"
        self.setObjectName("activityButton")
        self.setText(entry.title)
        self.setCheckable(True)
        self.setIconSize(QSize(20, 20))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(self, entry.icon, "text_secondary")
        self.set_state("")

    @property
    def state(self) -> str:
        """The state that is shown."""
        return self._state

    def set_state(self, state: str) -> None:
        """Show a state ("empty", "attention", "ready", "running"), or none with ""."""
        self._state = state
        words = _WORDS.get(state, "")
        self.setAccessibleName(f"{self.entry.title}, {words}" if words else self.entry.title)
        tip = f"{self.entry.tip} ({self._keys})"
        self.setToolTip(f"{tip}\nState: {words}" if words else tip)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button and its badge."""
        super().paintEvent(event)
        if self._state in ("attention", "ready", "running") and self.isEnabled():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.width() / 2 + 8, 6, _BADGE, _BADGE)
            _BADGES[self._state](painter, box)
            painter.end()


def _halo(painter: QPainter, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("window"))
    painter.drawEllipse(box.adjusted(-2, -2, 2, 2))


def _line(painter: QPainter, colour: QColor) -> None:
    pen = QPen(colour, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _attention(painter: QPainter, box: QRectF) -> None:
    _halo(painter, box)
    painter.setBrush(color("warning"))
    top, left, right = box.top() + 0.5, box.left(), box.right()
    middle, bottom = box.center().x(), box.bottom() - 0.5
    painter.drawPolygon(
        QPolygonF([QPointF(middle, top), QPointF(right, bottom), QPointF(left, bottom)])
    )
    _line(painter, color("window"))
    painter.drawLine(QPointF(middle, top + 4.2), QPointF(middle, top + 6.6))
    painter.drawPoint(QPointF(middle, top + 8.8))


def _ready(painter: QPainter, box: QRectF) -> None:
    _halo(painter, box)
    _line(painter, color("ok"))
    x, y = box.left(), box.top()
    painter.drawPolyline(
        QPolygonF([QPointF(x + 2, y + 6.2), QPointF(x + 5, y + 9), QPointF(x + 10, y + 3.2)])
    )


def _running(painter: QPainter, box: QRectF) -> None:
    _halo(painter, box)
    painter.setBrush(color("accent"))
    painter.drawEllipse(box)
    painter.setBrush(color("accent_text"))
    x, y = box.left() + 4.4, box.top() + 3.2
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + 4.6, y + 2.8), QPointF(x, y + 5.6)]))


_BADGES = {"attention": _attention, "ready": _ready, "running": _running}


class ActivityBar(QFrame):
    """The bar at the left of the window.

    Args:
        entries: The pages.
        parent: Parent widget.

    Attributes:
        page_chosen: Emitted with the id of the page that was clicked.
        settings_requested: Emitted when the cog was clicked.
    """

    page_chosen = Signal(str)
    settings_requested = Signal()

    def __init__(self, entries: tuple[PageEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activityBar")
        self.setAccessibleName("Pages")
        self.setFixedWidth(_WIDTH + 1)
        self._buttons: dict[str, ActivityButton] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 8)
        layout.setSpacing(4)
        for number, entry in enumerate(entries, 1):
            button = ActivityButton(entry, number)
            self._group.addButton(button)
            self._buttons[entry.id] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self.settings_button = IconButton(
            "settings", "Settings", self.settings_requested.emit, name="window.settings"
        )
        layout.addWidget(self.settings_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._group.buttonClicked.connect(self._clicked)

    def button(self, page_id: str) -> ActivityButton:
        """Return the button of a page."""
        return self._buttons[page_id]

    def show_page(self, page_id: str) -> None:
        """Mark the page that is shown."""
        self._buttons[page_id].setChecked(True)
        for other, button in self._buttons.items():
            role = "accent" if other == page_id else "text_secondary"
            set_icon(button, button.entry.icon, role)

    def set_state(self, page_id: str, state: str) -> None:
        """Show the state of a page."""
        self._buttons[page_id].set_state(state)

    def set_project_open(self, is_open: bool) -> None:
        """Switch the pages that need a project on or off."""
        for button in self._buttons.values():
            button.setEnabled(is_open or not button.entry.needs_project)
            if not is_open:
                button.set_state("")

    @Slot(object)
    def _clicked(self, button: ActivityButton) -> None:
        self.page_chosen.emit(button.entry.id)
