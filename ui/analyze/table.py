"""The table of layers and the row of totals under it, which keep the same columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.analyze.model import LayerModel, TotalsModel
from ui.theme import font
from ui.widgets import identify
from workbench.graph.analysis import COLUMNS

_ROW: Final = 28
_STRETCHED: Final = 2
"""The column that takes what room is left: the shapes."""
_WIDTHS: Final = {"name": 170, "type": 134, "output": 200, "dtype": 76, "trainable": 78,
                  "frozen": 66, "states": 72, "weights": 90, "activations": 96, "macs": 106,
                  "receptive": 104, "problems": 80}  # fmt: skip


class LayerTable(QTableView):
    """The table of layers.

    Args:
        model: Its rows.

    Attributes:
        chosen: Emitted with the id of the row that was double-clicked or entered.
        picked: Emitted with the ids of the selected rows after the person selected others.
        copy_wanted: Emitted when the person wants to copy the selected rows.
        sort_wanted: Emitted with the column whose heading was clicked.
    """

    chosen = Signal(str)
    picked = Signal(object)
    copy_wanted = Signal()
    sort_wanted = Signal(int)

    def __init__(self, model: LayerModel) -> None:
        super().__init__()
        identify(self, "drawer.analyze.table", "Layers")
        self._layers = model
        self._following = False
        self._kept: tuple[str, ...] = ()
        self.setModel(model)
        _prepare(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(_STRETCHED, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.sectionClicked.connect(self.sort_wanted)
        header.setMinimumSectionSize(48)
        self.doubleClicked.connect(self._double_clicked)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._select_kept)

    def selected(self) -> list[str]:
        """Return the ids of the selected rows, from top to bottom."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        numbers = {n for part in parts for n in range(part.top(), part.bottom() + 1)}
        return [self._layers.places[number] for number in sorted(numbers)]

    def select(self, places: Iterable[str], *, show: bool = True) -> None:
        """Select rows without telling that somebody did."""
        numbers = sorted(n for at in places if (n := self._layers.number_of(at)) >= 0)
        selection, last = QItemSelection(), len(COLUMNS) - 1
        start = 0
        for at, number in enumerate(numbers):
            if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
                selection.select(self._layers.index(numbers[start], 0),
                                 self._layers.index(number, last))  # fmt: skip
                start = at + 1
        self._following = True
        try:
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(selection, flag.ClearAndSelect)
            if numbers:
                first = self._layers.index(numbers[0], 0)
                self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
                if show:
                    self.scrollTo(first)
        finally:
            self._following = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a layer with Enter; copy rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self._layers.places[self.currentIndex().row()])
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._layers.places[index.row()])

    @Slot()
    def _selection_changed(self) -> None:
        if not self._following:
            self.picked.emit(self.selected())

    @Slot()
    def _keep(self) -> None:
        self._kept = tuple(self.selected())
        self._following = True

    @Slot()
    def _select_kept(self) -> None:
        self._following = False
        self.select(self._kept, show=False)


class TableWithTotals(QWidget):
    """The table and its totals."""

    def __init__(self, model: LayerModel) -> None:
        super().__init__()
        self.layers = LayerTable(model)
        self.totals_model = TotalsModel()
        self.totals = QTableView()
        identify(self.totals, "drawer.analyze.totals", "Totals")
        self.totals.setModel(self.totals_model)
        _prepare(self.totals)
        self.totals.horizontalHeader().hide()
        self.totals.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.totals.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.totals.setFont(font("number", bold=True))
        self.totals.setFixedHeight(_ROW + 2)
        self.totals.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.totals.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.layers.horizontalHeader().sectionResized.connect(self._resized)
        bar = self.layers.horizontalScrollBar()
        bar.valueChanged.connect(self.totals.horizontalScrollBar().setValue)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.layers, 1)
        layout.addWidget(self.totals)

    @Slot(int, int, int)
    def _resized(self, section: int, _old: int, new: int) -> None:
        self.totals.setColumnWidth(section, new)


def _prepare(table: QTableView) -> None:
    """Set what both tables have in common."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setFont(font("number"))
    side = table.verticalHeader()
    side.hide()
    side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    side.setDefaultSectionSize(_ROW)
    for number, column in enumerate(COLUMNS):
        table.setColumnWidth(number, _WIDTHS[column.id])
