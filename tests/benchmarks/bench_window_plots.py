"""Drawing ten curves of a million points while they grow, against plain pyqtgraph."""

from __future__ import annotations

import time
from typing import Any

from tests.benchmarks.harness import Measurement, benchmark

CURVES = 10
POINTS = 1_000_000
GROWTH = 200
"""Points that arrive for each curve between two redraws."""
REDRAWS = 150
SIZE = (1400, 600)


def _values(curve: int, count: int) -> Any:
    import numpy as np

    rng = np.random.default_rng(curve)
    drift = np.cumsum(rng.normal(0, 0.002, count))
    return (curve + drift + rng.normal(0, 0.1, count)).astype(np.float32)


def _painted(widget: Any) -> None:
    """Paint a widget now, as the screen would have it."""
    widget.viewport().repaint()


def live_plot_ms() -> tuple[list[float], int]:
    """Return the time of every redraw of our plot, appending and painting included, and how many
    extremes were not drawn.
    """
    import numpy as np
    from PySide6.QtTest import QTest

    from ui.plots import LivePlot, SeriesStore

    plot = LivePlot("Loss")
    plot.resize(*SIZE)
    rng = np.random.default_rng(99)
    fresh = [_values(curve, GROWTH * REDRAWS) for curve in range(CURVES)]
    for curve in range(CURVES):
        store = SeriesStore(np.float32, POINTS + GROWTH * REDRAWS)
        store.append(np.arange(POINTS), _values(curve, POINTS))
        plot.add_curve(str(curve), f"curve {curve}", hue=curve + 1, store=store)
    plot.show()
    QTest.qWaitForWindowExposed(plot)
    plot.chart.redraw_now()
    _painted(plot.chart)
    times, lost = [], 0
    for turn in range(REDRAWS):
        x = np.arange(POINTS + turn * GROWTH, POINTS + (turn + 1) * GROWTH)
        spiked = int(rng.integers(CURVES))
        place, height = int(rng.integers(GROWTH)), 20.0 + turn
        portions = [fresh[c][turn * GROWTH : (turn + 1) * GROWTH] for c in range(CURVES)]
        portions[spiked][place] = height
        begun = time.perf_counter()
        for curve in range(CURVES):
            plot.append(str(curve), x, portions[curve])
        plot.chart.redraw_now()
        _painted(plot.chart)
        times.append((time.perf_counter() - begun) * 1000)
        _, drawn = plot.chart.drawn(str(spiked))
        lost += int(np.nanmax(drawn) != height)
    for curve in range(CURVES):
        store = plot.chart.curves[str(curve)].store
        _, drawn = plot.chart.drawn(str(curve))
        lost += int(np.nanmin(drawn) != store.y.min()) + int(np.nanmax(drawn) != store.y.max())
    plot.close()
    return times, lost


def plain_ms(redraws: int = 8) -> list[float]:
    """Return the time of redraws of a pyqtgraph plot with its own downsampling."""
    import numpy as np
    import pyqtgraph as pg
    from PySide6.QtTest import QTest

    widget = pg.PlotWidget()
    widget.resize(*SIZE)
    widget.setClipToView(True)
    curves, values = [], []
    for curve in range(CURVES):
        item = pg.PlotDataItem(pen=pg.mkPen(pg.intColor(curve), width=1))
        widget.addItem(item)
        item.setDownsampling(auto=True, method="peak")
        curves.append(item)
        values.append(_values(curve, POINTS + GROWTH * redraws))
    widget.show()
    QTest.qWaitForWindowExposed(widget)
    times = []
    for turn in range(redraws):
        count = POINTS + turn * GROWTH
        begun = time.perf_counter()
        x = np.arange(count)
        for item, series in zip(curves, values, strict=True):
            item.setData(x, series[:count])
        _painted(widget)
        times.append((time.perf_counter() - begun) * 1000)
    widget.close()
    return times


@benchmark(
    "plot-redraw",
    title="Redraw 10 x 1,000,000 growing points, 95th percentile",
    unit="ms",
    target=20.0,
)
def plot_redraw() -> list[Measurement]:
    """Append, envelope, axes and painting; every new spike is looked for in what was drawn."""
    import numpy as np

    from ui.application import make_application
    from ui.theme import Theme

    application = make_application(["bench"])
    theme = Theme("light")
    theme.install(application)
    times, lost = live_plot_ms()
    plain = plain_ms()
    return [
        Measurement(
            float(np.percentile(times, 95)),
            compared_with="pyqtgraph, auto downsampling",
            compared_value=float(np.median(plain)),
            note=f"median {np.median(times):.1f} ms, longest {max(times):.1f} ms",
        ),
        Measurement(
            float(lost),
            title="Extremes not drawn in those redraws",
            unit="values",
            target=0.0,
        ),
    ]
