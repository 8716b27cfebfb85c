"""Marks on the canvas: outlines with a sign each, so that colour is not the only cue."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.compare.union import SIGNS, Mark, Union
from ui.design.canvas.view import Canvas
from ui.theme import color, font

ROLES: Final[dict[Mark, str]] = {
    "added": "ok", "removed": "error", "changed": "warning", "rewired": "accent"
}  # fmt: skip
LINES: Final[dict[Mark, Qt.PenStyle]] = {
    "added": Qt.PenStyle.SolidLine,
    "removed": Qt.PenStyle.DashLine,
    "changed": Qt.PenStyle.DashDotLine,
    "rewired": Qt.PenStyle.DotLine,
}
_BADGE: Final = 20


def paint_badge(painter: QPainter, box: QRectF, mark: Mark) -> None:
    """Paint the sign of a mark in a filled circle."""
    tint = color(ROLES[mark])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawEllipse(box)
    painter.setPen(QColor("black") if tint.lightnessF() > 0.55 else QColor("white"))
    painter.setFont(font("body", bold=True))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, SIGNS[mark])


class Marks(QWidget):
    """Lies over a canvas and marks what differs; the mouse goes through it.

    Args:
        canvas: Shows `union.graph`.
        union: What differs.
    """

    def __init__(self, canvas: Canvas, union: Union) -> None:
        super().__init__(canvas)
        self.setObjectName("compare.marks")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas, self._union = canvas, union
        canvas.moved.connect(self._follow)
        canvas.picture.changed.connect(self.update)

    def _follow(self) -> None:
        self.resize(self._canvas.size())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the marks that are in view."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_edges(painter)
        nodes, camera = self._canvas.picture.nodes, self._canvas.camera
        view = QRectF(self.rect()).adjusted(-40, -40, 40, 40)
        size = _BADGE if camera.scale > 0.4 else _BADGE * 0.7
        for node_id, mark in self._union.marks.items():
            figure = nodes.get(node_id)
            if figure is None:
                continue
            box = camera.rect_to_view(figure.rect)
            if not box.intersects(view):
                continue
            painter.setPen(QPen(color(ROLES[mark]), 3.0, LINES[mark]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 8, 8)
            corner = QPointF(box.left() - 4 - size / 2, box.top() - 4 - size / 2)
            paint_badge(painter, QRectF(corner.x(), corner.y(), size, size), mark)
        painter.end()

    def _paint_edges(self, painter: QPainter) -> None:
        picture, camera = self._canvas.picture, self._canvas.camera
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setTransform(camera.transform())
        width = 3.0 / max(camera.scale, 0.01)
        painter.setPen(QPen(color(ROLES["added"]), width))
        for edge in self._union.added_edges:
            figure = picture.edges.get(edge)
            if figure is not None:
                painter.drawPath(figure.path)
        painter.setPen(QPen(color(ROLES["removed"]), width, Qt.PenStyle.DashLine))
        for source, target in self._union.removed_edges:
            first, second = picture.nodes.get(source), picture.nodes.get(target)
            if first is not None and second is not None:
                start = QPointF(first.rect.center().x(), first.rect.bottom())
                end = QPointF(second.rect.center().x(), second.rect.top())
                painter.drawLine(start, end)
        painter.restore()
