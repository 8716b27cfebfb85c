"""The beeswarm: every row's contribution of each column as a dot, coloured by the column's value.

Low values are blue, high ones orange (a pair that every colour vision tells apart); values without
an order (categories) and missing ones are grey.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from ui.explain.dots import dots_image, swarm_offsets
from ui.explain.figure import TOP, Figure, Frame, Label, faint, words
from ui.explain.words import columns_text, figure_text
from ui.theme import color
from workbench.explain.results import Explanation

RADIUS = 2.5
_MOST_PICTURES = 64
_MOST_SHAPES = 20_000
"""An SVG with more dots than this holds them as pixels."""


class Beeswarm(Figure):
    """Contributions of all columns over many rows.

    Args:
        found: The explanation.
        contributions: Contributions to the output, shape (rows, columns).
        output_title: What the output is called.
    """

    def __init__(self, found: Explanation, contributions: np.ndarray, output_title: str) -> None:
        self._found = found
        self._values = contributions
        self._order = np.argsort(-np.abs(contributions).mean(0), kind="stable")
        self._levels: dict[int, np.ndarray] = {}
        self._pictures: OrderedDict[Any, QImage] = OrderedDict()
        self.title = f"Beeswarm of {len(found)} rows"
        self.x_title = f"contribution to the {output_title}"
        self.prepare(len(found.columns))

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self._found.columns)

    def prepare(self, columns: int) -> None:
        """Show that many columns, the most important first."""
        self._shown = [int(c) for c in self._order[:columns]]
        rest = self._order[columns:]
        self._dots = [self._values[:, c] for c in self._shown]
        self._labels = [Label(self._found.columns[c]) for c in self._shown]
        if len(rest):
            self._dots.append(self._values[:, rest].sum(1))
            self._labels.append(Label(columns_text(len(rest)), quiet=True))
        self._pictures.clear()

    def labels(self) -> list[Label]:
        """Return the labels of all lines."""
        return self._labels

    def extent(self) -> tuple[float, float]:
        """Return the range of all dots, zero included."""
        low = min((float(d.min()) for d in self._dots), default=0.0)
        high = max((float(d.max()) for d in self._dots), default=0.0)
        return min(0.0, low), max(0.0, high)

    def right_room(self) -> float:
        """Return room for the colour key."""
        return 72.0

    def tip(self, at: int) -> str:
        """Return name, range of the contributions and of the values."""
        dots = self._dots[at]
        low, high = figure_text(float(dots.min())), figure_text(float(dots.max()))
        text = f"{self._labels[at].text}\ncontributions from {low} to {high}"
        if at < len(self._shown):
            numbers = numbers_of([row[self._shown[at]] for row in self._found.raw])
            known = numbers[np.isfinite(numbers)]
            if len(known):
                text += f"\nvalues from {figure_text(float(known.min()))} "
                text += f"to {figure_text(float(known.max()))}"
        return text

    def paint_line(self, painter: QPainter, frame: Frame, at: int, *, vector: bool) -> None:
        """Paint the dots of a line, and the hairline that they sit on."""
        y = frame.middle(at)
        painter.setPen(faint(color("border"), 0.7))
        painter.drawLine(QPointF(frame.scale.left, y), QPointF(frame.scale.right, y))
        if vector and len(self._found) * len(self._dots) <= _MOST_SHAPES:
            self._paint_shapes(painter, frame, at)
            return
        image = self._image(frame, at)
        painter.drawImage(QPointF(0, y - frame.line / 2), image)

    def _image(self, frame: Frame, at: int) -> QImage:
        """Return the dots of a line as pixels; kept for a while, since they cost milliseconds."""
        key = (at, frame.size.width(), frame.line, frame.scale, frame.ratio, color("plot_1").rgb())
        if key not in self._pictures:
            x, y, colours = self._placed(frame, at)
            self._pictures[key] = dots_image(
                frame.size.width(), frame.line, frame.ratio, x, y + frame.line / 2, colours, RADIUS
            )
            while len(self._pictures) > _MOST_PICTURES:
                self._pictures.popitem(last=False)
        return self._pictures[key]

    def _paint_shapes(self, painter: QPainter, frame: Frame, at: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        middle = frame.middle(at)
        for x, y, (red, green, blue) in zip(*self._placed(frame, at), strict=True):
            painter.setBrush(QColor(int(red), int(green), int(blue)))
            painter.drawEllipse(QPointF(x, middle + y), RADIUS, RADIUS)

    def _placed(self, frame: Frame, at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y (from the middle of the line) and colour of every dot of a line."""
        scale, dots = frame.scale, self._dots[at]
        x = scale.left + (dots - scale.low) * (scale.right - scale.left) / (scale.high - scale.low)
        y = swarm_offsets(x, 1.6 * RADIUS, frame.line / 2 - RADIUS - 1)
        levels = self._level(self._shown[at]) if at < len(self._shown) else None
        return x, y, ramp(levels, len(dots))

    def _level(self, column: int) -> np.ndarray:
        """Return how high each row's value of a column is, 0 … 1; NaN where there is no order."""
        if column not in self._levels:
            self._levels[column] = levels_of([row[column] for row in self._found.raw])
        return self._levels[column]

    def paint_key(self, painter: QPainter, frame: Frame, top: float) -> None:
        """Paint which colour stands for which values."""
        x = frame.size.width() - 28
        height = min(160.0, max(40.0, frame.bottom - TOP - 48))
        top += TOP + 24
        key = QLinearGradient(0, top + height, 0, top)
        for stop in np.linspace(0, 1, 9):
            red, green, blue = ramp(np.array([stop]), 1)[0]
            key.setColorAt(float(stop), QColor(int(red), int(green), int(blue)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(key)
        painter.drawRoundedRect(QRectF(x, top, 8, height), 4, 4)
        painter.setPen(color("text_secondary"))
        across = Qt.AlignmentFlag.AlignHCenter
        words(painter, QRectF(x - 24, top - 22, 56, 18), "high", across)
        words(painter, QRectF(x - 24, top + height + 4, 56, 18), "low", across)


def ramp(levels: np.ndarray | None, count: int) -> np.ndarray:
    """Return colours of values: blue for low, orange for high, grey without an order.

    Args:
        levels: 0 … 1 per dot, NaN for grey; None for grey everywhere.
        count: Number of dots.

    Returns:
        uint8 array of shape (count, 3).
    """
    grey = _rgb("plot_8")
    if levels is None:
        return np.tile(grey, (count, 1)).astype(np.uint8)
    low, high = _rgb("plot_1"), _rgb("plot_2")
    middle = 0.5 * (0.5 * (low + high)) + 0.5 * grey
    share = np.nan_to_num(levels, nan=0.0)[:, None]
    lower = low + (middle - low) * np.minimum(1, 2 * share)
    colours = np.where(share < 0.5, lower, middle + (high - middle) * (2 * share - 1))
    colours[np.isnan(levels)] = grey
    return np.asarray(colours, np.uint8)


def numbers_of(values: list[Any]) -> np.ndarray:
    """Return values as numbers; NaN for what is no number or truth value."""
    return np.array([
        float(v) if isinstance(v, bool | int | float) else np.nan for v in values
    ], np.float64)  # fmt: skip


def levels_of(values: list[Any]) -> np.ndarray:
    """Return how high each value is among the others: its rank, 0 … 1; NaN without an order."""
    numbers = numbers_of(values)
    known = np.isfinite(numbers)
    texts = sorted({v for v in values if isinstance(v, str)})
    if not known.any() and len(texts) == 2:  # two words have an order of their own: no, yes
        numbers = np.array([
            np.nan if not isinstance(v, str) else float(texts.index(v)) for v in values
        ], np.float64)  # fmt: skip
        known = np.isfinite(numbers)
    distinct = np.unique(numbers[known])
    if len(distinct) < 2:
        return np.where(known, 0.5, np.nan)
    levels = np.full(len(numbers), np.nan)
    levels[known] = np.searchsorted(distinct, numbers[known]) / (len(distinct) - 1)
    return levels


def _rgb(role: str) -> np.ndarray:
    shown = color(role)
    return np.array([shown.red(), shown.green(), shown.blue()], np.float64)
