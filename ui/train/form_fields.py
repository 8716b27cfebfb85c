"""Fields of the recipe form: each shows one setting and says how the person changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ui.widgets import NumberField, identify

Option = tuple[Any, str, str]
"""Value, title, tooltip."""


class _Box(QComboBox):
    """A combo box that leaves the wheel to the panel and shortens its text with "…"."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, label)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel: scrolling it must not change settings."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box with its text, shortened where there is no room."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width() - 2
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class Choice(_Box):
    """One of several values.

    Args:
        name: Object name.
        label: Accessible name.
        parent: Parent widget.

    Attributes:
        value_changed: Emitted with the value that the person chose.
    """

    value_changed = Signal(object)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(name, label, parent)
        self._options: list[Option] = []
        self.activated.connect(self._chosen)

    def show_options(self, options: Sequence[Option]) -> None:
        """Offer other values; the shown one is kept where it is among them."""
        if list(options) == self._options:
            return
        value = self.value
        self._options = list(options)
        self.blockSignals(True)
        self.clear()
        for place, (option, title, tip) in enumerate(options):
            self.addItem(title, option)
            if tip:
                self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.blockSignals(False)
        self.show_value(value)

    @property
    def value(self) -> Any:
        """The value shown, or None."""
        return self.currentData()

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not offered is shown as it is, so that nothing is hidden."""
        place = next((i for i, o in enumerate(self._options) if o[0] == value), -1)
        if place < 0 and value is not None:
            self._options.append((value, str(value), ""))
            self.addItem(str(value), value)
            place = len(self._options) - 1
        self.setCurrentIndex(place)
        self.setToolTip(self._options[place][2] if place >= 0 else "")

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.setToolTip(self._options[place][2])
        self.value_changed.emit(self.itemData(place))


class Switch(QCheckBox):
    """Yes or no.

    Args:
        text: What is so when it is on.
        name: Object name.
        parent: Parent widget.

    Attributes:
        value_changed: Emitted with True or False after the person switched it.
    """

    value_changed = Signal(object)

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        identify(self, name, text)
        self.clicked.connect(self._switched)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setChecked(bool(value))

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        self.value_changed.emit(on)


class Number(NumberField):
    """A number field that shows values of the document."""

    def show_value(self, value: Any) -> None:
        """Show a value, unless the person is typing another one."""
        if self.hasFocus() and self.isModified() and self.reason():
            return
        number = float(value) if isinstance(value, int | float) else None
        if number != self.value or self.text() == "":
            self.set_value(number)


class Several(_Box):
    """Several of many values, chosen in a menu; the first entry lets the program choose.

    Args:
        name: Object name.
        label: Accessible name.
        parent: Parent widget.

    Attributes:
        value_changed: Emitted with the tuple of chosen values.
    """

    value_changed = Signal(object)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(name, label, parent)
        self._automatic: Any = None
        self._automatic_text = ""
        self._options: list[Option] = []
        self._value: tuple[Any, ...] = ()
        self.addItem("")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)

    def show_options(self, automatic: Any, text: str, options: Sequence[Option]) -> None:
        """Offer other values.

        Args:
            automatic: Value that stands for the program's choice.
            text: How that is called ("Automatic (accuracy)").
            options: The values.
        """
        self._automatic, self._automatic_text = automatic, text
        self._options = list(options)
        self._show()

    def show_value(self, value: Sequence[Any]) -> None:
        """Show a value."""
        self._value = tuple(value)
        self._show()

    def _show(self) -> None:
        if self._value in ((self._automatic,), ()):
            text = self._automatic_text if self._value else "None"
        else:
            titles = {option: title for option, title, _ in self._options}
            titles[self._automatic] = self._automatic_text
            text = ", ".join(titles.get(v, str(v)) for v in self._value)
        self.setItemText(0, text)
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def showPopup(self) -> None:
        """Open the menu where a list would open."""
        self._fill()
        self._menu.setMinimumWidth(self.width())
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _fill(self) -> None:
        self._menu.clear()
        self._add(self._automatic, self._automatic_text, "")
        self._menu.addSeparator()
        for option, title, tip in self._options:
            self._add(option, title, tip)

    def _add(self, option: Any, title: str, tip: str) -> None:
        action = QAction(title, self._menu)
        action.setCheckable(True)
        action.setChecked(option in self._value)
        action.setToolTip(tip)
        action.setData(option)
        action.triggered.connect(self._switched)
        self._menu.addAction(action)

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        option = action.data()
        if option == self._automatic:
            self.value_changed.emit((self._automatic,))
            return
        order = [value for value, _, _ in self._options]
        chosen = {v for v in self._value if v != self._automatic}
        chosen = chosen | {option} if on else chosen - {option}
        value = tuple(v for v in order if v in chosen)
        self.value_changed.emit(value or (self._automatic,))
