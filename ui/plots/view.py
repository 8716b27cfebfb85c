"""The area of a plot that answers to wheel, drag and double-click."""

from __future__ import annotations

from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal

BOTH: Final = (True, True)
_ZOOM: Final = 1.0015
_NARROWEST: Final = 1e-9
_ALONG_Y: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class PlotView(pg.ViewBox):
    """Shows a stretch of x and y and tells when the person chooses another.

    The wheel zooms the axis under the pointer: on an axis that one, in the area along x (with
    Ctrl or Shift along y). Dragging pans, a double-click fits.

    Attributes:
        person_moved: Emitted with (x, y): which of them the person has just chosen.
        fit_requested: Emitted on a double-click.
    """

    person_moved = Signal(bool, bool)
    fit_requested = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self.setMouseEnabled(*BOTH)

    def zoom(self, factor: float, *, x: bool, y: bool, at: QPointF | None = None) -> None:
        """Zoom as the person would.

        Args:
            factor: Factor of the shown stretch: below 1 zooms in.
            x: Whether along x.
            y: Whether along y.
            at: The point that stays where it is, in view coordinates; None for the middle.
        """
        (x0, x1), (y0, y1) = self.viewRange()
        centre = at if at is not None else QPointF((x0 + x1) / 2, (y0 + y1) / 2)
        ranges = {}
        if x and (x1 - x0) * factor > _NARROWEST:
            ranges["xRange"] = _scaled(x0, x1, centre.x(), factor)
        if y and (y1 - y0) * factor > _NARROWEST:
            ranges["yRange"] = _scaled(y0, y1, centre.y(), factor)
        if ranges:
            self.setRange(**ranges, padding=0, disableAutoRange=False)
            self.person_moved.emit(x, y)

    # ---- what pyqtgraph sends ------------------------------------------------------------

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom around the pointer."""
        turned = event.delta() if hasattr(event, "delta") else 0
        if not turned:
            event.ignore()
            return
        along_y = axis == 1 or (axis is None and bool(event.modifiers() & _ALONG_Y))
        at = self.mapSceneToView(event.scenePos())
        self.zoom(_ZOOM**-turned, x=not along_y, y=along_y, at=at)
        event.accept()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Pan with the left button."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        event.accept()
        now, before = self.mapToView(event.pos()), self.mapToView(event.lastPos())
        x, y = axis in (None, 0), axis in (None, 1)
        self.translateBy(
            x=before.x() - now.x() if x else None, y=before.y() - now.y() if y else None
        )
        self.person_moved.emit(x, y)

    def mouseClickEvent(self, event: Any) -> None:
        """Fit on a double-click."""
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.fit_requested.emit()
        else:
            event.ignore()


def _scaled(low: float, high: float, centre: float, factor: float) -> tuple[float, float]:
    return centre - (centre - low) * factor, centre + (high - centre) * factor
