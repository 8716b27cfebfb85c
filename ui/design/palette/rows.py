"""How a layer is written in a list: icon of its family, name, summary in secondary text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from ui.theme import active_theme, color, font, icon_pixmap
from workbench.catalog import Family, LayerSpec

SPEC_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""The `LayerSpec` of a row; None for headings."""
FAMILY_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""The family of a row, or ""."""
REASON_ROLE: Final = Qt.ItemDataRole.UserRole + 3
"""Why a row is suggested; None for others."""

ROW_HEIGHT: Final = 28

FAMILY_TITLES: Final[dict[Family, str]] = {
    "input": "Input and output",
    "dense": "Dense",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "normalisation": "Normalisation",
    "regularisation": "Regularisation",
    "activation": "Activation",
    "merge": "Merge",
    "reshape": "Reshape",
    "preprocessing": "Preprocessing",
    "operation": "Operation",
    "block": "Block",
    "custom": "Custom",
}

AnyIndex = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    """Paints rows of layers and headings of families.

    Args:
        with_summary: Whether the summary stands behind the name.
        parent: The view.
    """

    def __init__(self, *, with_summary: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_summary = with_summary

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return the height of a row."""
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a row."""
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else None
        if style is not None:
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        spec: LayerSpec | None = index.data(SPEC_ROLE)
        rect: QRect = option.rect.adjusted(6, 0, -6, 0)
        family = index.data(FAMILY_ROLE)
        ratio = painter.device().devicePixelRatioF()
        if spec is None:
            self._chevron(painter, option, index, rect, ratio)
            rect.setLeft(rect.left() + 20)
        elif index.parent().isValid():
            rect.setLeft(rect.left() + (20 if family else 44))
        if family:
            tint = active_theme().family(family)
            mark = icon_pixmap(f"family_{family}", tint, 16, ratio)
            painter.drawPixmap(rect.left(), rect.center().y() - 7, mark)
            rect.setLeft(rect.left() + 24)
        painter.save()
        letters = font("body", bold=spec is None)
        painter.setFont(letters)
        painter.setPen(color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        metrics = QFontMetrics(letters)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(middle), shown)
        if spec is not None and (self._with_summary or index.data(REASON_ROLE)):
            rect.setLeft(rect.left() + metrics.horizontalAdvance(shown) + 12)
            self._summary(painter, rect, spec.summary)
        painter.restore()

    def _chevron(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: AnyIndex,
        rect: QRect,
        ratio: float,
    ) -> None:
        view = option.widget
        opened = False
        if isinstance(view, QTreeView) and isinstance(index, QModelIndex):
            opened = view.isExpanded(index)
        name = "chevron_down" if opened else "chevron_right"
        mark = icon_pixmap(name, color("text_secondary"), 12, ratio)
        painter.drawPixmap(rect.left() + 1, rect.center().y() - 5, mark)

    def _summary(self, painter: QPainter, rect: QRect, summary: str) -> None:
        letters = font("secondary")
        painter.setFont(letters)
        painter.setPen(color("text_secondary"))
        words = QFontMetrics(letters).elidedText(summary, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(
            rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words
        )
