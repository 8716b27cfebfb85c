"""Walking the graph with the arrow keys, and finding the nearest node in a direction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QPointF, QRectF

from workbench.graph import Graph

Direction = Literal["up", "down", "left", "right"]


def step(
    graph: Graph, boxes: Mapping[str, QRectF], start: str, direction: Direction, *,
    across: bool = False,
) -> str:  # fmt: skip
    """Return the node that an arrow key leads to, or "" when there is none.

    Up and down follow the connections (the branch that lies straightest ahead); left and right,
    and up and down where no connection leads on, go to the nearest node that way. Across, left
    and right follow the connections.

    Args:
        graph: The network.
        boxes: Where the nodes are.
        start: Id of the node to go from.
        direction: The arrow.
        across: Whether tensors flow to the right.
    """
    here = boxes[start].center()
    back, on = ("left", "right") if across else ("up", "down")
    if direction == on:
        linked = [edge.target.node for edge in graph.outgoing(start)]
    elif direction == back:
        linked = [edge.source.node for edge in graph.incoming(start)]
    else:
        linked = []
    candidates = [i for i in dict.fromkeys(linked) if i in boxes and i != start]
    if candidates:
        return min(candidates, key=lambda i: _aside(boxes[i].center() - here, across=across))
    return nearest(boxes, here, direction, but=start)


def _aside(away: QPointF, *, across: bool) -> float:
    return abs(away.y() if across else away.x())


def nearest(boxes: Mapping[str, QRectF], here: QPointF, direction: Direction, but: str = "") -> str:
    """Return the node nearest to a point within the quarter of the plane that an arrow points to.

    Args:
        boxes: Where the nodes are.
        here: The point to go from.
        direction: The arrow.
        but: A node that does not count.
    """
    best, least = "", math.inf
    for node_id, box in boxes.items():
        if node_id == but:
            continue
        away = box.center() - here
        ahead, beside = {
            "up": (-away.y(), away.x()),
            "down": (away.y(), away.x()),
            "left": (-away.x(), away.y()),
            "right": (away.x(), away.y()),
        }[direction]
        if ahead <= 1 or abs(beside) > 2 * ahead:
            continue
        distance = math.hypot(ahead, 2 * beside)
        if distance < least:
            best, least = node_id, distance
    return best


def closest(boxes: Mapping[str, QRectF], point: QPointF) -> str:
    """Return the node whose middle is closest to a point, or "" when there are none."""
    return min(
        boxes,
        key=lambda i: math.hypot(boxes[i].center().x() - point.x(),
                                 boxes[i].center().y() - point.y()),
        default="",
    )  # fmt: skip
