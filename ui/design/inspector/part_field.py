"""The field of an initializer, regularizer or constraint: which one, and the form of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from ui.design.inspector.drafts import drafts_of, restore_drafts
from ui.design.inspector.fields import ChoiceField, ParamField, Value
from ui.widgets import IconButton
from workbench.catalog import Catalog, LayerSpec, ParamSpec
from workbench.graph.changes import UNSET, Unset
from workbench.plain import Plain

if TYPE_CHECKING:
    from ui.design.inspector.form import ParamForm


class PartField(ParamField):
    """A list of names; below it the settings of the one that is chosen, each a field.

    The settings of the default are folded away until asked for.
    """

    opened = Signal(bool)

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        self._choice = ChoiceField(param, catalog)
        self._more = IconButton(
            "settings", "Show its settings", self._toggle, checkable=True, size=16,
            name=f"design.settings.{param.name}",
        )  # fmt: skip
        self._more.hide()
        self._place = self.room_below()
        self.row.addWidget(self._choice, 1)
        self.row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._form: ParamForm | None = None
        self._part: LayerSpec | None = None
        self._config: dict[str, Plain] = {}
        self._asked = False
        self._choice.edited.connect(self._chosen)
        self._choice.refused.connect(self.refused)
        self._choice.focused.connect(self.focused)
        self.watch(self._choice.editor())

    def editor(self) -> QWidget:
        """Return the list of names."""
        return self._choice.editor()

    def form(self) -> ParamForm | None:
        """Return the form of the settings, or None where there are none."""
        return self._form

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show name and settings."""
        shown = self.param.default if isinstance(value, Unset) else value
        config: Mapping[str, Plain] = {}
        if isinstance(shown, Mapping):
            inner = shown.get("config")
            config = inner if isinstance(inner, Mapping) else {}
            shown = shown.get("class_name")
        name = shown if isinstance(shown, str) else None
        self._choice.show_value(self._spelled(name), mixed=mixed)
        part = self.catalog.part(self.param.kind, name) if name and not mixed else None
        if part is not self._part:
            self._rebuild(part)
        self._config = dict(config)
        if self._form is not None:
            self._form.show_values(self._config)
        special = not isinstance(value, Unset) and bool(part and part.params)
        self._open(special or self._asked)

    def _spelled(self, name: str | None) -> str | None:
        """Return the entry of the list that a name in either spelling stands for."""
        wanted = (name or "").replace("_", "").lower()
        return next((c for c in self.param.choices if c.replace("_", "") == wanted), name)

    def _rebuild(self, part: LayerSpec | None) -> None:
        from ui.design.inspector.form import ParamForm

        self._part = part
        if self._form is not None:
            self._form.setParent(None)
            self._form.deleteLater()
            self._form = None
        self._choice.setToolTip(part.summary if part else "")
        if part is not None and part.params:
            self._form = ParamForm(part, self.catalog, label_width=96, nested=True)
            self._form.set_block(self.block_values)
            self._form.edited.connect(self._setting_edited)
            self._form.entered.connect(self._entered)
            self._place.addWidget(self._form)
        self._more.setVisible(self._form is not None)

    def _open(self, opened: bool) -> None:
        self._more.setChecked(opened)
        if self._form is not None:
            self._form.setVisible(opened)

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of a block to the settings; None outside blocks."""
        super().set_block(values)
        if self._form is not None:
            self._form.set_block(values)

    def draft(self) -> str:
        """Return the settings that cannot be read."""
        return drafts_of(self._form)

    def restore(self, text: str) -> None:
        """Show settings that were left behind."""
        restore_drafts(self._form, text)

    @Slot()
    def _entered(self) -> None:
        self.focused.emit(True)

    @Slot(object)
    def _chosen(self, value: Value) -> None:
        self.refused.emit("")
        self.edited.emit(value)

    @Slot()
    def _toggle(self) -> None:
        self._asked = self._more.isChecked()
        self._open(self._asked)
        if self._asked and self._form is not None and self._form.rows:
            first = next(iter(self._form.rows.values()))
            first.field.editor().setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str, object)
    def _setting_edited(self, name: str, value: Value) -> None:
        if self._part is None:
            return
        config = dict(self._config)
        if isinstance(value, Unset):
            config.pop(name, None)
        else:
            config[name] = value
        self._config = config
        called = self._part.key.partition(":")[2]
        plain: Plain = {"class_name": called, "config": config} if config else self._named(called)
        if isinstance(plain, str) and not self.param.required and plain == self.param.default:
            self.edited.emit(UNSET)
        else:
            self.take(plain)

    def _named(self, called: str) -> str:
        return self._spelled(called) or called
