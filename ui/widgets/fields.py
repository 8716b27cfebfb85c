"""Form fields: a labelled row, a number field, a search field."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import TARGET, icon
from ui.widgets.buttons import identify
from ui.widgets.labels import ElidedText, Text, restyle


class FormRow(QWidget):
    """A label, its field, and below them what is wrong with the value.

    Args:
        label: Name of the setting in the person's words.
        field: The editor.
        help: What it does; shown as tooltip of label and field.
        label_width: Width of the label, px, so that the rows of a form line up.
        parent: Parent widget.
    """

    def __init__(
        self,
        label: str,
        field: QWidget,
        *,
        help: str = "",
        label_width: int = 112,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.label = ElidedText(label)
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label.setFixedSize(label_width, TARGET)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.label.setBuddy(field)
        self._problem = Text("", "error", wrap=True)
        self._problem.hide()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(field, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._problem)
        if not field.accessibleName():
            field.setAccessibleName(label)
        self.set_help(help)

    def set_help(self, help: str) -> None:
        """Change the tooltip of label and field."""
        if help:
            self.label.setToolTip(help)
            self.field.setToolTip(help)
            self.field.setAccessibleDescription(help)

    def set_problem(self, reason: str) -> None:
        """Show why the value cannot be used; "" when it can."""
        self._problem.setText(reason)
        self._problem.setVisible(bool(reason))
        mark_invalid(self.field, bool(reason))


def mark_invalid(field: QWidget, invalid: bool) -> None:
    """Draw a field's border in the error colour, or not."""
    if bool(field.property("invalid")) != invalid:
        field.setProperty("invalid", invalid)
        restyle(field)


class NumberField(QLineEdit):
    """A number that is typed: "0.001", "1e-3", "1 000". Up and down change it.

    It never rounds what was typed, and tells only of values that changed and are legal.

    Args:
        value: The number, or None for an empty field.
        minimum: Smallest legal value.
        maximum: Largest legal value.
        whole: Whether only whole numbers are legal.
        optional: Whether the field may be empty (`value_changed` then carries None).
        step: What Up and Down add; for 0 they multiply or divide by 10.
        name: Object name.
        accessible: Accessible name.
        parent: Parent widget.

    Attributes:
        value_changed: Emitted with the new number after Enter, focus loss, Up or Down.
        problem_changed: Emitted with the reason why the text is no legal value, or "".
    """

    value_changed = Signal(object)
    problem_changed = Signal(str)

    def __init__(
        self,
        value: float | None = None,
        *,
        minimum: float = -math.inf,
        maximum: float = math.inf,
        whole: bool = False,
        optional: bool = False,
        step: float = 1.0,
        name: str = "",
        accessible: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._minimum, self._maximum = minimum, maximum
        self._whole, self._optional, self._step = whole, optional, step
        self._value: float | None = None
        identify(self, name, accessible)
        self.set_value(value)
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(self._edited)

    @property
    def value(self) -> float | None:
        """The last legal number; None when the field is empty."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a number without emitting anything."""
        if self._whole and value is not None:
            value = int(value)
        self._value = value
        self.setText(self._text_of(value))
        self._tell("")

    def set_range(self, minimum: float, maximum: float) -> None:
        """Change the legal range."""
        self._minimum, self._maximum = minimum, maximum

    def reason(self) -> str:
        """Return why the typed text is no legal value, or ""."""
        return self._read()[1]

    @Slot()
    def commit(self) -> None:
        """Take the typed text as the value when it is legal."""
        value, reason = self._read()
        self._tell(reason)
        if not reason and value != self._value:
            self._value = value
            self.setText(self._text_of(value))
            self.value_changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with Up and Down, give up with Escape."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._take_step(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._text_of(self._value):
            self.set_value(self._value)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _edited(self) -> None:
        self._tell(self._read()[1])

    def _take_step(self, direction: int) -> None:
        value, reason = self._read()
        if reason or value is None:
            value = self._value or 0.0
        if self._step:
            value = value + direction * self._step
        else:
            value = float(f"{value * 10.0**direction:.12g}")
        value = min(max(value, self._minimum), self._maximum)
        self.setText(self._text_of(int(value) if self._whole else float(f"{value:.12g}")))
        self.commit()

    def _read(self) -> tuple[float | None, str]:
        text = self.text().strip().replace(" ", "").replace("\u202f", "").replace("−", "-")
        if not text:
            return None, "" if self._optional else "A number is needed here."
        if "," in text and "." not in text:
            text = text.replace(",", ".")
        try:
            number = float(text)
        except ValueError:
            return None, "This is not a number."
        if not math.isfinite(number):
            return None, "This is not a number."
        if self._whole:
            if number != int(number):
                return None, "A whole number is needed here."
            number = int(number)
        if number < self._minimum:
            return None, f"The smallest possible value is {self._minimum:g}."
        if number > self._maximum:
            return None, f"The largest possible value is {self._maximum:g}."
        return number, ""

    def _text_of(self, value: float | None) -> str:
        if value is None:
            return ""
        return str(value) if self._whole else f"{value:.12g}"

    def _tell(self, reason: str) -> None:
        mark_invalid(self, bool(reason))
        self.problem_changed.emit(reason)


class SearchField(QLineEdit):
    """A field that filters what is below it; Escape empties it.

    Args:
        placeholder: What is searched.
        name: Object name.
        parent: Parent widget.
    """

    def __init__(
        self, placeholder: str = "Search", *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        identify(self, name, placeholder)
        self._glass = self.addAction(
            icon("search", "text_secondary"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Empty the field with Escape; only then let Escape through."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            self.clear()
            event.accept()
            return True
        return super().eventFilter(watched, event)
