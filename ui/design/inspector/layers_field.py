"""The field of a list of layers inside a layer: cells of StackedRNNCells, steps of a Pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.design.inspector.compound_fields import LayerField, fresh_inner
from ui.design.inspector.fields import ParamField, Value
from ui.widgets import Button, IconButton
from workbench.catalog import Catalog, ParamSpec
from workbench.graph.changes import Unset
from workbench.plain import Plain


class LayersField(ParamField):
    """One layer with its form under the other; buttons move, remove and add."""

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__(param, catalog)
        self._place = self.room_below()
        self._add = Button("Add", self._add_clicked, icon="add", name=f"design.add.{param.name}")
        self._add.setAccessibleName(f"Add to {param.name}")
        self.row.addWidget(self._add)
        self.row.addStretch(1)
        self._rows: list[tuple[QWidget, LayerField]] = []
        self._entries: list[Any] = []
        self.watch(self._add)

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of a block to the layers inside; None outside blocks."""
        super().set_block(values)
        for field in self.fields():
            field.set_block(values)

    def fields(self) -> list[LayerField]:
        """Return the field of each layer, in order."""
        return [field for _, field in self._rows]

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show each layer with its form."""
        shown = self.param.default if isinstance(value, Unset) else value
        self._entries = list(shown) if isinstance(shown, list) and not mixed else []
        while len(self._rows) > len(self._entries):
            row, _ = self._rows.pop()
            row.setParent(None)
            row.deleteLater()
        while len(self._rows) < len(self._entries):
            self._rows.append(self._make_row(len(self._rows)))
        for (_, field), entry in zip(self._rows, self._entries, strict=True):
            field.show_value(entry)

    def _make_row(self, at: int) -> tuple[QWidget, LayerField]:
        words = self.param.name.removesuffix("s").replace("_", " ")
        inner = replace(self.param, kind="layer", name=f"{self.param.name}.{at + 1}", default=None,
                        required=True, nullable=False)  # fmt: skip
        field = LayerField(inner, self.catalog)
        field.set_block(self.block_values)
        field.editor().setObjectName(f"design.param.{inner.name}")
        field.editor().setAccessibleName(f"{words.capitalize()} {at + 1}")
        field.edited.connect(partial(self._edited_at, at))
        field.refused.connect(self.refused)
        field.focused.connect(self.focused)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        buttons: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("chevron_up", f"Move {words} {at + 1} up", "up", partial(self._move, at)),
            ("delete", f"Remove {words} {at + 1}", "remove", partial(self._remove, at)),
        )
        for icon, text, what, done in buttons:
            button = IconButton(icon, text, done, size=16, name=f"design.{what}.{inner.name}")
            button.setEnabled(what != "up" or at > 0)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        column.addLayout(field.room_below())
        self._place.addWidget(holder)
        return holder, field

    def _edited_at(self, at: int, value: Value) -> None:
        if at < len(self._entries) and not isinstance(value, Unset):
            self._take([*self._entries[:at], value, *self._entries[at + 1 :]])

    def _remove(self, at: int) -> None:
        self._take([*self._entries[:at], *self._entries[at + 1 :]])

    def _move(self, at: int) -> None:
        entries = list(self._entries)
        entries[at - 1], entries[at] = entries[at], entries[at - 1]
        self._take(entries)

    @Slot()
    def _add_clicked(self) -> None:
        suggested = self.param.suggestion
        fresh = suggested[0] if isinstance(suggested, list) and suggested else None
        if self._entries:
            fresh = self._entries[-1]
        elif fresh is None and self.param.choices:
            fresh = fresh_inner(self.catalog, self.param.choices[0])
        if fresh is not None:
            self._take([*self._entries, fresh])

    def _take(self, entries: list[Any]) -> None:
        plain: Plain = entries
        self._entries = entries or self._entries
        self.take(plain)
