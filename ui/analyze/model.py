"""The rows of the Analyze table: made when they are looked at, sorted and filtered here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ui.theme import color, icon
from ui.widgets import as_tip
from workbench.graph import Graph
from workbench.graph.analysis import COLUMNS, Row, places_of, row_of
from workbench.graph.inference import Inference

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_NUMBER: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_PROBLEMS: Final = len(COLUMNS) - 1
_ICONS: Final = {"error": "error", "warning": "warning", "info": "accent"}


class LayerModel(QAbstractTableModel):
    """A row per layer of a network.

    Attributes:
        places: Ids of the rows that are shown, in their order.
        column: Column that they are sorted by; -1 for the order of computation.
        descending: Whether the largest comes first.
        words: What rows must contain, in small letters.
        inner: Whether layers in blocks have rows.
    """

    def __init__(self) -> None:
        super().__init__()
        self._graph, self._inference, self._batch = Graph(), Inference(), 1
        self._all: list[str] = []
        self._rows: dict[str, Row] = {}
        self._at: dict[str, int] = {}
        self.places: list[str] = []
        self.column, self.descending, self.words, self.inner = -1, False, "", True

    # ---- content -------------------------------------------------------------------------

    def show_network(self, graph: Graph, inference: Inference, batch_size: int) -> None:
        """Show another state of the network."""
        self._graph, self._inference, self._batch = graph, inference, batch_size
        self._rows.clear()
        self._all = places_of(graph, inference, inner=self.inner)
        self._arrange()

    def arrange(self, column: int, *, descending: bool) -> None:
        """Sort by a column; -1 for the order of computation."""
        self.column, self.descending = column, descending
        self._arrange()

    def filter_by(self, words: str) -> None:
        """Show rows with all of these words only."""
        self.words = words.lower()
        self._arrange()

    def show_inner(self, inner: bool) -> None:
        """Show or hide the layers in blocks."""
        self.inner = inner
        self.show_network(self._graph, self._inference, self._batch)

    def _arrange(self) -> None:
        places = self._all
        wanted = self.words.split()
        if wanted:
            places = [at for at in places if self._matches(self.row(at), wanted)]
        if self.column >= 0:
            column = self.column
            places = sorted(
                places, key=lambda at: self.row(at).keys[column], reverse=self.descending
            )
        if places == self.places:
            if places:
                self.dataChanged.emit(
                    self.index(0, 0), self.index(len(places) - 1, len(COLUMNS) - 1)
                )
            return
        self.beginResetModel()
        self.places = list(places)
        self._at = {at: number for number, at in enumerate(self.places)}
        self.endResetModel()

    @staticmethod
    def _matches(row: Row, wanted: Sequence[str]) -> bool:
        text = f"{' '.join(row.texts)} {row.severity} {row.problem}".lower()
        return all(word in text for word in wanted)

    # ---- reading -------------------------------------------------------------------------

    @property
    def layers(self) -> int:
        """Number of layers without a filter."""
        return len(self._all)

    @property
    def has_blocks(self) -> bool:
        """Whether there are layers in blocks."""
        return bool(self._inference.inside)

    def row(self, at: str) -> Row:
        """Return the row of a layer."""
        found = self._rows.get(at)
        if found is None:
            found = self._rows[at] = row_of(self._graph, at, self._inference, self._batch)
        return found

    def rows(self, places: Iterable[str] | None = None) -> list[Row]:
        """Return rows in the order shown; all that are shown when none are named."""
        return [self.row(at) for at in (self.places if places is None else places)]

    def number_of(self, at: str) -> int:
        """Return the place of a layer in the table, or -1."""
        return self._at.get(at, -1)

    # ---- what Qt asks --------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows that are shown."""
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a heading, and what it says."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(column.help)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if column.numeric else _TEXT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        number = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if COLUMNS[number].numeric else _TEXT
        row = self.row(self.places[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            text = row.texts[number]
            if number or not row.depth or self.column >= 0 or self.words:
                return text
            return "    " * row.depth + text.rpartition(" › ")[2]  # behind its block
        if role == Qt.ItemDataRole.ToolTipRole:
            if row.problem and number in (0, _PROBLEMS):
                return as_tip(row.problem)
            return as_tip(row.texts[number]) if row.texts[number] else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[number].title}: {row.texts[number] or 'none'}"
        if role == Qt.ItemDataRole.DecorationRole and number == _PROBLEMS and row.severity:
            return icon(row.severity, _ICONS[row.severity])
        if role == Qt.ItemDataRole.ForegroundRole and row.depth and number < 2:
            return color("text_secondary")
        return None


class TotalsModel(QAbstractTableModel):
    """The one row of totals."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: tuple[str, ...] = ("",) * len(COLUMNS)

    def show_totals(self, texts: tuple[str, ...]) -> None:
        """Show other totals."""
        self.texts = texts
        self.dataChanged.emit(self.index(0, 0), self.index(0, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return 1."""
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.texts[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if COLUMNS[index.column()].numeric else _TEXT
        return None
