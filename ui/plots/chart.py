"""The drawing area of a live plot: curves, axes, what they show and when they are redrawn.

Values may arrive hundreds of times a second; the chart only notes that something changed and
redraws from a timer, at most 30 times a second and less often when a redraw is expensive, so that
the window's thread stays free. A redraw reads the min/max envelope of the stretch in view.
"""

from __future__ import annotations

import math
import time
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.plots.annotations import EndLabel, EndLabels, Marker, labelled, name_share
from ui.plots.axis import PlotAxis
from ui.plots.curve import Curve, CurveItem
from ui.plots.ranges import calm, padded, round_end
from ui.plots.series import Floats
from ui.plots.smoothing import Smoother
from ui.plots.view import PlotView
from ui.theme import color

_INTERVAL: Final = 33
"""Shortest time between two redraws, ms."""
_SHARE: Final = 3.0
"""A redraw that takes t ms is followed by at least this many times t ms of rest."""
_LEAST_WEIGHT: Final = 0.02
_SMOOTH_PORTION: Final = 50_000
_THICK_UP_TO: Final = 10


class Chart(pg.GraphicsView):
    """Curves in a view that follows the latest values until the person looks elsewhere.

    Args:
        x_title: What the x axis shows.
        whole: Whether x counts something: marks are whole numbers, at least 0 to 1 is shown.
        parent: Parent widget.

    Attributes:
        redrawn: Emitted after the curves were brought up to date.
        following_changed: Emitted with whether everything is shown and new values are followed.
        x_moved: Emitted with (low, high) when the person chose another stretch of x.
        curves: The curves by key; add and remove them with the methods.
        redraw_ms: How long the latest redraw took (without Qt's painting), ms.
    """

    redrawn = Signal()
    following_changed = Signal(bool)
    x_moved = Signal(float, float)

    def __init__(
        self, *, x_title: str = "", whole: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, background=None)
        self.curves: dict[str, Curve] = {}
        self.redraw_ms = 0.0
        self._items: dict[str, CurveItem] = {}
        self._raw_items: dict[str, CurveItem] = {}
        self._log = False
        self._weight = 0.0
        self._manual_x = self._manual_y = False
        self._linked = False
        self._expected_end = math.inf
        self._running = True
        self._calm_y: tuple[float, float] | None = None
        self._own_change = False
        self._least_span = 1.0 if whole else 1e-9
        self._build(x_title, whole)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.redraw_now)
        self._dirty = True
        self._last = 0.0
        self.apply_theme()

    def _build(self, x_title: str, whole: bool) -> None:
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 4, 12, 0)
        layout.setSpacing(0)
        self.setCentralItem(layout)
        self.view = PlotView()
        self.left = PlotAxis("left")
        self.bottom = PlotAxis("bottom", title=x_title, whole=whole)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.view, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        self.left.linkToView(self.view)
        self.bottom.linkToView(self.view)
        self.marker, self.end_labels = Marker(self.view), EndLabels(self.view)
        self.view.sigRangeChanged.connect(self._range_changed)
        self.view.sigResized.connect(self._range_changed)
        self.view.person_moved.connect(self._person_moved)
        self.view.fit_requested.connect(self.fit)

    # ---- curves --------------------------------------------------------------------------

    def add(self, curve: Curve) -> Curve:
        """Add a curve; one with the same key is replaced."""
        self.remove(curve.key)
        self.curves[curve.key] = curve
        self._make_smoother(curve)
        item = CurveItem(self.view)
        self.view.addItem(item, ignoreBounds=True)
        self._items[curve.key] = item
        crowded = len(self.curves) == _THICK_UP_TO + 1
        for each in self.curves.values() if crowded else (curve,):
            self._style(each)
        self.touch()
        return curve

    def remove(self, key: str) -> None:
        """Remove a curve if it is there."""
        if self.curves.pop(key, None) is None:
            return
        for items in (self._items, self._raw_items):
            item = items.pop(key, None)
            if item is not None:
                self.view.removeItem(item)
        self.touch()

    def append(self, key: str, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Add points to a curve; it is redrawn soon."""
        self.curves[key].store.append(x, y)
        self.touch()

    def set_visible(self, key: str, visible: bool) -> None:
        """Draw a curve or not."""
        self.curves[key].visible = visible
        self._calm_y = None
        self.touch()

    def drawn(self, key: str) -> tuple[Floats, Floats]:
        """Return the points of a curve that are drawn now, in view coordinates."""
        item = self._items[key]
        return item.x, item.y

    # ---- how it is shown -----------------------------------------------------------------

    @property
    def log(self) -> bool:
        """Whether values are on a logarithmic axis."""
        return self._log

    def set_log(self, log: bool) -> None:
        """Show values on a logarithmic axis, or not."""
        if log == self._log:
            return
        self._log = log
        self.left.set_log(log)
        self._manual_y, self._calm_y = False, None
        self.touch()

    def set_smoothing(self, weight: float) -> None:
        """Smooth all curves; what they were before stays visible behind them.

        Args:
            weight: Share of the past, in [0, 1); 0 for no smoothing.
        """
        if weight == self._weight:
            return
        self._weight = weight
        for curve in self.curves.values():
            self._make_smoother(curve)
            self._style(curve)
        self.touch()

    def _make_smoother(self, curve: Curve) -> None:
        weight = self._weight**curve.steps if self._weight else 0.0
        curve.smoother = Smoother(curve.store, weight) if weight > _LEAST_WEIGHT else None

    @property
    def following(self) -> bool:
        """Whether everything is shown and new values are followed."""
        return not (self._manual_x or self._manual_y)

    def fit(self) -> None:
        """Show everything and follow new values."""
        was_linked, following = self._linked, self.following
        self._manual_x = self._manual_y = self._linked = False
        self._calm_y = None
        self.touch()
        if not following:
            self.following_changed.emit(True)
        if not was_linked:
            self.x_moved.emit(math.nan, math.nan)

    def show_x(self, low: float, high: float) -> None:
        """Show a stretch of x because a linked plot does; NaN for everything."""
        if math.isnan(low):
            self._linked = True
            self.fit()
            return
        self._linked = True
        self._own_change = True
        self.view.setXRange(low, high, padding=0)
        self._own_change = False
        self._hold(x=True, y=False)

    def set_end(self, expected: float = math.inf, *, running: bool = True) -> None:
        """Say where the curves will end.

        Args:
            expected: The last x that can be reached.
            running: Whether more values are coming; then the right edge moves in round steps.
        """
        if (expected, running) != (self._expected_end, self._running):
            self._expected_end, self._running = expected, running
            self._calm_y = None
            self.touch()

    def apply_theme(self) -> None:
        """Take the colours of the theme in force."""
        self.setBackground(color("surface"))
        self.left.apply_theme()
        self.bottom.apply_theme()
        for curve in self.curves.values():
            self._style(curve)
        self.touch()

    # ---- redrawing -----------------------------------------------------------------------

    def touch(self) -> None:
        """Note that something changed; a redraw follows when the chart can be seen."""
        self._dirty = True
        if not self._timer.isActive() and self.isVisible():
            since = (time.perf_counter() - self._last) * 1000
            rest = max(_INTERVAL, _SHARE * self.redraw_ms)
            self._timer.start(max(0, math.ceil(rest - since)))

    @Slot()
    def redraw_now(self) -> None:
        """Bring the curves up to date at once."""
        started = time.perf_counter()
        self._timer.stop()
        self._dirty = False
        self._smooth()
        self._fit()
        for curve in self.curves.values():
            self._draw(curve)
        self._label_ends()
        self._last = time.perf_counter()
        self.redraw_ms = (self._last - started) * 1000
        if any(c.smoother and c.smoother.behind for c in self.curves.values() if c.visible):
            self.touch()
        self.redrawn.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Redraw what changed while it could not be seen."""
        super().showEvent(event)
        if self._dirty:
            self.touch()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)

    def to_view(self, values: Floats, curve: Curve) -> Floats:
        """Return values in view coordinates: themselves, or their logarithms.

        What is not positive has no place on a logarithmic axis: it is drawn at the tenth of the
        curve's smallest positive value, below everything else.
        """
        if not self._log:
            return values
        floor = self._floor(curve)
        with np.errstate(invalid="ignore"):
            lifted = np.where(values > floor, values, np.where(np.isnan(values), values, floor))
        return np.asarray(np.log10(lifted, dtype=float))

    def _floor(self, curve: Curve) -> float:
        smallest = curve.store.smallest_positive
        return smallest / 10 if math.isfinite(smallest) else 1e-12

    def _smooth(self) -> None:
        left = _SMOOTH_PORTION
        for curve in self.curves.values():
            if curve.smoother and curve.visible and left > 0:
                left -= curve.smoother.advance(left)

    def _fit(self) -> None:
        shown = self.shown() or [c for c in self.curves.values() if len(c.store)]
        self._own_change = True
        if not self._manual_x:
            self.view.setXRange(*self._fitting_x(shown), padding=0)
        if not self._manual_y:
            wanted = self._fitting_y(shown)
            if wanted is not None:
                self._calm_y = calm(self._calm_y if self._running else None, wanted)
                self.view.setYRange(*self._calm_y, padding=0)
        self._own_change = False

    def _fitting_x(self, shown: list[Curve]) -> tuple[float, float]:
        if not shown:
            end = self._expected_end if math.isfinite(self._expected_end) else 1.0
            return 0.0, round_end(end)
        low = min(0.0, *(float(c.store.x[0]) for c in shown))
        end = max(float(c.store.x[-1]) for c in shown)
        free = 1.0 - max(0.01, self.free_share())
        if not self._running:
            return low, low + max((end - low) / free, self._least_span)
        most = max(self._expected_end, end / free)
        return low, max(round_end(end / free, most), low + self._least_span)

    def _fitting_y(self, shown: list[Curve]) -> tuple[float, float] | None:
        (low, high), _ = self.view.viewRange()
        found = []
        for curve in shown:
            bounds = curve.store.bounds(low, high)
            if bounds is not None:
                found += self.to_view(np.array(bounds), curve).tolist()
        return padded(min(found), max(found)) if found else None

    def _draw(self, curve: Curve) -> None:
        item, raw = self._items[curve.key], self._raw_items.get(curve.key)
        for each in filter(None, (item, raw)):
            each.setVisible(curve.visible)
        if not curve.visible:
            return
        (low, high), _ = self.view.viewRange()
        columns = max(1, round(self.view.width()))
        envelope = curve.shown_store.envelope(low, high, columns)
        item.show_points(envelope, self.to_view(envelope.y, curve))
        if raw is not None:
            behind = curve.store.envelope(low, high, columns)
            raw.show_points(behind, self.to_view(behind.y, curve))

    def _style(self, curve: Curve) -> None:
        item, raw = self._items[curve.key], self._raw_items.get(curve.key)
        dashed, batch = curve.style == "dashed", curve.style == "batch"
        if curve.smoother is not None and raw is None:
            raw = self._raw_items[curve.key] = CurveItem(self.view)
            self.view.addItem(raw, ignoreBounds=True)
        elif curve.smoother is None and raw is not None:
            self.view.removeItem(self._raw_items.pop(curve.key))
            raw = None
        behind = batch and curve.smoother is None
        thin = batch or len(self.curves) > _THICK_UP_TO
        item.set_style(curve.colour, dashed=dashed, thin=thin, background=behind)
        if raw is not None:
            raw.set_style(curve.colour, dashed=dashed, thin=True, background=True)

    def _label_ends(self) -> None:
        ends: dict[str, EndLabel] = {}
        (low, high), _ = self.view.viewRange()
        for curve in self.shown():
            last = curve.shown_store.last
            if curve.style != "batch" and last is not None and low <= last[0] <= high:
                y = float(self.to_view(np.array([last[1]]), curve)[0])
                ends[curve.key] = EndLabel(last[0], y, curve.label, curve.colour)
        self.marker.keep_clear_of([label.y for label in ends.values()])
        named = labelled(self.shown(), self.view.height()) if self.free_share() else []
        self.end_labels.show_labels([ends[c.key] for c in named if c.key in ends])

    def shown(self) -> list[Curve]:
        """Return the curves that are drawn and have points."""
        return [c for c in self.curves.values() if c.visible and len(c.store)]

    def free_share(self) -> float:
        """Return the share of the width that names at the ends of curves need; 0 without them."""
        return name_share(labelled(self.shown(), self.view.height()), self.view.width())

    # ---- the person's own choice ---------------------------------------------------------

    @Slot()
    def _range_changed(self, *_: Any) -> None:
        if not self._own_change:
            self.touch()

    @Slot(bool, bool)
    def _person_moved(self, x: bool, y: bool) -> None:
        self._linked = False
        self._hold(x=x, y=y)
        if x:
            self.x_moved.emit(*map(float, self.view.viewRange()[0]))

    def _hold(self, *, x: bool, y: bool) -> None:
        following = self.following
        self._manual_x, self._manual_y = self._manual_x or x, self._manual_y or y
        if x and not self._manual_y:
            self._calm_y = None
        self.touch()
        if following and not self.following:
            self.following_changed.emit(False)
