"""The layout of a large network in a process of its own, so that it can be given up at once.

The layout runs in compiled code that neither lets other threads of its process run nor can be
interrupted. `python -m workbench.graph.layout_apart` reads a network and writes the places.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from workbench.apart import Apart, ApartError, Tell, serve
from workbench.errors import GraphError
from workbench.graph.changes import MoveNodes
from workbench.graph.layout import Direction, Sizes, layout
from workbench.graph.model import Graph


class LayoutApart:
    """One layout in a process of its own.

    Args:
        graph: The network as it is now; it may be changed while this works.
        sizes: Node id → width and height in scene units.
        direction: The way tensors flow.
        only: Nodes to move; all when None.
    """

    def __init__(
        self,
        graph: Graph,
        sizes: Sizes,
        direction: Direction = "vertical",
        only: Collection[str] | None = None,
    ) -> None:
        self._nodes, self._edges = list(graph), list(graph.edges)
        self._sizes, self._direction, self._only = sizes, direction, only
        self._apart = Apart(__name__)

    def run(self, tell: Tell | None = None) -> MoveNodes:
        """Lay out; called in a thread that may wait.

        Args:
            tell: Told which share is done, in that thread.

        Returns:
            The change that arranges the nodes; an empty one after `cancel`.

        Raises:
            GraphError: The process could not be started, or failed.
        """
        try:
            places = self._apart.run(self._message(), tell)
        except ApartError as error:
            raise GraphError("The layers could not be placed.", received=str(error)) from error
        if places is None:
            return MoveNodes({})
        return MoveNodes({node_id: (float(x), float(y)) for node_id, (x, y) in places.items()})

    def cancel(self) -> None:
        """Give it up; from any thread, at any time."""
        self._apart.cancel()

    def _message(self) -> dict[str, Any]:
        nodes = [
            {"id": n.id, "layer": "Layer", "name": n.id, "position": list(n.position)}
            for n in self._nodes
        ]
        return {
            "graph": {"nodes": nodes, "edges": [edge.to_plain() for edge in self._edges]},
            "sizes": {node_id: list(size) for node_id, size in self._sizes.items()},
            "direction": self._direction,
            "only": None if self._only is None else sorted(self._only),
        }


def _answer(message: Any, tell: Tell) -> dict[str, list[float]]:
    sizes = {node_id: (float(w), float(h)) for node_id, (w, h) in message["sizes"].items()}
    direction = cast("Direction", message["direction"])
    only = None if message["only"] is None else set(message["only"])
    graph = Graph.from_plain(message["graph"])
    tell(0.1)
    moves = layout(graph, sizes, direction, only, lambda share: tell(0.1 + 0.9 * share))
    return {node_id: list(at) for node_id, at in moves.positions.items()}


if __name__ == "__main__":
    serve(_answer)
