"""What stands beside the values of a layer: the colour scale, axes, the values at the ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui.design.preview.colours import Range, colours_for
from ui.design.preview.words import value_words
from ui.theme import color, font
from workbench.graph.preview import Activation

_ALIGN = Qt.AlignmentFlag


def paint_steps(painter: QPainter, area: QRectF, output: Activation) -> None:
    """Name the axes of a heat map below it: steps to the right, features downwards."""
    steps, features = output.shape[0], output.shape[-1]
    line = QRectF(area.left(), area.bottom() + 2, area.width(), 14)
    painter.setFont(font("secondary"))
    painter.setPen(color("text_secondary"))
    painter.drawText(line, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, "0")
    painter.drawText(line, _ALIGN.AlignRight | _ALIGN.AlignVCenter, f"{steps - 1:,}")
    words = f"time →   ({features:,} {'feature' if features == 1 else 'features'} ↓)"
    painter.drawText(line, _ALIGN.AlignCenter, words)


def paint_ends(painter: QPainter, area: QRectF, output: Activation) -> None:
    """Write the largest and the smallest value beside bars, and below them how many there are."""
    about = output.statistics
    high, low = max(about.maximum, 0.0), min(about.minimum, 0.0)
    painter.setFont(font("secondary"))
    painter.setPen(color("text_secondary"))
    beside = QRectF(area.right() + 6, area.top(), 46, area.height())
    painter.drawText(beside, _ALIGN.AlignLeft | _ALIGN.AlignTop, value_words(high))
    painter.drawText(beside, _ALIGN.AlignLeft | _ALIGN.AlignBottom, value_words(low))
    zero = area.bottom() + low / ((high - low) or 1.0) * area.height()
    if 16 < zero - area.top() < area.height() - 16:
        row = QRectF(beside.left(), zero - 8, beside.width(), 16)
        painter.drawText(row, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, "0")
    line = QRectF(area.left(), area.bottom() + 2, area.width(), 14)
    painter.drawText(line, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, "0")
    last = f"{output.shape[0] - 1:,}"
    painter.drawText(line, _ALIGN.AlignRight | _ALIGN.AlignVCenter, last)
    painter.drawText(line, _ALIGN.AlignCenter, "value number")


def paint_scale(painter: QPainter, box: QRectF, scale: Range) -> None:
    """Paint the colours with the values at their ends (and zero)."""
    ramp = np.linspace(scale.low, scale.high, 256, dtype=np.float64)[None]
    pixels = np.ascontiguousarray(colours_for(ramp, scale))
    image = QImage(pixels.data, 256, 1, 1024, QImage.Format.Format_RGB32)
    painter.drawImage(box, image)
    painter.setPen(QPen(QColor(color("border")), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    painter.setFont(font("secondary"))
    painter.setPen(color("text_secondary"))
    words = box.translated(0, 11).adjusted(0, 0, 0, 6)
    painter.drawText(words, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, value_words(scale.low))
    painter.drawText(words, _ALIGN.AlignRight | _ALIGN.AlignVCenter, value_words(scale.high))
    if scale.two_sided:
        painter.drawText(words, _ALIGN.AlignHCenter | _ALIGN.AlignVCenter, "0")
