"""Sizes and places: nodes, ports, curves. Pure functions in scene units.

Networks are read from top to bottom: input ports sit on the upper edge of a node, output ports on
the lower one; or from left to right ("across"): then they sit on the left and on the right edge.
Everything lies on a grid of 8 units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, get_args

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QTransform

GRID: Final = 8.0
NODE_WIDTH: Final = 208.0
NODE_MAX_WIDTH: Final = 288.0
ROW_TALL: Final = 72.0
ROW_SHORT: Final = 56.0
RADIUS: Final = 6.0
STRIPE: Final = 5.0
PORT_RADIUS: Final = 4.0
PORT_REACH: Final = 12.0
"""Half the edge of the square around a port that takes the pointer, px on screen."""
SLOT_SPREAD: Final = 20.0
"""Distance between the edges that enter one variadic port."""
COLUMN_GAP: Final = 48.0
ROW_GAP: Final = 56.0

EdgeStyle = Literal["curved", "straight", "orthogonal"]
EDGE_STYLES: Final[tuple[EdgeStyle, ...]] = get_args(EdgeStyle)
_style: list[EdgeStyle] = ["curved"]
"""One setting for the whole window: thousands of figures need not each carry it."""


_TURN: Final = QTransform(0, 1, 1, 0, 0, 0)
"""Swaps x and y: what is true from top to bottom becomes true from left to right."""


def turned(rect: QRectF) -> QRectF:
    """Return a rectangle with x and y swapped."""
    return QRectF(rect.y(), rect.x(), rect.height(), rect.width())


def snap(value: float) -> float:
    """Return the nearest value on the grid."""
    return math.floor(value / GRID + 0.5) * GRID


def snap_point(point: QPointF) -> QPointF:
    """Return the nearest point on the grid."""
    return QPointF(snap(point.x()), snap(point.y()))


def node_size(content_width: float, has_headline: bool, ports: float = 0.0) -> tuple[float, float]:
    """Return width and height of a node.

    Args:
        content_width: Width that its widest row asks for.
        has_headline: Whether it has a row for its main parameters.
        ports: Height that the ports at its sides ask for.
    """
    width = min(max(math.ceil(content_width / 16) * 16.0, NODE_WIDTH), NODE_MAX_WIDTH)
    least = ROW_TALL if has_headline else ROW_SHORT
    return width, max(least, math.ceil(ports / 16) * 16.0)


def node_rect(position: tuple[float, float], size: tuple[float, float]) -> QRectF:
    """Return the box of a node from its centre and its size."""
    (x, y), (width, height) = position, size
    return QRectF(x - width / 2, y - height / 2, width, height)


def slot_offsets(count: int, width: float) -> list[float]:
    """Return where `count` ports sit along an edge, as distances from its middle."""
    step = width / (count + 1)
    return [step * (i + 1) - width / 2 for i in range(count)]


def fan_offsets(count: int, room: float) -> list[float]:
    """Return where `count` edges enter one variadic port, as distances from its middle."""
    if count < 2:
        return [0.0] * count
    step = min(SLOT_SPREAD, room / (count - 1))
    return [(i - (count - 1) / 2) * step for i in range(count)]


def edge_path(
    start: QPointF, end: QPointF, style: EdgeStyle | None = None, *, across: bool = False
) -> QPainterPath:
    """Return the line from an output port (above) to an input port (below).

    It leaves downwards and arrives from above, also when the target lies higher; only a straight
    one goes directly. Across, it leaves to the right and arrives from the left.

    Args:
        start: Where it leaves.
        end: Where it arrives.
        style: How it is drawn; as `edge_style` says when None.
        across: Whether networks are read from left to right.
    """
    if across:
        return _TURN.map(edge_path(start.transposed(), end.transposed(), style))
    style = style or _style[0]
    path = QPainterPath(start)
    down = end.y() - start.y()
    if style == "straight" or (abs(start.x() - end.x()) < 0.5 and down > 0):
        path.lineTo(end)
        return path
    if style == "orthogonal":
        return _orthogonal(path, start, end)
    bend = max(abs(down) / 2, min(48.0, 16 + abs(end.x() - start.x()) / 4))
    if down < 0:
        bend = min(max(48.0, abs(down) / 3), 240.0)
    path.cubicTo(start + QPointF(0, bend), end - QPointF(0, bend), end)
    return path


def _orthogonal(path: QPainterPath, start: QPointF, end: QPointF) -> QPainterPath:
    """Go down, aside, down; around when the target lies higher."""
    if end.y() - start.y() >= 2 * GRID:
        turns = [(start + end).y() / 2]
        corners = [QPointF(start.x(), turns[0]), QPointF(end.x(), turns[0])]
    else:
        aside = (start.x() + end.x()) / 2
        low, high = start.y() + 2 * GRID, end.y() - 2 * GRID
        corners = [QPointF(start.x(), low), QPointF(aside, low), QPointF(aside, high),
                   QPointF(end.x(), high)]  # fmt: skip
    for corner in (*corners, end):
        path.lineTo(corner)
    return path


def edge_style() -> EdgeStyle:
    """Return how edges are drawn."""
    return _style[0]


def set_edge_style(style: EdgeStyle) -> None:
    """Choose how edges are drawn from now on; figures made before keep their path."""
    _style[0] = style


def distance_to_path(path: QPainterPath, point: QPointF) -> float:
    """Return how far a point is from a curve, in scene units."""
    if path.elementCount() == 4 and path.elementAt(1).isCurveTo():
        points = [path.pointAtPercent(i / 24) for i in range(25)]
    else:
        corners = [path.elementAt(i) for i in range(path.elementCount())]
        points = [QPointF(corner.x, corner.y) for corner in corners]
    return min(_to_segment(point, a, b) for a, b in pairwise(points))


def _to_segment(point: QPointF, a: QPointF, b: QPointF) -> float:
    along = b - a
    length = QPointF.dotProduct(along, along)
    share = QPointF.dotProduct(point - a, along) / length if length else 0.0
    nearest = a + along * min(max(share, 0.0), 1.0)
    away = point - nearest
    return math.hypot(away.x(), away.y())


def bounds_of(rects: Sequence[QRectF]) -> QRectF:
    """Return the smallest rectangle around all; an empty one for none."""
    if not rects:
        return QRectF()
    left = min(r.left() for r in rects)
    top = min(r.top() for r in rects)
    right = max(r.right() for r in rects)
    bottom = max(r.bottom() for r in rects)
    return QRectF(left, top, right - left, bottom - top)


def free_spot(wanted: QPointF, size: tuple[float, float], taken: Sequence[QRectF]) -> QPointF:
    """Return the nearest place downwards where a node of that size covers nothing.

    Args:
        wanted: Centre asked for.
        size: Width and height of the node.
        taken: Boxes of the nodes that are there.
    """
    spot = snap_point(wanted)
    for _ in range(200):
        box = node_rect((spot.x(), spot.y()), size).adjusted(-GRID, -GRID, GRID, GRID)
        hits = [r for r in taken if r.intersects(box)]
        if not hits:
            return spot
        lowest = max(r.bottom() for r in hits)
        spot.setY(snap(lowest + size[1] / 2 + 2 * GRID))
    return spot
