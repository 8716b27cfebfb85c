"""The block one is inside of, while nothing is selected: name, parameters, ports, size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.design.blocks.param_edits import why_not_name
from ui.design.inspector.block_param_row import BlockParamRow
from ui.design.inspector.block_ports import BlockPorts
from ui.design.inspector.facts import Facts
from ui.design.inspector.network_pane import totals
from ui.design.inspector.problem_list import ProblemList
from ui.widgets import Button, FormRow, Section, Symbol, Text, identify
from workbench.graph.blocks import Block
from workbench.graph.inference import Inference
from workbench.wording import plural

if TYPE_CHECKING:
    from workbench.catalog import Catalog, ParamSpec
    from workbench.graph import Problem


class BlockPane(QWidget):
    """The definition of a block.

    Args:
        catalog: The layers that exist.

    Attributes:
        name_wanted: Emitted with another name of the block.
        help_wanted: Emitted with another help text.
        param_added: Emitted when a parameter is to be added.
        param_edited: Emitted with a parameter as it should be.
        param_renamed: Emitted with its present and its new name.
        param_removed: Emitted with its name.
        port_added: Emitted with the layer key of the port that is to be added.
        port_renamed: Emitted with the port's id and its new name.
        port_removed: Emitted with the port's id.
        entered: Emitted when the focus came to a field: a new undo step begins.
        problems: The list of problems, for its signals.
    """

    name_wanted = Signal(str)
    help_wanted = Signal(str)
    param_added = Signal()
    param_edited = Signal(object)
    param_renamed = Signal(str, str)
    param_removed = Signal(str)
    port_added = Signal(str)
    port_renamed = Signal(str, str)
    port_removed = Signal(str)
    entered = Signal()

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._block: Block | None = None
        self._copies = 1
        self._title = Text("", "heading", name="design.block.title")
        self._uses = Text("", "secondary", wrap=True, name="design.block.uses")
        self._name = QLineEdit()
        identify(self._name, "design.block.name", "Name of the block")
        self._help = QLineEdit()
        identify(self._help, "design.block.help", "What the block is for")
        self._help.setPlaceholderText("What the block is for")
        self.problems = ProblemList(with_place=True)
        self._facts = Facts("design.block.facts")
        self._rows: dict[str, BlockParamRow] = {}
        self._params = Section("Parameters", foldable=False)
        self._no_params = Text(
            "Every use can set a parameter; layers inside follow it. The ƒ beside a layer's field "
            "makes one of its value.", "secondary", wrap=True,
        )  # fmt: skip
        self._add = Button("Add parameter", self._add_param, icon="add",
                           name="design.block.add_parameter")  # fmt: skip
        self.ports = BlockPorts()
        self._lay_out()
        self._name.editingFinished.connect(self._name_finished)
        self._help.editingFinished.connect(self._help_finished)
        self.ports.added.connect(self.port_added)
        self.ports.renamed.connect(self.port_renamed)
        self.ports.removed.connect(self.port_removed)

    def _lay_out(self) -> None:
        symbol = Symbol("family_block", "family_block", 20)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        self._params.content.addWidget(self._no_params)
        self._params.content.addWidget(self._add)
        ports = Section("Ports", foldable=False)
        ports.content.addWidget(self.ports)
        size = Section("In this use", foldable=False)
        size.content.addWidget(self._facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._uses)
        layout.addWidget(self.problems)
        layout.addWidget(FormRow("Name", self._name, label_width=112))
        layout.addWidget(FormRow("Help", self._help, label_width=112))
        layout.addWidget(self._params)
        layout.addWidget(ports)
        layout.addWidget(size)
        layout.addStretch(1)

    # ---- showing ---------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget the block: its project is closed, another may have its id."""
        self._block = None

    def show_name(self, name: str) -> None:
        """Show the name as it is, whatever was typed."""
        self._name.setText(name)

    def show_block(self, block: Block, used: int, copies: int = 1) -> None:
        """Show a definition.

        Args:
            block: The block.
            used: How often it is used in the project.
            copies: How many copies the use that one went into puts behind one another.
        """
        self._block, self._copies = block, copies
        self._title.setText(block.name)
        often = "once" if used == 1 else f"{plural(used, 'time')}"
        every = " Changes here change every use." if used > 1 else ""
        self._uses.setText(f"A block, used {often} in this project.{every}")
        for field, text in ((self._name, block.name), (self._help, block.help)):
            if not field.hasFocus():
                field.setText(text)
        self._show_params(block)
        self.ports.show_block(block)

    def _show_params(self, block: Block) -> None:
        shown = [(row.param.name, row.param.kind) for row in self._rows.values()]
        if shown != [(param.name, param.kind) for param in block.params]:
            focus = next(((n, part) for n, row in enumerate(self._rows.values())
                          if (part := row.focused_part())), (0, ""))  # fmt: skip
            for row in self._rows.values():
                row.hide()
                row.deleteLater()
            self._rows = {param.name: self._make_row(param) for param in block.params}
            rows = list(self._rows.values())
            if focus[1] and focus[0] < len(rows):
                rows[focus[0]].focus_part(focus[1])
        for param in block.params:
            self._rows[param.name].show_param(param)
        self._no_params.setVisible(not block.params)

    def _make_row(self, param: ParamSpec) -> BlockParamRow:
        name = param.name
        row = BlockParamRow(param, self._catalog, lambda text: self._why_not(text, name))
        row.renamed.connect(self.param_renamed)
        row.edited.connect(self.param_edited)
        row.removed.connect(self.param_removed)
        row.focused.connect(self._focused)
        content = self._params.content
        content.insertWidget(content.count() - 2, row)
        row.show()
        return row

    def _why_not(self, text: str, name: str) -> str:
        return why_not_name(self._block, text, name) if self._block else ""

    def show_inference(self, inference: Inference) -> None:
        """Show how large the block is in the use that one went into."""
        if self._block is not None:
            facts = totals(self._block.graph, inference)
            if self._copies > 1:
                facts.append(("Copies", f"{self._copies}, this is the first"))
            self._facts.show_facts(facts)

    def show_problems(self, problems: list[Problem]) -> None:
        """Show what is wrong inside."""
        self.problems.show_problems(problems)

    def row(self, name: str) -> BlockParamRow | None:
        """Return the row of a parameter."""
        return self._rows.get(name)

    # ---- editing ---------------------------------------------------------------------------

    def _add_param(self) -> None:
        self.param_added.emit()

    @Slot(bool)
    def _focused(self, here: bool) -> None:
        if here:
            self.entered.emit()

    @Slot()
    def _name_finished(self) -> None:
        name = self._name.text().strip()
        if self._block is None or name == self._block.name:
            return
        if name:
            self.name_wanted.emit(name)
        else:
            self._name.setText(self._block.name)

    @Slot()
    def _help_finished(self) -> None:
        if self._block is not None and self._help.text().strip() != self._block.help:
            self.help_wanted.emit(self._help.text().strip())
