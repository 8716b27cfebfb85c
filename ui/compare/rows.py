"""The list of differences as a table model."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from ui.compare.marks import paint_badge
from ui.compare.union import TITLES, Difference, Mark

Index = QModelIndex | QPersistentModelIndex
MARK_ROLE: Final = Qt.ItemDataRole.UserRole + 1
COLUMNS: Final = ("Change", "Layer", "Type", "What")


class DifferenceModel(QAbstractTableModel):
    """Rows of differences.

    Args:
        rows: What differs.
    """

    def __init__(self, rows: tuple[Difference, ...]) -> None:
        super().__init__()
        self.rows = rows
        self._badges: dict[Mark, QPixmap] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of differences."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return titles of columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (TITLES[row.mark], row.name, row.layer, row.text)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._badge(row.mark)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 3:
            return row.text or None
        return row.mark if role == MARK_ROLE else None

    def _badge(self, mark: Mark) -> QPixmap:
        if mark not in self._badges:
            self._badges[mark] = badge(mark)
        return self._badges[mark]


def badge(mark: Mark) -> QPixmap:
    """Return the sign of a mark as a picture of 20 × 20 px."""
    pixmap = QPixmap(40, 40)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_badge(painter, QRectF(0, 0, 20, 20), mark)
    painter.end()
    return pixmap
