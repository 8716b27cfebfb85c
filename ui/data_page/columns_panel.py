"""The list of columns with its filter; several can be selected and changed together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from ui.data_page.columns_delegate import ColumnDelegate
from ui.data_page.columns_model import ColumnsModel
from ui.widgets import SearchField, Text, identify
from workbench.data.spec import DataSpec
from workbench.graph.problems import Problem
from workbench.wording import count

_FILTER_FROM: Final = 8


class ColumnsPanel(QWidget):
    """All columns, one line each.

    Args:
        parent: Parent widget.

    Attributes:
        model: The columns.
        list: The list.
        selected_changed: Emitted with the names of the selected columns, the current one first.
        menu_requested: Emitted with the position (on the screen) of a context menu.
    """

    selected_changed = Signal(object)
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ColumnsModel()
        self.search = SearchField("Filter columns", name="data.filter")
        self.list = QListView()
        identify(self.list, "data.columns", "Columns")
        self.list.setModel(self.model)
        self.list.setItemDelegate(ColumnDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._summary = Text("", "secondary", name="data.columns_summary")
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 0)
        line.addWidget(self.search)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(self._summary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(foot)
        layout.addLayout(line)
        layout.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)
        self.list.selectionModel().selectionChanged.connect(self._tell)
        self.list.selectionModel().currentChanged.connect(self._forget)
        self.model.modelReset.connect(self._forget)
        self.list.customContextMenuRequested.connect(self._menu)
        self._quiet = False
        self._selected: list[str] | None = None
        self._spec = DataSpec()

    def show_spec(self, spec: DataSpec) -> None:
        """Show other columns, or other settings of the same."""
        selected = self.selected
        self._spec = spec
        if self.model.show_spec(spec):
            self.select(selected)
        self._show_summary()
        self.search.setVisible(self.model.total >= _FILTER_FROM)

    def show_problems(self, problems: Mapping[str, list[Problem]]) -> None:
        """Show other problems by column."""
        self.model.show_problems(problems)

    @property
    def selected(self) -> list[str]:
        """Names of the selected columns, the current one first."""
        if self._selected is None:  # asking Qt for ten thousand of them takes a while
            self._selected = self._read_selected()
        return list(self._selected)

    def _read_selected(self) -> list[str]:
        model = self.list.selectionModel()
        lines = [index.row() for index in model.selectedRows()]
        current = model.currentIndex().row()
        if current in lines:
            lines.remove(current)
            lines.insert(0, current)
        return self.model.names(lines)

    def select(self, names: list[str]) -> None:
        """Select columns; those that are not shown are left out.

        Args:
            names: Their names, the current one first.
        """
        lines = [line for line in map(self.model.line_of, names) if line >= 0]
        if not lines and names and self.search.text():
            self.search.clear()  # what is asked for is hidden by the filter
            lines = [line for line in map(self.model.line_of, names) if line >= 0]
        selection = QItemSelection()
        for line in lines:
            selection.select(self.model.index(line), self.model.index(line))
        flags = QItemSelectionModel.SelectionFlag
        model = self.list.selectionModel()
        self._quiet = True
        if lines:
            model.setCurrentIndex(self.model.index(lines[0]), flags.NoUpdate)
        model.select(selection, flags.ClearAndSelect)
        self._quiet = False
        if lines:
            self.list.scrollTo(self.model.index(lines[0]))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self._selected = None
        if not self._quiet:
            self.selected_changed.emit(self.selected)

    @Slot()
    def _forget(self) -> None:
        self._selected = None

    @Slot(str)
    def _filter(self, text: str) -> None:
        selected = self.selected
        self._quiet = True
        self.model.set_filter(text)
        self._quiet = False
        shown = [name for name in selected if self.model.line_of(name) >= 0]
        if shown or not text:
            self.select(shown)
        elif self.model.rowCount():
            self.select(self.model.names([0]))
        self._show_summary()

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        if self.selected:
            self.menu_requested.emit(self.list.viewport().mapToGlobal(at))

    def _show_summary(self) -> None:
        roles = [column.role for column in self._spec.columns]
        words = [_counted(roles.count("feature"), "feature", "features")]
        words.append(_counted(roles.count("target"), "target", "targets"))
        ignored = roles.count("ignore")
        if ignored:
            words.append(f"{count(ignored)} ignored")
        if self.search.text() and self.model.total:
            words = [f"{count(self.model.rowCount())} of {count(self.model.total)} columns"]
        self._summary.setText(" · ".join(words) if self.model.total else "")


def _counted(number: int, one: str, several: str) -> str:
    if number == 0:
        return f"no {one}"
    return f"{count(number)} {one if number == 1 else several}"
