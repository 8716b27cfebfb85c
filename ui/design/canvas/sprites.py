"""Pictures of node bodies: everything about a node but its words.

Thousands of nodes share a few dozen bodies (family, size, ports, marks), so each is painted once
per scale and then copied. Copying costs a tenth of painting the shapes anew.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from ui.design.canvas import geometry
from ui.design.canvas.figures import NodeFigure, Side
from ui.design.canvas.ink import Ink, Level, solid
from ui.theme import icon_pixmap

MARGIN: Final = 8.0
"""Scene units around the body that belong to the picture (ports stand out of it)."""
MARK: Final = 16.0
"""Edge of the marks at the right of the title: problem, frozen, shared."""
MARK_GAP: Final = 4.0

_MOST: Final = 600


class Sprites:
    """Bodies by look and scale.

    Args:
        ink: Colours of the theme in force.
    """

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._bodies: OrderedDict[object, QPixmap] = OrderedDict()
        self._icons: dict[object, QPixmap] = {}

    def body(self, figure: NodeFigure, level: Level, pixels: float) -> QPixmap:
        """Return the picture of a node's body.

        Args:
            figure: The node.
            level: How much to paint.
            pixels: Device pixels per scene unit.
        """
        key = (figure.look, level, pixels)
        found = self._bodies.get(key)
        if found is None:
            found = self._bodies[key] = self._paint(figure, level, pixels)
            if len(self._bodies) > _MOST:
                self._bodies.popitem(last=False)
        return found

    def icon(self, name: str, role: str, pixels: float) -> QPixmap:
        """Return an icon of `pixels` device pixels in the colour of a role."""
        key = (name, role, max(round(pixels), 1))
        found = self._icons.get(key)
        if found is None:
            found = self._icons[key] = icon_pixmap(name, self._ink.role(role), key[2])
        return found

    def _paint(self, figure: NodeFigure, level: Level, pixels: float) -> QPixmap:
        width, height = figure.rect.width(), figure.rect.height()
        picture = QPixmap(
            round((width + 2 * MARGIN) * pixels) + 1, round((height + 2 * MARGIN) * pixels) + 1
        )
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(pixels, pixels)
        painter.translate(MARGIN, MARGIN)
        box = QRectF(0, 0, width, height)
        if level == Level.FAR:
            self._far_body(painter, figure, box)
        else:
            self._near_body(painter, figure, box, level, pixels)
        painter.end()
        return picture

    def _far_body(self, painter: QPainter, figure: NodeFigure, box: QRectF) -> None:
        radius = box.height() / 2 if figure.form == "port" else geometry.RADIUS
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink.families[figure.family])
        painter.drawRoundedRect(box, radius, radius)
        if figure.severity == "error":
            painter.setPen(solid(self._ink.error, 10))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, radius, radius)

    def _near_body(
        self, painter: QPainter, figure: NodeFigure, box: QRectF, level: Level, pixels: float
    ) -> None:
        ink = self._ink
        failed = figure.severity == "error"
        stripe = geometry.STRIPE if level == Level.FULL else 2.4 * geometry.STRIPE
        radius = box.height() / 2 if figure.form == "port" else geometry.RADIUS
        pen_width = (1.5 if failed else 1.0) / min(pixels, 1.0)
        pen = solid(ink.error if failed else ink.outline, pen_width)
        if figure.form == "repeated":
            self._pile(painter, box, pen)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.surface)
        painter.drawRoundedRect(box, radius, radius)
        painter.save()
        painter.setClipRect(QRectF(0, 0, stripe, box.height()))
        painter.setBrush(ink.families[figure.family])
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, radius, radius)
        if figure.form in ("block", "repeated"):
            inner = box.adjusted(stripe + 2, 3, -3, -3)
            painter.drawRoundedRect(inner, geometry.RADIUS - 2, geometry.RADIUS - 2)
        self._ports(painter, figure, box, pixels)
        if level == Level.FULL:
            self._icon_at(painter, f"family_{figure.family}", figure.family, 12, 10, pixels)
        self._marks(painter, figure, box, level, pixels)

    def _pile(self, painter: QPainter, box: QRectF, pen: QPen) -> None:
        """Paint the edges of the copies that lie under a repeated block."""
        painter.setPen(pen)
        painter.setBrush(self._ink.surface)
        for step in (6.0, 3.0):
            under = box.translated(step, step)
            painter.drawRoundedRect(under, geometry.RADIUS, geometry.RADIUS)

    def _ports(self, painter: QPainter, figure: NodeFigure, box: QRectF, pixels: float) -> None:
        painter.setPen(solid(self._ink.edge, 1.5 / min(pixels, 1.0)))
        painter.setBrush(self._ink.surface)
        sides: tuple[Side, Side] = ("input", "output")
        for side in sides:
            for slot in figure.slots(side):
                mark = figure.slot_box(side, slot, box)
                radius = min(mark.width(), mark.height()) / 2
                painter.drawRoundedRect(mark, radius, radius)

    def _marks(
        self, painter: QPainter, figure: NodeFigure, box: QRectF, level: Level, pixels: float
    ) -> None:
        if level == Level.NAMES:
            if figure.severity:
                role = "error" if figure.severity == "error" else "warning"
                self._icon_at(painter, role, role, box.width() - 34, 10, pixels, 26)
            return
        x = box.width() - 10
        for name, role in marks_of(figure):
            x -= MARK
            self._icon_at(painter, name, role, x, 10, pixels)
            x -= MARK_GAP

    def _icon_at(
        self, painter: QPainter, name: str, role: str, x: float, y: float, pixels: float,
        edge: float = MARK,
    ) -> None:  # fmt: skip
        picture = self.icon(name, role, edge * pixels)
        painter.drawPixmap(QRectF(x, y, edge, edge), picture, QRectF(picture.rect()))


def marks_of(figure: NodeFigure) -> list[tuple[str, str]]:
    """Return icon and colour role of the marks beside the title, rightmost first."""
    marks = []
    if figure.severity == "error":
        marks.append(("error", "error"))
    elif figure.severity == "warning":
        marks.append(("warning", "warning"))
    if not figure.node.trainable:
        marks.append(("lock", "secondary"))
    if figure.node.shared_with:
        marks.append(("link", "secondary"))
    return marks


def marks_width(figure: NodeFigure) -> float:
    """Return the room that the marks take at the right of the title."""
    return len(marks_of(figure)) * (MARK + MARK_GAP)


def outline_of(rect: QRectF, grow: float) -> QPainterPath:
    """Return a rounded outline around a node, `grow` units outside its body."""
    path = QPainterPath()
    path.addRoundedRect(
        rect.adjusted(-grow, -grow, grow, grow), geometry.RADIUS + grow, geometry.RADIUS + grow
    )
    return path
