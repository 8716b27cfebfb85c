"""What the shown network lacks: figures of layers and connections that only the other one has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas.figures import EdgeFigure, NodeFigure, make_node_figure
from ui.design.canvas.index import Index
from workbench.graph import Edge
from workbench.graph.direction import direction_of, towards

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.catalog import Catalog
    from workbench.graph import Graph
    from workbench.graph.compare import Comparison

_GAP: Final = 24.0
_TRIES: Final = 60
_BESIDE: Final = 9.0
"""Connections that are gone run a little beside those that took their place, scene units."""
_FAR: Final = 3
"""Steps to a layer that both networks have, beyond which a place is not taken from there."""
Place = tuple[float, float]


@dataclass(slots=True)
class Ghosts:
    """Figures of what is gone.

    Attributes:
        nodes: By id in the first network.
        edges: Connections that are gone, in the words of the first network.
        node_index: The layers by place.
        edge_index: The connections by place.
    """

    nodes: dict[str, NodeFigure] = field(default_factory=dict)
    edges: dict[Edge, EdgeFigure] = field(default_factory=dict)
    node_index: Index[str, NodeFigure] = field(default_factory=Index)
    edge_index: Index[Edge, EdgeFigure] = field(default_factory=Index)

    def at(self, point: QPointF) -> str:
        """Return the id of the layer at a scene point, or ""."""
        small = QRectF(point.x() - 1, point.y() - 1, 2, 2)
        for figure in self.node_index.inside(small):
            if figure.rect.contains(point):
                return figure.id
        return ""


def raise_ghosts(
    found: Comparison,
    catalog: Catalog,
    shown: Mapping[str, NodeFigure],
    taken: Index[str, NodeFigure],
    places: dict[str, Place],
) -> Iterator[Ghosts]:
    """Make the figures bit by bit; the last value is whole.

    Args:
        found: How the shown network differs.
        catalog: The layers that exist.
        shown: Figures of the shown network.
        taken: The same by place.
        places: Where ghosts stood before; they stay there, new places are added.

    Yields:
        The same object after each layer.
    """
    ghosts, drawn_from = Ghosts(), _in_the_same_direction(found)
    across = direction_of(found.after) == "horizontal"
    beside = QPointF(0, _BESIDE) if across else QPointF(_BESIDE, 0)
    for old in found.removed:
        node = found.before.node(old)
        place = places.get(old) or _place(found, old)
        figure = make_node_figure(drawn_from, catalog, replace(node, position=place), None, ())
        if old not in places:
            _clear(figure, taken, ghosts.node_index, across)
            centre = figure.rect.center()
            places[old] = (centre.x(), centre.y())
        ghosts.nodes[old] = figure
        ghosts.node_index.put(old, figure)
        yield ghosts
    for edge in found.removed_edges:
        source = _end(found, ghosts, shown, edge.source.node)
        target = _end(found, ghosts, shown, edge.target.node)
        if source is None or target is None:
            continue
        out = found.blocks.port(found.before.node(edge.source.node).layer, edge.source.port)
        into = found.blocks.port(found.before.node(edge.target.node).layer, edge.target.port)
        start, end = source.port_point("output", out), target.port_point("input", into)
        drawn = ghosts.edges[edge] = EdgeFigure(
            edge, start + beside, end + beside, "", "", across=across
        )
        ghosts.edge_index.put(edge, drawn)
        yield ghosts
    yield ghosts


def _end(
    found: Comparison, ghosts: Ghosts, shown: Mapping[str, NodeFigure], old: str
) -> NodeFigure | None:
    return ghosts.nodes.get(old) or shown.get(found.followed.get(old, ""))


def _place(found: Comparison, old: str) -> Place:
    """Return where a layer was, moved as far as the layers around it have been moved since."""
    before, after = found.before, found.after
    x, y = before.node(old).position
    seen, ring = {old}, [old]
    for _ in range(_FAR):
        around = [
            end.node
            for at in ring
            for edge in (*before.entering(at), *before.leaving(at))
            for end in (edge.source, edge.target)
            if end.node not in seen
        ]
        ring = list(dict.fromkeys(around))
        seen |= set(ring)
        kept = [
            (before.node(i), after.node(found.followed[i])) for i in ring if i in found.followed
        ]
        if kept:
            dx = sum(new.position[0] - was.position[0] for was, new in kept) / len(kept)
            dy = sum(new.position[1] - was.position[1] for was, new in kept) / len(kept)
            return x + dx, y + dy
    return x, y


def _clear(
    figure: NodeFigure,
    taken: Index[str, NodeFigure],
    others: Index[str, NodeFigure],
    across: bool,
) -> None:
    """Move a figure to the side, seen in the way tensors flow, until it lies on nothing."""
    for _ in range(_TRIES):
        box = figure.rect.adjusted(-_GAP / 2, -_GAP / 2, _GAP / 2, _GAP / 2)
        under = [*taken.inside(box), *others.inside(box)]
        if not under:
            return
        if across:
            figure.rect.moveTop(max(other.rect.bottom() for other in under) + _GAP)
        else:
            figure.rect.moveLeft(max(other.rect.right() for other in under) + _GAP)


def _in_the_same_direction(found: Comparison) -> Graph:
    """Return the first network with ports at the sides at which the second one has them."""
    change = towards(found.before, direction_of(found.after))
    if change is None:
        return found.before
    turned = found.before.bound(found.before.records.copy())
    turned.apply(change)
    return turned
