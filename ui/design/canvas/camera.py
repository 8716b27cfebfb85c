"""Where the person looks: the map between scene units and pixels of the canvas."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

MAX_SCALE: Final = 4.0
MIN_SCALE: Final = 0.05
STEP: Final = 1.25
"""One step of the zoom buttons and keys."""


class Camera:
    """Scale and offset of the view; knows nothing of widgets.

    Attributes:
        scale: Pixels per scene unit.
        offset: Pixel at which the scene's origin is.
        min_scale: Smallest scale; lower than `MIN_SCALE` when a large graph needs it to fit.
    """

    def __init__(self) -> None:
        self.scale = 1.0
        self.offset = QPointF(0, 0)
        self.min_scale = MIN_SCALE

    def transform(self) -> QTransform:
        """Return scene → pixel. The offset is whole pixels, so that text stays sharp."""
        return QTransform(
            self.scale, 0, 0, self.scale, round(self.offset.x()), round(self.offset.y())
        )

    def to_view(self, point: QPointF) -> QPointF:
        """Return the pixel at which a scene point is."""
        return point * self.scale + self.offset

    def to_scene(self, point: QPointF) -> QPointF:
        """Return the scene point under a pixel."""
        return (point - self.offset) / self.scale

    def rect_to_scene(self, rect: QRectF) -> QRectF:
        """Return the part of the scene that a pixel rectangle shows."""
        return QRectF(self.to_scene(rect.topLeft()), self.to_scene(rect.bottomRight()))

    def rect_to_view(self, rect: QRectF) -> QRectF:
        """Return the pixels that a scene rectangle covers."""
        return QRectF(self.to_view(rect.topLeft()), self.to_view(rect.bottomRight()))

    def pan(self, by: QPointF) -> None:
        """Move the picture by that many pixels."""
        self.offset += by

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom so that the scene point under pixel `at` stays there.

        Passing 100 % stops at 100 %, where text is sharpest.
        """
        self.zoom_to(self._through_one(self.scale * factor), at)

    def zoom_to(self, scale: float, at: QPointF) -> None:
        """Zoom to a scale so that the scene point under pixel `at` stays there."""
        fixed = self.to_scene(at)
        self.scale = min(max(scale, self.min_scale), MAX_SCALE)
        self.offset = at - fixed * self.scale

    def _through_one(self, wanted: float) -> float:
        passes = (self.scale < 1.0 < wanted) or (wanted < 1.0 < self.scale)
        near = abs(wanted - 1.0) < 0.03
        return 1.0 if passes or near else wanted

    def fit(self, scene: QRectF, view: QRectF, max_scale: float = 1.0, margin: float = 32) -> None:
        """Show a whole scene rectangle in the middle of a pixel rectangle.

        Args:
            scene: What to show; an empty one is centred at `max_scale`.
            view: Where to show it.
            max_scale: Never enlarge beyond this.
            margin: Pixels left free around it.
        """
        room_x, room_y = max(view.width() - 2 * margin, 1), max(view.height() - 2 * margin, 1)
        needed = min(room_x / max(scene.width(), 1), room_y / max(scene.height(), 1))
        self.min_scale = min(MIN_SCALE, needed)
        self.scale = min(max_scale, needed)
        self.center_on(scene.center(), view)

    def center_on(self, point: QPointF, view: QRectF) -> None:
        """Show a scene point in the middle of a pixel rectangle."""
        self.offset = view.center() - point * self.scale

    def reveal(self, scene: QRectF, view: QRectF, margin: float = 24) -> bool:
        """Move as little as needed so that a scene rectangle is inside a pixel rectangle.

        Returns:
            Whether the picture moved.
        """
        box = self.rect_to_view(scene).adjusted(-margin, -margin, margin, margin)
        by = QPointF(
            _shift(box.left(), box.right(), view.left(), view.right()),
            _shift(box.top(), box.bottom(), view.top(), view.bottom()),
        )
        self.pan(by)
        return not by.isNull()


def _shift(low: float, high: float, view_low: float, view_high: float) -> float:
    if high - low > view_high - view_low:
        return (view_low + view_high - low - high) / 2 if low > view_low or high < view_high else 0
    if low < view_low:
        return view_low - low
    return min(view_high - high, 0)
