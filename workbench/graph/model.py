"""The network as a document, apart from Keras and apart from any picture of it.

A graph may be wrong (unconnected ports, cycles, unknown parameters): a person draws it step by
step. What is wrong is listed by `workbench.graph.checks`; only edits that would make the document
meaningless (an edge to a node that does not exist) are refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.errors import GraphError, Place
from workbench.graph.elements import INPUT_LAYER, Edge, Endpoint, Node, new_node_id
from workbench.graph.index import NameIndex, NodeOrder
from workbench.graph.records import Record, Records
from workbench.plain import PlainDict

if TYPE_CHECKING:
    from workbench.graph.changes import Change

__all__ = ["INPUT_LAYER", "Edge", "Endpoint", "Graph", "Node", "new_node_id"]

T = TypeVar("T")


class Graph:
    """Nodes and edges, with neighbourhoods, names and sharing indexed.

    Read it freely; edit it only through `apply`, which returns the inverse change. Every single
    edit takes constant time (apart from the node's own edges), also in a graph of 10,000 nodes.

    Args:
        records: The records of the document that this is the network of a block of; a network
            of its own when None.

    Attributes:
        records: Blocks, notes and the like; shared with the networks inside the blocks.
        unread: Ids of layers that feed nothing and yet are no outputs, in an expanded network:
            what they give leaves a block through a port that this use does not need.
    """

    def __init__(self, records: Records | None = None) -> None:
        self.records = records if records is not None else Records()
        self.unread: frozenset[str] = frozenset()
        self._inner = records is not None
        self._nodes: dict[str, Node] = {}
        self._order = NodeOrder()
        self._names = NameIndex()
        self._sharers: dict[str, dict[str, None]] = {}
        self._edges: dict[Edge, None] = {}
        self._incoming: dict[str, dict[Edge, None]] = {}
        self._outgoing: dict[str, dict[Edge, None]] = {}
        self._memos: dict[str, Any] = {}

    # ---- reading -------------------------------------------------------------------------

    @property
    def nodes(self) -> Mapping[str, Node]:
        """All nodes by id, in the order in which they were added."""
        if self._order.changed:
            self._nodes = {node_id: self._nodes[node_id] for node_id in self._order}
            self._order.changed = False
        return self._nodes

    @property
    def edges(self) -> Mapping[Edge, None]:
        """All edges (an ordered set)."""
        return self._edges

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nodes

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Graph)
            and self._nodes == other._nodes
            and self._edges.keys() == other._edges.keys()
            and (self._inner or self.records == other.records)
        )

    __hash__ = None  # type: ignore[assignment]

    def node(self, node_id: str) -> Node:
        """Return a node.

        Raises:
            GraphError: There is no such node.
        """
        try:
            return self._nodes[node_id]
        except KeyError:
            raise GraphError(
                "The layer is not in the network any more.", place=Place("node", node_id)
            ) from None

    def owner(self, node: Node) -> Node:
        """Return the node whose layer and weights a node applies: itself unless it shares.

        A node whose owner is missing (a damaged file) counts as its own owner.
        """
        return self._nodes.get(node.shared_with, node) if node.shared_with else node

    def sharers(self, node_id: str) -> list[str]:
        """Return the ids of the nodes that share this node's layer, in order of adding."""
        return list(self._sharers.get(node_id, ()))

    def is_shared(self, node_id: str) -> bool:
        """Tell whether other nodes apply this node's layer."""
        return node_id in self._sharers

    def after(self, node_id: str) -> str:
        """Return the id of the node that follows in the node order, or "" after the last."""
        return self._order.after(node_id)

    def incoming(self, node_id: str, port: str | None = None) -> list[Edge]:
        """Return the edges into a node (into one port of it), ordered by port and index."""
        edges = [e for e in self._incoming.get(node_id, ()) if port in (None, e.target.port)]
        if len(edges) > 1:
            edges.sort(key=lambda e: (e.target.port, e.index))
        return edges

    def outgoing(self, node_id: str, port: str | None = None) -> list[Edge]:
        """Return the edges out of a node (out of one port of it)."""
        return [e for e in self._outgoing.get(node_id, ()) if port in (None, e.source.port)]

    def entering(self, node_id: str) -> Iterable[Edge]:
        """Return the edges into a node in the order of connecting, without sorting or copying."""
        return self._incoming.get(node_id, ())

    def leaving(self, node_id: str) -> Iterable[Edge]:
        """Return the edges out of a node in the order of connecting, without copying."""
        return self._outgoing.get(node_id, ())

    def feeds(self, node_id: str) -> bool:
        """Tell whether any edge leaves a node."""
        return bool(self._outgoing.get(node_id))

    def next_index(self, target: Endpoint) -> int:
        """Return the index that a further edge into a variadic port would take."""
        return max((e.index for e in self.incoming(target.node, target.port)), default=-1) + 1

    def memo(self, key: str, make: Callable[[Graph], T]) -> T:
        """Return what `make(self)` gives, made once per topology.

        For results that depend on which nodes there are, on their layers and on the edges, not
        on parameters, names and positions: most edits change only these.

        Args:
            key: Name of the result.
            make: Makes it; the result is shared and must not be changed.
        """
        if key not in self._memos:
            self._memos[key] = make(self)
        found: T = self._memos[key]
        return found

    @property
    def has_name_faults(self) -> bool:
        """True while a name is taken twice or cannot be the name of a layer."""
        return self._names.faults > 0

    def name_taken(self, name: str) -> bool:
        """Tell whether a node of that name exists."""
        return name in self._names

    def free_name(self, stem: str) -> str:
        """Return `stem`, or `stem_2`, `stem_3` … whichever is the first free name."""
        return self._names.free(stem)

    def free_names(self, stems: Iterable[str]) -> list[str]:
        """Return a free name per stem, different from each other; nothing is reserved."""
        names: list[str] = []
        for stem in stems:
            names.append(self._names.free(stem))
            self._names.add(names[-1])
        for name in names:
            self._names.discard(name)
        return names

    # ---- editing -------------------------------------------------------------------------

    def apply(self, change: Change) -> Change:
        """Make a change and return the change that undoes it.

        Args:
            change: A graph change. It is made whole or not at all.

        Returns:
            The inverse: `graph.apply(graph.apply(change))` leaves the graph as it was.

        Raises:
            GraphError: The change does not fit this graph; nothing has been changed.
        """
        return change.apply_to(self)

    def record(self, kind: str, record_id: str) -> Record | None:
        """Return a record of the document, or None."""
        return self.records.get(kind, record_id)

    def put_node(self, node: Node, before: str = "") -> None:
        """Add or replace a node. For changes only.

        Args:
            node: The node; a node of that id is replaced and keeps its place in the order.
            before: Id of the node that a new node stands before; "" puts it last.
        """
        old = self._nodes.get(node.id)
        if old is None:
            self._memos.clear()
            self._order.insert(node.id, before)
            self._incoming[node.id] = {}
            self._outgoing[node.id] = {}
        if old is None or old.name != node.name:
            self._names.add(node.name)
            if old is not None:
                self._names.discard(old.name)
        if old is None or old.shared_with != node.shared_with:
            self._memos.clear()
            if old is not None:
                self._forget_sharing(old)
            if node.shared_with:
                self._sharers.setdefault(node.shared_with, {})[node.id] = None
        self._nodes[node.id] = node

    def drop_node(self, node_id: str) -> None:
        """Remove a node without edges. For changes only."""
        self._memos.clear()
        node = self._nodes.pop(node_id)
        self._order.remove(node_id)
        self._names.discard(node.name)
        self._forget_sharing(node)
        del self._incoming[node_id], self._outgoing[node_id]

    def _forget_sharing(self, node: Node) -> None:
        if node.shared_with:
            sharers = self._sharers[node.shared_with]
            del sharers[node.id]
            if not sharers:
                del self._sharers[node.shared_with]

    def put_edge(self, edge: Edge) -> None:
        """Add an edge. For changes only."""
        self._memos.clear()
        self._edges[edge] = None
        self._outgoing[edge.source.node][edge] = None
        self._incoming[edge.target.node][edge] = None

    def drop_edge(self, edge: Edge) -> None:
        """Remove an edge. For changes only."""
        self._memos.clear()
        del self._edges[edge]
        del self._outgoing[edge.source.node][edge]
        del self._incoming[edge.target.node][edge]

    # ---- plain data ----------------------------------------------------------------------

    def copy(self) -> Graph:
        """Return an independent copy (nodes and edges are values and are shared).

        The copy of a block's network stays among the same records.
        """
        if self._inner:
            return self.bound(self.records)
        other = Graph()
        other.records = self.records.copy()
        return self._copy_into(other)

    def bound(self, records: Records) -> Graph:
        """Return a copy that is the network of a block among the given records."""
        return self._copy_into(Graph(records))

    def _copy_into(self, other: Graph) -> Graph:
        other.unread = self.unread
        for node in self:
            other.put_node(node)
        for edge in self._edges:
            other.put_edge(edge)
        return other

    def to_plain(self) -> PlainDict:
        """Return the graph as plain data; the network of a block leaves the records out."""
        return {
            "nodes": [node.to_plain() for node in self],
            "edges": [edge.to_plain() for edge in self._edges],
            **({} if self._inner else self.records.to_plain()),
        }

    @classmethod
    def from_plain(cls, plain: Any, records: Records | None = None) -> Graph:
        """Read a graph written by `to_plain`.

        Args:
            plain: The plain data.
            records: The records that it belongs to, when it is the network of a block.

        Raises:
            GraphError: The data does not describe a graph.
        """
        graph = cls(records)
        try:
            if records is None:
                graph.records = Records.from_plain(plain)
            for entry in plain["nodes"]:
                node = Node.from_plain(entry)
                if node.id in graph:
                    raise GraphError(f"Two layers have the id {node.id}.")
                if not node.id:
                    raise GraphError(f"The layer {node.name} has no id.")
                graph.put_node(node)
            for entry in plain["edges"]:
                edge = Edge.from_plain(entry)
                if edge.source.node not in graph or edge.target.node not in graph:
                    raise GraphError("A connection ends at a layer that does not exist.")
                graph.put_edge(edge)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise GraphError(
                "The network in this file cannot be read.",
                expected="a list of nodes and a list of edges",
                received=f"something else ({type(error).__name__}: {error})",
            ) from error
        return graph
