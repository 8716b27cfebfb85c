"""The list of columns as a Qt model: what each means, and whether something is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from ui.data_page.words import kind_title, role_title, treatment
from ui.widgets import as_tip
from workbench.data.spec import ColumnSpec, DataSpec
from workbench.graph.problems import Problem, Severity

Index = QModelIndex | QPersistentModelIndex
SPEC: Final = Qt.ItemDataRole.UserRole + 1
SEVERITY: Final = Qt.ItemDataRole.UserRole + 2
_NONE = QModelIndex()
_ORDER: Final[dict[Severity, int]] = {"error": 0, "warning": 1, "info": 2}


class ColumnsModel(QAbstractListModel):
    """The columns of the data document, filtered by a part of their names."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[ColumnSpec, ...] = ()
        self._shown: list[ColumnSpec] = []
        self._needle = ""
        self._problems: dict[str, list[Problem]] = {}
        self._lines: dict[str, int] = {}

    def show_spec(self, spec: DataSpec) -> bool:
        """Show other columns, or other settings of the same.

        Returns:
            Whether they are other columns: the selection is lost then.
        """
        same = [c.name for c in spec.columns] == [c.name for c in self._all]
        self._all = spec.columns
        if not same:
            self.beginResetModel()
            self._filter()
            self.endResetModel()
            return True
        self._filter()
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))
        return False

    def show_problems(self, problems: Mapping[str, list[Problem]]) -> None:
        """Show other problems by column."""
        self._problems = dict(problems)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def set_filter(self, text: str) -> None:
        """Show the columns only whose name contains a text."""
        self.beginResetModel()
        self._needle = text.strip().casefold()
        self._filter()
        self.endResetModel()

    @property
    def total(self) -> int:
        """Number of all columns."""
        return len(self._all)

    def names(self, lines: Iterable[int]) -> list[str]:
        """Return the names of lines."""
        return [self._shown[line].name for line in lines if 0 <= line < len(self._shown)]

    def line_of(self, name: str) -> int:
        """Return the line of a column, or -1 when it is not shown."""
        return self._lines.get(name, -1)

    def problems(self, name: str) -> list[Problem]:
        """Return the problems of a column, worst first."""
        return sorted(self._problems.get(name, []), key=lambda p: _ORDER[p.severity])

    # ---- Qt's questions ------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return the number of columns shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return name, meaning and problem of a column."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        column = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name
        if role == SPEC:
            return column
        if role == SEVERITY:
            problems = self.problems(column.name)
            return problems[0].severity if problems else None
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = [column.name[:500], about(column)]
            words += [problem.message for problem in self.problems(column.name)]
            separator = "\n" if role == Qt.ItemDataRole.ToolTipRole else ", "
            text = separator.join(words)
            return as_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _filter(self) -> None:
        needle = self._needle
        self._shown = [c for c in self._all if not needle or needle in c.name.casefold()]
        self._lines = {column.name: line for line, column in enumerate(self._shown)}


def about(column: ColumnSpec) -> str:
    """Return what a column means in few words: "Feature, number, standardise"."""
    if column.role == "ignore":
        return "Ignored"
    words = [role_title(column.role), kind_title(column.kind).lower()]
    if column.role == "feature":
        words.append(treatment(column).lower())
    return ", ".join(words)
