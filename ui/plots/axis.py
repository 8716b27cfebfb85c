"""Axes: few round marks, a light grid, numbers as people read them."""

from __future__ import annotations

import math
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from ui.plots.ranges import log_ticks, ticks
from ui.theme import color, font
from workbench.wording import count

_LEFT_WIDTH = 52
_BOTTOM_HEIGHT = 22
_TITLED_HEIGHT = 36
_MOST_MARKS = 12


class PlotAxis(pg.AxisItem):
    """One axis of a plot.

    Args:
        side: `"left"` for values, `"bottom"` for positions.
        title: What it shows; "" for no title.
        whole: Whether its marks should be whole numbers.
    """

    def __init__(
        self, side: Literal["left", "bottom"], *, title: str = "", whole: bool = False
    ) -> None:
        super().__init__(side)
        self._title = title
        self._side, self._whole, self._log = side, whole, False
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=0,
            tickTextOffset=6,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
            hideOverlappingLabels=False,
        )
        if side == "left":
            self.setWidth(_LEFT_WIDTH)
        else:
            self.setHeight(_TITLED_HEIGHT if title else _BOTTOM_HEIGHT)
        self.setZValue(-1000)  # its grid stands behind everything
        self.apply_theme()

    def apply_theme(self) -> None:
        """Take colours and font from the theme."""
        pen = QPen(color("grid"), 1.0)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setTickPen(pen)
        self.setTextPen(QPen(color("text_secondary")))
        self.setTickFont(font("secondary"))
        self.setGrid(255)
        if self._title:
            self.label.setFont(font("secondary"))
            self.setLabel(self._title, color=color("text_secondary").name())

    def set_log(self, log: bool) -> None:
        """Say that positions on this axis are exponents of 10."""
        if log != self._log:
            self._log = log
            self.picture = None
            self.update()

    def marks(self) -> list[tuple[float, str]]:
        """Return the marks in view with their texts."""
        low, high = self.range
        size = self.height() if self._side == "left" else self.width()
        (spacing, values), *_ = self.tickValues(low, high, size)
        return list(zip(values, self.tickStrings(values, 1.0, spacing), strict=True))

    # ---- what pyqtgraph asks -------------------------------------------------------------

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:  # noqa: N803
        """Return (distance, positions) of the one level of marks."""
        low, high = min(minVal, maxVal), max(minVal, maxVal)
        most = min(_MOST_MARKS, max(2, int(size / (32 if self._side == "left" else 72))))
        if self._log:
            return [(0.0, log_ticks(low, high, most))]
        spacing, values = ticks(low, high, most, whole=self._whole)
        return [(spacing, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of marks."""
        del scale
        if self._log:
            return [axis_number(10.0**value) for value in values]
        return [axis_number(value, spacing) for value in values]

    def mouseDragEvent(self, event: Any) -> None:
        """Pan along this axis only, with the left button only."""
        if event.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event)
        else:
            event.ignore()


def axis_number(value: float, spacing: float = 0.0) -> str:
    """Return a mark's text, no more digits than tell it from its neighbours.

    Args:
        value: The value.
        spacing: Distance to the neighbours; 0 when it is not even.
    """
    if spacing and abs(value) < spacing / 1e6:
        return "0"
    size = abs(value)
    if size >= 1e6 or (spacing and spacing >= 1e4):
        return count(round(value)) if size < 1e15 else f"{value:.0e}"
    if size and size < 1e-4:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if spacing:
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
        return f"{value:,.{decimals}f}"
    return f"{value:.3g}" if size < 1000 else f"{value:,.0f}"
