"""Small plots of the inspector: how values are spread, and the curve of an activation function."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ui.plots.axis import PlotAxis
from ui.plots.colours import faint, line_pen
from ui.theme import active_theme, color
from ui.widgets import identify
from workbench.graph.activation_curves import Curve
from workbench.graph.preview import Histogram

_SPREAD_HEIGHT: Final = 96
_CURVE_HEIGHT: Final = 168
_POINTS: Final = 401
_REACH: Final = 4.0


class _SmallPlot(pg.GraphicsView):
    """Two axes and a view that does not move: the panel around it scrolls.

    Args:
        height: Height, px.
        parent: Parent widget.
    """

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setFixedHeight(height)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 4, 8, 0)
        layout.setSpacing(0)
        self.setCentralItem(layout)
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
        self.view.setMouseEnabled(False, False)
        self.view.disableAutoRange()
        self.left, self.bottom = PlotAxis("left"), PlotAxis("bottom")
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.view, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        self.left.linkToView(self.view)
        self.bottom.linkToView(self.view)
        self.setBackgroundBrush(color("surface"))
        active_theme().changed.connect(self._retheme)

    @Slot()
    def _retheme(self) -> None:
        self.setBackgroundBrush(color("surface"))
        self.left.apply_theme()
        self.bottom.apply_theme()
        self.draw()

    def draw(self) -> None:
        """Draw with the colours of the theme in force."""

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the panel."""
        event.ignore()


class SpreadPlot(_SmallPlot):
    """A histogram.

    Args:
        name: Object name.
        parent: Parent widget.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(_SPREAD_HEIGHT, parent)
        identify(self, name, "How the values are spread")
        self._shown: Histogram | None = None
        self._bars: Any = None

    def show_histogram(self, histogram: Histogram, words: str) -> None:
        """Show a histogram.

        Args:
            histogram: The counts.
            words: What a screen reader says.
        """
        self._shown = histogram
        self.setAccessibleDescription(words)
        self.draw()

    @property
    def heights(self) -> list[int]:
        """The counts that are drawn."""
        return [int(n) for n in self._shown.counts] if self._shown is not None else []

    def draw(self) -> None:
        """Draw the bars."""
        if self._shown is None:
            return
        if self._bars is not None:
            self.view.removeItem(self._bars)
        edges, counts = self._shown.edges, self._shown.counts * self._shown.every
        self._bars = pg.BarGraphItem(
            x0=edges[:-1], x1=edges[1:], height=counts, pen=None, brush=color("plot_1")
        )
        self.view.addItem(self._bars, ignoreBounds=True)
        self.view.setRange(
            xRange=(float(edges[0]), float(edges[-1])),
            yRange=(0.0, max(float(counts.max()) * 1.05, 1.0)), padding=0,
        )  # fmt: skip


class CurvePlot(_SmallPlot):
    """An activation function: value (solid), slope (dashed), and the values that come to it.

    Args:
        name: Object name.
        parent: Parent widget.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(_CURVE_HEIGHT, parent)
        identify(self, name, "Activation function")
        self._curve: Curve | None = None
        self._before: Histogram | None = None
        self._items: list[Any] = []

    def show_curve(self, curve: Curve, before: Histogram | None) -> None:
        """Show a function.

        Args:
            curve: The function.
            before: How the values that come to it are spread, or None.
        """
        self._curve, self._before = curve, before
        self.setAccessibleDescription(f"{curve.title}, value and slope")
        self.draw()

    def points(self) -> tuple[Any, Any, Any]:
        """Return x, value and slope as drawn."""
        assert self._curve is not None
        low, high = self._reach()
        x = np.linspace(low, high, _POINTS)
        with np.errstate(over="ignore"):
            return x, self._curve.value(x), self._curve.slope(x)

    def _reach(self) -> tuple[float, float]:
        """Return the stretch of x: around zero, and where the values are, within reason."""
        low, high = -_REACH, _REACH
        if self._before is not None:
            low = min(low, max(float(self._before.edges[0]), -5 * _REACH))
            high = max(high, min(float(self._before.edges[-1]), 5 * _REACH))
        return low, high

    def draw(self) -> None:
        """Draw histogram, slope, value."""
        if self._curve is None:
            return
        for item in self._items:
            self.view.removeItem(item)
        x, value, slope = self.points()
        shown = np.concatenate([value, slope])
        low = max(float(np.nanmin(shown)), -12.0)
        high = min(float(np.nanmax(shown)), 12.0)
        room = max((high - low) * 0.08, 0.05)
        bottom, top = low - room, high + room
        self._items = []
        if self._before is not None and self._before.counts.max() > 0:
            edges, counts = self._before.edges, self._before.counts
            height = counts / counts.max() * (top - bottom) * 0.45
            self._items.append(pg.BarGraphItem(
                x0=edges[:-1], x1=edges[1:], y0=bottom, height=height, pen=None,
                brush=faint(color("plot_8")),
            ))  # fmt: skip
        self._items += [
            pg.PlotCurveItem(x, slope, pen=line_pen(color("plot_2"), 1.5, dashed=True)),
            pg.PlotCurveItem(x, value, pen=line_pen(color("plot_1"), 2.0), antialias=True),
        ]
        for item in self._items:
            self.view.addItem(item, ignoreBounds=True)
        self.view.setRange(xRange=(float(x[0]), float(x[-1])), yRange=(bottom, top), padding=0)
