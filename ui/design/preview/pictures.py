"""The small picture of what a node gave: maps, a heat map, bars, a number, class names.

Pictures are painted once into pixmaps and copied from then on; a new answer, another width or
another theme makes a new one.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from ui.design.canvas.ink import mixed, solid
from ui.design.preview.colours import Range, image_of
from ui.design.preview.words import bad_words, percent, value_words
from ui.theme import active_theme, color, font
from workbench.graph.preview import Activation, Histogram, NodePreview, WeightTensor

HEIGHT: Final = 40.0
"""Height of a picture, scene units: it fits between two rows of nodes."""
_PAD: Final = 3.0
_MOST: Final = 400
_ROWS: Final = 3
_PER_FRAME: Final = 0.004
"""Time for pictures painted anew in one frame (s); more would make it late."""
BAD: Final = QColor("#e0007a")
"""Colour of values that are not finite."""


class Pictures:
    """Pictures by answer, width, sharpness and theme; the oldest are forgotten.

    Attributes:
        behind: Whether pictures wait for the next frame.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._until = math.inf
        self.behind = False

    def begin_frame(self) -> None:
        """Allow some time for pictures to be painted."""
        self._until = time.perf_counter() + _PER_FRAME
        self.behind = False

    def of(self, found: NodePreview, serial: int, width: float, pixels: float) -> QPixmap | None:
        """Return the picture of an answer; None when it is not painted before the next frame.

        Args:
            found: The answer.
            serial: Its number.
            width: Width of the picture, scene units.
            pixels: Device pixels per scene unit; rounded up to 1, 2 or 4.
        """
        sharp = 1 if pixels <= 1.01 else 2 if pixels <= 2.01 else 4
        key = (serial, width, sharp, active_theme().name)
        kept = self._kept.get(key)
        if kept is None:
            if time.perf_counter() > self._until:
                self.behind = True
                return None
            kept = self._kept[key] = _paint(found, width, sharp)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return kept


def _paint(found: NodePreview, width: float, sharp: int) -> QPixmap:
    picture = QPixmap(math.ceil(width * sharp), math.ceil(HEIGHT * sharp))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(sharp, sharp)
    box = QRectF(0.5, 0.5, width - 1, HEIGHT - 1)
    output = found.output
    bad = output is not None and output.statistics.bad > 0
    painter.setPen(solid(BAD if bad else color("border"), 1.5 if bad else 1.0))
    painter.setBrush(color("surface_raised"))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(_PAD, _PAD, -_PAD, -_PAD)
    if found.spread is not None:
        draw_spreads(painter, inner, found.spread)
    elif output is None:
        _message(painter, inner, found.message)
    else:
        draw_activation(painter, inner, found, output)
        if output.statistics.bad:
            _badge(painter, inner, bad_words(output.statistics))
    painter.end()
    return picture


def draw_spreads(painter: QPainter, box: QRectF, tensors: tuple[WeightTensor, ...]) -> None:
    """Paint how the values of a layer's weights are spread, one histogram beside the other."""
    if not tensors:
        _message(painter, box, "No weights")
        return
    letters = font("secondary")
    letters.setPixelSize(10)
    painter.setFont(letters)
    gap, line = 6.0, 12.0
    width = (box.width() - gap * (len(tensors) - 1)) / len(tensors)
    for number, tensor in enumerate(tensors):
        place = QRectF(box.left() + number * (width + gap), box.top(), width, box.height())
        words = painter.fontMetrics().elidedText(
            tensor.name.rpartition("/")[2], Qt.TextElideMode.ElideRight, int(width)
        )
        painter.setPen(color("text_secondary"))
        painter.drawText(QRectF(place.left(), place.bottom() - line, width, line),
                         Qt.AlignmentFlag.AlignCenter, words)  # fmt: skip
        bars = place.adjusted(0, 0, 0, -line - 1)
        if tensor.statistics.bad:
            _badge(painter, bars, bad_words(tensor.statistics))
        elif tensor.histogram is not None:
            _spread(painter, bars, tensor.histogram)


def _spread(painter: QPainter, box: QRectF, histogram: Histogram) -> None:
    counts, edges = histogram.counts.astype(np.float64), histogram.edges
    most, span = float(counts.max(initial=0)) or 1.0, float(edges[-1] - edges[0]) or 1.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("plot_1"))
    step = box.width() / len(counts)
    painter.drawRects([
        QRectF(box.left() + n * step, box.bottom() - count / most * box.height(), step,
               count / most * box.height())
        for n, count in enumerate(counts) if count
    ])  # fmt: skip
    painter.setPen(QPen(color("border_strong"), 1))
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    zero = box.left() + (0.0 - float(edges[0])) / span * box.width()
    if box.left() < zero < box.right():
        painter.drawLine(QPointF(zero, box.top()), QPointF(zero, box.bottom()))


def draw_activation(painter: QPainter, box: QRectF, found: NodePreview, output: Activation) -> None:
    """Paint an activation as small as it gets."""
    if output.kind == "maps":
        _maps(painter, box, output)
    elif output.kind == "sequence":
        painter.drawImage(box, image_of(output.values.T, range_of(output)))
    elif output.kind == "text":
        _message(painter, box, ", ".join(output.text))
    elif found.labels and len(found.labels) == len(output.values):
        _classes(painter, box, found, output)
    elif output.kind == "vector":
        draw_bars(painter, box, output)
    else:
        _number(painter, box, found, output)


def range_of(output: Activation) -> Range:
    """Return the range of the colour scale of an activation."""
    return Range.of(output.statistics.minimum, output.statistics.maximum)


def _maps(painter: QPainter, box: QRectF, output: Activation) -> None:
    edge = box.height()
    room = int((box.width() + 3) // (edge + 3))
    shown = min(room, len(output.values))
    rest = output.channels - shown
    if rest > 0 and box.width() - shown * (edge + 3) < 24:
        shown, rest = shown - 1, rest + 1  # room to say how many more there are
    scale = range_of(output)
    for number in range(shown):
        values = output.values[number]
        height, width = values.shape
        share = edge / max(height, width)
        at = QRectF(0, 0, width * share, height * share)
        at.moveCenter(QPointF(box.left() + number * (edge + 3) + edge / 2, box.center().y()))
        painter.drawImage(at, image_of(values, scale))
    if rest > 0:
        left = box.left() + shown * (edge + 3)
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        painter.drawText(QRectF(left + 2, box.top(), box.right() - left - 2, edge),
                         Qt.AlignmentFlag.AlignVCenter, f"+{rest}")  # fmt: skip


def draw_bars(painter: QPainter, box: QRectF, output: Activation) -> None:
    """Paint a vector as bars from zero, one per value."""
    values = output.values
    finite = values[np.isfinite(values)]
    low, high = min(float(finite.min(initial=0)), 0.0), max(float(finite.max(initial=0)), 0.0)
    span = (high - low) or 1.0
    zero = box.bottom() + low / span * box.height()
    step = box.width() / max(len(values), 1)
    gap = 1.0 if step >= 4 else 0.0
    above: list[QRectF] = []
    below: list[QRectF] = []
    bad: list[QRectF] = []
    for number, value in enumerate(values):
        left = box.left() + number * step
        if not np.isfinite(value):
            bad.append(QRectF(left, box.top(), max(step - gap, 0.5), box.height()))
            continue
        length = abs(float(value)) / span * box.height()
        bar = QRectF(left, zero - length if value > 0 else zero, max(step - gap, 0.5), length)
        (above if value > 0 else below).append(bar)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, step >= 3)
    painter.setPen(Qt.PenStyle.NoPen)
    for bars, colour in ((above, color("plot_2")), (below, color("plot_1")), (bad, BAD)):
        painter.setBrush(colour)
        painter.drawRects(bars)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(mixed(color("border_strong"), color("border"), 0.5), 1))
    painter.drawLine(QPointF(box.left(), zero), QPointF(box.right(), zero))


def _classes(painter: QPainter, box: QRectF, found: NodePreview, output: Activation) -> None:
    values = output.values
    order = list(range(len(values)))
    if len(order) > _ROWS:
        order = sorted(order, key=lambda i: -float(np.nan_to_num(values[i], nan=-np.inf)))[:_ROWS]
    best = int(np.argmax(np.nan_to_num(values, nan=-np.inf))) if len(values) > 1 else -1
    likely = output.statistics.minimum >= 0 and output.statistics.maximum <= 1.000001
    line = min(box.height() / max(len(order), 1), 20.0)
    top = box.center().y() - line * len(order) / 2
    names = box.width() * 0.42
    text = font("secondary")
    text.setPixelSize(11)
    for place, number in enumerate(order):
        y = top + place * line
        value = float(values[number])
        bold = font("secondary", bold=number == best)
        bold.setPixelSize(11)
        painter.setFont(bold)
        painter.setPen(color("text"))
        label = painter.fontMetrics().elidedText(
            found.labels[number], Qt.TextElideMode.ElideRight, int(names - 6)
        )
        painter.drawText(QRectF(box.left() + 2, y, names - 4, line),
                         Qt.AlignmentFlag.AlignVCenter, label)  # fmt: skip
        if likely:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("surface_sunken"))
            bar = QRectF(box.left() + names, y + line / 2 - 4, box.width() - names - 54, 8)
            painter.drawRect(bar)
            painter.setBrush(color("accent"))
            painter.drawRect(QRectF(bar.left(), bar.top(), bar.width() * value, 8))
        painter.setFont(text)
        painter.setPen(color("text_secondary"))
        words = percent(value) if likely else value_words(value)
        painter.drawText(QRectF(box.left() + names, y, box.width() - names - 2, line),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                         words)  # fmt: skip


def _number(painter: QPainter, box: QRectF, found: NodePreview, output: Activation) -> None:
    value = found.user[0] if found.user else float(output.values[0])
    painter.setFont(font("heading", bold=True))
    painter.setPen(color("text") if math.isfinite(value) else BAD)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, value_words(value))


def _message(painter: QPainter, box: QRectF, text: str) -> None:
    letters = font("secondary")
    letters.setPixelSize(11)
    painter.setFont(letters)
    painter.setPen(color("text_secondary"))
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    room = painter.fontMetrics()
    if room.horizontalAdvance(text) > 2.6 * box.width():
        text = room.elidedText(text, Qt.TextElideMode.ElideRight, int(2.6 * box.width()))
    painter.drawText(box, flags, text)


def _badge(painter: QPainter, box: QRectF, text: str) -> None:
    letters = font("secondary", bold=True)
    letters.setPixelSize(11)
    painter.setFont(letters)
    width = painter.fontMetrics().horizontalAdvance(text) + 10
    badge = QRectF(box.right() - width, box.top(), width, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(BAD)
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(QColor("white"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
