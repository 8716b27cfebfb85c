"""Paints edges: curves near, one path per cell farther, straight lines far away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from ui.design.canvas.figures import EdgeFigure
from ui.design.canvas.index import Cell
from ui.design.canvas.ink import Ink, Level
from ui.design.canvas.lettering import Lettering, canvas_font, text_width
from ui.design.canvas.port_names import PortName
from ui.design.canvas.written import Written
from workbench.graph import Edge

_ASIDE: Final = 12
"""How far a shape may move away from its line, scene units."""
_LINE: Final = 16
"""Height of a line of text with its room, scene units."""


@dataclass(slots=True)
class _Bulk:
    lines: list[QLineF]
    path: QPainterPath | None = None


class EdgePainter:
    """Paints the edges of a theme.

    Args:
        ink: Colours of the theme in force.
    """

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._lettering = Lettering()

    def paint_far(
        self, painter: QPainter, cells: Iterable[Cell[Edge, EdgeFigure]], level: Level
    ) -> None:
        """Paint whole cells in bulk, one pixel wide.

        Args:
            painter: In scene units.
            cells: What may be in view.
            level: `DOTS` draws straight lines, other levels curves.
        """
        painter.setPen(self._ink.edge_pen(0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, level != Level.DOTS)
        for cell in cells:
            bulk = edges_in_bulk(cell)
            if level == Level.DOTS:
                painter.drawLines(bulk.lines)
                continue
            if bulk.path is None:
                bulk.path = QPainterPath()
                for figure in cell.top():
                    bulk.path.addPath(figure.path)
            painter.drawPath(bulk.path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def paint(self, painter: QPainter, figures: Iterable[EdgeFigure], pen: QPen) -> None:
        """Paint edges one by one with a pen."""
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for figure in figures:
            painter.drawPath(figure.path)

    def paint_labels(
        self, painter: QPainter, figures: Iterable[EdgeFigure], names: Iterable[PortName] = ()
    ) -> None:
        """Write on each edge the shape of the tensor that flows through it.

        Args:
            painter: Paints in scene units.
            figures: The edges.
            names: Names of ports, to keep clear of.
        """
        painter.setFont(canvas_font("label"))
        painter.setPen(self._ink.secondary_pen)
        taken = Written()
        for name in names:
            taken.add(name.left, name.middle, name.width)
        for figure in figures:
            if not figure.shape:
                continue
            width = text_width(figure.shape, "label")
            if not has_room(figure, width):
                continue
            spot = free_spot(figure, width, taken)
            if spot is None:
                continue
            taken.add(spot.x(), spot.y(), width)
            painter.fillRect(QRectF(spot.x() - 3, spot.y() - 8, width + 6, 16), self._ink.canvas)
            self._lettering.draw(painter, spot.x(), spot.y(), figure.shape, "label")


def edges_in_bulk(cell: Cell[Edge, EdgeFigure]) -> _Bulk:
    """Return the lines of a cell; made when they are first asked for."""
    if not isinstance(cell.bulk, _Bulk):
        cell.bulk = _Bulk([figure.line for figure in cell.top()])
    return cell.bulk


def has_room(figure: EdgeFigure, width: float) -> bool:
    """Tell whether an edge is long enough for its shape to be written on it."""
    if figure.across:
        return figure.end.x() - figure.start.x() >= width + 20
    return figure.end.y() - figure.start.y() >= 36


def free_spot(figure: EdgeFigure, width: float, taken: Written) -> QPointF | None:
    """Return where the shape of an edge can be written beside it, or None where there is no room.

    Args:
        figure: The edge.
        width: Width of the text.
        taken: Where something is written already.
    """
    first = label_spot(figure, width)
    tries = [first]
    if not figure.across:
        # Outwards first: above stands the curve of a bent line.
        outward = -_ASIDE if first.x() < figure.end.x() else _ASIDE
        tries.append(first + QPointF(outward, 0))
        room = figure.end.y() - figure.start.y() - 24
        up = QPointF(0, _LINE)
        tries += [first - up * n for n in range(1, 4) if n * _LINE <= room]
        if abs(figure.start.x() - figure.end.x()) < 0.5:  # straight: below its middle as well
            tries.append(first + up)
    return next((t for t in tries if not taken.meets(t.x(), t.y(), width)), None)


def label_spot(figure: EdgeFigure, width: float) -> QPointF:
    """Return where the shape of an edge is written: left end and middle of the line.

    Half way of a straight edge; of a bent one near its end, where branches have parted, on the
    side where the curve is not; where several edges arrive, on the outer side. Higher where the
    names of ports stand.
    """
    if figure.across:
        if abs(figure.start.y() - figure.end.y()) < 0.5:
            return (figure.start + figure.end) / 2 - QPointF(width / 2, 10)
        up = -10 if (figure.start.y() < figure.end.y()) == figure.crowded else 10
        return figure.end + QPointF(-10 - width, -up if figure.labelled_end else up)
    if abs(figure.start.x() - figure.end.x()) < 0.5:
        return (figure.start + figure.end) / 2 + QPointF(8, 0)
    from_left = figure.start.x() < figure.end.x()
    right = from_left != figure.crowded
    up = 32 if figure.labelled_end else 16
    return figure.end + QPointF(8 if right else -8 - width, -up)
