"""Paints a column of the list: icon of its type, name, role, a badge when something is wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.data_page.columns_model import SEVERITY, SPEC, Index
from ui.data_page.words import KIND_ICONS
from ui.theme import TARGET, color, font, icon_pixmap
from workbench.data.spec import ColumnSpec

_ICON: Final = 16
_BADGES: Final = {"error": ("error", "error"), "warning": ("warning", "warning"),
                  "info": ("info", "accent")}  # fmt: skip


class ColumnDelegate(QStyledItemDelegate):
    """One line of 28 px per column."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a line."""
        return QSize(120, TARGET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the line."""
        column = index.data(SPEC)
        if not isinstance(column, ColumnSpec):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect.adjusted(8, 0, -8, 0)
        state = option.state
        self._paint_background(painter, rect, state)
        right = self._paint_badge(painter, rect, str(index.data(SEVERITY) or ""))
        right = self._paint_role(painter, rect, right, column)
        ignored = column.role == "ignore"
        shade = color("text_secondary" if ignored else "text")
        icon_shade = color("accent" if column.role == "target" else "text_secondary")
        ratio = painter.device().devicePixelRatioF()
        top = rect.center().y() - _ICON // 2 + 1
        name = "ignore" if ignored else KIND_ICONS[column.kind]
        painter.drawPixmap(rect.left() + 8, top, icon_pixmap(name, icon_shade, _ICON, ratio))
        left = rect.left() + 8 + _ICON + 8
        painter.setFont(font(bold=column.role == "target"))
        painter.setPen(shade)
        place = QRect(left, rect.top(), max(right - left - 4, 0), rect.height())
        shown = painter.fontMetrics().elidedText(
            column.name, Qt.TextElideMode.ElideMiddle, place.width()
        )
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

    @staticmethod
    def _paint_background(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("selection" if selected else "hover"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 4, 4)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 4, 4)

    @staticmethod
    def _paint_badge(painter: QPainter, rect: QRect, severity: str) -> int:
        right = rect.right() - 6
        if severity not in _BADGES:
            return right
        name, role = _BADGES[severity]
        ratio = painter.device().devicePixelRatioF()
        top = rect.center().y() - _ICON // 2 + 1
        painter.drawPixmap(right - _ICON, top, icon_pixmap(name, color(role), _ICON, ratio))
        return right - _ICON - 4

    @staticmethod
    def _paint_role(painter: QPainter, rect: QRect, right: int, column: ColumnSpec) -> int:
        words = {"target": "Target", "ignore": "Ignored"}.get(column.role, "")
        if not words:
            return right
        painter.setFont(font("secondary"))
        painter.setPen(color("accent" if column.role == "target" else "text_secondary"))
        width = painter.fontMetrics().horizontalAdvance(words)
        place = QRect(right - width, rect.top(), width, rect.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)
        return right - width - 4
