"""A choice among a few options, with one line below it that explains the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ui.widgets import FormRow, Text, as_tip, identify
from workbench.data.choices import Option


class OptionBox(QComboBox):
    """A combo box of options; the wheel scrolls the panel, not the choice.

    Args:
        name: Object name.
        accessible: Accessible name.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the value that a person chose.
    """

    chosen = Signal(str)

    def __init__(self, name: str, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, accessible)
        self._options: tuple[Option, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(self._activated)

    def show_options(self, options: Sequence[Option], value: str | None) -> None:
        """Show options and which is chosen.

        Args:
            options: The options.
            value: The chosen one; None when several columns differ.
        """
        if tuple(options) != self._options:
            self._options = tuple(options)
            self.clear()
            for place, option in enumerate(options):
                self.addItem(option.title, option.value)
                self.setItemData(place, as_tip(option.explanation), Qt.ItemDataRole.ToolTipRole)
        self.setPlaceholderText("Mixed")
        values = [option.value for option in self._options]
        self.setCurrentIndex(values.index(value) if value in values else -1)

    @property
    def option(self) -> Option | None:
        """The chosen option; None when mixed."""
        at = self.currentIndex()
        return self._options[at] if 0 <= at < len(self._options) else None

    @property
    def options(self) -> tuple[Option, ...]:
        """All options."""
        return self._options

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the panel scroll."""
        event.ignore()

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.chosen.emit(self._options[at].value)


class OptionRow(QWidget):
    """A labelled choice with its explanation.

    Args:
        label: Name of the choice.
        name: Object name of the box.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the value that a person chose.
        box: The choice.
    """

    chosen = Signal(str)

    def __init__(self, label: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = OptionBox(name, label)
        self._explanation = Text("", "secondary", wrap=True, name=f"{name}.explanation")
        self._row = FormRow(label, self.box, label_width=80)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._row)
        line = QVBoxLayout()
        line.setContentsMargins(88, 0, 0, 2)
        line.addWidget(self._explanation)
        layout.addLayout(line)
        self.box.chosen.connect(self.chosen)

    def show_options(self, options: Sequence[Option], value: str | None, *, more: str = "") -> None:
        """Show options, the chosen one and what it does.

        Args:
            options: The options.
            value: The chosen one; None when several columns differ.
            more: A sentence behind the explanation.
        """
        self.box.show_options(options, value)
        self.box.setEnabled(len(options) > 1)
        option = self.box.option
        words = option.explanation if option else "The selected columns differ here."
        self._explanation.setText(f"{words} {more}".strip())
        self.box.setAccessibleDescription(self._explanation.text())

    def changeEvent(self, event: QEvent) -> None:
        """Grey the explanation with the choice."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._explanation.setEnabled(self.isEnabled())
