"""Paints a cell: missing values and ignored columns pale, the selected column tinted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import color

_PAD: Final = 8


class CellDelegate(QStyledItemDelegate):
    """The application's style sheet fixes one text colour for all cells; here it may differ."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw background, text and the frame of the current cell."""
        rect: QRect = option.rect
        tint = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(tint, QColor):
            painter.fillRect(rect, tint)
        shade = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(shade if isinstance(shade, QColor) else color("text"))
        painter.setFont(option.font)
        place = rect.adjusted(_PAD, 0, -_PAD, 0)
        text = option.fontMetrics.elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
