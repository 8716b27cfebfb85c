"""The table as a Qt model that holds only the rows in view.

A view of ten million rows would cost Qt a hundred megabytes and, beyond seventy million, more
pixels than it can count. So the model has as many rows as fit into the window; `first` says which
row of the table is the topmost, and a scroll bar of its own moves it.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ui.data_page.cells import is_right_aligned, shortened
from ui.data_page.pages import Pages
from ui.data_page.words import kind_title, role_title
from ui.theme import color
from ui.widgets import as_tip
from workbench.data.spec import ColumnSpec, DataSpec
from workbench.data.table import Table

Index = QModelIndex | QPersistentModelIndex
LOADING: Final = Qt.ItemDataRole.UserRole + 1
MISSING: Final = Qt.ItemDataRole.UserRole + 2
COLUMN: Final = Qt.ItemDataRole.UserRole + 3
_SHORT: Final = 8
_NONE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class TableModel(QAbstractTableModel):
    """The rows in view of a table.

    Attributes:
        pages: Reads and keeps the cells.
        first: Row of the table that is the topmost.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages(self)
        self.first = 0
        self._table: Table | None = None
        self._shown = 0
        self._capacity = 0
        self._right: list[bool] = []
        self._specs: dict[str, ColumnSpec] = {}
        self._selected: frozenset[str] = frozenset()
        self.pages.arrived.connect(self.repaint_all)

    # ---- content -------------------------------------------------------------------------

    @property
    def table(self) -> Table | None:
        """The table that is shown."""
        return self._table

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return self._table.rows if self._table is not None else 0

    def show_table(self, table: Table | None) -> None:
        """Show another table, from its first row."""
        self.beginResetModel()
        self._table, self.first = table, 0
        self.pages.set_table(table)
        names = table.columns if table is not None else ()
        self._right = [is_right_aligned(table.dtype(n)) for n in names] if table else []
        self._shown = min(self._capacity, self.rows)
        self.endResetModel()

    def show_spec(self, spec: DataSpec, selected: frozenset[str]) -> None:
        """Show what the columns mean, and which are selected."""
        self._specs = {column.name: column for column in spec.columns}
        self._selected = selected
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(self.columnCount() - 1, 0))
        self.repaint_all()

    def set_capacity(self, rows: int) -> None:
        """Tell how many rows fit into the window."""
        self._capacity = rows
        shown = min(rows, self.rows)
        if shown > self._shown:
            self.beginInsertRows(_NONE, self._shown, shown - 1)
            self._shown = shown
            self.endInsertRows()
        elif shown < self._shown:
            self.beginRemoveRows(_NONE, shown, self._shown - 1)
            self._shown = shown
            self.endRemoveRows()

    def set_first(self, row: int) -> None:
        """Scroll: make a row of the table the topmost."""
        if row != self.first:
            self.first = row
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(self._shown - 1, 0))
            self.repaint_all()

    def repaint_all(self) -> None:
        """Have the view ask for all cells again."""
        if self._shown and self.columnCount():
            self.dataChanged.emit(
                self.index(0, 0), self.index(self._shown - 1, self.columnCount() - 1)
            )

    def name(self, section: int) -> str:
        """Return the name of a column."""
        return self._table.columns[section] if self._table is not None else ""

    def spec(self, section: int) -> ColumnSpec | None:
        """Return what a column means; None while that has not been read."""
        return self._specs.get(self.name(section))

    def is_selected(self, section: int) -> bool:
        """Return whether a column is selected."""
        return self.name(section) in self._selected

    # ---- Qt's questions ------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return the number of rows in view."""
        return 0 if parent.isValid() else self._shown

    def columnCount(self, parent: Index = _NONE) -> int:
        """Return the number of columns of the table."""
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return names and row numbers."""
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(section, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(section)
        if role == COLUMN:
            return self.spec(section)
        spec = self.spec(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            about = f"\n{role_title(spec.role)}, {kind_title(spec.kind).lower()}" if spec else ""
            return as_tip(self.name(section)[:500] + about)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            about = f", {role_title(spec.role)}" if spec else ""
            return self.name(section) + about
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, alignment and colours of a cell."""
        if not index.isValid():
            return None
        section = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._right[section] else _LEFT
        if role == Qt.ItemDataRole.BackgroundRole:
            return color("accent_soft") if self.is_selected(section) else None
        known, text = self.pages.text(self.first + index.row(), section)
        if role == Qt.ItemDataRole.DisplayRole:
            if not known or text is None:
                return "missing" if known else "…"
            return shortened(text) if self._right[section] else text
        if role == LOADING:
            return not known
        if role == MISSING:
            return known and text is None
        if role == Qt.ItemDataRole.ForegroundRole:
            spec = self.spec(section)
            pale = not known or text is None or (spec is not None and spec.role == "ignore")
            return color("text_secondary") if pale else None
        if role == Qt.ItemDataRole.ToolTipRole and known and text is not None:
            return as_tip(text) if len(text) > _SHORT else None
        return None

    def _row_header(self, section: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.first + section:,}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Row of the table, counted from 0"
        return None
