"""The window of a comparison of two networks of which neither is the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ui.compare.overlay import Overlay
from ui.compare.panel import DifferencePanel
from ui.design.canvas.picture import Picture
from ui.design.canvas.view import Canvas
from ui.design.editor import Editor
from ui.design.selection import Selection
from ui.theme import active_theme
from ui.widgets import Button, Text, identify
from workbench.graph.differences import Difference, differences

if TYPE_CHECKING:
    from ui.services import Services
    from workbench.graph.compare import Comparison


class ComparisonWindow(QDialog):
    """Shows how two networks differ: the second one, and what is gone as ghosts. Escape closes it.

    Args:
        found: The comparison.
        before: What the first network is called.
        after: What the second is called.
        services: The window's services.
        rows: What differs; found out when None.
        parent: The window.
    """

    def __init__(
        self,
        found: Comparison,
        before: str,
        after: str,
        services: Services,
        *,
        rows: tuple[Difference, ...] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, "compare.window", f"Comparison of {before} with {after}")
        self.setWindowTitle(f"{before} → {after}")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1200, 720)
        self._found, self._fitted, self._block = found, False, ""
        self.picture = Picture(services.catalog, self)
        self.canvas = Canvas(Editor(services.catalog, self.picture, Selection(self), self))
        identify(self.canvas, "compare.canvas", "Both networks")
        self.canvas.setAcceptDrops(False)
        self.overlay = Overlay(self.canvas)
        self.panel = DifferencePanel(editable=False)
        self.panel.setAcceptDrops(False)
        self.panel.show_names(before, after)
        self.panel.chosen.connect(self.go)
        self.panel.done_wanted.connect(self.close)
        self.panel.saver.failed.connect(services.show_error)
        self.panel.saver.said.connect(services.show_message)
        self.canvas.selection.changed.connect(self._selected)
        active_theme().changed.connect(self.panel.paint_legend)
        self.where = Text("", "secondary", name="compare.where")
        self.back = Button("Whole network", self._leave_block, name="compare.whole")
        self._lay_out()
        self._show_network("")
        self.panel.show_rows(differences(found) if rows is None else rows)

    def _lay_out(self) -> None:
        top = QWidget()
        line = QHBoxLayout(top)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.where, 1)
        line.addWidget(self.back)
        self._top = top
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(top)
        column.addWidget(self.canvas, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.panel)
        split.addWidget(right)
        split.setSizes([360, 840])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(split)

    # ---- the network that is shown -------------------------------------------------------------

    def _show_network(self, block: str) -> None:
        """Show the outermost network, or that inside a block that differs."""
        found, name = self._found, ""
        if block:
            entry = next(r for r in found.records if r.id == block and r.inside is not None)
            found, name = entry.inside or found, entry.name
        self._block = block
        self.canvas.selection.clear()
        self.overlay.show(None)
        self.overlay.forget_places()
        self.picture.show_graph(found.after)
        self.overlay.show(found)
        self.where.setText(f"Inside the block {name}" if name else "")
        self._top.setVisible(bool(name))
        if self._fitted:
            self.canvas.navigation.fit()

    def _leave_block(self) -> None:
        self._show_network("")

    @Slot(object)
    def go(self, row: Difference) -> None:
        """Bring a difference into view and select it."""
        if row.record:
            return
        if row.block != self._block:
            self._show_network(row.block)
        if row.node in self.picture.nodes:
            self.overlay.choose("")
            self.canvas.selection.select([row.node])
            rect = self.picture.nodes[row.node].rect
        elif row.old in self.overlay.ghosts.nodes:
            self.canvas.selection.clear()
            self.overlay.choose(row.old)
            rect = self.overlay.ghosts.nodes[row.old].rect
        else:
            return
        if self.canvas.camera.scale < 0.5:
            self.canvas.camera.zoom_to(0.75, self.canvas.free_rect().center())
        self.canvas.navigation.center_on(rect.center())

    @Slot()
    def _selected(self) -> None:
        node_id = self.canvas.selection.single
        if node_id:
            rows = [r for r in self.panel.model.rows if r.node == node_id]
            self.panel.choose_of([r.key for r in rows if r.block == self._block and not r.record])

    def showEvent(self, event: QShowEvent) -> None:
        """Show both networks whole at first."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self.canvas.navigation.fit()
