"""Arranges nodes in layers, so that tensors flow one way (Sugiyama's method, from igraph).

Layers are assigned here, in linear time, since igraph's own assignment solves a linear program
that takes minutes for large networks; igraph then orders each layer to have few crossings and
aligns the nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.graph.changes import MoveNodes
from workbench.graph.model import Graph
from workbench.graph.order import topological_order

Direction = Literal["vertical", "horizontal"]
Sizes = Mapping[str, tuple[float, float]]

_HEIGHT = 72.0
_WIDTHS = (208.0, 288.0)
_AROUND_TEXT, _PER_LETTER = 58.0, 7.0
_GAP_ACROSS = 40.0
_GAP_ALONG = 44.0
_ABOVE, _BELOW = 16.0, 36.0
"""Room for the names of several ports: above a layer a line, below it three in steps."""
_MOST_DUMMIES = 60_000
_SWEEPS = 24


@dataclass
class _Part:
    """One connected piece, placed from (0, 0) on: node id → (across, along) centre."""

    places: dict[str, tuple[float, float]]
    across: float
    along: float


def layout(
    graph: Graph,
    sizes: Sizes | None = None,
    direction: Direction = "vertical",
    only: Collection[str] | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> MoveNodes:
    """Return the change that arranges the nodes.

    The arrangement depends on the network alone, not on where the nodes are; only its centre is
    where the centre of the moved nodes was.

    Args:
        graph: The network.
        sizes: Node id → width and height in scene units; a usual size where missing.
        direction: The way tensors flow: down or to the right.
        only: Nodes to move; all when None.
        tell: Told which share of the layers is placed, 0 to 1, after each connected piece.
    """
    chosen = [node_id for node_id in graph.nodes if only is None or node_id in only]
    if not chosen:
        return MoveNodes({})
    turned = direction == "horizontal"
    measured = {
        node_id: _turn((sizes or {}).get(node_id) or _usual_size(graph, node_id), turned)
        for node_id in chosen
    }
    members = set(chosen)
    edges = [
        (edge.source.node, edge.target.node)
        for edge in graph.edges
        if edge.source.node in members and edge.target.node in members
    ]
    rank = {node_id: place for place, node_id in enumerate(topological_order(graph))}
    forward = sorted(
        {(a, b) for a, b in edges if rank.get(a, -1) < rank.get(b, -1)},
        key=lambda pair: (rank.get(pair[0], -1), rank[pair[1]]),
    )
    room = {} if turned else _room_for_names(graph, members)
    parts: list[_Part] = []
    placed = 0
    for part, pairs in _split(chosen, forward):
        parts.append(_arrange(part, pairs, measured, room))
        placed += len(part)
        tell(placed / len(chosen))
    places = {node_id: _turn(at, turned) for node_id, at in _pack(parts).items()}
    return MoveNodes(_centred(graph, places))


def _usual_size(graph: Graph, node_id: str) -> tuple[float, float]:
    """Return about the size at which a node is drawn: as wide as its kind and its name ask."""
    node = graph.node(node_id)
    asked = _AROUND_TEXT + _PER_LETTER * (len(node.layer.rpartition(".")[2]) + len(node.name))
    return min(max(asked, _WIDTHS[0]), _WIDTHS[1]), _HEIGHT


def _room_for_names(graph: Graph, members: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return how much more room nodes need above and below: where several ports have names."""
    ports: dict[str, tuple[set[str], set[str]]] = {}
    for edge in graph.edges:
        for at, end in ((1, edge.source), (0, edge.target)):
            if end.node in members:
                ports.setdefault(end.node, (set(), set()))[at].add(end.port)
    return {
        node_id: (_ABOVE if len(entries) > 1 else 0.0, _BELOW if len(exits) > 1 else 0.0)
        for node_id, (entries, exits) in ports.items()
        if len(entries) > 1 or len(exits) > 1
    }


def _turn(pair: tuple[float, float], turned: bool) -> tuple[float, float]:
    return (pair[1], pair[0]) if turned else pair


def _split(
    nodes: list[str], edges: list[tuple[str, str]]
) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """Divide nodes and edges into connected pieces, the largest first."""
    parent = {node_id: node_id for node_id in nodes}

    def root(node_id: str) -> str:
        while parent[node_id] != node_id:
            parent[node_id] = parent[parent[node_id]]
            node_id = parent[node_id]
        return node_id

    for a, b in edges:
        parent[root(a)] = root(b)
    parts: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for node_id in nodes:
        parts.setdefault(root(node_id), ([], []))[0].append(node_id)
    for pair in edges:
        parts[root(pair[0])][1].append(pair)
    return sorted(parts.values(), key=lambda part: -len(part[0]))


def _layers(nodes: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return each node's layer: one below the lowest that feeds it, sources close to their use."""
    feeding: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    fed: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    for a, b in edges:  # sorted by topological rank of the source
        feeding[b].append(a)
        fed[a].append(b)
    layer = dict.fromkeys(nodes, 0)
    for a, b in edges:
        layer[b] = max(layer[b], layer[a] + 1)
    for node_id in nodes:
        if not feeding[node_id] and fed[node_id]:
            layer[node_id] = min(layer[other] for other in fed[node_id]) - 1
    lowest = min(layer.values())
    return {node_id: value - lowest for node_id, value in layer.items()}


def _arrange(
    nodes: list[str],
    edges: list[tuple[str, str]],
    sizes: Mapping[str, tuple[float, float]],
    room: Mapping[str, tuple[float, float]],
) -> _Part:
    layer = _layers(nodes, edges)
    columns = _columns(nodes, edges, layer)
    depth: dict[int, float] = {}
    for node_id in nodes:
        depth[layer[node_id]] = max(depth.get(layer[node_id], 0.0), sizes[node_id][1])
    above: dict[int, float] = {}
    below: dict[int, float] = {}
    for node_id in nodes:
        if node_id in room:
            number, (over, under) = layer[node_id], room[node_id]
            above[number] = max(above.get(number, 0.0), over)
            below[number] = max(below.get(number, 0.0), under)
    start: dict[int, float] = {}
    along = 0.0
    for number in range(max(depth) + 1):
        start[number] = along = along + (above.get(number, 0.0) if number else 0.0)
        along += depth.get(number, 0.0) + _GAP_ALONG + below.get(number, 0.0)
    along -= below.get(max(depth), 0.0)
    width = max(sizes[node_id][0] for node_id in nodes)
    step = width + _GAP_ACROSS
    left = min(columns.values())
    places = {
        node_id: (
            (columns[node_id] - left) * step + width / 2,
            start[layer[node_id]] + depth[layer[node_id]] / 2,
        )
        for node_id in nodes
    }
    across = (max(columns.values()) - left) * step + width
    return _Part(places, across, along - _GAP_ALONG)


def _columns(
    nodes: list[str], edges: list[tuple[str, str]], layer: Mapping[str, int]
) -> dict[str, float]:
    """Return the place of each node across its layer, neighbours 1 apart or more."""
    if len(set(layer.values())) == len(nodes) and _is_chain(edges, layer):
        return dict.fromkeys(nodes, 0.0)
    import igraph

    number = {node_id: place for place, node_id in enumerate(nodes)}
    # An edge over many layers becomes a node in each of them; very long ones would swamp the rest.
    budget = _MOST_DUMMIES
    drawn = []
    for a, b in sorted(edges, key=lambda pair: layer[pair[1]] - layer[pair[0]]):
        budget -= layer[b] - layer[a] - 1
        if budget < 0:
            break
        drawn.append((number[a], number[b]))
    drawing: Any = igraph.Graph(n=len(nodes), edges=drawn, directed=True)
    placed = drawing.layout_sugiyama(
        layers=[layer[node_id] for node_id in nodes], hgap=1, vgap=1, maxiter=_SWEEPS
    )
    return {node_id: float(placed[place][0]) for place, node_id in enumerate(nodes)}


def _is_chain(edges: list[tuple[str, str]], layer: Mapping[str, int]) -> bool:
    return all(layer[b] - layer[a] == 1 for a, b in edges)


def _pack(parts: list[_Part]) -> dict[str, tuple[float, float]]:
    """Put the pieces side by side, in rows about as wide as high."""
    area = sum((p.across + _GAP_ACROSS) * (p.along + _GAP_ALONG) for p in parts)
    widest = max(parts[0].across, math.sqrt(area) * 1.3)
    places: dict[str, tuple[float, float]] = {}
    across = along = row = 0.0
    for part in parts:
        if across and across + part.across > widest:
            across, along, row = 0.0, along + row + 2 * _GAP_ALONG, 0.0
        for node_id, (x, y) in part.places.items():
            places[node_id] = (across + x, along + y)
        across += part.across + 2 * _GAP_ACROSS
        row = max(row, part.along)
    return places


def _centred(
    graph: Graph, places: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Shift the arrangement so that its centre is where the nodes' centre was."""
    before = [graph.node(node_id).position for node_id in places]
    dx, dy = (
        (min(p[axis] for p in before) + max(p[axis] for p in before)) / 2
        - (min(p[axis] for p in places.values()) + max(p[axis] for p in places.values())) / 2
        for axis in (0, 1)
    )
    return {node_id: (round(x + dx, 1), round(y + dy, 1)) for node_id, (x, y) in places.items()}
