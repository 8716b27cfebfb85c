"""The parameters of the chosen optimizer, made from its description."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.train.form_fields import Number, Switch
from ui.widgets import FormRow, Section
from workbench.plain import Plain
from workbench.recipe.presets import Optimizer, OptimizerParam

_LABEL: Final = 100


class OptimizerParams(Section):
    """A folded section with one row per parameter; empty fields stand for the default "off".

    Args:
        parent: Parent widget.

    Attributes:
        edited: Emitted with (title of the parameter, all parameters that differ from their
            defaults).
    """

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("More parameters", opened=False, name="train.optimizer.params",
                         parent=parent)  # fmt: skip
        self._optimizer: Optimizer | None = None
        self._params: dict[str, Plain] = {}
        self._rows: dict[str, FormRow] = {}
        self._box = QWidget()
        self._lines = QVBoxLayout(self._box)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(8)
        self.content.addWidget(self._box)

    def row(self, name: str) -> FormRow | None:
        """Return the row of a parameter, or None."""
        return self._rows.get(name)

    def show_params(self, optimizer: Optimizer | None, params: Mapping[str, Plain]) -> None:
        """Show the parameters of an optimizer.

        Args:
            optimizer: The optimizer, or None for an unknown one.
            params: The values that differ from the defaults.
        """
        self._params = dict(params)
        if optimizer is not self._optimizer:
            self._optimizer = optimizer
            self._rebuild()
        changed = sum(1 for name in params if name in self._rows)
        self.set_title(f"More parameters ({changed} changed)" if changed else "More parameters")
        self.setVisible(bool(self._rows))
        if optimizer is None:
            return
        for param in optimizer.params:
            field: Any = self._rows[param.name].field
            field.show_value(params.get(param.name, param.default))

    def show_problems(self, reasons: Mapping[str, str]) -> None:
        """Show at each parameter what is wrong with it."""
        for name, row in self._rows.items():
            typed = row.field.reason() if isinstance(row.field, Number) else ""
            row.set_problem(typed or reasons.get(f"optimizer.params.{name}", ""))

    def _rebuild(self) -> None:
        for row in self._rows.values():
            self._lines.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for param in self._optimizer.params if self._optimizer is not None else ():
            row = FormRow(param.title, self._field(param), help=param.help, label_width=_LABEL)
            self._rows[param.name] = row
            self._lines.addWidget(row)

    def _field(self, param: OptimizerParam) -> Number | Switch:
        name = f"train.optimizer.params.{param.name}"
        field: Number | Switch
        if param.kind == "bool":
            field = Switch("On", name)
        else:
            field = Number(
                minimum=param.minimum if param.minimum > -math.inf else -math.inf,
                maximum=param.maximum,
                whole=param.kind == "int",
                optional=param.default is None,
                step=1.0 if param.kind == "int" else 0.0,
                name=name,
            )
            if param.default is None:
                field.setPlaceholderText("Off")
        field.value_changed.connect(lambda value: self._changed(param, value))
        return field

    def _changed(self, param: OptimizerParam, value: Any) -> None:
        params = dict(self._params)
        if value == param.default:
            params.pop(param.name, None)
        else:
            params[param.name] = value
        self.edited.emit(param.title, params)
