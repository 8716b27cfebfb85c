"""Paints nodes: a body picture and its words, as much of both as can be read at this scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from ui.design.canvas.figures import NodeFigure
from ui.design.canvas.index import Cell
from ui.design.canvas.ink import Ink, Level
from ui.design.canvas.lettering import Lettering, Use, canvas_font, elided, legible, text_width
from ui.design.canvas.sprites import MARGIN, Sprites, marks_width
from workbench.catalog import Family

TITLE_ROW: Final = 18.0
"""Middle of the title row below the upper edge, scene units."""
TEXT_LEFT: Final = 34.0
RIGHT: Final = 12.0


@dataclass(slots=True)
class _Bulk:
    families: dict[Family, list[QRectF]] = field(default_factory=dict)
    failed: list[QRectF] = field(default_factory=list)


class NodePainter:
    """Paints nodes of a theme.

    Args:
        ink: Colours of the theme in force.
    """

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._sprites = Sprites(ink)
        self._lettering = Lettering()

    def paint_dots(self, painter: QPainter, cells: Iterable[Cell[str, NodeFigure]]) -> None:
        """Paint whole cells as rectangles in the colours of the families.

        Args:
            painter: In scene units.
            cells: What may be in view.
        """
        painter.setPen(Qt.PenStyle.NoPen)
        brushes = self._ink.family_brushes
        failed: list[QRectF] = []
        for cell in cells:
            bulk = nodes_in_bulk(cell)
            failed += bulk.failed
            for family, rects in bulk.families.items():
                painter.setBrush(brushes[family])
                painter.drawRects(rects)
        if failed:
            painter.setBrush(self._ink.error)
            painter.drawRects(failed)

    def paint(
        self, painter: QPainter, figures: Iterable[NodeFigure], level: Level, ratio: float
    ) -> None:
        """Paint nodes one by one.

        Args:
            painter: In scene units; only scaled and moved.
            figures: What is in view.
            level: Not `DOTS`.
            ratio: Device pixels per px.
        """
        if level == Level.FAR:
            shown = list(figures)
            painter.setWorldMatrixEnabled(False)
            for _ in self._bodies(painter, shown, level, ratio):
                pass
            painter.setWorldMatrixEnabled(True)
            self._far_words(painter, shown)
            return
        words = self._all_words if level == Level.FULL else self._near_words
        painter.setWorldMatrixEnabled(False)
        for figure in self._bodies(painter, figures, level, ratio):
            painter.setWorldMatrixEnabled(True)
            words(painter, figure)
            painter.setWorldMatrixEnabled(False)
        painter.setWorldMatrixEnabled(True)

    def _bodies(
        self, painter: QPainter, figures: Iterable[NodeFigure], level: Level, ratio: float
    ) -> Iterator[NodeFigure]:
        """Paint bodies in pixels, whole device pixels at that; yield each node after its body."""
        world = painter.worldTransform()
        scale, dx, dy = world.m11() * ratio, world.dx() * ratio, world.dy() * ratio
        dx, dy = dx - MARGIN * scale, dy - MARGIN * scale
        pictures: dict[int, QPixmap] = {}
        for figure in figures:
            picture = pictures.get(figure.look)
            if picture is None:
                picture = pictures[figure.look] = self._sprites.body(figure, level, scale)
                picture.setDevicePixelRatio(ratio)
            rect = figure.rect
            x, y = round(rect.x() * scale + dx) / ratio, round(rect.y() * scale + dy) / ratio
            painter.drawPixmap(QPointF(x, y), picture)
            yield figure

    def _far_words(self, painter: QPainter, figures: Iterable[NodeFigure]) -> None:
        """Write what kind of layers they are, as large as fits; nothing where it would be small."""
        scale = painter.worldTransform().m11()
        if not legible("far_type", scale):
            return
        painter.setPen(self._ink.on_family_pen)
        small: list[NodeFigure] = []
        painter.setFont(canvas_font("far_type"))
        for figure in figures:
            width = text_width(figure.title, "far_type")
            if width <= figure.rect.width() - 12 or not legible("near_type", scale):
                self._in_the_middle(painter, figure, "far_type")
            else:
                small.append(figure)
        painter.setFont(canvas_font("near_type"))
        for figure in small:
            self._in_the_middle(painter, figure, "near_type")

    def _in_the_middle(self, painter: QPainter, figure: NodeFigure, use: Use) -> None:
        text = elided(figure.title, use, figure.rect.width() - 12)
        centre = figure.rect.center()
        x = centre.x() - text_width(text, use) / 2
        self._lettering.draw(painter, x, centre.y(), text, use)

    def _near_words(self, painter: QPainter, figure: NodeFigure) -> None:
        rect, node = figure.rect, figure.node
        room = rect.width() - 24 - (30 if figure.severity else 0)
        left, draw = rect.left() + 22, self._lettering.draw
        painter.setFont(canvas_font("near_type"))
        painter.setPen(self._ink.text_pen)
        upper, lower = rect.top() + rect.height() * 0.3, rect.top() + rect.height() * 0.72
        draw(painter, left, upper, elided(figure.title, "near_type", room), "near_type")
        painter.setFont(canvas_font("near_name"))
        painter.setPen(self._ink.secondary_pen)
        draw(painter, left, lower, elided(node.name, "near_name", rect.width() - 32), "near_name")

    def _all_words(self, painter: QPainter, figure: NodeFigure) -> None:
        rect, node, draw = figure.rect, figure.node, self._lettering.draw
        left, top, right = rect.left() + TEXT_LEFT, rect.top(), rect.right() - RIGHT
        painter.setFont(canvas_font("type"))
        painter.setPen(self._ink.text_pen)
        title_right = right - marks_width(figure)
        type_text = elided(figure.title, "type", title_right - left)
        draw(painter, left, top + TITLE_ROW, type_text, "type")
        painter.setFont(canvas_font("detail"))
        painter.setPen(self._ink.secondary_pen)
        room = title_right - left - text_width(type_text, "type") - 12
        name = elided(node.name, "name", room)
        draw(painter, title_right - text_width(name, "name"), top + TITLE_ROW, name, "name")
        last = rect.bottom() - 17
        if figure.count:
            draw(painter, right - text_width(figure.count, "number"), last, figure.count, "number")
        if figure.headline:
            headline = elided(figure.headline, "detail", right - left)
            draw(painter, left, top + 37, headline, "detail")
        room = right - left - (text_width(figure.count, "number") + 12 if figure.count else 0)
        shape = elided(f"→ {figure.shape or '–'}", "detail", room)
        painter.setPen(self._ink.text_pen)
        draw(painter, left, last, shape, "detail")


def nodes_in_bulk(cell: Cell[str, NodeFigure]) -> _Bulk:
    """Return the rectangles of a cell by colour; made when they are first asked for."""
    if isinstance(cell.bulk, _Bulk):
        return cell.bulk
    bulk = _Bulk()
    for figure in cell.figures.values():
        bulk.families.setdefault(figure.family, []).append(figure.rect)
        if figure.severity == "error":
            bulk.failed.append(figure.rect)
    cell.bulk = bulk
    return bulk
