"""Going into blocks and out again: the path that is shown, tabs, and how each network was left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal

from ui.design.canvas.touched import touched_nodes
from ui.design.scopes.paths import (
    Path,
    block_at,
    network_at,
    part_in,
    touched_blocks,
    valid,
    way_into,
)
from workbench.graph.blocks import is_block
from workbench.graph.changes import SetField
from workbench.graph.record_changes import DropRecord, InBlock, PutRecord
from workbench.graph.specs import spec_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.design.canvas.view import Canvas
    from workbench.graph import Change, Edge

_MOST_TABS = 12


@dataclass(slots=True)
class _View:
    """How a network was left."""

    scale: float
    offset: QPointF
    nodes: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = field(default_factory=tuple)
    current: str = ""


class Scopes(QObject):
    """The networks that are open, and the one that is shown.

    Args:
        canvas: Shows it.

    Attributes:
        moved: Emitted after another network is the one to show, before it is selected in.
        changed: Emitted when path, names or tabs may have changed.
    """

    moved = Signal()
    changed = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._editor = canvas.editor
        self._views: dict[Path, _View] = {}
        self.tabs: list[Path] = [()]
        self.tab = 0

    @property
    def path(self) -> Path:
        """The uses one went into, the outermost first."""
        return self._editor.scope

    def reset(self) -> None:
        """Begin at the outermost network, with nothing remembered."""
        self._views.clear()
        self.tabs, self.tab = [()], 0
        self._editor.scope = ()
        self.changed.emit()

    # ---- going -----------------------------------------------------------------------------

    def can_open(self, node_id: str) -> bool:
        """Tell whether a node of the shown network is a use of a block that is there."""
        graph = self._editor.graph
        if node_id not in graph:
            return False
        layer = graph.node(node_id).layer
        return is_block(layer) and spec_of(graph, self._editor.catalog, layer) is not None

    def open(self, node_id: str) -> bool:
        """Go into a use of a block; returns whether it is one."""
        if not self.can_open(node_id):
            return False
        self.go((*self.path, node_id))
        return True

    def up(self) -> bool:
        """Go out of the block, to its use; returns whether there was a way."""
        if not self.path:
            return False
        *outer, use = self.path
        self.go(tuple(outer), [use])
        return True

    def go(self, path: Path, select: Iterable[str] = ()) -> None:
        """Show the network that a path leads to.

        Args:
            path: The path; as far as it leads anywhere.
            select: Nodes to select there; what was selected before when empty.
        """
        path = valid(self._editor.root, path)
        chosen = tuple(select)
        if path != self.path:
            self._leave()
            self._editor.scope = path
            self.tabs[self.tab] = path
            self._arrive()
        if chosen:
            self._editor.selection.select(chosen)
            self._canvas.navigation.reveal(chosen)
        self.changed.emit()

    def _leave(self) -> None:
        self._canvas.name_field.finish()
        selection, camera = self._editor.selection, self._canvas.camera
        self._views[self.path] = _View(
            camera.scale, QPointF(camera.offset), selection.nodes, selection.edges,
            selection.current,
        )  # fmt: skip
        selection.clear()

    def _arrive(self) -> None:
        self.moved.emit()
        view = self._views.get(self.path)
        if view is None:
            self._canvas.navigation.fit()
            return
        graph = self._editor.graph
        self._canvas.camera.scale, self._canvas.camera.offset = view.scale, view.offset
        self._editor.selection.select(
            [i for i in view.nodes if i in graph],
            [e for e in view.edges if e in graph.edges],
            view.current,
        )
        self._canvas.view_moved()

    # ---- copies of a repeated use ----------------------------------------------------------

    def copies(self) -> tuple[int, int]:
        """Return how many copies the use that is shown stands for, and which one is looked into."""
        count = self._editor.copies()
        return count, min(self._editor.copy_of.get(self.path, 0), count - 1)

    def show_copy(self, number: int) -> None:
        """Look into another copy of the repeated use that is shown, counted from 0."""
        if self.path and 0 <= number < self._editor.copies():
            self._editor.copy_of[self.path] = number
            self.moved.emit()
            self.changed.emit()

    def note_copies(self, at: str) -> None:
        """Take the copies that an id of the expanded network names: `r#2/inner/dense`."""
        uses = at.split("/")[:-1]
        for depth, part in enumerate(uses, 1):
            path = tuple(use.partition("#")[0] for use in uses[:depth])
            self._editor.copy_of[path] = int(part.partition("#")[2] or 1) - 1

    # ---- tabs ------------------------------------------------------------------------------

    def open_in_tab(self, node_id: str) -> bool:
        """Open a use of a block in a tab of its own; returns whether it is one."""
        if not self.can_open(node_id):
            return False
        path = (*self.path, node_id)
        if path in self.tabs:
            self.show_tab(self.tabs.index(path))
        else:
            if len(self.tabs) >= _MOST_TABS:
                self.tabs.pop(1 if self.tab == 0 else 0)
                self.tab = max(self.tab - 1, 0)
            self.tabs.append(self.path)
            self.tab = len(self.tabs) - 1
            self.go(path)
        return True

    def show_tab(self, number: int) -> None:
        """Show another tab."""
        if 0 <= number < len(self.tabs):
            self.tab = number
            self.go(self.tabs[number])

    def next_tab(self, by: int = 1) -> None:
        """Show the tab after this one, the first after the last."""
        self.show_tab((self.tab + by) % len(self.tabs))

    def close_tab(self, number: int) -> None:
        """Close a tab; the last one stays."""
        if len(self.tabs) < 2 or not 0 <= number < len(self.tabs):
            return
        shown = self.tab == number
        del self.tabs[number]
        if number < self.tab or self.tab >= len(self.tabs):
            self.tab -= 1
        if shown:
            self.go(self.tabs[self.tab])
        else:
            self.changed.emit()

    # ---- following -------------------------------------------------------------------------

    def follow(self, change: Change, *, own: bool) -> None:
        """Take notice of a change of the document.

        Args:
            change: The change, as the document has made it.
            own: Whether it was made here; a step that was undone or redone, or a repair from
                elsewhere, is shown where it is.
        """
        root = self._editor.root
        for number, path in enumerate(self.tabs):
            if number != self.tab:
                self.tabs[number] = valid(root, path)
        path = valid(root, self.path)
        if path == self.path and not own:
            path = self._path_of(change)
        if path != self.path:
            block = block_at(root, path)
            parts = part_in(change, block.id if block else "") if not own else []
            graph = network_at(root, path)
            self.go(path, [i for part in parts for i in touched_nodes(part) if i in graph])
        else:
            self.changed.emit()

    def _path_of(self, change: Change) -> Path:
        """Return the path to the network that a change edits; the shown one if that is among."""
        root, here = self._editor.root, self._editor.block
        if _edits(change, here.id if here else ""):
            return self.path
        if _edits(change, ""):
            return ()
        for block_id in sorted(touched_blocks(change)):
            if here is not None and here.id == block_id:
                return self.path
            if not _edits(change, block_id):
                continue
            seen = (*self.tabs, *reversed(self._views))
            for path in seen:
                if path and valid(root, path) == path and _leads_into(self, path, block_id):
                    return path
            return way_into(root, block_id) or self.path
        return self.path


def _edits(change: Change, block_id: str) -> bool:
    quiet = SetField | PutRecord | DropRecord | InBlock
    return any(not isinstance(part, quiet) for part in part_in(change, block_id))


def _leads_into(scopes: Scopes, path: Path, block_id: str) -> bool:
    root = scopes._editor.root
    graph = network_at(root, path[:-1])
    return graph.node(path[-1]).layer == f"block:{block_id}"
