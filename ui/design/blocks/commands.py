"""What the actions on blocks do; a part of the Design page."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot

from ui.design.blocks.counting import uses_of_blocks
from ui.design.scopes.paths import (
    alters_uses,
    part_in,
    touched_blocks,
    touches_own_layers,
    turns,
)
from ui.design.titles import LIBRARY
from workbench.errors import WorkbenchError
from workbench.graph import Batch, RenameNode
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import Block, block_of, blocks
from workbench.graph.edits import name_stem
from workbench.graph.own_layers import is_own
from workbench.graph.record_changes import PutRecord

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from ui.design.blocks.library import BlockShelf
    from ui.design.canvas.picture import Picture
    from ui.design.canvas.view import Canvas
    from ui.design.editor import Editor
    from ui.design.inspector import Inspector
    from ui.design.notice import Notice
    from ui.design.palette import Palette
    from ui.design.scopes import Scopes
    from ui.design.selection import Selection
    from ui.session import ProjectSession
    from workbench.graph import Change, Graph

_NEW_NAME = "Block"
_turns = itertools.count(1)


class BlockCommands:
    """The commands on blocks; a part of `DesignPage`, which has the attributes."""

    session: ProjectSession | None
    picture: Picture
    selection: Selection
    editor: Editor
    canvas: Canvas
    scopes: Scopes
    shelf: BlockShelf
    palette_box: Palette
    notice: Notice
    inspector: Inspector

    # ---- when ------------------------------------------------------------------------------

    def has_block_selected(self) -> bool:
        """Tell whether exactly one use of a block is selected."""
        return self.session is not None and self.scopes.can_open(self.selection.single)

    def is_inside(self) -> bool:
        """Tell whether the network inside a block is shown."""
        return self.session is not None and bool(self.editor.scope)

    def has_tabs(self) -> bool:
        """Tell whether several networks are open."""
        return self.session is not None and len(self.scopes.tabs) > 1

    # ---- grouping --------------------------------------------------------------------------

    def group(self) -> None:
        """Make a block of the selected layers and ask for its name in place."""
        graph = self.editor.graph
        name = free_block_name(graph, _NEW_NAME)
        try:
            change, use = group(graph, self.selection.nodes, name, self.editor.block)
        except WorkbenchError as error:
            self.editor.refused.emit(error.describe())
            return
        merge = f"group {next(_turns)}"
        if not self.editor.apply(change, merge):
            return
        self.selection.select([use])
        self.canvas.rename_in_place(use, lambda text: self._name_group(use, text, merge), name)

    def _name_group(self, use: str, text: str, merge: str) -> bool:
        graph, name = self.editor.graph, text.strip()
        block = block_of(graph.records, graph.node(use).layer) if use in graph else None
        if block is None or not name or name == block.name:
            return True
        name = free_block_name(graph, name)
        stem = name_stem(name)
        node = graph.node(use)
        called = stem if stem == node.name else graph.free_name(stem)
        changes = (PutRecord(replace(block, name=name)), RenameNode(use, called))
        return self.editor.apply(Batch(changes, f"Group into {name}"), merge)

    def ungroup(self) -> None:
        """Put the layers of the selected block in its place."""
        try:
            change, made = ungroup(self.editor.graph, self.selection.single)
        except WorkbenchError as error:
            self.editor.refused.emit(error.describe())
            return
        if self.editor.apply(change):
            self.selection.select(made)
            self.canvas.navigation.reveal(made)

    # ---- opening ---------------------------------------------------------------------------

    def open_block(self) -> None:
        """Go into the selected block."""
        self.scopes.open(self.selection.single)

    def open_block_in_tab(self) -> None:
        """Open the selected block in a tab of its own."""
        self.scopes.open_in_tab(self.selection.single)

    @Slot()
    def go_up(self) -> None:
        """Go out of the block that is shown."""
        self.scopes.up()

    def close_tab(self) -> None:
        """Close the tab that is shown."""
        self.scopes.close_tab(self.scopes.tab)

    # ---- the palette -----------------------------------------------------------------------

    @Slot()
    def _show_blocks(self) -> None:
        """Show in the palette which blocks can be added."""
        shelf = self.shelf
        self.palette_box.show_blocks(
            [
                ("Ports of this block", shelf.port_specs()),
                ("Blocks in this project", shelf.project_specs()),
                ("My blocks", shelf.library_specs()),
                ("My layers", shelf.own_specs()),
            ]
        )

    def _tell_faults(self) -> None:
        """Say which blocks of the person's library could not be read."""
        faults = self.shelf.faults
        if faults:
            more = f" So could {len(faults) - 1} more not." if len(faults) > 1 else ""
            self.notice.say(f"One of your blocks could not be read: {faults[0]}{more}")

    def save_block(self) -> None:
        """Save the selected block into the person's library."""
        graph, use = self.editor.graph, self.selection.single
        block = block_of(graph.records, graph.owner(graph.node(use)).layer)
        if block is not None and self.shelf.save(block):
            self.notice.say(f"{block.name} is in your blocks now, for any project.")

    @Slot(str, str)
    def _block_renamed(self, key: str, name: str) -> None:
        if key.startswith(LIBRARY):
            self.shelf.rename(key, name)
            return
        block = block_of(self.editor.root.records, key)
        if block is not None:
            self.rename_block(block.id, name)

    @Slot(str, QPoint)
    def _block_menu(self, key: str, at: QPoint) -> None:
        menu = self.block_menu(key)
        menu.popup(at)
        menu.aboutToHide.connect(menu.deleteLater)

    # ---- naming ----------------------------------------------------------------------------

    @Slot(str)
    def rename_shown_block(self, name: str) -> None:
        """Give the block that is shown another name."""
        block = self.editor.block
        if block is not None and not self.rename_block(block.id, name):
            self.inspector.block.show_name(block.name)

    def rename_block(self, block_id: str, name: str) -> bool:
        """Give a block another name; its uses keep theirs."""
        records = self.editor.root.records
        block, name = records.get(Block.kind, block_id), name.strip()
        if not isinstance(block, Block) or not name or name == block.name:
            return True
        if any(other.name == name for other in blocks(records) if other.id != block_id):
            self.editor.refused.emit(f"Another block is called {name}.")
            return False
        change = PutRecord(replace(block, name=name), f"Rename {block.name}")
        return self.editor.apply_outside(change)

    # ---- following the document ------------------------------------------------------------

    def _touch(self, change: Change) -> None:
        """Redraw what a change of the document concerns in the network that is shown."""
        before = self.editor.scope
        self.scopes.follow(change, own=self.editor.applying)
        if self.editor.scope != before:
            return
        graph, block = self.editor.graph, self.editor.block
        if self.picture.graph is not graph:
            if self.picture.graph != graph:
                self._show_scope()
                return
            self.picture.graph = graph  # only what is said about the block is different
            self._show_blocks()
        parts = part_in(change, block.id if block else "")
        if parts:
            self.picture.touch(parts[0] if len(parts) == 1 else Batch(tuple(parts), ""))
        if turns(change):
            self.picture.redraw()
        if touches_own_layers(change):
            self._show_blocks()
            self.picture.redraw_nodes([node.id for node in graph if is_own(node.layer)])
        if touched_blocks(change) and alters_uses(change):
            self._show_blocks()
            self.picture.redraw_nodes(graph.memo("uses of blocks", uses_of_blocks))

    if TYPE_CHECKING:

        def block_menu(self, key: str) -> QMenu:
            """Return a menu of what is possible with a block of the palette."""

        def _show_scope(self) -> None:
            """Show another network of the same project."""


def free_block_name(graph: Graph, stem: str) -> str:
    """Return `stem`, or "stem 2", "stem 3" … whichever no block of the document is called."""
    taken = {block.name for block in blocks(graph.records)}
    number, name = 2, stem
    while name in taken:
        name, number = f"{stem} {number}", number + 1
    return name
