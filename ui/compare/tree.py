"""The list of differences as a tree: what happened, layers, and what differs of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont, QIcon

from ui.compare.marks import badge
from ui.theme import color, font
from ui.widgets import as_tip
from workbench.graph.differences import TITLES, Detail, Difference, Mark

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT: Final = 26


class _Entry:
    """A line of the tree; the lines below it are made when they are first asked for.

    Args:
        parent: The line above; None for a heading.
        row: Its place below the parent.
        mark: What happened.
        difference: The difference; None for headings.
        detail: What differs, on the lines below a layer.
        rows: Of a heading, the differences below it.
    """

    __slots__ = ("below", "detail", "difference", "mark", "parent", "row", "rows")

    def __init__(
        self, parent: _Entry | None, row: int, mark: Mark,
        difference: Difference | None = None, detail: Detail | None = None,
        rows: Sequence[Difference] = (),
    ) -> None:  # fmt: skip
        self.parent, self.row, self.mark = parent, row, mark
        self.difference, self.detail, self.rows = difference, detail, rows
        self.below: list[_Entry | None] = [None] * self.count()

    def count(self) -> int:
        """Return the number of lines below."""
        if self.difference is None:
            return len(self.rows)
        return len(self.difference.details) if self.detail is None else 0

    def child(self, row: int) -> _Entry:
        """Return a line below."""
        made = self.below[row]
        if made is None:
            if self.difference is None:
                made = _Entry(self, row, self.mark, self.rows[row])
            else:
                detail = self.difference.details[row]
                made = _Entry(self, row, self.mark, self.difference, detail)
            self.below[row] = made
        return made


class DifferenceTree(QAbstractItemModel):
    """Differences below a heading for each sort.

    Attributes:
        rows: All differences.
        listed: Those that fit the filter, in the order of the list.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Difference, ...] = ()
        self.listed: list[Difference] = []
        self._filter = ""
        self._top: list[_Entry] = []
        self._place: dict[tuple[str, ...], int] = {}

    def show(self, rows: Sequence[Difference]) -> None:
        """Show other differences."""
        self.rows = tuple(rows)
        self._fill()

    def filter(self, text: str) -> None:
        """List only differences that hold a text."""
        self._filter = text.strip().casefold()
        self._fill()

    def _fill(self) -> None:
        self.beginResetModel()
        wanted = self._filter
        groups: dict[Mark, list[Difference]] = {mark: [] for mark in TITLES}
        for row in self.rows:
            if not wanted or wanted in _searched(row):
                groups[row.mark].append(row)
        self.listed, self._top, self._place = [], [], {}
        for mark, same in groups.items():
            if same:
                self._top.append(_Entry(None, len(self._top), mark, rows=same))
                self._place.update((row.key, place) for place, row in enumerate(same))
                self.listed += same
        self.endResetModel()

    # ---- what a line stands for ----------------------------------------------------------

    def difference(self, index: Index) -> Difference | None:
        """Return the difference of a line; None for headings."""
        return self._entry(index).difference if index.isValid() else None

    def detail(self, index: Index) -> Detail | None:
        """Return what differs on a line below a layer, or None."""
        return self._entry(index).detail if index.isValid() else None

    def index_of(self, key: tuple[str, ...]) -> QModelIndex:
        """Return the line of a difference by its key; an invalid one when it is not listed."""
        place = self._place.get(key)
        head = next((entry for entry in self._top if entry.mark == key[0]), None)
        if place is None or head is None:
            return QModelIndex()
        return self.createIndex(place, 0, head.child(place))

    def _entry(self, index: Index) -> _Entry:
        entry: _Entry = index.internalPointer()
        return entry

    # ---- for the view --------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a line."""
        if column != 0 or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        entry = self._entry(parent).child(row) if parent.isValid() else self._top[row]
        return self.createIndex(row, 0, entry)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """Return the line above in the tree."""
        above = self._entry(index).parent if index.isValid() else None
        return self.createIndex(above.row, 0, above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of lines below a line."""
        return self._entry(parent).count() if parent.isValid() else len(self._top)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return 1."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line shows."""
        if not index.isValid():
            return None
        entry = self._entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{TITLES[entry.mark]}: {_words(entry)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(_words(entry)) if entry.difference is not None else None
        if role == Qt.ItemDataRole.DecorationRole and entry.detail is None:
            return sign(entry.mark)
        if role == Qt.ItemDataRole.ForegroundRole and entry.detail is not None:
            return color("text_secondary")
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, ROW_HEIGHT)
        if role == Qt.ItemDataRole.FontRole and entry.difference is None:
            bold: QFont = font(bold=True)
            return bold
        return None


def sign(mark: Mark) -> QIcon:
    """Return the sign of a mark as an icon that stays as it is on selected lines."""
    icon, picture = QIcon(), badge(mark, 16)
    icon.addPixmap(picture, QIcon.Mode.Normal)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def _searched(row: Difference) -> str:
    return f"{TITLES[row.mark]} {row.name} {row.layer} {row.block_name} {row.text}".casefold()


def _words(entry: _Entry) -> str:
    row = entry.difference
    if row is None:
        return f"{TITLES[entry.mark]} ({entry.count()})"
    if entry.detail is not None:
        return entry.detail.text
    words = f"{row.name} – {row.layer}"
    if row.block_name:
        words += f", in block {row.block_name}"
    return f"{words}, {row.note}" if row.note else words
