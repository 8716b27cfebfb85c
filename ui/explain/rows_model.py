"""The table of predicted rows as a Qt model: nothing is copied per row, so any number scrolls."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ui.explain.predictions import Predictions
from ui.explain.words import aligned_text, decimals_for
from ui.theme import color, icon
from ui.widgets.labels import as_tip

Index = QModelIndex | QPersistentModelIndex
_ROW, _ACTUAL, _PREDICTED, _CHANCE, _ERROR = range(5)
_NONE = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Rows with target, prediction and error; sorts and filters by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Predictions | None = None
        self._target = ""
        self._places = 0
        self._order = np.empty(0, np.int64)
        self._wrong_only = False
        self._sorted: tuple[int, Qt.SortOrder] = (_ROW, Qt.SortOrder.AscendingOrder)

    # ---- content -------------------------------------------------------------------------

    def show_predictions(self, found: Predictions | None, target: str) -> None:
        """Show other predictions.

        Args:
            found: The predictions, or None.
            target: Name of the target column.
        """
        self.beginResetModel()
        self._found, self._target = found, target
        if found is not None and not found.classes:
            shown = np.abs(np.concatenate([found.output[:, 0], found.target]))
            self._places = decimals_for(float(np.nanmax(shown, initial=0.0))) + 1
        self._arrange()
        self.endResetModel()

    def set_wrong_only(self, wrong_only: bool) -> None:
        """Show only rows that are classified wrongly, or all."""
        self.beginResetModel()
        self._wrong_only = wrong_only
        self._arrange()
        self.endResetModel()

    def row_id(self, at: int) -> int:
        """Return the table row that a line of the model shows."""
        return int(self._found.rows[self._order[at]]) if self._found else -1

    def row_ids(self, lines: np.ndarray) -> list[int]:
        """Return the table rows of several lines."""
        if self._found is None:
            return []
        return [int(row) for row in self._found.rows[self._order[lines]]]

    def line_of(self, row_id: int) -> int:
        """Return the line that shows a table row, or -1."""
        if self._found is None:
            return -1
        at = np.flatnonzero(self._found.rows[self._order] == row_id)
        return int(at[0]) if len(at) else -1

    # ---- Qt's questions ------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        """Return the number of rows that pass the filter."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() or self._found is None else len(self._kinds())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return titles and their tooltips."""
        if orientation != Qt.Orientation.Horizontal or self._found is None:
            return None
        kind = self._kinds()[section]
        if role == Qt.ItemDataRole.DisplayRole:
            titles = ["Row", "Actual", "Predicted", "Probability", "Error"]
            return titles[kind]
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self._tips()[kind])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(kind)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, alignment, colour and icon of a cell."""
        if self._found is None or not index.isValid():
            return None
        kind, at = self._kinds()[index.column()], int(self._order[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(kind, at)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(kind)
        wrong = bool(self._found.classes) and (
            self._found.actual[at] >= 0 and self._found.actual[at] != self._found.predicted[at]
        )
        if role == Qt.ItemDataRole.ForegroundRole:
            if wrong and kind == _PREDICTED:
                return color("error")
            return color("text_secondary") if kind == _ROW else None
        if role == Qt.ItemDataRole.DecorationRole and wrong and kind == _PREDICTED:
            return icon("warning", "error")
        if role == Qt.ItemDataRole.ToolTipRole and kind in (_ACTUAL, _PREDICTED):
            return as_tip(self._text(kind, at))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self._text(kind, at)
            return f"{text}, wrong" if wrong and kind == _PREDICTED else text
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        kinds = self._kinds()
        if not 0 <= column < len(kinds):
            return
        self.layoutAboutToBeChanged.emit()
        before = self._order
        self._sorted = kinds[column], order
        self._arrange()
        moved = np.empty(int(before.max(initial=-1)) + 1, np.int64)
        moved[self._order] = np.arange(len(self._order))
        old = self.persistentIndexList()
        new = [self.index(int(moved[before[i.row()]]), i.column()) for i in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    # ---- private -------------------------------------------------------------------------

    def _kinds(self) -> tuple[int, ...]:
        if self._found is not None and not self._found.classes:
            return (_ROW, _ACTUAL, _PREDICTED, _ERROR)
        return (_ROW, _ACTUAL, _PREDICTED, _CHANCE, _ERROR)

    def _tips(self) -> tuple[str, ...]:
        classify = self._found is not None and bool(self._found.classes)
        return (
            "Row of the table, counted from 0",
            f"{self._target} in the table",
            f"{self._target} as the network predicts it",
            "Probability that the network gives its prediction",
            "1 − probability of the actual class" if classify else "Prediction − actual value",
        )

    def _alignment(self, kind: int) -> int:
        """Return how a column is aligned: numbers at the right."""
        words = self._found is not None and bool(self._found.classes)
        left = kind == _ROW or (words and kind in (_ACTUAL, _PREDICTED))
        side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def _text(self, kind: int, at: int) -> str:
        found = self._found
        assert found is not None
        if kind == _ROW:
            return str(found.rows[at])
        if kind == _ERROR:
            error = float(found.error[at])
            if np.isnan(error):
                return "–"
            return f"{error:.3f}" if found.classes else aligned_text(error, self._places, sign=True)
        if not found.classes:
            value = float(found.target[at] if kind == _ACTUAL else found.output[at, 0])
            return "–" if np.isnan(value) else aligned_text(value, self._places)
        if kind == _CHANCE:
            return f"{found.output[at, found.predicted[at]]:.3f}"
        code = int(found.actual[at] if kind == _ACTUAL else found.predicted[at])
        return found.classes[code] if code >= 0 else "–"

    def _arrange(self) -> None:
        found = self._found
        if found is None:
            self._order = np.empty(0, np.int64)
            return
        kind, direction = self._sorted
        keys = self._keys(found, kind)
        order = np.argsort(keys, kind="stable")
        if direction == Qt.SortOrder.DescendingOrder:
            order = order[::-1]
        unknown = np.isnan(keys[order]) if keys.dtype.kind == "f" else np.zeros(len(order), bool)
        order = np.concatenate([order[~unknown], order[unknown]])
        if self._wrong_only and found.classes:
            order = order[found.wrong[order]]
        self._order = order.astype(np.int64)

    @staticmethod
    def _keys(found: Predictions, kind: int) -> np.ndarray:
        if kind == _ACTUAL:
            return found.actual if found.classes else found.target
        if kind == _PREDICTED:
            return found.predicted if found.classes else found.output[:, 0]
        if kind == _CHANCE and found.classes:
            return np.asarray(found.output.max(1))
        if kind == _ERROR:
            return found.error if found.classes else np.abs(found.error)
        return found.rows
