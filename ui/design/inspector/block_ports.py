"""The ports of a block as a list: rename, remove, add."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.widgets import Button, IconButton, Text, identify
from workbench.graph import Node
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, ports

_SIDES = ((BLOCK_INPUT, "Input", "input"), (BLOCK_OUTPUT, "Output", "output"))


class BlockPorts(QWidget):
    """Inputs and outputs of a block.

    Attributes:
        added: Emitted with the layer key of the port that is to be added.
        renamed: Emitted with the port's id and its new name.
        removed: Emitted with the port's id.
    """

    added = Signal(str)
    renamed = Signal(str, str)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, str]] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for key, title, word in _SIDES:
            button = Button(f"Add {title.lower()}", partial(self.added.emit, key),
                            icon="add", name=f"design.block.add_{word}")  # fmt: skip
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._rows)
        layout.addLayout(buttons)

    def show_block(self, block: Block) -> None:
        """Show the ports of a block."""
        entries = [(node, title) for key, title, _ in _SIDES for node in ports(block, key)]
        wanted = [(node.id, node.name) for node, _ in entries]
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for node, title in entries:
            row = self._row(node, title)
            self._rows.addWidget(row)
            row.show()

    def _row(self, node: Node, title: str) -> QWidget:
        row = QWidget()
        kind = Text(title, "secondary")
        kind.setFixedWidth(112)
        field = QLineEdit(node.name)
        identify(field, f"design.block.port.{node.id}", f"Name of the {title.lower()}")
        remove = IconButton("delete", f"Remove this {title.lower()}", size=16,
                            clicked=lambda: self.removed.emit(node.id),
                            name=f"design.block.port.{node.id}.remove")  # fmt: skip
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(kind)
        line.addWidget(field, 1)
        line.addWidget(remove)

        def finished() -> None:
            name = field.text().strip()
            if name and name != node.name:
                self.renamed.emit(node.id, name)
            elif not name:
                field.setText(node.name)

        field.editingFinished.connect(finished)
        return row
