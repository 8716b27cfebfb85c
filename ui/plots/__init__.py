"""Live plots: growing curves drawn without losing an extreme."""

from ui.plots.curve import Curve
from ui.plots.live_plot import LivePlot
from ui.plots.series import SeriesStore

__all__ = ["Curve", "LivePlot", "SeriesStore"]
