"""The minimap: the whole network small, with the part in view; click or drag to go there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from ui.design.canvas.ink import Level, solid
from ui.design.canvas.view import Canvas
from ui.theme import active_theme
from ui.widgets import identify

_SIZE = QSize(200, 144)
_MARGIN = 8
_REDRAW_MS = 60


class Minimap(QWidget):
    """An overview of a canvas.

    Args:
        canvas: The canvas; the minimap lies on it.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        identify(self, "design.minimap", "Overview of the network")
        self.setFixedSize(_SIZE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._canvas = canvas
        self._image: QPixmap | None = None
        self._map = QTransform()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REDRAW_MS)
        self._later.timeout.connect(self._redraw)
        canvas.picture.changed.connect(self._picture_changed)
        canvas.moved.connect(self.update)
        active_theme().changed.connect(self._redraw)

    @Slot()
    def _picture_changed(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()
        elif not self.isVisible():
            self._image = None

    @Slot()
    def _redraw(self) -> None:
        self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the overview and the frame of what is in view."""
        if self._image is None:
            self._image = self._draw()
        ink = self._canvas.frame.ink
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._image)
        view = self._map.mapRect(self._canvas.navigation.shown())
        inside = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        veil = QColor(ink.accent)
        veil.setAlphaF(0.12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(solid(ink.accent, 1.5))
        painter.setBrush(veil)
        painter.drawRect(view.intersected(inside))
        painter.end()

    def _draw(self) -> QPixmap:
        canvas, ratio = self._canvas, self.devicePixelRatioF()
        image = QPixmap(_SIZE * ratio)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(solid(canvas.frame.ink.border, 1))
        painter.setBrush(canvas.frame.ink.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        box = canvas.picture.bounds()
        self._map = _fit(box, QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        if not box.isEmpty():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setWorldTransform(self._map, combine=True)
            canvas.frame.paint_overview(painter, box, Level.DOTS)
        painter.end()
        return image

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the canvas below."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the canvas below."""
        event.accept()

    def _go(self, at: QPointF) -> None:
        inverse, possible = self._map.inverted()
        if possible:
            self._canvas.navigation.center_on(inverse.map(at))


def _fit(box: QRectF, area: QRectF) -> QTransform:
    """Return the map that shows a scene rectangle in the middle of an area."""
    if box.isEmpty():
        return QTransform()
    scale = min(area.width() / box.width(), area.height() / box.height(), 0.2)
    away = area.center() - box.center() * scale
    return QTransform(scale, 0, 0, scale, away.x(), away.y())
