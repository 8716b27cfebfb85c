"""What is under the pointer: a port, a node or an edge. Nearest and topmost first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas import geometry
from ui.design.canvas.figures import EdgeFigure, NodeFigure, Side
from ui.design.canvas.picture import Picture
from workbench.graph import Endpoint

_SIDES: tuple[Side, Side] = ("input", "output")


@dataclass(frozen=True, slots=True)
class PortHit:
    """A port under the pointer."""

    end: Endpoint
    side: Side


def node_at(picture: Picture, point: QPointF) -> NodeFigure | None:
    """Return the topmost node at a scene point."""
    hit = None
    for figure in picture.node_index.inside(QRectF(point.x() - 1, point.y() - 1, 2, 2)):
        if figure.rect.contains(point) and figure.id in picture.nodes:
            hit = figure
    return hit


def port_at(
    picture: Picture, point: QPointF, reach: float, only: Side | None = None
) -> PortHit | None:
    """Return the nearest port (of one side only) within `reach` scene units of a point."""
    best: PortHit | None = None
    nearest = reach
    area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    for figure in picture.node_index.inside(area):
        if figure.id not in picture.nodes:  # removed; its figure goes with the next picture
            continue
        for side in _SIDES if only is None else (only,):
            for slot in figure.slots(side):
                centre = figure.port_point(side, slot.port)
                away = point - centre
                along, off = (away.y(), away.x()) if figure.across else (away.x(), away.y())
                distance = math.hypot(max(abs(along) - slot.width / 2, 0.0), off)
                if distance < nearest:
                    nearest = distance
                    best = PortHit(Endpoint(figure.id, slot.port), side)
    return best


def edge_at(picture: Picture, point: QPointF, reach: float) -> EdgeFigure | None:
    """Return the nearest edge within `reach` scene units of a point."""
    best, nearest = None, reach
    area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    for figure in picture.edge_index.inside(area):
        if not figure.path.boundingRect().adjusted(-reach, -reach, reach, reach).contains(point):
            continue
        if figure.edge not in picture.graph.edges:
            continue
        distance = geometry.distance_to_path(figure.path, point)
        if distance < nearest and figure.edge in picture.graph.edges:
            best, nearest = figure, distance
    return best


def edge_end_at(picture: Picture, point: QPointF, reach: float) -> EdgeFigure | None:
    """Return the edge whose arriving end is nearest to a point, within `reach`."""
    best, nearest = None, reach
    area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    for figure in picture.edge_index.inside(area):
        away = figure.end - point
        distance = math.hypot(away.x(), away.y())
        if distance < nearest and figure.edge in picture.graph.edges:
            best, nearest = figure, distance
    return best
