"""A parameter that follows the block's parameters: the formula, typed, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.widgets import Text, mark_invalid
from workbench.catalog import Catalog, ParamSpec
from workbench.catalog.validate import check_value, format_value
from workbench.errors import GraphError
from workbench.graph.formulas import evaluate, formula
from workbench.plain import Plain


class FormulaLine(QWidget):
    """Edits a formula.

    Args:
        param: What it gives the value of.
        catalog: The layers that exist.

    Attributes:
        edited: Emitted with the parameter value that means a legal formula.
        refused: Emitted with the reason why the text is none; "" when it is.
        focused: Emitted when the person came here (True) or left (False).
    """

    edited = Signal(object)
    refused = Signal(str)
    focused = Signal(bool)

    def __init__(self, param: ParamSpec, catalog: Catalog) -> None:
        super().__init__()
        self._param, self._catalog = param, catalog
        self._values: Mapping[str, Plain] = {}
        self.line = QLineEdit()
        self.line.setObjectName(f"design.formula.{param.name}")
        self.line.setAccessibleName(f"Formula of {param.name.replace('_', ' ')}")
        self.line.setPlaceholderText("filters * 2")
        self._gives = Text("", "secondary", name=f"design.formula.{param.name}.gives")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self._gives)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)

    def show_formula(self, text: str, values: Mapping[str, Plain]) -> None:
        """Show a formula.

        Args:
            text: The formula.
            values: What the block's parameters are in the use that is looked at.
        """
        self._values = values
        if not (self.line.hasFocus() and self._says(self.line.text())):
            if self.line.text() != text:
                self.line.setText(text)
            self._says(text)

    @Slot(str)
    def _typed(self, text: str) -> None:
        if not self._says(text):
            self.edited.emit(formula(text.strip()))

    def _says(self, text: str) -> str:
        """Show what a text gives, or why it gives nothing; returns the reason."""
        reason, gives = "", ""
        try:
            value = evaluate(text, self._values)
            reason = check_value(self._param, value, self._catalog) or ""
            gives = f"= {format_value(self._param, value)}"
            if reason:
                reason = f"It gives {format_value(self._param, value)}. {reason}"
        except GraphError as error:
            reason = error.message
            if error.expected:
                reason += f" Expected: {error.expected}."
        self._gives.setText("" if reason else gives)
        mark_invalid(self.line, bool(reason))
        self.refused.emit(reason)
        return reason

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the focus comes and goes."""
        if isinstance(event, QFocusEvent):
            self.focused.emit(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)
