"""All plots of one run or of several compared: loss and one per metric, linked along x."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ui.plots import LivePlot
from ui.plots.series import SeriesStore
from ui.train.curves import VALIDATION, RunCurves, all_logged
from ui.train.words import metric_title

_LEAST_WIDTH: Final = 380
_LEAST_HEIGHT: Final = 190
_BOTH_UP_TO: Final = 6
"""Runs compared with training and validation; more are compared by validation only."""


class PlotGrid(QScrollArea):
    """Plots side by side, as many in a row as have room.

    Args:
        parent: Parent widget.

    Attributes:
        problem_raised: Emitted with a `WorkbenchError` when a plot could not be saved.
    """

    problem_raised = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.plots")
        self.setAccessibleName("Plots")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self.setWidget(inside)
        self.plots: dict[str, LivePlot] = {}
        self._runs: list[RunCurves] = []
        self._hues: dict[str, int] = {}
        self._known: dict[tuple[str, str], SeriesStore] = {}
        self._smoothing = 0.0
        self._columns = 0

    # ---- what is shown -------------------------------------------------------------------

    def show_runs(self, runs: Sequence[RunCurves], hues: dict[str, int] | None = None) -> None:
        """Show one run, or several on top of each other.

        Args:
            runs: The runs.
            hues: Number of the colour of each run, when several are compared.
        """
        self._runs, self._hues = list(runs), dict(hues or {})
        self._known.clear()
        for plot in self.plots.values():
            plot.clear()
        self.refresh()

    def prepare(self, names: Sequence[str]) -> None:
        """Make the plots that a run will need, so that its start does not wait for them."""
        if not self._runs:
            self._ensure_plots(list(names))

    def refresh(self) -> None:
        """Take in what the runs have got since the last call; cheap when that is only values."""
        if not self._runs:
            return
        self._ensure_plots(all_logged(self._runs))
        crowded = len(self._runs) > _BOTH_UP_TO
        for name, plot in self.plots.items():
            title = metric_title(name)
            plot.set_title(f"{title}, validation" if crowded else title)
            self._ensure_curves(name, plot)
            plot.chart.touch()
        self._mark_best()
        self._set_ends()

    def set_smoothing(self, weight: float) -> None:
        """Smooth all curves of all plots."""
        self._smoothing = weight
        for plot in self.plots.values():
            plot.set_smoothing(weight)

    def fit(self) -> None:
        """Show everything in all plots and follow new values."""
        for plot in self.plots.values():
            plot.fit()

    def redraw_now(self) -> None:
        """Bring all plots up to date at once (screenshots)."""
        for plot in self.plots.values():
            plot.chart.redraw_now()

    # ---- plots ---------------------------------------------------------------------------

    def _ensure_plots(self, names: list[str]) -> None:
        if list(self.plots) == names:
            return
        for gone in [name for name in self.plots if name not in names]:
            plot = self.plots.pop(gone)
            self._grid.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        for name in names:
            if name not in self.plots:
                self.plots[name] = self._make_plot(name)
        self.plots = {name: self.plots[name] for name in names}
        self._columns = 0
        self._arrange()

    def _make_plot(self, name: str) -> LivePlot:
        plot = LivePlot(metric_title(name), name=f"train.plot.{name}", describe_x=self._describe)
        plot.set_smoothing(self._smoothing)
        plot.cursor_moved.connect(self._cursor_moved)
        plot.chart.x_moved.connect(self._x_moved)
        plot.problem_raised.connect(self.problem_raised)
        return plot

    def _describe(self, x: float) -> str:
        if len(self._runs) == 1:
            return self._runs[0].describe(x)
        return f"epoch {x:g}"

    def _ensure_curves(self, name: str, plot: LivePlot) -> None:
        for place, run in enumerate(self._runs):
            one = len(self._runs) == 1
            hue = self._hues.get(run.run_id, place + 1) if not one else self._hue(name)
            steps = float(max(1, run.steps_per_epoch))
            if one:
                self._ensure_curve(plot, "batch", "batches", hue, "batch", run.batches.get(name))
            validation = run.epochs.get(VALIDATION + name)
            training = run.epochs.get(name)
            label = run.name or run.run_id
            if one or len(self._runs) <= _BOTH_UP_TO:
                self._ensure_curve(plot, "train" if one else f"{run.run_id}.train",
                                   "training" if one else label,
                                   hue, "solid", training, steps)  # fmt: skip
                self._ensure_curve(plot, "val" if one else f"{run.run_id}.val",
                                   "validation" if one else f"{label}, validation",
                                   hue, "dashed", validation, steps)  # fmt: skip
            else:
                chosen = validation if validation is not None else training
                self._ensure_curve(plot, run.run_id, label, hue, "solid", chosen, steps)

    def _hue(self, name: str) -> int:
        return list(self.plots).index(name) + 1

    def _ensure_curve(
        self,
        plot: LivePlot,
        key: str,
        label: str,
        hue: int,
        style: str,
        store: SeriesStore | None,
        steps: float = 1.0,
    ) -> None:
        if store is None or self._known.get((plot.objectName(), key)) is store:
            return
        self._known[plot.objectName(), key] = store
        plot.add_curve(key, label, hue=hue, style=style, store=store, steps=steps)  # type: ignore[arg-type]

    def _mark_best(self) -> None:
        run = self._runs[0]
        alone = len(self._runs) == 1
        for plot in self.plots.values():
            if alone and run.best_epoch:
                plot.set_marker(run.best_epoch, f"best epoch {run.best_epoch}")
            else:
                plot.set_marker(None)

    def _set_ends(self) -> None:
        running = any(not run.state.is_finished for run in self._runs)
        planned = max((run.planned_epochs for run in self._runs), default=0)
        for plot in self.plots.values():
            plot.chart.set_end(planned or math.inf, running=running)

    # ---- links ---------------------------------------------------------------------------

    @Slot(object)
    def _cursor_moved(self, x: float | None) -> None:
        for plot in self.plots.values():
            if plot is not self.sender():
                plot.show_cursor(x)

    @Slot(float, float)
    def _x_moved(self, low: float, high: float) -> None:
        for plot in self.plots.values():
            if plot.chart is not self.sender():
                plot.chart.show_x(low, high)

    # ---- arrangement ---------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many plots into a row as have room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self.plots)
        if not count:
            return
        room = max(1, (self.viewport().width() + 8) // (_LEAST_WIDTH + 8))
        columns = best_columns(count, room)
        if columns == self._columns:
            return
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        spare = -count % columns
        for place, plot in enumerate(self.plots.values()):
            # The loss takes the room that would stay empty.
            shifted = place + spare if place else 0
            span = 1 + spare if place == 0 else 1
            self._grid.addWidget(plot, shifted // columns, shifted % columns, 1, span)
            plot.setMinimumHeight(_LEAST_HEIGHT)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)


def best_columns(count: int, room: int) -> int:
    """Return how many of several plots stand in a row.

    Args:
        count: Number of plots, >= 1.
        room: How many have room in a row, >= 1.

    As few rows as the room allows, then as even as possible.
    """
    rows = -(-count // min(count, room))
    return -(-count // rows)
