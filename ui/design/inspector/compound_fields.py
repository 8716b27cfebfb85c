"""Fields of parameters that are things themselves: initializers, layers inside wrappers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.design.inspector.fields import ChoiceField, ParamField, Value
from ui.widgets import IconButton, mark_invalid
from workbench.catalog import Catalog, ParamSpec
from workbench.graph.changes import Unset
from workbench.plain import Plain

if TYPE_CHECKING:
    from ui.design.inspector.form import ParamForm


class NamedField(ParamField):
    """An initializer, regularizer or constraint: a name, and its settings when asked for."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        self._choice = ChoiceField(param, catalog)
        self._line = QLineEdit()
        self._line.setPlaceholderText("stddev = 0.05, seed = 1")
        self._line.setAccessibleName(f"Settings of {param.name.replace('_', ' ')}")
        self._more = IconButton(
            "settings", "Show its settings", self._toggle, checkable=True, size=16
        )
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._choice)
        column.addWidget(self._line)
        self.row.addLayout(column, 1)
        self.row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._line.hide()
        self._choice.edited.connect(self._chosen)
        self._choice.refused.connect(self.refused)
        self._choice.focused.connect(self.focused)
        self._line.textEdited.connect(self._typed)
        self.watch(self._choice.editor())
        self._name: str | None = None
        self._reason = ""

    def editor(self) -> QWidget:
        """Return the list of names."""
        return self._choice.editor()

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show name and settings."""
        shown = self.param.default if isinstance(value, Unset) else value
        config: Mapping[str, Plain] = {}
        if isinstance(shown, Mapping):
            inner = shown.get("config")
            config = inner if isinstance(inner, Mapping) else {}
            shown = shown.get("class_name")
        self._name = shown if isinstance(shown, str) else None
        self._choice.show_value(self._name, mixed=mixed)
        text = ", ".join(f"{k} = {json.dumps(v)}" for k, v in config.items())
        if not self._line.hasFocus():
            self._line.setText(text)
            self._tell("")
        opened = bool(text) or (self._more.isChecked() and self._name is not None)
        self._line.setVisible(opened)
        self._more.setChecked(opened)
        self._more.setEnabled(self._name is not None)

    def draft(self) -> str:
        """Return the settings while they cannot be read."""
        return self._line.text() if self._reason else ""

    def restore(self, text: str) -> None:
        """Show settings that were left behind."""
        self._line.setText(text)
        self._line.show()
        self._typed(text)

    @Slot(object)
    def _chosen(self, value: Value) -> None:
        self._line.clear()
        self._tell("")
        self.edited.emit(value)

    @Slot()
    def _toggle(self) -> None:
        self._line.setVisible(self._more.isChecked())
        if self._more.isChecked():
            self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _typed(self, text: str) -> None:
        config = _settings(text)
        if config is None or self._name is None:
            self._tell("Settings are written “name = value”, with commas between them.")
            return
        self._tell("")
        self.take({"class_name": self._name, "config": config} if config else self._name)

    def _tell(self, reason: str) -> None:
        self._reason = reason
        mark_invalid(self._line, bool(reason))
        self.refused.emit(reason)


class LayerField(ParamField):
    """A layer inside another (Bidirectional, TimeDistributed): which one, and its parameters."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        keys = param.choices or [s.key for s in catalog if len(s.inputs) and s.role == "layer"]
        self._choice = ChoiceField(param, catalog, keys)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._column.addWidget(self._choice)
        self.row.addLayout(self._column, 1)
        self._form: ParamForm | None = None
        self._key = ""
        self._params: dict[str, Plain] = {}
        self._choice.combo.activated.disconnect()
        self._choice.combo.activated.connect(self._chosen)
        self._choice.focused.connect(self.focused)
        self.watch(self._choice.editor())

    def editor(self) -> QWidget:
        """Return the list of layers."""
        return self._choice.editor()

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show the layer and its form."""
        shown = self.param.default if isinstance(value, Unset) else value
        entry: Any = shown if isinstance(shown, Mapping) else {}
        key, params = str(entry.get("layer", "")), dict(entry.get("params", {}))
        self._choice.show_value(key or None, mixed=mixed)
        if key != self._key:
            self._rebuild(key)
        self._params = params
        if self._form is not None:
            self._form.show_values(params)

    def _rebuild(self, key: str) -> None:
        from ui.design.inspector.form import ParamForm

        self._key = key
        if self._form is not None:
            self._form.setParent(None)
            self._form.deleteLater()
            self._form = None
        spec = self.catalog.get(key)
        if spec is not None:
            self._form = ParamForm(spec, self.catalog, label_width=80)
            self._form.edited.connect(self._inner_edited)
            self._column.addWidget(self._form)

    @Slot(int)
    def _chosen(self, at: int) -> None:
        key = self._choice.combo.itemData(at)
        spec = self.catalog.get(str(key)) if key else None
        if spec is None:
            self.take(None)
            return
        needed = {p.name: p.suggestion for p in spec.params if p.required}
        kept = {k: v for k, v in self._params.items() if spec.param(k) is not None}
        self.take({"layer": spec.key, "params": {**needed, **kept}})

    @Slot(str, object)
    def _inner_edited(self, name: str, value: Value) -> None:
        params = dict(self._params)
        if isinstance(value, Unset):
            params.pop(name, None)
        else:
            params[name] = value
        self.take({"layer": self._key, "params": params})


def _settings(text: str) -> dict[str, Plain] | None:
    """Return "a = 1, b = x" as named values; None when it cannot be read."""
    found: dict[str, Plain] = {}
    for part in filter(str.strip, text.split(",")):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name.isidentifier() or not value:
            return None
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = {"True": True, "False": False, "None": None}.get(value, value)
    return found


def make_field(param: ParamSpec, catalog: Catalog) -> ParamField:
    """Return the field that fits a parameter."""
    from ui.design.inspector.fields import TextField, ToggleField

    if param.kind in ("initializer", "regularizer", "constraint"):
        return NamedField(param, catalog)
    if param.kind == "layer":
        return LayerField(param, catalog)
    if param.kind == "bool":
        return ChoiceField(param, catalog) if param.nullable else ToggleField(param, catalog)
    if param.kind in ("choice", "activation", "dtype"):
        return ChoiceField(param, catalog)
    return TextField(param, catalog)
