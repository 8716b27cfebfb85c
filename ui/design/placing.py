"""Where new layers go, and how others make room for them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas.geometry import NODE_WIDTH, free_spot, node_rect, snap, turned
from workbench.graph import Edge, Graph, MoveNodes
from workbench.graph.order import downstream

Size = tuple[float, float]

GAP = 48.0
"""Free height between a layer and the one below it."""


def below(
    boxes: Mapping[str, QRectF], node_id: str, size: Size, *, across: bool = False
) -> QPointF:
    """Return the centre for a new layer under a node, beside what is there already.

    Where tensors flow across, "under" is at the right, here and in the functions below.
    """
    if across:
        return below(_turned(boxes), node_id, size[::-1]).transposed()
    box = boxes[node_id]
    return beside(boxes, QPointF(box.center().x(), box.bottom() + GAP + size[1] / 2), size)


def above(
    boxes: Mapping[str, QRectF], node_id: str, size: Size, *, across: bool = False
) -> QPointF:
    """Return the centre for a new layer over a node, beside what is there already."""
    if across:
        return above(_turned(boxes), node_id, size[::-1]).transposed()
    box = boxes[node_id]
    return beside(boxes, QPointF(box.center().x(), box.top() - GAP - size[1] / 2), size)


def beside(boxes: Mapping[str, QRectF], wanted: QPointF, size: Size) -> QPointF:
    """Return the wanted centre, or the nearest free one to the right at that height."""
    spot = QPointF(snap(wanted.x()), snap(wanted.y()))
    for _ in range(100):
        grown = node_rect((spot.x(), spot.y()), size).adjusted(-8, -8, 8, 8)
        hits = [r for r in boxes.values() if r.intersects(grown)]
        if not hits:
            return spot
        spot.setX(snap(max(r.right() for r in hits) + size[0] / 2 + 28))
    return free_spot(wanted, size, list(boxes.values()))


def centroid_below(
    boxes: Mapping[str, QRectF], node_ids: tuple[str, ...], size: Size, *, across: bool = False
) -> QPointF:
    """Return the centre for a new layer under several nodes."""
    if across:
        return centroid_below(_turned(boxes), node_ids, size[::-1]).transposed()
    chosen = [boxes[i] for i in node_ids if i in boxes]
    x = sum(r.center().x() for r in chosen) / len(chosen)
    y = max(r.bottom() for r in chosen) + GAP + size[1] / 2
    return beside(boxes, QPointF(x, y), size)


def between(
    graph: Graph, boxes: Mapping[str, QRectF], edge: Edge, size: Size, *, across: bool = False
) -> tuple[QPointF, MoveNodes | None]:
    """Return the centre for a layer put into an edge, and the move that makes room for it.

    When there is too little height between the two ends, everything that hangs on the edge's
    target and lies below it moves down, so that the drawing keeps its form.

    Args:
        graph: The network.
        boxes: Where the nodes are.
        edge: The edge that takes the new layer.
        size: Width and height of the new layer.
        across: Whether tensors flow to the right.
    """
    if not across:
        spot, moving, by = _room_between(graph, boxes, edge, size)
        shift = (0.0, by)
    else:
        spot, moving, by = _room_between(graph, _turned(boxes), edge, size[::-1])
        spot, shift = spot.transposed(), (by, 0.0)
    if by == 0:
        return spot, None
    places = {i: graph.node(i).position for i in moving}
    return spot, MoveNodes({i: (x + shift[0], y + shift[1]) for i, (x, y) in places.items()})


def _room_between(
    graph: Graph, boxes: Mapping[str, QRectF], edge: Edge, size: Size
) -> tuple[QPointF, list[str], float]:
    """Return the place in an edge, what must move down for it, and how far (0 for not at all)."""
    source, target = boxes[edge.source.node], boxes[edge.target.node]
    height = size[1]
    gap = target.top() - source.bottom()
    if gap < 0:
        return beside(boxes, (source.center() + target.center()) / 2, size), [], 0.0
    missing = height + 2 * GAP - gap
    if missing <= 2 * GAP - 48:
        middle = (source.bottom() + target.top()) / 2
        return QPointF(snap(_column(source, target)), snap(middle)), [], 0.0
    by = snap(missing + 3)
    line = target.top() - 1
    moving = [
        i for i in downstream(graph, [edge.target.node]) if i in boxes and boxes[i].top() >= line
    ]
    spot = QPointF(snap(_column(source, target)), snap(source.bottom() + GAP + height / 2))
    return spot, moving, by


def _turned(boxes: Mapping[str, QRectF]) -> dict[str, QRectF]:
    return {i: turned(box) for i, box in boxes.items()}


def _column(source: QRectF, target: QRectF) -> float:
    """Return the x that keeps the drawing straight: that of the ends, else half way."""
    if abs(source.center().x() - target.center().x()) < NODE_WIDTH / 2:
        return source.center().x()
    return (source.center().x() + target.center().x()) / 2
