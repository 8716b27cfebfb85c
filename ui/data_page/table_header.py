"""The header of the table: name, and below it what the column means, in words and by icon."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from ui.data_page.table_model import TableModel
from ui.data_page.words import KIND_ICONS, kind_title, role_title
from ui.theme import color, font, icon_pixmap

HEIGHT: Final = 46
_PAD: Final = 8
_NARROWEST: Final = 88
WIDEST: Final = 240
_EXACT: Final = 400
"""Up to this many columns the widths of all names are measured; beyond, they are estimated."""


class ColumnHeader(QHeaderView):
    """Draws two lines per column.

    Args:
        model: The table.
        parent: Parent widget.
    """

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(56)
        self.setDefaultSectionSize(120)
        self.setFixedHeight(HEIGHT)

    def fit_widths(self) -> None:
        """Give every column the width of its name, within bounds."""
        names = self._table.table.columns if self._table.table is not None else ()
        metrics = QFontMetrics(font("secondary", bold=True))
        exact = len(names) <= _EXACT
        for section, name in enumerate(names):
            wide = metrics.horizontalAdvance(name[:60]) if exact else 7 * len(name[:60])
            self.resizeSection(section, min(max(wide + 28, _NARROWEST), WIDEST))

    def sizeHint(self) -> QSize:
        """Return the height of two lines."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw name, icon of the type, role."""
        model = self._table
        if not rect.isValid() or section >= model.columnCount():
            return
        painter.save()
        painter.setClipRect(rect)
        selected = model.is_selected(section)
        painter.fillRect(rect, color("accent_soft" if selected else "window"))
        spec = model.spec(section)
        ignored = spec is not None and spec.role == "ignore"
        target = spec is not None and spec.role == "target"
        upper = QRect(rect.left() + _PAD, rect.top() + 5, rect.width() - 2 * _PAD, 18)
        lower = QRect(upper.left(), upper.bottom() + 1, upper.width(), 17)
        painter.setFont(font("secondary", bold=True))
        painter.setPen(color("text_secondary" if ignored else "accent" if target else "text"))
        name = painter.fontMetrics().elidedText(
            model.name(section), Qt.TextElideMode.ElideMiddle, upper.width()
        )
        painter.drawText(upper, int(Qt.AlignmentFlag.AlignVCenter), name)
        if spec is not None:
            self._paint_meaning(painter, lower, spec.kind, spec.role)
        painter.setPen(color("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if target:
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, color("accent"))
        painter.restore()

    def _paint_meaning(self, painter: QPainter, place: QRect, kind: str, role: str) -> None:
        shade = color("accent" if role == "target" else "text_secondary")
        name = "target" if role == "target" else "ignore" if role == "ignore" else KIND_ICONS[kind]
        pixmap = icon_pixmap(name, shade, 14, self.devicePixelRatioF())
        painter.drawPixmap(place.left(), place.top() + 2, pixmap)
        painter.setFont(font("secondary"))
        painter.setPen(shade)
        words = kind_title(kind) if role == "feature" else role_title(role)
        if role == "ignore":
            words = "Ignored"
        place.adjust(19, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)
