"""Lines layers up: align, distribute, and placing only what nobody has placed yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal, TypeAlias

from workbench.graph.changes import MoveNodes
from workbench.graph.layout import Direction, Sizes, layout
from workbench.graph.model import Graph

Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
Axis = Literal["horizontal", "vertical"]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in scene units."""

_GAP: Final = 48.0
_SIZE: Final = (200.0, 64.0)


def align(graph: Graph, sizes: Sizes, chosen: Collection[str], side: Side) -> MoveNodes:
    """Return the change that puts one side of the layers on one line.

    Left, right, top and bottom go to the outermost layer; centre and middle to the middle of all.

    Args:
        graph: The network.
        sizes: Node id → width and height in scene units.
        chosen: The layers.
        side: What is lined up: left, centre and right across, the others along.
    """
    boxes = _boxes(graph, sizes, chosen)
    if len(boxes) < 2:
        return MoveNodes({})
    first = 0 if side in ("left", "centre", "right") else 1
    lines = [box[first] for box in boxes.values()], [box[first + 2] for box in boxes.values()]
    low, high = min(lines[0]), max(lines[1])
    places = {}
    for node_id, box in boxes.items():
        if side in ("left", "top"):
            by = low - box[first]
        elif side in ("right", "bottom"):
            by = high - box[first + 2]
        else:
            by = (low + high) / 2 - (box[first] + box[first + 2]) / 2
        places[node_id] = _shifted(graph, node_id, first, by)
    return _moves(graph, places)


def distribute(graph: Graph, sizes: Sizes, chosen: Collection[str], axis: Axis) -> MoveNodes:
    """Return the change that makes the gaps between layers equal; the outermost two stay.

    Args:
        graph: The network.
        sizes: Node id → width and height in scene units.
        chosen: The layers; fewer than three have one gap only and stay.
        axis: The direction in which the gaps are measured.
    """
    boxes = _boxes(graph, sizes, chosen)
    if len(boxes) < 3:
        return MoveNodes({})
    first = 0 if axis == "horizontal" else 1
    ordered = sorted(boxes, key=lambda i: (boxes[i][first] + boxes[i][first + 2], i))
    used = sum(boxes[i][first + 2] - boxes[i][first] for i in ordered)
    start, end = boxes[ordered[0]][first], boxes[ordered[-1]][first + 2]
    gap = (end - start - used) / (len(ordered) - 1)
    places, at = {}, start
    for node_id in ordered:
        box = boxes[node_id]
        places[node_id] = _shifted(graph, node_id, first, at - box[first])
        at += box[first + 2] - box[first] + gap
    return _moves(graph, places)


def unplaced(graph: Graph, sizes: Sizes) -> list[str]:
    """Return the layers that nobody has given a place of their own: those that lie on others.

    Of layers that lie on each other the first of the document counts as placed.
    """
    taken: dict[tuple[int, int], list[Box]] = {}
    found = []
    for node_id, box in _boxes(graph, sizes, graph.nodes).items():
        cells = [
            (column, row)
            for column in range(int(box[0] // 256), int(box[2] // 256) + 1)
            for row in range(int(box[1] // 256), int(box[3] // 256) + 1)
        ]
        if any(_overlap(box, other) for cell in cells for other in taken.get(cell, ())):
            found.append(node_id)
            continue
        for cell in cells:
            taken.setdefault(cell, []).append(box)
    return found


def tidy_new(
    graph: Graph, sizes: Sizes, new: Collection[str], direction: Direction = "vertical"
) -> MoveNodes:
    """Return the change that places new layers among the others, which stay where they are.

    Each new layer goes after the layer that feeds it (before the one it feeds, where nothing
    feeds it), then on along the flow and aside until it covers nothing. New layers that touch
    nothing arranged are laid out together below all.

    Args:
        graph: The network.
        sizes: Node id → width and height in scene units.
        new: The layers to place.
        direction: The way tensors flow.
    """
    chosen = [node_id for node_id in graph.nodes if node_id in set(new)]
    placed = _boxes(graph, sizes, [i for i in graph.nodes if i not in set(chosen)])
    if not placed:
        return layout(graph, sizes, direction, only=chosen)
    taken = list(placed.values())
    waiting, places = chosen, {}
    along = 1 if direction == "vertical" else 0
    while waiting:
        rest = []
        for node_id in waiting:
            box = _beside_neighbours(graph, sizes, node_id, placed, along)
            if box is None:
                rest.append(node_id)
                continue
            box = _free(box, taken, along)
            placed[node_id] = box
            taken.append(box)
            places[node_id] = _centre(box)
        if len(rest) == len(waiting):
            break
        waiting = rest
    if waiting:
        places |= _below_all(graph, sizes, waiting, taken, direction)
    return _moves(graph, places)


def _beside_neighbours(
    graph: Graph, sizes: Sizes, node_id: str, placed: Mapping[str, Box], along: int
) -> Box | None:
    feeding = [e.source.node for e in graph.incoming(node_id) if e.source.node in placed]
    fed = [e.target.node for e in graph.outgoing(node_id) if e.target.node in placed]
    if not (feeding or fed):
        return None
    near = [placed[i] for i in feeding or fed]
    size = sizes.get(node_id, _SIZE)
    across = 1 - along
    middle = sum(_centre(box)[across] for box in near) / len(near)
    half = size[along] / 2
    at = max(b[along + 2] for b in near) + _GAP + half if feeding else (
        min(b[along] for b in near) - _GAP - half
    )  # fmt: skip
    centre = (middle, at) if along else (at, middle)
    return _box(centre, size)


def _free(box: Box, taken: list[Box], along: int) -> Box:
    """Shift a box across the flow, alternately both ways, until it covers nothing."""
    across = 1 - along
    step = box[across + 2] - box[across] + _GAP
    for turn in range(len(taken) + 2):
        away = (turn + 1) // 2 * step * (1 if turn % 2 else -1)
        trial = _moved(box, across, away)
        wide = (trial[0] - 8, trial[1] - 8, trial[2] + 8, trial[3] + 8)
        if not any(_overlap(wide, other) for other in taken):
            return trial
    return box


def _below_all(
    graph: Graph, sizes: Sizes, waiting: list[str], taken: list[Box], direction: Direction
) -> dict[str, tuple[float, float]]:
    moved = layout(graph, sizes, direction, only=waiting).positions
    boxes = [_box(at, sizes.get(node_id, _SIZE)) for node_id, at in moved.items()]
    down = max(b[3] for b in taken) + 2 * _GAP - min(b[1] for b in boxes)
    aside = min(b[0] for b in taken) - min(b[0] for b in boxes)
    return {node_id: (x + aside, y + down) for node_id, (x, y) in moved.items()}


def _boxes(graph: Graph, sizes: Sizes, chosen: Collection[str]) -> dict[str, Box]:
    return {
        node_id: _box(graph.node(node_id).position, sizes.get(node_id, _SIZE))
        for node_id in chosen
        if node_id in graph
    }


def _box(centre: tuple[float, float], size: tuple[float, float]) -> Box:
    (x, y), (width, height) = centre, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _moved(box: Box, axis: int, by: float) -> Box:
    if axis == 0:
        return box[0] + by, box[1], box[2] + by, box[3]
    return box[0], box[1] + by, box[2], box[3] + by


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _shifted(graph: Graph, node_id: str, axis: int, by: float) -> tuple[float, float]:
    x, y = graph.node(node_id).position
    return (x + by, y) if axis == 0 else (x, y + by)


def _moves(graph: Graph, places: Mapping[str, tuple[float, float]]) -> MoveNodes:
    """Leave out what is there already, so that nothing to do is no step to undo."""
    return MoveNodes(
        {
            node_id: (round(x, 3), round(y, 3))
            for node_id, (x, y) in places.items()
            if max(abs(x - graph.node(node_id).position[0]),
                   abs(y - graph.node(node_id).position[1])) > 1e-6
        }
    )  # fmt: skip
