"""The property form of a layer, made from its description in the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.canvas.tooltips import plain
from ui.design.inspector.compound_fields import make_field
from ui.design.inspector.fields import ParamField, Value, default_text
from ui.design.inspector.formula_button import FormulaButton
from ui.design.inspector.formula_line import FormulaLine
from ui.theme import TARGET
from ui.widgets import ElidedText, IconButton, Section, Text
from workbench.catalog import Catalog, LayerSpec, ParamSpec
from workbench.errors import GraphError
from workbench.graph.changes import UNSET, Unset
from workbench.graph.formulas import evaluate, formula, formula_text
from workbench.plain import Plain

_NO_FORMULA: Final = ("layer", "layers", "json", "index")
"""Kinds whose values no parameter of a block can give."""

_WORDS: Final = {"dtype": "Number format", "use_bias": "Use bias", "axis": "Axis",
                 "x1": "First", "x2": "Second", "newshape": "New shape", "l1": "L1", "l2": "L2",
                 "num_heads": "Heads", "key_dim": "Key size", "value_dim": "Value size",
                 "minval": "Smallest", "maxval": "Largest", "stddev": "Deviation"}  # fmt: skip


def label_of(name: str) -> str:
    """Return a parameter's name as a person reads it: "Kernel size"."""
    return _WORDS.get(name, name.replace("_", " ").capitalize())


class ParamRow(QWidget):
    """Label, field, a button back to the default; below: help while editing, or what is wrong.

    Args:
        param: The parameter.
        catalog: The layers that exist.
        label_width: Width of the label, px.
        nested: Whether it belongs to a layer or an initializer inside a layer.

    Attributes:
        edited: Emitted with the parameter's name and its new value or UNSET.
        param_wanted: Emitted with the parameter's name when the block is to have one for it.
    """

    edited = Signal(str, object)
    param_wanted = Signal(str)

    def __init__(
        self, param: ParamSpec, catalog: Catalog, label_width: int, *, nested: bool = False
    ) -> None:
        super().__init__()
        self._nested = nested
        self.param = param
        self._catalog = catalog
        self._block: Mapping[str, Plain] | None = None
        self._formula: FormulaLine | None = None
        self._held = ""
        self._button: FormulaButton | None = None
        self.field: ParamField = make_field(param, catalog)
        words = label_of(param.name)
        self.field.editor().setObjectName(f"design.param.{param.name}")
        self.field.editor().setAccessibleName(words)
        self.field.editor().setAccessibleDescription(param.help)
        label = ElidedText(words)
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        label.setFixedSize(label_width, TARGET)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        label.setBuddy(self.field.editor())
        tip = plain(f"{param.help}\n({param.name})" if param.help else param.name)
        label.setToolTip(tip)
        self.field.setToolTip(tip)
        self._reset = IconButton(
            "undo", f"Back to the default: {default_text(param)}", self._to_default, size=16,
            name=f"design.reset.{param.name}",
        )  # fmt: skip
        self._reset.setFixedWidth(24)
        self._line = QHBoxLayout()
        self._note = Text("", "secondary", wrap=True)
        self._note.setContentsMargins(label_width + 8, 0, 28, 0)
        self._note.hide()
        line = self._line
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        line.addSpacing(4)
        line.addWidget(self.field, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        if self.field.below is not None:
            layout.addLayout(self.field.below)
        layout.addWidget(self._note)
        self._reason = ""
        self._problem = ""
        self._here = False
        self.field.edited.connect(self._edited)
        self.field.refused.connect(self._refused)
        self.field.focused.connect(self._focused)

    def show_value(self, value: Value, *, mixed: bool = False) -> None:
        """Show a value; UNSET shows the default."""
        text = None if mixed or isinstance(value, Unset) else formula_text(value)
        self._held = text or ""
        self._show_formula(text)
        if text is None:
            self.field.show_value(value, mixed=mixed)
        changed = mixed or not (isinstance(value, Unset) or self.param.required)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.setVisible(changed)
        if self._here:
            self._say()

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of the block that the layer stands in; None outside blocks."""
        self._block = values
        self.field.set_block(values)
        if self._nested and not values:
            values = None  # a new parameter of the block is made for a layer's own settings only
        if values is not None and self._button is None and self.param.kind not in _NO_FORMULA:
            self._button = FormulaButton(self.param, self._catalog, self, can_make=not self._nested)
            self._button.chosen.connect(self._follow)
            self._button.fresh_wanted.connect(self._fresh)
            self._button.value_wanted.connect(self._own_value)
            self._line.insertWidget(self._line.count() - 1, self._button)
        if self._button is not None:
            self._button.setVisible(values is not None)
            self._button.show_values(values or {}, follows=self.follows)

    @property
    def follows(self) -> bool:
        """Whether the value is a formula."""
        return self._formula is not None and self._formula.isVisibleTo(self)

    def _show_formula(self, text: str | None) -> None:
        if text is not None and self._formula is None:
            self._formula = FormulaLine(self.param, self._catalog)
            self._formula.edited.connect(self._edited)
            self._formula.refused.connect(self._refused)
            self._formula.focused.connect(self._focused)
            self._formula.focused.connect(self.field.focused)
            self._line.insertWidget(self._line.indexOf(self.field) + 1, self._formula, 1)
        was = self.follows
        self.field.setVisible(text is None)
        if self._formula is not None:
            self._formula.setVisible(text is not None)
            if text is not None:
                self._formula.show_formula(text, self._block or {})
            elif was:
                self._refused("")
        if self._button is not None:
            self._button.show_values(self._block or {}, follows=text is not None)

    @Slot(str)
    def _follow(self, name: str) -> None:
        self.edited.emit(self.param.name, formula(name))
        self.show_value(formula(name))
        if self._formula is not None:
            self._formula.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self._formula.line.selectAll()

    @Slot()
    def _fresh(self) -> None:
        self.param_wanted.emit(self.param.name)

    @Slot()
    def _own_value(self) -> None:
        value: Value
        try:
            value = evaluate(self._held, self._block or {})
        except GraphError:
            value = self.param.suggestion if self.param.required else UNSET
        self.edited.emit(self.param.name, value)

    def set_problem(self, text: str) -> None:
        """Show what is wrong with the value that the document holds."""
        self._problem = text
        self._say()

    def reason(self) -> str:
        """Return the words below the field."""
        return self._note.text() if self._note.isVisibleTo(self) else ""

    @Slot()
    def _to_default(self) -> None:
        self.show_value(UNSET)
        self.edited.emit(self.param.name, UNSET)

    @Slot(object)
    def _edited(self, value: Value) -> None:
        self.edited.emit(self.param.name, value)

    @Slot(str)
    def _refused(self, reason: str) -> None:
        self._reason = reason
        self._say()

    @Slot(bool)
    def _focused(self, here: bool) -> None:
        self._here = here
        self._say()

    def _say(self) -> None:
        wrong = self._reason or self._problem
        words = wrong or (f"{self.param.help} {self.field.meaning()}".strip() if self._here else "")
        self._note.set_role("error" if wrong else "secondary")
        self._note.setText(words)
        self._note.setVisible(bool(words))


class ParamForm(QWidget):
    """All parameters of a layer; the advanced ones are folded away and made when opened.

    Args:
        spec: The layer.
        catalog: The layers that exist.
        params: Which parameters; all of the layer when None.
        label_width: Width of the labels, px.
        nested: Whether the layer stands inside another.

    Attributes:
        edited: Emitted with the parameter's name and its new value or UNSET.
        entered: Emitted when the focus came to one of the fields.
        param_wanted: Emitted with a parameter's name when the block is to have one for it.
    """

    edited = Signal(str, object)
    param_wanted = Signal(str)
    entered = Signal()

    def __init__(
        self,
        spec: LayerSpec,
        catalog: Catalog,
        params: Iterable[ParamSpec] | None = None,
        *,
        label_width: int = 112,
        nested: bool = False,
    ) -> None:
        super().__init__()
        self._nested = nested
        self._catalog = catalog
        self._label_width = label_width
        self._params = tuple(params if params is not None else spec.params)
        self._rows: dict[str, ParamRow] = {}
        self._values: Mapping[str, Plain] = {}
        self._mixed: frozenset[str] = frozenset()
        self._problems: Mapping[str, str] = {}
        self._block: Mapping[str, Plain] | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        for param in self._params:
            if not param.advanced:
                self._layout.addWidget(self._make_row(param))
        self._advanced = [p for p in self._params if p.advanced]
        self._section = Section("Advanced", opened=False, name="design.advanced")
        self._section.toggled.connect(self._open_advanced)
        self._layout.addWidget(self._section)
        self._section.setVisible(bool(self._advanced))

    def _make_row(self, param: ParamSpec) -> ParamRow:
        row = ParamRow(param, self._catalog, self._label_width, nested=self._nested)
        row.edited.connect(self.edited)
        row.param_wanted.connect(self.param_wanted)
        row.set_block(self._block)
        row.field.focused.connect(self._field_focused)
        self._rows[param.name] = row
        return row

    @Slot(bool)
    def _field_focused(self, here: bool) -> None:
        if here:
            self.entered.emit()

    def row(self, name: str) -> ParamRow | None:
        """Return the row of a parameter, opening the advanced ones if it is there."""
        if name not in self._rows and any(p.name == name for p in self._advanced):
            self._section.set_opened(True)
            self._open_advanced(True)
        return self._rows.get(name)

    @property
    def rows(self) -> Mapping[str, ParamRow]:
        """The rows that have been made, by parameter."""
        return self._rows

    @property
    def advanced_opened(self) -> bool:
        """Whether the advanced parameters are shown."""
        return self._section.opened

    def set_advanced_opened(self, opened: bool) -> None:
        """Show or fold the advanced parameters."""
        if opened:
            self._open_advanced(True)
        self._section.set_opened(opened)

    @Slot(bool)
    def _open_advanced(self, opened: bool) -> None:
        if not opened or all(p.name in self._rows for p in self._advanced):
            return
        for param in self._advanced:
            row = self._make_row(param)
            self._section.content.addWidget(row)
            self._show_row(row)

    def set_block(self, values: Mapping[str, Plain] | None) -> None:
        """Offer the parameters of the block that the layer stands in; None outside blocks."""
        self._block = values
        for row in self._rows.values():
            row.set_block(values)

    def show_values(self, values: Mapping[str, Plain], mixed: frozenset[str] = frozenset()) -> None:
        """Show the parameters that differ from the defaults.

        Args:
            values: Parameter → value.
            mixed: Parameters whose value is not the same for all that is selected.
        """
        self._values, self._mixed = values, mixed
        for row in self._rows.values():
            self._show_row(row)

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong: parameter → reason."""
        self._problems = problems
        for name, row in self._rows.items():
            row.set_problem(problems.get(name, ""))

    def _show_row(self, row: ParamRow) -> None:
        name = row.param.name
        row.show_value(self._values.get(name, UNSET), mixed=name in self._mixed)
        row.set_problem(self._problems.get(name, ""))
