"""One curve: how it is described, and the item that draws it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.plots.colours import curve_colour, faint, line_pen
from ui.plots.series import Envelope, Floats, SeriesStore
from ui.plots.smoothing import Smoother

LineStyle = Literal["solid", "dashed", "batch"]

_THICK_UP_TO: Final = 600
_SMOOTH_EDGES_UP_TO: Final = 3000
_DOTS_UP_TO: Final = 24


@dataclass(slots=True)
class Curve:
    """A curve of a plot.

    Attributes:
        key: Unique in its plot.
        label: What legend, cursor and export call it.
        hue: Number of its colour, from 1 on.
        style: Solid, dashed, or thin and faint behind the others (values of single batches).
        store: Its points.
        visible: Whether it is drawn.
        steps: How many points of the finest curve one point of this one stands for; smoothing
            reaches equally far along x for all curves.
        smoother: Its smoothed version, or None.
    """

    key: str
    label: str
    hue: int = 1
    style: LineStyle = "solid"
    store: SeriesStore = field(default_factory=SeriesStore)
    visible: bool = True
    steps: float = 1.0
    smoother: Smoother | None = None

    @property
    def colour(self) -> QColor:
        """Its colour in the theme in force."""
        return curve_colour(self.hue)

    @property
    def shown_store(self) -> SeriesStore:
        """The points that are drawn in full colour: smoothed ones where there are any."""
        return self.store if self.smoother is None else self.smoother.store


class CurveItem(pg.GraphicsObject):
    """Draws the envelope of a curve for the stretch in view.

    Args:
        view: The view it is drawn in; its bounds are those of the view, always.
    """

    def __init__(self, view: Any) -> None:
        super().__init__()
        self._view = view
        self._path: QPainterPath | None = None
        self._dots: QPolygonF | None = None
        self._count = 0
        self._colour = QColor()
        self._dashed = self._thin = False
        self._pen = QPen(Qt.PenStyle.NoPen)
        self._dot_pen = QPen(Qt.PenStyle.NoPen)
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)

    def set_style(self, colour: QColor, *, dashed: bool, thin: bool, background: bool) -> None:
        """Say how it is drawn.

        Args:
            colour: Its colour.
            dashed: Whether the line is dashed.
            thin: Whether it is one pixel wide even when short.
            background: Whether it is faint and stands behind the others.
        """
        self._colour = faint(colour) if background else colour
        self._dashed, self._thin = dashed, thin
        self.setZValue(0 if background else 10)
        self._make_pens()

    def show_points(self, envelope: Envelope, y: Floats) -> None:
        """Draw other points.

        Args:
            envelope: What is in view.
            y: Its values in view coordinates (logarithms on a logarithmic axis).
        """
        self.x, self.y = envelope.x, y
        self._count = len(y)
        self._path = pg.arrayToQPath(envelope.x, y.astype(float), connect="finite")
        self._dots = _dots(envelope.x, y) if self._count and envelope.exact else None
        self._make_pens()
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self.x = self.y = np.empty(0)
        self._path = self._dots = None
        self.update()

    def _make_pens(self) -> None:
        wide = 1.0 if self._thin or self._count > _THICK_UP_TO else 2.0
        self._pen = line_pen(self._colour, wide, dashed=self._dashed)
        self._dot_pen = line_pen(self._colour, 4.0 if self._thin else 5.0)
        self._dot_pen.setCapStyle(Qt.PenCapStyle.RoundCap)

    # ---- what Qt asks --------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        """Return the stretch in view."""
        return QRectF(self._view.viewRect())

    def viewRangeChanged(self) -> None:
        """Take the view's new bounds as one's own."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw line and dots."""
        if self._path is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._count <= _SMOOTH_EDGES_UP_TO)
        painter.setPen(self._pen)
        painter.drawPath(self._path)
        if self._dots is not None:
            # In pixels: Qt draws a point as a tiny line, which an uneven scale makes a long one.
            to_pixels = painter.worldTransform()
            painter.resetTransform()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._dot_pen)
            painter.drawPoints(to_pixels.map(self._dots))
            painter.setWorldTransform(to_pixels)


def _dots(x: Floats, y: Floats) -> QPolygonF | None:
    """Return the points to mark: all of a short curve, else those with a gap on both sides."""
    finite = np.isfinite(y)
    if len(y) > _DOTS_UP_TO:
        fenced = np.concatenate([[False], finite, [False]])
        finite = finite & ~fenced[:-2] & ~fenced[2:]
    places = np.flatnonzero(finite)
    if not len(places):
        return None
    return QPolygonF([QPointF(float(x[i]), float(y[i])) for i in places[:2000]])
