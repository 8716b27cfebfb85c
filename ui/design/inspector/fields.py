"""Fields of the property form, one per kind of parameter.

A field emits legal values only. What cannot be understood stays in the field, with the reason
below it, and never reaches the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ui.widgets import mark_invalid
from workbench.catalog import Catalog, ParamSpec
from workbench.catalog.validate import check_value, format_value, parse_text
from workbench.errors import GraphError
from workbench.graph.changes import UNSET, Unset
from workbench.graph.formulas import has_formula, resolve
from workbench.plain import Plain

Value = Plain | Unset

_MIXED: Final = "Several values"
_PAUSE_MS: Final = 350
"""How long typing must pause before a half-typed value is called wrong."""


class ParamField(QWidget):
    """Edits one parameter.

    Args:
        param: What is edited.
        catalog: The layers that exist.

    Attributes:
        block_values: Parameters of the block that the layer stands in; None outside blocks.
        below: Forms that belong to the field, laid out under its row over the whole width.
        edited: Emitted with a legal value, or UNSET for the default.
        refused: Emitted with the reason why the text is no legal value; "" when it is.
        focused: Emitted when the person came here (True) or left (False).
    """

    edited = Signal(object)
    refused = Signal(str)
    focused = Signal(bool)

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__()
        self.param = param
        self.catalog = catalog
        self.below: QVBoxLayout | None = None
        self.block_values: Mapping[str, Plain] | None = None
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show a value; UNSET shows the default. Emits nothing. Every kind has its own way."""
        del value, mixed

    def draft(self) -> str:
        """Return a text that is no legal value and would be lost, else ""."""
        return ""

    def restore(self, text: str) -> None:
        """Show such a text again."""
        del text

    def meaning(self) -> str:
        """Return what the value that is shown means, where its name does not say it."""
        return ""

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of a block to the fields of a form below; None outside blocks."""
        self.block_values = values

    def editor(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self

    def room_below(self) -> QVBoxLayout:
        """Return the layout for forms under the row, a little set in."""
        if self.below is None:
            self.below = QVBoxLayout()
            self.below.setContentsMargins(16, 0, 0, 0)
            self.below.setSpacing(8)
        return self.below

    def watch(self, widget: QWidget) -> None:
        """Tell when the focus comes and goes; leave the wheel to the panel's scrolling."""
        widget.installEventFilter(self)
        self.setFocusProxy(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See `watch`."""
        if isinstance(event, QFocusEvent):
            self.focused.emit(event.type() == QEvent.Type.FocusIn)
        if isinstance(event, QWheelEvent):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def take(self, value: Plain) -> None:
        """Emit a value if it is legal, else the reason why not."""
        reason: str | None
        try:
            checked = resolve(value, self.block_values or {}) if has_formula(value) else value
            reason = check_value(self.param, checked, self.catalog)
        except GraphError as error:
            reason = error.message
        self.refused.emit(reason or "")
        if reason is None:
            is_default = not self.param.required and _same(value, self.param.default)
            self.edited.emit(UNSET if is_default else value)


class TextField(ParamField):
    """Numbers, sizes, shapes, names and lists, typed. Up and Down step single numbers."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        self.line = QLineEdit()
        self.row.addWidget(self.line)
        self._value: Value = UNSET
        self._reason = ""
        self.line.setPlaceholderText(default_text(param))
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._tell)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self.watch(self.line)

    def editor(self) -> QWidget:
        """Return the line."""
        return self.line

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show a value unless the person has typed just this."""
        self.line.setPlaceholderText(_MIXED if mixed else default_text(self.param))
        self._value = value
        try:
            typed: Value = self._read() if not mixed else UNSET
        except GraphError:
            typed = UNSET
        text = "" if isinstance(value, Unset) or mixed else format_value(self.param, value)
        if not self.line.hasFocus() or not _same(typed, value):
            self.line.setText(text)
        self._set_reason("")
        self._tell()

    def draft(self) -> str:
        """Return the text while it is no legal value."""
        return self.line.text() if self._reason else ""

    def restore(self, text: str) -> None:
        """Show a text that was left behind."""
        self.line.setText(text)
        self._typed()
        self._tell()

    def _read(self) -> Value:
        text = self.line.text()
        if not text.strip() and not self.param.required:
            return UNSET
        return parse_text(self.param, text)

    @Slot()
    def _typed(self, _text: str = "") -> None:
        try:
            value = self._read()
        except GraphError as error:
            self._set_reason(error.message)
            return
        if isinstance(value, Unset):
            self._set_reason("")
            self.edited.emit(UNSET)
            return
        reason = check_value(self.param, value, self.catalog) or ""
        self._set_reason(reason)
        if not reason:
            self._value = value
            is_default = not self.param.required and _same(value, self.param.default)
            self.edited.emit(UNSET if is_default else value)

    def _set_reason(self, reason: str) -> None:
        self._reason = reason
        if reason:
            self._pause.start()
        else:
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        mark_invalid(self.line, bool(self._reason))
        self.refused.emit(self._reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step numbers with Up and Down, put the legal value back with Escape."""
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() in steps and self.param.kind in ("int", "float"):
            self._step(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self._reason:
            value = self._value
            self.line.setText("" if isinstance(value, Unset) else format_value(self.param, value))
            self._set_reason("")
        else:
            super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        value = self.param.default if isinstance(self._value, Unset) else self._value
        number = value if isinstance(value, (int, float)) else self.param.minimum or 0
        if self.param.kind == "int":
            stepped: float = int(number) + direction
        else:
            stepped = round(float(number) + direction * _float_step(float(number)), 10)
        self.line.setText(format_value(self.param, stepped))
        self._typed()


class ToggleField(ParamField):
    """Yes or no."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        self.box = QCheckBox()
        self.row.addWidget(self.box)
        self.row.addStretch(1)
        self.box.clicked.connect(self._clicked)
        self.watch(self.box)

    def editor(self) -> QWidget:
        """Return the box."""
        return self.box

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Tick the box, or show that values differ."""
        self.box.setTristate(mixed)
        shown = self.param.default if isinstance(value, Unset) else value
        if mixed:
            self.box.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.box.setChecked(bool(shown))

    @Slot()
    def _clicked(self) -> None:
        self.box.setTristate(False)
        self.take(self.box.isChecked())


class ChoiceField(ParamField):
    """One of a list. Null is "None" where it is legal."""

    def __init__(self, param: ParamSpec, catalog: Catalog, choices: Sequence[str] = ()) -> None:
        super().__init__(param, catalog)
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(4)
        self.combo.setPlaceholderText(_MIXED)
        if param.nullable:
            self.combo.addItem(null_text(param), None)
        words = ("true", "false") if param.kind == "bool" else choices or param.choices
        for word in words:
            self.combo.addItem({"true": "Yes", "false": "No"}.get(word, word), word)
        self.row.addWidget(self.combo, 1)
        self.combo.activated.connect(self._chosen)
        self.watch(self.combo)

    def editor(self) -> QWidget:
        """Return the list."""
        return self.combo

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Choose an entry; a value that is none of them is added, so that it can be seen."""
        shown = self.param.default if isinstance(value, Unset) else value
        if mixed:
            self.combo.setCurrentIndex(-1)
            return
        wanted = None if shown is None else format_value(self.param, shown)
        at = next((i for i in range(self.combo.count()) if self.combo.itemData(i) == wanted), -1)
        if at < 0 and wanted is not None:
            self.combo.addItem(wanted, wanted)
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)

    @Slot(int)
    def _chosen(self, at: int) -> None:
        word = self.combo.itemData(at)
        if word is None:
            self.take(None)
        else:
            self.take(word == "true" if self.param.kind == "bool" else str(word))


def default_text(param: ParamSpec) -> str:
    """Return how an empty field says what happens when it is left empty."""
    if param.required:
        return "Needed"
    if param.default is None:
        return null_text(param)
    return format_value(param, param.default)


def null_text(param: ParamSpec) -> str:
    """Return the word for null: "Automatic" where Keras then decides, else "None"."""
    if param.kind == "constant":
        return "Connection"
    return "Automatic" if param.kind in ("dtype", "shape") or "auto" in param.help else "None"


def _same(first: Value, second: Value) -> bool:
    if isinstance(first, Unset) or isinstance(second, Unset):
        return first is second
    if isinstance(first, bool) != isinstance(second, bool):
        return False
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return list(first) == list(second)
    return first == second


def _float_step(number: float) -> float:
    """Return a step that suits the size of a number: 0.05 near 0.25, 0.001 near 0.003."""
    size = abs(number)
    if size >= 10:
        return 1.0
    if size >= 1:
        return 0.1
    return 0.05 if size >= 0.05 or size == 0 else 0.001
