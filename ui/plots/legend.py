"""The legend: one entry per curve that switches it on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QToolButton, QWidget

from ui.plots.colours import curve_colour, faint, line_pen, sample_pen
from ui.plots.curve import LineStyle
from ui.theme import color, font
from workbench.wording import count

_SAMPLE: Final = 16
_HEIGHT: Final = 26
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry shows.

    Attributes:
        key: The curve.
        label: Its name.
        hue: Number of its colour.
        style: How its line is drawn.
        visible: Whether it is drawn.
        value: Its latest value, as text.
    """

    key: str
    label: str
    hue: int
    style: LineStyle
    visible: bool
    value: str = ""


class LegendEntry(QAbstractButton):
    """A line sample and a name; pressed in while the curve is shown."""

    def __init__(self, entry: Entry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font("secondary"))
        self._compact = False
        self.entry = entry
        self.show_entry(entry)

    def show_entry(self, entry: Entry) -> None:
        """Show another state of the curve."""
        self.entry = entry
        self.setText(entry.label)
        self.setChecked(entry.visible)
        action = "Hide" if entry.visible else "Show"
        self.setToolTip(f"{action} {entry.label}")
        self.setAccessibleName(f"{entry.label} {entry.value}".strip())
        self.setAccessibleDescription("shown" if entry.visible else "hidden")
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Leave the value out, because there is no room for it."""
        if compact != self._compact:
            self._compact = compact
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room for sample, name and value."""
        metrics = QFontMetrics(self.font())
        width = _SAMPLE + 6 + metrics.horizontalAdvance(self.text())
        if self.entry.value and not self._compact:
            # Room for a value of usual length, so that the legend does not move with every value.
            width += 6 + max(metrics.horizontalAdvance("0.0000"),
                             metrics.horizontalAdvance(self.entry.value))  # fmt: skip
        return QSize(width + 2 * 6, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw sample, name and value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.hasFocus():
            painter.setPen(line_pen(color("accent")) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(color("hover") if self.underMouse() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 6, 6)
        on = self.isChecked()
        colour = curve_colour(self.entry.hue) if on else color("text_disabled")
        if self.entry.style == "batch" and on:
            colour = faint(colour)
        painter.setPen(sample_pen(colour, dashed=self.entry.style == "dashed"))
        middle = self.height() / 2
        painter.drawLine(QPointF(6, middle), QPointF(6 + _SAMPLE, middle))
        text = self.rect().adjusted(6 + _SAMPLE + 6, 0, -6, 0)
        painter.setPen(color("text_secondary") if on else color("text_disabled"))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, flags | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.entry.value and on and not self._compact:
            painter.setPen(color("text"))
            painter.drawText(text, flags | Qt.AlignmentFlag.AlignRight, self.entry.value)


class Legend(QWidget):
    """All entries in one line; those without room are in a menu at its end.

    Args:
        name: Object name; entries are `name + "." + key`.
        parent: Parent widget.

    Attributes:
        toggled: Emitted with (key, visible) when the person switches a curve.
    """

    toggled = Signal(str, bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Curves")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, LegendEntry] = {}
        self._more = QToolButton(self)
        self._more.setObjectName(f"{name}.more")
        self._more.setAccessibleName("More curves")
        self._more.setFont(font("secondary"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._more)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.setMenu(self._menu)
        self._more.hide()

    def show_entries(self, entries: list[Entry]) -> None:
        """Show the state of the curves."""
        wanted = {entry.key for entry in entries}
        for key in [key for key in self._buttons if key not in wanted]:
            gone = self._buttons.pop(key)
            gone.hide()
            gone.deleteLater()
        order = list(self._buttons)
        for entry in entries:
            button = self._buttons.get(entry.key)
            if button is None:
                button = LegendEntry(entry, self)
                button.setObjectName(f"{self.objectName()}.{entry.key}")
                button.clicked.connect(self._clicked)
                self._buttons[entry.key] = button
            elif button.entry != entry:
                button.show_entry(entry)
        self._buttons = {entry.key: self._buttons[entry.key] for entry in entries}
        if list(self._buttons) != order:
            QWidget.updateGeometry(self)
        self._arrange()

    def button(self, key: str) -> LegendEntry:
        """Return the entry of a curve."""
        return self._buttons[key]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out which entries have room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width()
        widths = self._widths(compact=False)
        if sum(widths) > room:
            widths = self._widths(compact=True)
        if sum(widths) > room:
            room -= 64
        x, hidden = 0, 0
        for button, width in zip(self._buttons.values(), widths, strict=True):
            fits = not hidden and x + width - _GAP <= room
            button.setVisible(fits)
            if fits:
                button.setGeometry(x, 0, width - _GAP, _HEIGHT)
                x += width
            else:
                hidden += 1
        self._more.setVisible(bool(hidden))
        if hidden:
            self._more.setText(f"+{count(hidden)}")
            self._more.setGeometry(x, 0, 60, _HEIGHT)

    def _widths(self, *, compact: bool) -> list[int]:
        for button in self._buttons.values():
            button.set_compact(compact)
        return [button.sizeHint().width() + _GAP for button in self._buttons.values()]

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, LegendEntry):
            self.toggled.emit(button.entry.key, button.isChecked())

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        for key, button in self._buttons.items():
            if not button.isVisibleTo(self):
                action = QAction(button.entry.label.replace("&", "&&"), self._menu)
                action.setCheckable(True)
                action.setChecked(button.entry.visible)
                action.setData(key)
                action.triggered.connect(self._chosen)
                self._menu.addAction(action)

    @Slot(bool)
    def _chosen(self, shown: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.toggled.emit(str(action.data()), shown)
