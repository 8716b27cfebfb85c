"""The window of a comparison: the list at the left, both networks in one picture at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QRegularExpression, QSize, QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.compare.marks import Marks
from ui.compare.rows import MARK_ROLE, DifferenceModel, badge
from ui.compare.union import GONE, TITLES, Mark, unite
from ui.design.canvas.picture import Picture
from ui.design.canvas.view import Canvas
from ui.design.editor import Editor
from ui.design.selection import Selection
from ui.theme import TARGET
from ui.widgets import Button, SearchField, Text, identify
from workbench.errors import Place
from workbench.graph.compare import Comparison
from workbench.graph.inference import Inference
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.services import Services

_ALL: Final = "All changes"


class ComparisonWindow(QDialog):
    """Shows how two networks differ. Escape closes it.

    Args:
        found: The comparison.
        before: What the first network is called.
        after: What the second is called.
        services: The window's services.
        current: Whether the second is the network that the Design page shows.
        shapes: What is known about the tensors of the second.
        parent: The window.
    """

    def __init__(
        self,
        found: Comparison,
        before: str,
        after: str,
        services: Services,
        *,
        current: bool = False,
        shapes: Inference | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, "compare.window", f"Comparison of {before} with {after}")
        self.setWindowTitle(f"{before} → {after}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1200, 720)
        self._services = services
        self._union = unite(found)
        self._fitted, self._shapes = False, shapes
        self.model = DifferenceModel(self._union.rows)
        self._kinds = QSortFilterProxyModel(self)
        self._kinds.setSourceModel(self.model)
        self._kinds.setFilterRole(MARK_ROLE)
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self._kinds)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = SearchField("Filter", name="compare.search")
        self.search.textChanged.connect(self.shown.setFilterFixedString)
        self.kind = QComboBox()
        identify(self.kind, "compare.kind", "Sort of change")
        self.kind.addItems([_ALL, *TITLES.values()])
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.table = self._table()
        self.canvas = self._canvas(services)
        self.marks = Marks(self.canvas, self._union)
        self.show_in_design = Button("Show on the Design page", self._show_in_design,
                                     name="compare.design")  # fmt: skip
        self.show_in_design.setVisible(current)
        self._lay_out(before, after, found.same)
        self._row_changed()

    def _table(self) -> QTableView:
        table = QTableView()
        identify(table, "compare.list", "Differences")
        table.setModel(self.shown)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setIconSize(QSize(20, 20))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(TARGET)
        table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate((120, 128, 120)):
            table.setColumnWidth(column, width)
        table.doubleClicked.connect(self._go)
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        return table

    def _canvas(self, services: Services) -> Canvas:
        picture = Picture(services.catalog, self)
        canvas = Canvas(Editor(services.catalog, picture, Selection(self), self))
        identify(canvas, "compare.canvas", "Both networks")
        canvas.setAcceptDrops(False)
        picture.show_graph(self._union.graph)
        picture.set_inference(self._shapes)
        return canvas

    def _lay_out(self, before: str, after: str, same: bool) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.kind)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.canvas)
        split.setSizes([600, 600])
        split.setChildrenCollapsible(False)
        number = len(self._union.rows)
        words = "The networks are the same." if same else f"{plural(number, 'difference')}"
        head = Text(f"From {before} to {after}: {words}", "heading", wrap=True, name="compare.head")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(head)
        layout.addWidget(split, 1)
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        marks = list(self._union.marks.values())
        for mark, title in TITLES.items():
            sign = QLabel()
            sign.setPixmap(badge(mark))
            line.addWidget(sign)
            line.addWidget(Text(f"{title} ({marks.count(mark)})", "secondary",
                                name=f"compare.legend.{mark}"))  # fmt: skip
            line.addSpacing(12)
        line.addStretch(1)
        line.addWidget(self.show_in_design)
        line.addWidget(Button("Close", self.close, name="compare.close"))
        return line

    # ---- what a person does --------------------------------------------------------------

    @Slot(int)
    def _choose_kind(self, row: int) -> None:
        marks: list[Mark] = list(TITLES)
        text = f"^{marks[row - 1]}$" if row > 0 else ""
        self._kinds.setFilterRegularExpression(QRegularExpression(text))

    def current_node(self) -> str:
        """Return the id in the picture of the row that is chosen, or ""."""
        index = self.shown.mapToSource(self.table.currentIndex())
        row = self._kinds.mapToSource(index)
        return self.model.rows[row.row()].node if row.isValid() else ""

    @Slot(QModelIndex)
    def _go(self, _index: QModelIndex) -> None:
        self.show_node(self.current_node())

    def show_node(self, node_id: str) -> None:
        """Bring a layer into view and select it."""
        if node_id in self.canvas.picture.nodes:
            self.canvas.selection.select([node_id])
            self.canvas.navigation.center_on(self.canvas.picture.nodes[node_id].rect.center())
            if self.canvas.camera.scale < 0.5:
                self.canvas.navigation.fit_to([node_id])

    @Slot()
    def _row_changed(self) -> None:
        node = self.current_node()
        self.show_in_design.setEnabled(bool(node) and not node.startswith(GONE))

    def _show_in_design(self) -> None:
        node = self.current_node()
        if node:
            self._services.show_place(Place("node", node))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the chosen layer with Enter; Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_node(self.current_node())
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Show both networks whole at first."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self.marks.resize(self.canvas.size())
            self.canvas.navigation.fit()
