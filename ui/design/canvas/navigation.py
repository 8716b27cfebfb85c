"""Zooming and panning: wheel, trackpad, pinch, keys, fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from ui.design.canvas.camera import STEP
from ui.design.canvas.geometry import bounds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ui.design.canvas.view import Canvas

_WHEEL_STEP: Final = 1.2
_NOTCH: Final = 120.0
_LEGIBLE: Final = 0.42
"""Smallest scale at which types and names are written on layers."""
_FIRST_SCALE: Final = 0.75
_MARGIN: Final = 32.0


class Navigation:
    """Moves the camera of a canvas.

    Args:
        canvas: The canvas.

    Attributes:
        room_below: Returns how much is shown below the lowest layers, scene units.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.room_below: Callable[[], float] = float
        self._before_fit: tuple[float, QPointF] | None = None
        self._waiting: Callable[[], None] | None = None

    def follow_drawing(self) -> None:
        """Do what had to wait until there were figures."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _must_wait(self, act: Callable[[], None]) -> bool:
        """Postpone an act while nothing of a network is drawn yet; returns whether it is so."""
        picture = self._canvas.picture
        self._waiting = act if picture.pending and not picture.nodes else None
        return self._waiting is not None

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom at the pointer with a wheel (or Ctrl); pan with two fingers or Shift."""
        keys, turned = event.modifiers(), event.angleDelta()
        zooms = bool(keys & Qt.KeyboardModifier.ControlModifier)
        sideways = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if not zooms and (sideways or _from_trackpad(event)):
            by = (
                QPointF(event.pixelDelta())
                if not event.pixelDelta().isNull()
                else QPointF(turned) / 2
            )
            if sideways and by.x() == 0:
                by = QPointF(by.y(), 0)
            self._canvas.camera.pan(by)
        else:
            notches = (turned.y() or turned.x()) / _NOTCH
            self._canvas.camera.zoom(_WHEEL_STEP**notches, event.position())
        self._canvas.view_moved()
        event.accept()

    def native(self, event: QEvent) -> bool:
        """Zoom with a pinch; returns whether it was one."""
        if event.type() != QEvent.Type.NativeGesture or not isinstance(event, QNativeGestureEvent):
            return False
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._canvas.camera.zoom(1.0 + event.value(), event.position())
        self._canvas.view_moved()
        return True

    def zoom_in(self) -> None:
        """Zoom in by a step at the middle of the view."""
        self._zoom(STEP)

    def zoom_out(self) -> None:
        """Zoom out by a step at the middle of the view."""
        self._zoom(1 / STEP)

    def _zoom(self, factor: float) -> None:
        self._canvas.camera.zoom(factor, self._canvas.free_rect().center())
        self._canvas.view_moved()

    def zoom_to(self, scale: float) -> None:
        """Zoom to a scale at the middle of the view."""
        self._canvas.camera.zoom_to(scale, self._canvas.free_rect().center())
        self._canvas.view_moved()

    def fit(self) -> None:
        """Show the whole network (what is selected, when it is all in view already)."""
        canvas = self._canvas
        if self._must_wait(self.fit):
            return
        self._before_fit = (canvas.camera.scale, QPointF(canvas.camera.offset))
        bounds = canvas.picture.bounds().adjusted(0, 0, 0, self.room_below())
        canvas.camera.fit(bounds, canvas.free_rect())
        canvas.view_moved()

    def show_first(self) -> None:
        """Show a network that was just opened: all of it, or where a very long one begins."""
        canvas = self._canvas
        if self._must_wait(self.show_first):
            return
        self.fit()
        bounds, free, camera = canvas.picture.bounds(), canvas.free_rect(), canvas.camera
        across = max(
            (free.width() - 2 * _MARGIN) / max(bounds.width(), 1.0),
            (free.height() - 2 * _MARGIN) / max(bounds.height(), 1.0),
        )
        if camera.scale >= _LEGIBLE or across < _LEGIBLE:
            return
        camera.zoom_to(min(_FIRST_SCALE, across), free.center())
        room = QPointF(free.width() / 2 - _MARGIN, free.height() / 2 - _MARGIN) / camera.scale
        at = bounds.center()
        if bounds.height() > bounds.width():
            at.setY(bounds.top() + room.y())
        else:
            at.setX(bounds.left() + room.x())
        camera.center_on(at, free)
        canvas.view_moved()

    def undo_fit(self) -> None:
        """Show what was shown before the last `fit`."""
        if self._before_fit is not None:
            camera = self._canvas.camera
            camera.scale, camera.offset = self._before_fit
            self._before_fit = None
            self._canvas.view_moved()

    def fit_to(self, node_ids: Iterable[str]) -> None:
        """Show some nodes as large as fits, up to 100 %."""
        canvas = self._canvas
        box = bounds_of(
            [canvas.picture.nodes[i].rect for i in node_ids if i in canvas.picture.nodes]
        )
        if not box.isEmpty():
            canvas.camera.fit(box, canvas.free_rect())
            canvas.view_moved()

    def reveal(self, node_ids: Iterable[str]) -> None:
        """Move as little as needed to see some nodes; far-away views also zoom in."""
        canvas = self._canvas
        box = canvas.picture.bounds(node_ids)
        if not box.isEmpty() and canvas.camera.reveal(box, canvas.free_rect()):
            canvas.view_moved()

    def center_on(self, point: QPointF) -> None:
        """Show a scene point in the middle."""
        self._canvas.camera.center_on(point, self._canvas.free_rect())
        self._canvas.view_moved()

    def shown(self) -> QRectF:
        """Return the part of the scene that no overlay hides."""
        return self._canvas.camera.rect_to_scene(self._canvas.free_rect())


def _from_trackpad(event: QWheelEvent) -> bool:
    if event.phase() != Qt.ScrollPhase.NoScrollPhase:
        return True
    return event.device().type() == QInputDevice.DeviceType.TouchPad
