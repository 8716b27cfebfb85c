"""The field of a layer inside another, and the choice of the field for each kind of parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ui.design.inspector.drafts import drafts_of, restore_drafts
from ui.design.inspector.fields import ChoiceField, ParamField, Value
from ui.design.titles import title_of_key
from workbench.catalog import Catalog, ParamSpec
from workbench.catalog.schema import PART_KINDS
from workbench.catalog.validate import can_stand_inside
from workbench.graph.changes import Unset
from workbench.plain import Plain

if TYPE_CHECKING:
    from ui.design.inspector.form import ParamForm


class LayerField(ParamField):
    """A layer inside another (Bidirectional, TimeDistributed): which one, and its parameters."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        keys = param.choices or [s.key for s in catalog if can_stand_inside(s)]
        self._choice = ChoiceField(param, catalog, keys)
        for at in range(self._choice.combo.count()):
            if key := self._choice.combo.itemData(at):
                self._choice.combo.setItemText(at, title_of_key(str(key)))
        self.row.addWidget(self._choice, 1)
        self._place = self.room_below()
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

    def form(self) -> ParamForm | None:
        """Return the form of the layer that is chosen, or None."""
        return self._form

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of a block to the layer inside; None outside blocks."""
        super().set_block(values)
        if self._form is not None:
            self._form.set_block(values)

    def draft(self) -> str:
        """Return the settings that cannot be read."""
        return drafts_of(self._form)

    def restore(self, text: str) -> None:
        """Show settings that were left behind."""
        restore_drafts(self._form, text)

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
            self._form = ParamForm(spec, self.catalog, label_width=96, nested=True)
            self._form.set_block(self.block_values)
            self._form.edited.connect(self._inner_edited)
            self._form.entered.connect(self._entered)
            self._place.addWidget(self._form)

    @Slot(int)
    def _chosen(self, at: int) -> None:
        key = self._choice.combo.itemData(at)
        spec = self.catalog.get(str(key)) if key else None
        if spec is None:
            self.take(None)
            return
        self.take(fresh_inner(self.catalog, spec.key, self._params))

    @Slot()
    def _entered(self) -> None:
        self.focused.emit(True)

    @Slot(str, object)
    def _inner_edited(self, name: str, value: Value) -> None:
        params = dict(self._params)
        if isinstance(value, Unset):
            params.pop(name, None)
        else:
            params[name] = value
        self._params = params
        self.take({"layer": self._key, "params": params})


def fresh_inner(catalog: Catalog, key: str, kept: Mapping[str, Plain] | None = None) -> Plain:
    """Return a layer that has just been chosen to stand inside another.

    Args:
        catalog: The layers that exist.
        key: Its catalog key.
        kept: Settings of the layer that stood there, as far as they fit.
    """
    spec = catalog.get(key)
    if spec is None:
        return None
    needed = {p.name: p.suggestion for p in spec.params if p.required}
    fitting = {k: v for k, v in (kept or {}).items() if spec.param(k) is not None}
    return {"layer": key, "params": {**needed, **fitting}}


def make_field(param: ParamSpec, catalog: Catalog) -> ParamField:
    """Return the field that fits a parameter."""
    from ui.design.inspector.fields import TextField, ToggleField
    from ui.design.inspector.format_field import FormatField
    from ui.design.inspector.layers_field import LayersField
    from ui.design.inspector.part_field import PartField

    if param.kind in PART_KINDS:
        return PartField(param, catalog)
    if param.kind == "layers":
        return LayersField(param, catalog)
    if param.kind == "dtype":
        return FormatField(param, catalog)
    if param.kind == "layer":
        return LayerField(param, catalog)
    if param.kind == "bool":
        return ChoiceField(param, catalog) if param.nullable else ToggleField(param, catalog)
    if param.kind in ("choice", "activation"):
        return ChoiceField(param, catalog)
    return TextField(param, catalog)
