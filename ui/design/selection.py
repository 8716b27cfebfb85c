"""What is selected. State of the view, not of the document: it is neither saved nor undone."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from workbench.graph import Edge, Graph


class Selection(QObject):
    """Selected nodes and edges, and the current node that the keyboard acts on.

    Attributes:
        changed: Emitted after it changed.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: dict[str, None] = {}
        self._edges: dict[Edge, None] = {}
        self._current = ""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in the order in which they were selected."""
        return tuple(self._nodes)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The selected edges."""
        return tuple(self._edges)

    @property
    def current(self) -> str:
        """The node that was selected last, or ""."""
        return self._current

    @property
    def single(self) -> str:
        """The selected node when it is the only one, else ""."""
        return self._current if len(self._nodes) == 1 else ""

    def __bool__(self) -> bool:
        return bool(self._nodes or self._edges)

    def __contains__(self, key: object) -> bool:
        return key in self._nodes or key in self._edges

    def select(
        self, nodes: Iterable[str] = (), edges: Iterable[Edge] = (), current: str = ""
    ) -> None:
        """Select exactly these; the last node is the current one unless told."""
        chosen = dict.fromkeys(nodes)
        last = next(reversed(chosen), "")
        self._set(chosen, dict.fromkeys(edges), current if current in chosen else last)

    def clear(self) -> None:
        """Select nothing."""
        self._set({}, {}, "")

    def toggle(self, node_id: str) -> None:
        """Select a node too, or take it out."""
        chosen = dict(self._nodes)
        if node_id in chosen:
            del chosen[node_id]
        else:
            chosen[node_id] = None
        current = node_id if node_id in chosen else next(reversed(chosen), "")
        self._set(chosen, dict(self._edges), current)

    def add(self, nodes: Iterable[str], current: str = "") -> None:
        """Select nodes too."""
        chosen = {**self._nodes, **dict.fromkeys(nodes)}
        last = next(reversed(chosen), "")
        self._set(chosen, dict(self._edges), current if current in chosen else last)

    def toggle_edge(self, edge: Edge) -> None:
        """Select an edge too, or take it out."""
        edges = dict(self._edges)
        if edge in edges:
            del edges[edge]
        else:
            edges[edge] = None
        self._set(dict(self._nodes), edges, self._current)

    def prune(self, graph: Graph) -> None:
        """Forget what is not in the graph any more."""
        nodes = {i: None for i in self._nodes if i in graph.nodes}
        edges = {e: None for e in self._edges if e in graph.edges}
        current = self._current if self._current in nodes else next(reversed(nodes), "")
        self._set(nodes, edges, current)

    def _set(self, nodes: dict[str, None], edges: dict[Edge, None], current: str) -> None:
        if (nodes, edges, current) == (self._nodes, self._edges, self._current) and list(
            nodes
        ) == list(self._nodes):
            return
        self._nodes, self._edges, self._current = nodes, edges, current
        self.changed.emit()
