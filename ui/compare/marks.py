"""Signs of what happened: a form each, so that colour is not the only cue."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from ui.theme import color
from workbench.graph.differences import Mark

ROLES: Final[dict[Mark, str]] = {
    "added": "ok", "removed": "error", "changed": "warning", "rewired": "accent"
}  # fmt: skip
LINES: Final[dict[Mark, Qt.PenStyle]] = {
    "added": Qt.PenStyle.SolidLine,
    "removed": Qt.PenStyle.DashLine,
    "changed": Qt.PenStyle.DashDotLine,
    "rewired": Qt.PenStyle.DotLine,
}
SIZE: Final = 20


def tint(mark: Mark) -> QColor:
    """Return the colour of a mark in the theme that is in force."""
    return color(ROLES[mark])


def badge(mark: Mark, size: int = SIZE, ratio: float = 2.0) -> QPixmap:
    """Return the sign of a mark as a picture.

    Args:
        mark: What happened.
        size: Width and height, px.
        ratio: Device pixels per px.
    """
    return _badge(mark, size, ratio, tint(mark).rgba())


@cache
def _badge(mark: Mark, size: int, ratio: float, rgba: int) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / SIZE, size / SIZE)
    _paint(painter, mark, QColor.fromRgba(rgba))
    painter.end()
    return pixmap


def _paint(painter: QPainter, mark: Mark, colour: QColor) -> None:
    """Paint a sign in a filled disc of `SIZE` px."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(0.5, 0.5, SIZE - 1, SIZE - 1))
    ink = QColor("black") if colour.lightnessF() > 0.55 else QColor("white")
    pen = QPen(ink, 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark in ("added", "removed"):
        painter.drawLine(QPointF(5.5, 10), QPointF(14.5, 10))
        if mark == "added":
            painter.drawLine(QPointF(10, 5.5), QPointF(10, 14.5))
    elif mark == "changed":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(_points((5, 15), (6, 11.2), (8.8, 14)))
        painter.drawPolygon(_points((6.9, 10.3), (11.9, 5.3), (14.7, 8.1), (9.7, 13.1)))
    else:
        for y, way in ((7.2, 1), (12.8, -1)):
            painter.drawLine(QPointF(5.5, y), QPointF(14.5, y))
            tip = 14.5 if way > 0 else 5.5
            painter.drawLine(QPointF(tip, y), QPointF(tip - way * 2.6, y - 2.2))
            painter.drawLine(QPointF(tip, y), QPointF(tip - way * 2.6, y + 2.2))


def _points(*places: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places])
