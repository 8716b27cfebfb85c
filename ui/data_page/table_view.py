"""The table in view: scrolls through any number of rows, selects columns, copies cells."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QScrollBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.data_page.cell_delegate import CellDelegate
from ui.data_page.table_header import HEIGHT, WIDEST, ColumnHeader
from ui.data_page.table_model import TableModel
from ui.theme import TARGET, active_theme, font
from ui.widgets import identify
from workbench.data.table import Table

_ROWS_PER_NOTCH: Final = 3
_SPARE_COLUMNS: Final = 4
_ENDS: Final = (Qt.Key.Key_Home, Qt.Key.Key_End)
_SIDEWAYS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, *_ENDS)


class RowsView(QTableView):
    """A table view whose rows come and go under it.

    Args:
        model: The table.
        bar: Scroll bar over all rows of the table.

    Attributes:
        column_chosen: Emitted with the position of a column that was clicked or walked to.
        in_view_changed: Emitted when other rows or columns came into view.
    """

    column_chosen = Signal(int)
    in_view_changed = Signal()

    def __init__(self, model: TableModel, bar: QScrollBar) -> None:
        super().__init__()
        identify(self, "data.table", "Table")
        self._rows, self._bar = model, bar
        self._row = 0
        self._rest = 0.0
        self._fitted: set[int] = set()
        self.header = ColumnHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        self.setFont(font("number"))
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(TARGET)
        side.setHighlightSections(False)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header.sectionPressed.connect(self._section_pressed)
        self.pressed.connect(self._cell_pressed)
        self.horizontalScrollBar().valueChanged.connect(self.look)
        self.header.sectionResized.connect(self.look)
        bar.valueChanged.connect(self._scrolled)
        model.pages.arrived.connect(self._widen)
        active_theme().changed.connect(self.viewport().update)

    # ---- content -------------------------------------------------------------------------

    def show_table(self, table: Table | None) -> None:
        """Show another table from its first row."""
        self._row = 0
        self._rows.show_table(table)
        self.header.fit_widths()
        self._fit_row_numbers()
        self.setCurrentIndex(QModelIndex())
        self._fitted.clear()
        self._bar.setValue(0)
        self._measure()

    def go_to(self, row: int, column: int | None = None) -> None:
        """Make a cell the current one and bring it into view.

        Args:
            row: Row of the table.
            column: Position of a column; None keeps it.
        """
        self._row = min(max(row, 0), max(self._rows.rows - 1, 0))
        first, fits = self._rows.first, self._fitting()
        if self._row < first:
            self._bar.setValue(self._row)
        elif self._row >= first + fits:
            self._bar.setValue(self._row - fits + 1)
        if column is None:
            column = max(self.currentIndex().column(), 0)
        self._follow(column)

    def show_column(self, column: int) -> None:
        """Bring a column into view and make it the current one."""
        self._follow(column)

    # ---- what Qt asks --------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hold as many rows as fit."""
        super().resizeEvent(event)
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll rows with the wheel, columns with Shift or a sideways wheel."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        sideways = abs(angle.x()) > abs(angle.y()) or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if sideways:
            across = self.horizontalScrollBar()
            moved = pixels.x() or pixels.y() or (angle.x() or angle.y()) * 0.6
            across.setValue(across.value() - round(moved))
        else:
            rows = pixels.y() / TARGET if pixels.y() else angle.y() / 120 * _ROWS_PER_NOTCH
            self._rest -= rows
            whole = int(self._rest)
            self._rest -= whole
            self._bar.setValue(self._bar.value() + whole)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the table, copy the current cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.current_text())
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        column, last = max(self.currentIndex().column(), 0), self._rows.columnCount() - 1
        page = max(self._fitting() - 1, 1)
        row = self._row
        steps = {
            Qt.Key.Key_Up: (0 if control else row - 1, column),
            Qt.Key.Key_Down: (self._rows.rows - 1 if control else row + 1, column),
            Qt.Key.Key_PageUp: (row - page, column),
            Qt.Key.Key_PageDown: (row + page, column),
            Qt.Key.Key_Left: (row, 0 if control else column - 1),
            Qt.Key.Key_Right: (row, last if control else column + 1),
            Qt.Key.Key_Home: (0 if control else row, column if control else 0),
            Qt.Key.Key_End: (self._rows.rows - 1 if control else row, column if control else last),
        }
        if event.key() not in steps or last < 0:
            super().keyPressEvent(event)
            return
        row, wanted = steps[Qt.Key(event.key())]
        self.go_to(row, min(max(wanted, 0), last))
        if event.key() in _SIDEWAYS and not (control and event.key() in _ENDS):
            self.column_chosen.emit(self.currentIndex().column())

    def current_text(self) -> str:
        """Return the text of the current cell; "" when it is missing or not read yet."""
        index = self.currentIndex()
        if not index.isValid():
            return ""
        return self._rows.pages.text(self._row, index.column())[1] or ""

    def rows_in_view(self) -> tuple[int, int]:
        """Return the first and the last row that are wholly in view."""
        first = self._rows.first
        return first, max(min(first + self._fitting(), self._rows.rows) - 1, 0)

    @property
    def current_row(self) -> int:
        """Row of the table that the current cell is in."""
        return self._row

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "header"):
            self._fit_row_numbers()

    # ---- private -------------------------------------------------------------------------

    def _fitting(self) -> int:
        """Return the number of rows that are wholly in view."""
        return max(self.viewport().height() // TARGET, 1)

    def _fit_row_numbers(self) -> None:
        widest = self.fontMetrics().horizontalAdvance(f"{max(self._rows.rows - 1, 0):,}")
        self.verticalHeader().setFixedWidth(max(widest + 20, 44))

    def _measure(self) -> None:
        fits = self._fitting()
        self._rows.set_capacity(fits + 1)
        self._bar.setRange(0, max(self._rows.rows - fits, 0))
        self._bar.setPageStep(fits)
        self._bar.setVisible(self._rows.rows > fits)
        self.look()

    @Slot()
    def _widen(self) -> None:
        """Widen columns that came into view for the first time and whose values do not fit."""
        metrics, model = self.fontMetrics(), self._rows
        for section in self._in_view(0):
            if section in self._fitted:
                continue
            texts = [model.index(line, section).data() for line in range(model.rowCount())]
            if "…" in texts:
                continue
            self._fitted.add(section)
            wide = max((metrics.horizontalAdvance(text[:40]) for text in texts), default=0) + 20
            if wide > self.header.sectionSize(section):
                self.header.resizeSection(section, min(wide, WIDEST))

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self._rows.set_first(value)
        self._follow()
        self.look()

    def _follow(self, column: int | None = None) -> None:
        """Keep Qt's current cell on the current row of the table, when that is in view."""
        if column is None:
            column = max(self.currentIndex().column(), 0)
        line = self._row - self._rows.first
        index = self._rows.index(line, column) if 0 <= line < self._rows.rowCount() else None
        if index is None and self._rows.rowCount():
            self.scrollTo(self._rows.index(0, column))
            index = QModelIndex()
        elif index is not None:
            self.scrollTo(index)
        model = self.selectionModel()
        if model is not None and index is not None:
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def scrollTo(self, index: Any, hint: Any = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        """Scroll sideways only: rows have a scroll bar of their own."""
        down = self.verticalScrollBar()
        before = down.value()
        super().scrollTo(index, hint)
        down.setValue(before)

    @Slot()
    def look(self) -> None:
        """Tell the model what is in view, so that it is read."""
        model = self._rows
        if not model.rowCount() or not model.columnCount():
            return
        columns = self._in_view(_SPARE_COLUMNS)
        model.pages.want(model.first, model.first + model.rowCount() - 1, columns)
        self.in_view_changed.emit()

    def _in_view(self, spare: int) -> range:
        """Return the columns in view, and some more on both sides."""
        last = self._rows.columnCount() - 1
        left = self.header.visualIndexAt(0)
        right = self.header.visualIndexAt(max(self.viewport().width() - 1, 0))
        return range(
            max(left - spare, 0) if left >= 0 else 0,
            (min(right + spare, last) if right >= 0 else last) + 1,
        )

    @Slot(int)
    def _section_pressed(self, section: int) -> None:
        self.go_to(self._row, section)
        self.column_chosen.emit(section)

    @Slot(QModelIndex)
    def _cell_pressed(self, index: QModelIndex) -> None:
        self._row = self._rows.first + index.row()
        self.column_chosen.emit(index.column())


class TablePane(QWidget):
    """The table and its scroll bar.

    Args:
        parent: Parent widget.

    Attributes:
        model: The rows in view.
        view: The table.
        bar: Scroll bar over all rows.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TableModel()
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        identify(self.bar, "data.rows_bar", "Rows")
        self.view = RowsView(self.model, self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        beside = QVBoxLayout()  # the bar stands beside the rows, not beside the header
        beside.setSpacing(0)
        beside.addSpacing(HEIGHT)
        beside.addWidget(self.bar, 1)
        layout.addLayout(beside)
