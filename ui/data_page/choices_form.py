"""The choices for the selected columns: role, type, missing values, scaling or encoding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.data_page.option_field import OptionRow
from workbench.data.choices import (
    ENCODINGS,
    KINDS,
    ROLES,
    SCALINGS,
    Option,
    effective_missing,
    missing_options,
)
from workbench.data.spec import ColumnSpec
from workbench.wording import plural


class ChoicesForm(QWidget):
    """One row per choice that makes sense for the selected columns.

    Args:
        parent: Parent widget.

    Attributes:
        role_chosen: Emitted with the new role.
        kind_chosen: Emitted with the new type.
        setting_chosen: Emitted with the field ("missing", "scaling", "encoding") and its value.
    """

    role_chosen = Signal(str)
    kind_chosen = Signal(str)
    setting_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = OptionRow("Role", "data.role")
        self._kind = OptionRow("Type", "data.kind")
        self._missing = OptionRow("Missing", "data.missing")
        self._scaling = OptionRow("Scaling", "data.scaling")
        self._encoding = OptionRow("Encoding", "data.encoding_of_categories")
        self._columns: tuple[ColumnSpec, ...] = ()
        self._gaps: int | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for row in (self._role, self._kind, self._missing, self._scaling, self._encoding):
            layout.addWidget(row)
        self._role.chosen.connect(self.role_chosen)
        self._kind.chosen.connect(self.kind_chosen)
        self._missing.chosen.connect(self._missing_chosen)
        self._scaling.chosen.connect(self._scaling_chosen)
        self._encoding.chosen.connect(self._encoding_chosen)

    def show_columns(self, columns: Sequence[ColumnSpec]) -> None:
        """Show the settings of columns; where they differ, the choice reads "Mixed"."""
        if [c.name for c in columns] != [c.name for c in self._columns]:
            self._gaps = None
        self._columns = tuple(columns)
        self._fill()

    def show_gaps(self, rows: int | None) -> None:
        """Tell in how many rows the one selected column has no value."""
        self._gaps = rows
        self._fill()

    def _fill(self) -> None:
        columns = self._columns
        if not columns:
            return
        used = [column for column in columns if column.role != "ignore"]
        features = [column for column in used if column.role == "feature"]
        roles = ROLES if len(columns) == 1 else tuple(o for o in ROLES if o.value != "target")
        if any(column.role == "target" for column in columns):
            roles = ROLES
        self._role.show_options(roles, _common(columns, lambda c: c.role))
        self._kind.show_options(KINDS, _common(columns, lambda c: c.kind))
        self._show_missing(used)
        numeric = [c for c in used if c.kind == "numeric"]
        note = "Predictions are scaled back." if any(c.role == "target" for c in numeric) else ""
        self._scaling.setVisible(bool(numeric))
        self._scaling.show_options(SCALINGS, _common(numeric, lambda c: c.scaling), more=note)
        named = [c for c in features if c.kind == "categorical"]
        self._encoding.setVisible(bool(named))
        self._encoding.show_options(ENCODINGS, _common(named, lambda c: c.encoding))

    def _show_missing(self, used: Sequence[ColumnSpec]) -> None:
        self._missing.setVisible(bool(used))
        if not used:
            return
        options: tuple[Option, ...] = missing_options(used[0].kind, used[0].role)
        for column in used[1:]:
            offered = missing_options(column.kind, column.role)
            options = tuple(option for option in options if option in offered)
        more = ""
        if self._gaps is not None:
            rows = plural(self._gaps, "row")
            more = "No value is missing." if self._gaps == 0 else f"Concerns {rows}."
        self._missing.show_options(options, _common(used, effective_missing), more=more)

    @Slot(str)
    def _missing_chosen(self, value: str) -> None:
        self.setting_chosen.emit("missing", value)

    @Slot(str)
    def _scaling_chosen(self, value: str) -> None:
        self.setting_chosen.emit("scaling", value)

    @Slot(str)
    def _encoding_chosen(self, value: str) -> None:
        self.setting_chosen.emit("encoding", value)


def _common(columns: Sequence[ColumnSpec], value: Callable[[ColumnSpec], str]) -> str | None:
    values = {value(column) for column in columns}
    return values.pop() if len(values) == 1 else None
