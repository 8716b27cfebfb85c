"""Horizontal bars of the most frequent values, each with its count and share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.theme import active_theme, color, font
from ui.widgets import as_tip, identify
from workbench.wording import count, plural

_LINE: Final = 34


class ValueBars(QWidget):
    """Draws a bar per value.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.values", "Values")
        self._values: tuple[tuple[str, int], ...] = ()
        self._rows = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        active_theme().changed.connect(self.update)

    def show_values(self, values: Sequence[tuple[str, int]], rows: int) -> None:
        """Show other values.

        Args:
            values: Values and their counts.
            rows: Rows that have a value, for the shares.
        """
        self._values, self._rows = tuple(values), max(rows, 1)
        self.setAccessibleDescription(", ".join(self.words(i) for i in range(len(self._values))))
        self.updateGeometry()
        self.update()

    def words(self, at: int) -> str:
        """Return what a bar says: "malignant: 212 rows, 37 %"."""
        value, rows = self._values[at]
        return f"{value[:200]}: {plural(rows, 'row')}, {self._share(rows)}"

    def sizeHint(self) -> QSize:
        """Return the height of all bars."""
        return QSize(200, _LINE * len(self._values))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw names, counts and bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        largest = max((rows for _, rows in self._values), default=1) or 1
        for at, (value, rows) in enumerate(self._values):
            top = at * _LINE
            painter.setFont(font("secondary"))
            right = f"{count(rows)}  ·  {self._share(rows)}"
            width = painter.fontMetrics().horizontalAdvance(right)
            words = QRectF(0, top + 2, self.width(), 17)
            painter.setPen(color("text_secondary"))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignRight), right)
            painter.setPen(color("text"))
            shown = painter.fontMetrics().elidedText(
                value, Qt.TextElideMode.ElideMiddle, self.width() - width - 12
            )
            painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft), shown)
            track = QRectF(0, top + 21, self.width(), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("surface_sunken"))
            painter.drawRoundedRect(track, 3, 3)
            track.setWidth(max(self.width() * rows / largest, 6))
            painter.setBrush(color("plot_1"))
            painter.drawRoundedRect(track, 3, 3)

    def event(self, event: object) -> bool:
        """Show the whole of a value that does not fit."""
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            at = event.pos().y() // _LINE
            if 0 <= at < len(self._values):
                QToolTip.showText(event.globalPos(), as_tip(self.words(at)), self)
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def _share(self, rows: int) -> str:
        share = 100 * rows / self._rows
        return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"
