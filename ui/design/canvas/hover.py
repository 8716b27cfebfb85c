"""What the pointer is over, and the path of tensors that it stands on."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from ui.design.canvas.figures import EdgeFigure, NodeFigure
from ui.design.canvas.hits import PortHit, edge_at, node_at, port_at
from ui.design.canvas.picture import Picture
from workbench.graph import Edge
from workbench.graph.order import downstream, upstream


class Hover:
    """The thing under the pointer.

    Args:
        picture: Where things are.

    Attributes:
        port: The port under the pointer, or None.
        node: Id of the node under the pointer, or "".
        edge: The edge under the pointer, or None.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.port: PortHit | None = None
        self.node = ""
        self.edge: Edge | None = None
        self._above: set[str] = set()
        self._below: set[str] = set()

    def look(self, point: QPointF, reach: float) -> bool:
        """Look what is at a scene point.

        Returns:
            Whether it is something else than before.
        """
        before = (self.port, self.node, self.edge)
        self.port = port_at(self._picture, point, reach)
        figure: NodeFigure | None = node_at(self._picture, point)
        self.node = self.port.end.node if self.port else figure.id if figure else ""
        edge = None if self.node else edge_at(self._picture, point, reach)
        self._set_edge(edge)
        return before != (self.port, self.node, self.edge)

    def leave(self) -> bool:
        """Look at nothing; returns whether that is something else than before."""
        before = (self.port, self.node, self.edge)
        self.port, self.node = None, ""
        self._set_edge(None)
        return before != (None, "", None)

    def on_path(self, edge: Edge) -> bool:
        """Tell whether an edge lies on a path through the hovered edge."""
        if self.edge is None:
            return False
        source, target = edge.source.node, edge.target.node
        return (
            edge == self.edge
            or (source in self._above and target in self._above)
            or (source in self._below and target in self._below)
        )

    def _set_edge(self, figure: EdgeFigure | None) -> None:
        edge = figure.edge if figure else None
        if edge == self.edge:
            return
        self.edge = edge
        graph = self._picture.graph
        self._above = upstream(graph, [edge.source.node]) if edge else set()
        self._below = downstream(graph, [edge.target.node]) if edge else set()
