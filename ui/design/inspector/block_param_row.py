"""One parameter of a block: name, kind, default, help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.design.blocks.param_edits import KINDS, fresh
from ui.design.inspector.compound_fields import make_field
from ui.design.inspector.fields import ParamField, Value
from ui.widgets import IconButton, Text, identify, mark_invalid
from workbench.catalog import Catalog, ParamSpec
from workbench.graph.changes import Unset


class BlockParamRow(QWidget):
    """Edits one parameter of a block.

    Args:
        param: The parameter.
        catalog: The layers that exist.
        why_not_name: Returns why it cannot be called so, or "".

    Attributes:
        renamed: Emitted with the present and the new name.
        edited: Emitted with the parameter as it should be.
        removed: Emitted with its name.
        focused: Emitted when the focus came to its default.
    """

    renamed = Signal(str, str)
    edited = Signal(object)
    removed = Signal(str)
    focused = Signal(bool)

    def __init__(
        self, param: ParamSpec, catalog: Catalog, why_not_name: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.param = param
        self._why_not_name = why_not_name
        dense = catalog.get("Dense")
        known = dense.param("activation") if dense is not None else None
        self._activations = known.choices if known is not None else ()
        stem = f"design.block.param.{param.name}"
        self.name = QLineEdit(param.name)
        identify(self.name, f"{stem}.name", "Name of the parameter")
        self.kind = QComboBox()
        identify(self.kind, f"{stem}.kind", "Kind of the parameter")
        for kind, words in KINDS.items():
            self.kind.addItem(words, kind)
        if param.kind not in KINDS:
            self.kind.addItem(param.kind.replace("_", " ").capitalize(), param.kind)
        self.kind.setCurrentIndex(self.kind.findData(param.kind))
        self._remove = IconButton("delete", "Remove this parameter", self._removed, size=16,
                                  name=f"{stem}.remove")  # fmt: skip
        self.default: ParamField = make_field(replace(param, required=True), catalog)
        identify(self.default.editor(), f"{stem}.default", f"Default of {param.name}")
        self.help = QLineEdit(param.help)
        self.help.setCursorPosition(0)
        self.help.setPlaceholderText("What it is for")
        identify(self.help, f"{stem}.help", f"Help of {param.name}")
        self._note = Text("", "error", wrap=True)
        self._note.hide()
        self._lay_out()
        self.default.show_value(param.default)
        self.name.textEdited.connect(self._name_typed)
        self.name.editingFinished.connect(self._name_finished)
        self.kind.activated.connect(self._kind_chosen)
        self.default.edited.connect(self._default_edited)
        self.default.refused.connect(self._say)
        self.default.focused.connect(self.focused)
        self.help.editingFinished.connect(self._help_finished)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
        first.addWidget(self.name, 3)
        first.addWidget(self.kind, 2)
        first.addWidget(self._remove)
        second.addWidget(Text("Default", "secondary"))
        second.addSpacing(4)
        second.addWidget(self.default, 1)
        second.addSpacing(self._remove.sizeHint().width() + 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.help)
        layout.addWidget(self._note)

    def show_param(self, param: ParamSpec) -> None:
        """Show the parameter as it is now; name and kind are as before."""
        if param == self.param:
            return
        self.param = param
        self.default.show_value(param.default)
        if not self.help.hasFocus():
            self.help.setText(param.help)

    def _parts(self) -> dict[str, QWidget]:
        return {
            "name": self.name, "kind": self.kind, "default": self.default.editor(),
            "help": self.help,
        }  # fmt: skip

    def focused_part(self) -> str:
        """Return which of its fields has the focus, or ""."""
        return next((name for name, part in self._parts().items() if part.hasFocus()), "")

    def focus_part(self, part: str) -> None:
        """Give one of its fields the focus."""
        self._parts()[part].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _removed(self) -> None:
        self.removed.emit(self.param.name)

    @Slot(str)
    def _name_typed(self, text: str) -> None:
        reason = self._why_not_name(text.strip())
        mark_invalid(self.name, bool(reason))
        self._say(reason)

    @Slot()
    def _name_finished(self) -> None:
        name = self.name.text().strip()
        if name == self.param.name or self._why_not_name(name):
            self.name.setText(self.param.name)
            mark_invalid(self.name, False)
            self._say("")
        else:
            self.renamed.emit(self.param.name, name)

    @Slot(int)
    def _kind_chosen(self, at: int) -> None:
        kind = self.kind.itemData(at)
        if kind != self.param.kind:
            made = fresh(self.param.name, kind)
            if kind == "activation":
                made = replace(made, choices=self._activations)
            self.edited.emit(replace(made, help=self.param.help))

    @Slot(object)
    def _default_edited(self, value: Value) -> None:
        if not isinstance(value, Unset) and value != self.param.default:
            self.param = replace(self.param, default=value)
            self.edited.emit(self.param)

    @Slot()
    def _help_finished(self) -> None:
        text = self.help.text().strip()
        if text != self.param.help:
            self.param = replace(self.param, help=text)
            self.edited.emit(self.param)

    @Slot(str)
    def _say(self, reason: str) -> None:
        self._note.setText(reason)
        self._note.setVisible(bool(reason))
