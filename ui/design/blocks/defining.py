"""Edits of the definition of the block that is shown: parameters, ports, help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, Slot

from ui.design.blocks.param_edits import (
    KINDS,
    add_param,
    change_param,
    free_param_name,
    fresh,
    networks,
    remove_param,
    rename_param,
    why_not_name,
)
from workbench.errors import GraphError
from workbench.graph import Batch, RenameNode, SetParam
from workbench.graph.blocks import BLOCK_INPUT, uses
from workbench.graph.edits import delete
from workbench.graph.formulas import formula, formula_text
from workbench.graph.record_changes import InBlock, PutRecord
from workbench.graph.specs import spec_of

if TYPE_CHECKING:
    from ui.design.editor import Editor
    from ui.design.inspector.block_pane import BlockPane
    from ui.design.inspector.node_pane import NodePane
    from ui.design.inspector.several_pane import SeveralPane
    from workbench.catalog import ParamSpec


class Defining(QObject):
    """Makes the changes that the panes of a block ask for.

    Args:
        editor: Makes the changes.
        pane: The pane of the definition.
        layer_panes: The panes of one and of several layers inside.
    """

    def __init__(
        self, editor: Editor, pane: BlockPane, layer_panes: Sequence[NodePane | SeveralPane]
    ) -> None:
        super().__init__(pane)
        self._editor = editor
        self._visit = 0
        pane.help_wanted.connect(self._help)
        pane.param_added.connect(self._add_param)
        pane.param_edited.connect(self._change_param)
        pane.param_renamed.connect(self._rename_param)
        pane.param_removed.connect(self._remove_param)
        pane.port_added.connect(self._add_port)
        pane.port_renamed.connect(self._rename_port)
        pane.port_removed.connect(self._remove_port)
        pane.entered.connect(self._entered)
        for layer_pane in layer_panes:
            layer_pane.param_wanted.connect(self._param_of)

    @Slot()
    def _entered(self) -> None:
        self._visit += 1

    @Slot(str)
    def _help(self, text: str) -> None:
        block = self._editor.block
        if block is not None:
            change = PutRecord(replace(block, help=text), f"Change help of {block.name}")
            self._editor.apply_outside(change)

    # ---- parameters ------------------------------------------------------------------------

    @Slot()
    def _add_param(self) -> None:
        block = self._editor.block
        if block is not None:
            param = fresh(free_param_name(block), "int")
            self._editor.apply_outside(add_param(block, param))

    @Slot(object)
    def _change_param(self, param: ParamSpec) -> None:
        block = self._editor.block
        if block is not None and block.param(param.name) is not None:
            before = block.param(param.name)
            same_kind = before is not None and before.kind == param.kind
            merge = f"block parameter {block.id} {param.name} {self._visit}" if same_kind else ""
            self._editor.apply_outside(change_param(self._editor.root, block, param), merge)

    @Slot(str, str)
    def _rename_param(self, old: str, new: str) -> None:
        block = self._editor.block
        if block is None:
            return
        reason = why_not_name(block, new, old)
        if reason:
            self._editor.refused.emit(reason)
            return
        try:
            change = rename_param(self._editor.root, block, old, new)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
            return
        self._editor.apply_outside(change)

    @Slot(str)
    def _remove_param(self, name: str) -> None:
        block = self._editor.block
        if block is None:
            return
        try:
            change = remove_param(self._editor.root, block, name)
        except GraphError as error:
            self._editor.refused.emit(error.describe())
            return
        self._editor.apply_outside(change)

    @Slot(object, str)
    def _param_of(self, node_ids: tuple[str, ...], name: str) -> None:
        """Make a parameter of the block of the value that a field of layers has."""
        editor, block = self._editor, self._editor.block
        if block is None or not node_ids or any(i not in block.graph for i in node_ids):
            return
        node = block.graph.node(node_ids[0])
        spec = spec_of(block.graph, editor.catalog, node.layer)
        param = spec.param(name) if spec is not None else None
        if param is None:
            return
        value: Any = node.params.get(name, param.default)
        if value is None or formula_text(value) is not None:
            value = param.suggestion
        called = free_param_name(block, name)
        kind = param.kind if param.kind in KINDS or value is not None else "int"
        made = fresh(called, kind, param)
        if value is not None:
            made = replace(made, default=value)
        made = replace(made, help=param.help)
        follow = [InBlock(block.id, SetParam(i, name, formula(called))) for i in node_ids]
        changes = (add_param(block, made), *follow)
        editor.apply_outside(Batch(changes, f"Make {called} a parameter"))

    # ---- ports -----------------------------------------------------------------------------

    @Slot(str)
    def _add_port(self, key: str) -> None:
        box = self._editor.picture.bounds()
        middle = box.center().x()
        spot = QPointF(middle, box.top() - 72 if key == BLOCK_INPUT else box.bottom() + 72)
        self._editor.add(key, self._editor.free_place(key, spot))

    @Slot(str, str)
    def _rename_port(self, port: str, name: str) -> None:
        if port in self._editor.graph:
            self._editor.apply(RenameNode(port, name))

    @Slot(str)
    def _remove_port(self, port: str) -> None:
        if port in self._editor.graph:
            self._editor.remove_inside(delete(self._editor.graph, [port]), [port])


def count_uses(editor: Editor, block_id: str) -> int:
    """Return how often a block is used in the whole document."""
    return sum(1 for _, graph in networks(editor.root) for _ in uses(graph, block_id))
