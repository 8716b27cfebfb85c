"""The table of all runs of a project: compare, rename, delete, look at what they were made with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QColor, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ui.plots.colours import curve_colour
from ui.theme import TARGET, color, icon
from ui.train.words import INTERRUPTED, STATES, lowered, metric_short, metric_title
from workbench.runs.spec import RunState
from workbench.wording import duration, number

Index = QModelIndex | QPersistentModelIndex
_SORT: Final = Qt.ItemDataRole.UserRole + 1
_STATE_ICONS: Final = {
    RunState.RUNNING: ("train", "accent"),
    RunState.DONE: ("ok", "ok"),
    RunState.STOPPED: ("stop", "text_secondary"),
    RunState.CANCELLED: ("cancel", "text_secondary"),
    RunState.FAILED: ("error", "error"),
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the table shows it.

    Attributes:
        run_id: The run.
        name: What the person calls it.
        state: What became of it.
        epochs: Epochs that ended.
        best: Values at the best epoch by name.
        test: Metrics on the test part by name.
        seconds: How long it took, s.
        seed: Its seed.
        can_go_on: Whether it broke off and left a checkpoint.
        started: When it began, seconds since 1970.
    """

    run_id: str
    name: str
    state: RunState
    epochs: int = 0
    best: dict[str, float] = field(default_factory=dict)
    test: dict[str, float] = field(default_factory=dict)
    seconds: float = math.nan
    seed: int = 0
    started: float = 0.0
    can_go_on: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    group: str  # "best", "test" or "" for a field of the row
    key: str
    tip: str = ""


_FIRST: Final = (_Column("Run", "", "name"), _Column("State", "", "state"),
                 _Column("Epochs", "", "epochs"))  # fmt: skip
_LAST: Final = (_Column("Duration", "", "seconds"), _Column("Seed", "", "seed"),
                _Column("Started", "", "started"))  # fmt: skip


class RunModel(QAbstractTableModel):
    """The runs of a project, the latest first.

    Attributes:
        renamed: Emitted with (run id, new name) when the person renamed a run.
    """

    renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[RunRow] = []
        self._columns: list[_Column] = [*_FIRST, *_LAST]
        self._hues: dict[str, int] = {}

    @property
    def rows(self) -> list[RunRow]:
        """The runs shown."""
        return self._rows

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other runs; only what differs is told to the view where that is possible."""
        columns = [*_FIRST, *_metric_columns(rows), *_LAST]
        same = columns == self._columns and [r.run_id for r in rows] == [
            r.run_id for r in self._rows
        ]
        if not same:
            self.beginResetModel()
            self._rows, self._columns = list(rows), columns
            self.endResetModel()
            return
        for place, row in enumerate(rows):
            if row != self._rows[place]:
                # A name that is being edited must not be read anew because epochs go by.
                first = 1 if row.name == self._rows[place].name else 0
                self._rows[place] = row
                self.dataChanged.emit(self.index(place, first), self.index(place, len(columns) - 1))

    def show_hues(self, hues: dict[str, int]) -> None:
        """Show the colours of the runs that are compared."""
        if hues != self._hues:
            self._hues = dict(hues)
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    # ---- what Qt asks --------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return titles of columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell: names can be edited."""
        flags = super().flags(index)
        if index.isValid() and self._columns[index.column()].key == "name":
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text(row, column)
        if role == _SORT:
            return _sort_key(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column.key == "name" and self._hues:
            return _swatch(self._hues.get(row.run_id))
        if role == Qt.ItemDataRole.DecorationRole and column.key == "state":
            return icon(*("pause", "warning") if row.can_go_on else _STATE_ICONS[row.state])
        if role == Qt.ItemDataRole.ForegroundRole and row.state in _FAINT_STATES:
            return color("text_secondary")
        if role == Qt.ItemDataRole.ToolTipRole and column.key == "name":
            return row.run_id
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a run."""
        name = str(value).strip()
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or not name or name == row.name:
            return False
        self.renamed.emit(row.run_id, name)
        return True


class RunTable(QTableView):
    """The runs; several can be selected to compare them.

    Attributes:
        chosen: Emitted with the ids of the selected runs, in table order, after the person
            changed the selection.
        renamed: Emitted with (run id, new name).
        delete_requested: Emitted with the ids to delete.
        go_on_requested: Emitted to go on with the selected run, which broke off.
        spec_requested: Emitted with the id of the run whose settings to show.
        compare_requested: Emitted to compare the networks of the two selected runs.
    """

    chosen = Signal(object)
    renamed = Signal(str, str)
    delete_requested = Signal(object)
    spec_requested = Signal(str)
    go_on_requested = Signal()
    compare_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.runs")
        self.setAccessibleName("Runs")
        self.runs = RunModel()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.runs)
        self._sorted.setSortRole(_SORT)
        self.setModel(self._sorted)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(16, 16))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(TARGET)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.runs.renamed.connect(self.renamed)
        self.runs.modelReset.connect(self._reset)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self._quiet = False
        self._wanted: list[str] = []
        self._sized = -1

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other runs; the selection is kept."""
        self.runs.show_rows(rows)
        if self._sized != self.runs.columnCount():
            self._sized = self.runs.columnCount()
            self._size_columns()

    def select_runs(self, run_ids: Sequence[str]) -> None:
        """Select runs without telling it."""
        self._wanted = list(run_ids)
        self._quiet = True
        model = self.selectionModel()
        model.clearSelection()
        for place, row in enumerate(self.runs.rows):
            if row.run_id in run_ids:
                index = self._sorted.mapFromSource(self.runs.index(place, 0))
                model.select(
                    index,
                    QItemSelectionModel.SelectionFlag.Select
                    | QItemSelectionModel.SelectionFlag.Rows,
                )
                self.scrollTo(index)
        self._quiet = False

    def selected(self) -> list[str]:
        """Return the ids of the selected runs in the order of the table."""
        indexes = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        rows = self.runs.rows
        return [rows[self._sorted.mapToSource(index).row()].run_id for index in indexes]

    def rename_current(self) -> None:
        """Edit the name of the selected run."""
        indexes = self.selectionModel().selectedRows(0)
        if indexes:
            self.setCurrentIndex(indexes[0])
            self.edit(indexes[0])

    @Slot()
    def _selection_changed(self) -> None:
        if not self._quiet:
            self._wanted = self.selected()
            self.chosen.emit(self._wanted)

    @Slot()
    def _reset(self) -> None:
        self.select_runs(self._wanted)

    @Slot(object)
    def _open_menu(self, at: Any) -> None:
        chosen = self.selected()
        if not chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        one = len(chosen) == 1
        for text, name, enabled, do in (
            ("Continue", "train.continue", one and self._can_go_on(chosen[0]),
             self.go_on_requested.emit),
            ("Rename", "train.rename", one, self.rename_current),
            ("Show settings", "train.show_spec", one, lambda: self.spec_requested.emit(chosen[0])),
            ("Compare networks", "train.compare", len(chosen) == 2, self.compare_requested.emit),
            ("Delete" if one else f"Delete {len(chosen)} runs", "train.delete", True,
             lambda: self.delete_requested.emit(chosen)),
        ):  # fmt: skip
            action = QAction(text, menu)
            action.setObjectName(name)
            action.setEnabled(enabled)
            action.triggered.connect(do)
            menu.addAction(action)
        menu.popup(self.viewport().mapToGlobal(at))

    def _can_go_on(self, run_id: str) -> bool:
        return any(row.can_go_on for row in self.runs.rows if row.run_id == run_id)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        for place in range(self.runs.columnCount()):
            hint = max(header.sectionSizeHint(place), self.sizeHintForColumn(place) + 8, 72)
            self.setColumnWidth(place, max(_LEAST.get(place, 0), min(hint, 220)))


_LEAST: Final = {0: 144, 1: 112}
_FAINT_STATES: Final = (RunState.CANCELLED, RunState.FAILED)


def _metric_columns(rows: Sequence[RunRow]) -> list[_Column]:
    best: dict[str, None] = {}
    test: dict[str, None] = {}
    for row in rows:
        best.update(dict.fromkeys(row.best))
        test.update(dict.fromkeys(row.test))
    validation = [name for name in best if name.startswith("val_")]
    names = validation or list(best)
    columns = [
        _Column(metric_short(name), "best", name, f"{metric_title(name)} at the best epoch")
        for name in names
    ]
    for name in test:
        title = f"Test {lowered(metric_short(name))}"
        tip = f"{metric_title(name)} on rows that training never saw"
        columns.append(_Column(title, "test", name, tip))
    return columns


def _value(row: RunRow, column: _Column) -> float | None:
    values = row.best if column.group == "best" else row.test
    return values.get(column.key)


def _text(row: RunRow, column: _Column) -> str:
    if column.group:
        value = _value(row, column)
        return "" if value is None else number(value)
    if column.key == "state":
        return INTERRUPTED if row.can_go_on else STATES[row.state]
    if column.key == "seconds":
        return duration(row.seconds) if math.isfinite(row.seconds) else ""
    if column.key == "started":
        return f"{datetime.fromtimestamp(row.started):%Y-%m-%d %H:%M}" if row.started else ""
    return str(getattr(row, column.key))


def _sort_key(row: RunRow, column: _Column) -> Any:
    if column.group:
        value = _value(row, column)
        return math.inf if value is None or math.isnan(value) else value
    value = getattr(row, column.key)
    return STATES[value] if isinstance(value, RunState) else value


def _alignment(column: _Column) -> Qt.AlignmentFlag:
    left = column.key in ("name", "state", "started")
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _swatch(hue: int | None) -> QPixmap:
    """Return a line sample in the run's colour; empty room of the same size without one."""
    pixmap = QPixmap(32, 32)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(QColor(0, 0, 0, 0))
    if hue is not None:
        painter = QPainter(pixmap)
        painter.fillRect(1, 6, 14, 3, curve_colour(hue))
        painter.end()
    return pixmap
