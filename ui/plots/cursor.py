"""The cursor of a plot: a line where the pointer is and the values of all curves there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ui.plots.annotations import CursorBox, CursorLine, CursorRow
from ui.plots.chart import Chart
from ui.plots.colours import faint
from ui.plots.curve import Curve
from workbench.wording import number

_MOST_ROWS = 10


class Cursor:
    """Shows the values of all visible curves at one position.

    Args:
        chart: The chart it belongs to.
        describe: Says a position in words ("epoch 12 · step 180").
    """

    def __init__(self, chart: Chart, describe: Callable[[float], str]) -> None:
        self._chart = chart
        self._describe = describe
        self._line = CursorLine(chart.view)
        self._box = CursorBox(chart.view)
        self.x: float | None = None

    @property
    def lines(self) -> list[str]:
        """What it says, line by line; empty when it is not shown."""
        return self._box.lines if self.x is not None else []

    def move_to(self, x: float | None) -> None:
        """Go to the point nearest to a position; None hides the cursor."""
        at = None if x is None else self.nearest(x)
        self.x = at
        if at is None:
            self._line.hide()
            self._box.hide()
            return
        (low, high), _ = self._chart.view.viewRange()
        if not low <= at <= high:
            self._line.hide()
            self._box.hide()
            return
        self._line.move_to(at)
        self._box.show_values(at, self._describe(at), self._rows(at))

    def refresh(self) -> None:
        """Read the values anew after a redraw."""
        if self.x is not None:
            self.move_to(self.x)

    def nearest(self, x: float) -> float | None:
        """Return the position of the point of any visible curve that is nearest, or None."""
        found = [point[0] for c in self._visible() if (point := c.store.at(x)) is not None]
        return min(found, key=lambda place: abs(place - x), default=None)

    def step(self, direction: int) -> float | None:
        """Return the next position to the left (-1) or right (1) that has a value."""
        current = self.x
        visible = list(self._visible())
        lines = [c for c in visible if c.style != "batch"] or visible
        stores = [c.store for c in lines if len(c.store)]
        if not stores:
            return None
        if current is None:
            return float(max(store.x[-1] for store in stores))
        places = []
        for store in stores:
            place = (
                int(np.searchsorted(store.x, current, side="right"))
                if direction > 0
                else int(np.searchsorted(store.x, current)) - 1
            )
            if 0 <= place < len(store):
                places.append(float(store.x[place]))
        if not places:
            return current
        return min(places) if direction > 0 else max(places)

    def _visible(self) -> Iterable[Curve]:
        return (c for c in self._chart.curves.values() if c.visible)

    def _rows(self, x: float) -> list[CursorRow]:
        rows = []
        for curve in self._visible():
            point = curve.store.at(x)
            if point is None:
                continue
            value = number(point[1])
            if curve.smoother is not None and (smooth := curve.smoother.store.at(x)) is not None:
                value = f"{value} ({number(smooth[1])} smoothed)"
            colour = faint(curve.colour) if curve.style == "batch" else curve.colour
            rows.append(CursorRow(curve.label, value, colour, curve.style == "dashed"))
        if len(rows) > _MOST_ROWS:
            left = len(rows) - _MOST_ROWS + 1
            rows = rows[: _MOST_ROWS - 1]
            rows.append(CursorRow(f"and {left} more", "", rows[-1].colour))
        return rows
