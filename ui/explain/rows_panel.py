"""The left side of the Explain page: the table of predicted rows with its filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QWidget,
)

from ui.explain.predictions import Predictions
from ui.explain.rows_model import RowsModel
from ui.theme import TARGET
from ui.widgets import EmptyState, SidePanel, Text, identify
from workbench.wording import count

if TYPE_CHECKING:
    from ui.widgets import LayoutMemory

PARTS = {
    "test": "Test rows",
    "validation": "Validation rows",
    "train": "Training rows",
    "all": "All rows",
}
_PART_TIPS = {
    "test": "Rows that training never saw",
    "validation": "Rows that decided when training ended",
    "train": "Rows that the network was trained on",
    "all": "Every usable row of the table",
}
_SETTLE_MS = 90


class RowsPanel(SidePanel):
    """Table of predicted rows.

    Args:
        memory: Where width and state are remembered.
        parent: Parent widget.

    Attributes:
        rows_selected: Emitted with the list of selected table rows, the current one first, once
            the selection has settled.
        part_changed: Emitted with the part of the data that is asked for.
    """

    rows_selected = Signal(object)
    part_changed = Signal(str)

    def __init__(self, memory: LayoutMemory | None, parent: QWidget | None = None) -> None:
        super().__init__(
            "Predictions", "left", name="explain.rows_panel", memory=memory, width=456,
            minimum=300, parent=parent,
        )  # fmt: skip
        self.model = RowsModel()
        self._found: Predictions | None = None
        self._part = QComboBox()
        identify(self._part, "explain.part", "Part of the data")
        for part, title in PARTS.items():
            self._part.addItem(title, part)
            self._part.setItemData(
                self._part.count() - 1, _PART_TIPS[part], Qt.ItemDataRole.ToolTipRole
            )
        self._wrong = QCheckBox("Wrong only")
        identify(self._wrong, "explain.wrong_only", "Show wrong predictions only")
        self._summary = Text("", "secondary", name="explain.summary")
        self.table = self._make_table()
        self._nothing = EmptyState("No wrong prediction", "Every row here is predicted rightly.")
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self._arrange()
        self._part.currentIndexChanged.connect(self._part_chosen)
        self._wrong.toggled.connect(self._filter)
        self.table.selectionModel().selectionChanged.connect(self._settle_soon)

    def _make_table(self) -> QTableView:
        table = QTableView()
        identify(table, "explain.rows", "Predicted rows")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(TARGET)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(56)
        table.setSortingEnabled(True)
        return table

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._part)
        line.addWidget(self._summary, 1)
        line.addWidget(self._wrong)
        self.content.setContentsMargins(0, 0, 0, 0)
        line.setContentsMargins(16, 0, 16, 0)
        self.content.addLayout(line)
        shown = QWidget()
        self._stack = QStackedLayout(shown)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nothing)
        self.content.addWidget(shown, 1)

    # ---- content -------------------------------------------------------------------------

    @property
    def part(self) -> str:
        """The part of the data that is shown."""
        return str(self._part.currentData())

    def show_predictions(self, found: Predictions | None, target: str) -> None:
        """Show other predictions; the first row is selected."""
        self._found = found
        classify = found is not None and bool(found.classes)
        self._wrong.setVisible(classify)
        if not classify and self._wrong.isChecked():
            self._wrong.setChecked(False)
        self.model.show_predictions(found, target)
        self._size_columns()
        self._summarise()
        self._select_first()

    def select_rows(self, rows: Sequence[int]) -> None:
        """Select table rows that are shown."""
        lines = [line for line in map(self.model.line_of, rows) if line >= 0]
        chosen = QItemSelection()
        for line in lines:
            at = self.model.index(line, 0)
            chosen.select(at, at)
        how = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(chosen, how.ClearAndSelect | how.Rows)

    def selected_rows(self) -> list[int]:
        """Return the selected table rows, the current one first."""
        selection = self.table.selectionModel()
        lines = [
            np.arange(part.top(), part.bottom() + 1)
            for part in selection.selection().toList()
            if part.bottom() >= part.top()
        ]
        if not lines:
            return []
        chosen = np.unique(np.concatenate(lines))
        current = selection.currentIndex().row()
        if current in chosen:
            chosen = np.concatenate([[current], chosen[chosen != current]])
        return self.model.row_ids(chosen)

    # ---- private -------------------------------------------------------------------------

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        columns = self.model.columnCount()
        for at in range(columns):
            stretch = at in (1, 2)
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(at, mode.Stretch if stretch else mode.Interactive)
            if not stretch:
                self.table.setColumnWidth(
                    at,
                    60
                    if at == 0
                    else 92
                    if at == 3 and columns == 5
                    else 76
                    if columns == 5
                    else 96,
                )

    def _summarise(self) -> None:
        found = self._found
        if found is None:
            self._summary.setText("")
            return
        text = count(len(found))
        if found.classes and (found.actual >= 0).any():
            text += f", {count(int(found.wrong.sum()))} wrong"
        self._summary.setText(text)
        self._stack.setCurrentIndex(1 if self.model.rowCount() == 0 and len(found) else 0)

    def _select_first(self) -> None:
        if self.model.rowCount():
            self.table.selectRow(0)
            self.table.scrollToTop()
        self._settle.start()

    @Slot()
    def _settle_soon(self) -> None:
        self._settle.start()

    @Slot()
    def _tell(self) -> None:
        self.rows_selected.emit(self.selected_rows())

    @Slot(int)
    def _part_chosen(self, _at: int) -> None:
        self.part_changed.emit(self.part)

    @Slot(bool)
    def _filter(self, wrong_only: bool) -> None:
        kept = self.selected_rows()[:1]
        self.model.set_wrong_only(wrong_only)
        self._summarise()
        line = self.model.line_of(kept[0]) if kept else -1
        if line >= 0:
            self.table.selectRow(line)
        else:
            self._select_first()
        self._settle.start()
