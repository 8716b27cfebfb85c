"""The waterfall: from the average prediction, column by column, to the prediction of one row."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from ui.explain.figure import Figure, Frame, Label, pen, width_of, words
from ui.explain.words import (
    aligned_text,
    columns_text,
    decimals_for,
    figure_text,
    signed_text,
    value_text,
)
from ui.theme import color
from workbench.explain.results import Explanation

_BAR = 18.0
_TIP = 6.0
_THINNEST = 1.5
_LESS, _MORE = "plot_1", "plot_2"


class Waterfall(Figure):
    """Contributions of one row.

    Args:
        found: The explanation.
        at: The row in it.
        output: The output (class) in it.
        output_title: What the output is called ("log-odds of malignant").
    """

    def __init__(self, found: Explanation, at: int, output: int, output_title: str) -> None:
        self._values = found.values[at, :, output]
        self._errors = None if found.standard_error is None else found.standard_error[at, :, output]
        self._base, self._result = float(found.base[output]), float(found.output[at, output])
        self._names, self._raw = found.columns, found.raw[at]
        self._order = np.argsort(-np.abs(self._values), kind="stable")
        self._chance = _chances(found, at, output)
        self.title = f"Waterfall of row {found.rows[at]}"
        self.x_title = output_title
        self.prepare(len(self._names))

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self._names)

    @property
    def fixed_lines(self) -> int:
        """The average and the prediction."""
        return 2

    def prepare(self, columns: int) -> None:
        """Show that many columns, those that matter most first."""
        shown = self._order[:columns]
        rest = self._order[columns:]
        steps = self._values[shown]
        self._labels = [
            Label("Average prediction", figure_text(self._base), quiet=True),
            *(Label(self._names[c], value_text(self._raw[c])) for c in shown),
        ]
        self._shown = [int(c) for c in shown]
        if len(rest):
            steps = np.append(steps, self._values[rest].sum())
            self._labels.append(Label(columns_text(len(rest)), quiet=True))
        self._labels.append(Label("This prediction", figure_text(self._result), quiet=True))
        self._steps = steps
        self._decimals = decimals_for(float(np.abs(steps).max(initial=0.0)))
        self._path = self._base + np.concatenate([[0.0], np.cumsum(steps)])

    def labels(self) -> list[Label]:
        """Return the labels of all lines."""
        return self._labels

    def extent(self) -> tuple[float, float]:
        """Return the range that the path covers."""
        return float(self._path.min()), float(self._path.max())

    def right_room(self) -> float:
        """Return room for the number of a bar that ends at the right."""
        return 64.0

    def tip(self, at: int) -> str:
        """Return name, value, contribution and error of a line."""
        text = self._labels[at].text
        step = at - 1
        if not 0 <= step < len(self._steps):
            return f"{text} ({self._chance[at > 0]})" if self._chance[at > 0] else text
        text += f"\n{signed_text(float(self._steps[step]))}"
        if self._errors is not None and step < len(self._shown):
            text += f" ± {figure_text(float(self._errors[self._shown[step]]), 2)} (standard error)"
        return text

    def paint_line(self, painter: QPainter, frame: Frame, at: int, *, vector: bool) -> None:
        """Paint a step, or the marker of an end."""
        del vector
        step = at - 1
        if 0 <= step < len(self._steps):
            self._paint_step(painter, frame, at, step)
        else:
            self._paint_end(painter, frame, at)

    def _paint_step(self, painter: QPainter, frame: Frame, at: int, step: int) -> None:
        value = float(self._steps[step])
        x0, x1 = (frame.scale.x(float(v)) for v in self._path[step : step + 2])
        y = frame.middle(at)
        role = _MORE if value > 0 else _LESS
        self._paint_connector(painter, frame, x1, at)
        painter.setPen(pen("surface", 0.0))
        painter.setBrush(color(role))
        painter.drawPath(_arrow(x0, x1, y))
        text = aligned_text(value, self._decimals, sign=True)
        wide = width_of(text) + 2
        painter.setPen(color("text"))
        right = max(x0, x1) + 6
        words(painter, QRectF(right, y - 10, wide, 20), text)

    def _paint_connector(self, painter: QPainter, frame: Frame, x: float, at: int) -> None:
        painter.setPen(pen("border_strong"))
        half = _BAR / 2
        painter.drawLine(QPointF(x, frame.middle(at)), QPointF(x, frame.middle(at + 1) - half))

    def _paint_end(self, painter: QPainter, frame: Frame, at: int) -> None:
        last = at > 0
        value = self._result if last else self._base
        x, y = frame.scale.x(value), frame.middle(at)
        painter.setPen(pen("text", 2.0))
        painter.drawLine(QPointF(x, y - _BAR / 2), QPointF(x, y + _BAR / 2))
        if not last:
            self._paint_connector(painter, frame, x, at)
        text = self._chance[last]
        if text:
            painter.setPen(color("text" if last else "text_secondary"))
            wide = width_of(text) + 2
            fits = x + 8 + wide <= frame.size.width()
            words(painter, QRectF(x + 8 if fits else x - 8 - wide, y - 10, wide, 20), text)


def _arrow(x0: float, x1: float, y: float) -> QPainterPath:
    """Return a bar from x0 to x1 that points to x1."""
    top, bottom = y - _BAR / 2, y + _BAR / 2
    if abs(x1 - x0) < _THINNEST:  # too small to have a direction that one sees
        path = QPainterPath()
        path.addRect(QRectF((x0 + x1 - _THINNEST) / 2, top, _THINNEST, _BAR))
        return path
    tip = min(_TIP, abs(x1 - x0)) * (1 if x1 >= x0 else -1)
    path = QPainterPath(QPointF(x0, top))
    for point in ((x1 - tip, top), (x1, y), (x1 - tip, bottom), (x0, bottom)):
        path.lineTo(*point)
    path.closeSubpath()
    return path


def _chances(found: Explanation, at: int, output: int) -> tuple[str, str]:
    """Return the probabilities of base and prediction where logits are shown, else ""."""
    if found.space != "logit" or found.probability is None or found.base_probability is None:
        return "", ""
    base, chance = float(found.base_probability[output]), float(found.probability[at, output])
    return f"probability {base:.2f} on average", f"probability {_share(chance)}"


def _share(value: float) -> str:
    if value >= 0.99995:
        return "above 0.9999"
    if value <= 0.00005:
        return "below 0.0001"
    if 0.995 <= value < 0.99995 or 0.00005 < value < 0.005:
        return f"{value:.4f}"
    return f"{value:.2f}"
