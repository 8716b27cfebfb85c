"""Bars: the mean size of each column's contributions over the rows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui.explain.figure import Figure, Frame, Label, faint, width_of, words
from ui.explain.words import aligned_text, columns_text, decimals_for, figure_text
from ui.theme import color

_BAR = 16.0


class Bars(Figure):
    """Importance of the columns.

    Args:
        names: Names of the columns.
        contributions: Contributions to the output, shape (rows, columns).
        output_title: What the output is called.
    """

    def __init__(
        self, names: tuple[str, ...], contributions: np.ndarray, output_title: str
    ) -> None:
        self._names = names
        self._contributions = contributions
        self._sizes = np.abs(contributions).mean(0)
        self._order = np.argsort(-self._sizes, kind="stable")
        self.title = "Mean size of contributions"
        self.x_title = f"mean size of the contribution to the {output_title}"
        self.prepare(len(names))

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self._names)

    def prepare(self, columns: int) -> None:
        """Show that many columns, the most important first."""
        shown, rest = self._order[:columns], self._order[columns:]
        self._shown = self._sizes[shown]
        self._labels = [Label(self._names[c]) for c in shown]
        if len(rest):
            self._shown = np.append(self._shown, np.abs(self._contributions[:, rest].sum(1)).mean())
            self._labels.append(Label(columns_text(len(rest)), quiet=True))
        self._decimals = decimals_for(float(self._shown.max(initial=0.0)))
        self._summed = bool(len(rest))

    def labels(self) -> list[Label]:
        """Return the labels of all lines."""
        return self._labels

    def extent(self) -> tuple[float, float]:
        """Return the range from zero to the largest bar."""
        return 0.0, float(self._shown.max()) or 1.0

    def right_room(self) -> float:
        """Return room for the number behind the longest bar."""
        return 48.0

    def tip(self, at: int) -> str:
        """Return name and size."""
        return f"{self._labels[at].text}\n{figure_text(float(self._shown[at]))}"

    def paint_line(self, painter: QPainter, frame: Frame, at: int, *, vector: bool) -> None:
        """Paint a bar with its number."""
        del vector
        size = float(self._shown[at])
        x0, x1, y = frame.scale.x(0), frame.scale.x(size), frame.middle(at)
        summed = self._summed and at == frame.lines - 1
        painter.setPen(color("plot_1"))
        painter.setBrush(faint(color("plot_1"), 0.25) if summed else color("plot_1"))
        painter.drawRect(QRectF(x0, y - _BAR / 2, max(1.0, x1 - x0), _BAR))
        text = aligned_text(size, self._decimals)
        painter.setPen(color("text"))
        words(painter, QRectF(x1 + 6, y - 10, width_of(text) + 2, 20), text)
