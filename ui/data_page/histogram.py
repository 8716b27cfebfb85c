"""A small histogram: bars that say their range and count under the pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.data_page.words import figure
from ui.theme import active_theme, color, font
from ui.widgets import identify
from workbench.data.summary import Histogram, NumberSummary
from workbench.wording import count, plural

_HEIGHT: Final = 124
_FOOT: Final = 20
_HEAD: Final = 18


class HistogramView(QWidget):
    """Draws a histogram with the quartiles of the values.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.histogram", "Histogram")
        self._histogram: Histogram | None = None
        self._numbers: NumberSummary | None = None
        self._under = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        active_theme().changed.connect(self.update)

    def show_histogram(self, histogram: Histogram | None, numbers: NumberSummary | None) -> None:
        """Show other values."""
        self._histogram, self._numbers, self._under = histogram, numbers, -1
        if histogram is not None:
            self.setAccessibleDescription(
                f"{len(histogram.counts)} bins from {figure(histogram.edges[0])} "
                f"to {figure(histogram.edges[-1])}, at most {max(histogram.counts):,} rows in one"
            )
        self.update()

    def sizeHint(self) -> QSize:
        """Return a height that fits the inspector."""
        return QSize(200, _HEIGHT)

    def bin_words(self, at: int) -> str:
        """Return what a bin holds: "11.2 to 12.4: 38 rows (7 %)"."""
        histogram = self._histogram
        if histogram is None or not 0 <= at < len(histogram.counts):
            return ""
        low, high, rows = histogram.edges[at], histogram.edges[at + 1], histogram.counts[at]
        share = 100 * rows / max(sum(histogram.counts), 1)
        whole = high - low == 1 and low % 1 == 0.5
        place = f"{low + 0.5:.0f}" if whole else f"{figure(low)} to {figure(high)}"
        return f"{place}: {plural(rows, 'row')} ({_percent(share)})"

    # ---- Qt's events ---------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw bars, axis and quartiles."""
        histogram = self._histogram
        if histogram is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place()
        tallest = max(histogram.counts) or 1
        painter.setPen(Qt.PenStyle.NoPen)
        for at, rows in enumerate(histogram.counts):
            if rows:
                left, right = self._x(at), self._x(at + 1)
                height = max(place.height() * rows / tallest, 2)
                gap = 1 if right - left > 4 else 0
                strong = at == self._under
                painter.setBrush(color("accent" if strong else "plot_1"))
                painter.setOpacity(1 if strong else 0.75)
                painter.drawRect(QRectF(left, place.bottom() - height, right - left - gap, height))
        painter.setOpacity(1)
        painter.setPen(color("border_strong"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        self._paint_quartiles(painter, place)
        self._paint_words(painter, place, histogram, tallest)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is in the bin under the pointer."""
        at = self._bin_at(event.position().x())
        if at != self._under:
            self._under = at
            self.update()
        if at >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), self.bin_words(at), self)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the bin under the pointer."""
        super().leaveEvent(event)
        self._under = -1
        self.update()

    # ---- private -------------------------------------------------------------------------

    def _place(self) -> QRectF:
        return QRectF(0, _HEAD, self.width(), self.height() - _FOOT - _HEAD)

    def _x(self, edge: int) -> float:
        assert self._histogram is not None
        return self._place().width() * edge / len(self._histogram.counts)

    def _bin_at(self, x: float) -> int:
        if self._histogram is None or not 0 <= x < self.width():
            return -1
        return min(int(x / self.width() * len(self._histogram.counts)),
                   len(self._histogram.counts) - 1)  # fmt: skip

    def _paint_quartiles(self, painter: QPainter, place: QRectF) -> None:
        histogram, numbers = self._histogram, self._numbers
        if histogram is None or numbers is None or numbers.minimum == numbers.maximum:
            return
        low, high = histogram.edges[0], histogram.edges[-1]
        y = place.bottom() + 4

        def across(value: float) -> float:
            return place.width() * (value - low) / (high - low)

        pen = painter.pen()
        pen.setColor(color("text_secondary"))
        pen.setWidthF(2)
        painter.setPen(pen)
        painter.drawLine(QPointF(across(numbers.q1), y), QPointF(across(numbers.q3), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("text"))
        painter.drawEllipse(QPointF(across(numbers.median), y), 3, 3)

    def _paint_words(
        self, painter: QPainter, place: QRectF, histogram: Histogram, tallest: int
    ) -> None:
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        numbers = self._numbers
        low = numbers.minimum if numbers else histogram.edges[0]
        high = numbers.maximum if numbers else histogram.edges[-1]
        foot = QRectF(0, self.height() - _FOOT + 6, self.width(), _FOOT - 4)
        if low == high:
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignHCenter), figure(low))
        else:
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), figure(low))
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight), figure(high))
        head = QRectF(0, 0, place.width(), _HEAD - 2)
        painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft), f"{count(tallest)} rows")


def _percent(share: float) -> str:
    if 0 < share < 0.1:
        return "below 0.1 %"
    return f"{share:.1f} %" if share < 10 else f"{share:.0f} %"
