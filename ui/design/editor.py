"""What a person does to the network from the Design page, as Changes of the document.

Gestures, keys, menus, palette and quick-add all end here. Nothing is edited elsewhere; a refusal
is told in words and changes nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from ui.design import placing
from ui.design.blocks.ports import loose_ends
from ui.design.canvas.figures import NodeFigure, make_node_figure
from ui.design.canvas.picture import Picture
from ui.design.scopes.scoped import ScopedEditor
from ui.design.selection import Selection
from workbench.catalog import Catalog
from workbench.errors import WorkbenchError
from workbench.graph import (
    Batch,
    Change,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    RenameNode,
    edits,
)
from workbench.graph.blocks import BLOCK_INPUT, is_block
from workbench.graph.changes import AddNode, Connect
from workbench.graph.edits import freeze
from workbench.graph.model import INPUT_LAYER
from workbench.graph.ports import connect, first_free_input, output_ports
from workbench.graph.record_changes import InBlock
from workbench.graph.specs import spec_of, title_of
from workbench.plain import Plain

if TYPE_CHECKING:
    from ui.design.blocks.library import BlockShelf

_turns = itertools.count(1)
_Make: TypeAlias = Callable[[], tuple[Change, str]]


class Editor(ScopedEditor):
    """Turns intentions into Changes.

    Args:
        catalog: The layers that exist.
        picture: Where nodes are and how large.
        selection: What the intentions act on.
        parent: Qt parent.

    Attributes:
        shelf: Blocks that can be added; None where there are none.
        namer: Takes the next name given in place, when that is more than a node's name.
        added: Emitted with the catalog key of a layer that was added.
    """

    added = Signal(str)

    def __init__(
        self,
        catalog: Catalog,
        picture: Picture,
        selection: Selection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.catalog = catalog
        self.picture = picture
        self.selection = selection
        self.shelf: BlockShelf | None = None
        self._merge = ""
        self.namer: Callable[[str], bool] | None = None

    # ---- adding ----------------------------------------------------------------------------

    def add(self, key: str, at: QPointF) -> str:
        """Add a layer on its own with its centre at a scene point; returns its id or ""."""
        key = self._bring(key)
        return self._add(key, lambda: edits.add_layer(self.graph, self.catalog, key, _xy(at)))

    def add_to_selection(
        self, key: str, fallback: QPointF, params: Mapping[str, Plain] | None = None
    ) -> str:
        """Add a layer after what is selected and connect it.

        After one node: into its only outgoing connection when there is one, else as a new branch.
        After several nodes: fed by all of them when the layer takes any number of inputs. Into a
        selected connection. With nothing selected: on its own at `fallback`.

        Returns:
            The id of the new node, or "" when it was refused.
        """
        key = self._bring(key)
        graph = self.graph
        spec = spec_of(graph, self.catalog, key)
        nodes = tuple(i for i in self.selection.nodes if i in graph)
        edges = [e for e in self.selection.edges if e in graph.edges]
        if spec is None or not spec.inputs or not (nodes or edges):
            return self.add(key, self.free_place(key, fallback))
        if not nodes:
            end = edges[0]
            return (
                self.insert(key, end, params) if spec.outputs else self.add_after(key, end.source)
            )
        if len(nodes) > 1 and spec.inputs[0].variadic:
            return self._add(key, lambda: self._merge_of(key, nodes))
        source = self._output_of(self.selection.current or nodes[-1])
        if source is None:
            return self.add(key, self.free_place(key, fallback))
        leaving = graph.outgoing(source.node)
        if len(leaving) == 1 and leaving[0].source == source and spec.outputs:
            return self.insert(key, leaving[0], params)
        return self.add_after(key, source, params=params)

    def add_after(
        self,
        key: str,
        source: Endpoint,
        at: QPointF | None = None,
        params: Mapping[str, Plain] | None = None,
    ) -> str:
        """Add a layer fed by an output port."""
        key = self._bring(key)
        spot = at or placing.below(
            self._boxes(), source.node, self.size_of(key), across=self.across
        )
        return self._add(
            key, lambda: edits.add_after(self.graph, self.catalog, key, source, _xy(spot), params)
        )

    def add_before(self, key: str, target: Endpoint, at: QPointF | None = None) -> str:
        """Add a layer that feeds an input port."""
        key = self._bring(key)
        spot = at or placing.above(
            self._boxes(), target.node, self.size_of(key), across=self.across
        )
        return self._add(
            key, lambda: edits.add_before(self.graph, self.catalog, key, target, _xy(spot))
        )

    def insert(self, key: str, edge: Edge, params: Mapping[str, Plain] | None = None) -> str:
        """Put a new layer into a connection, making room where there is none."""
        key = self._bring(key)

        def make() -> tuple[Change, str]:
            spot, room = placing.between(
                self.graph, self._boxes(), edge, self.size_of(key), across=self.across
            )
            batch, node_id = edits.insert_on_edge(
                self.graph, self.catalog, key, edge, _xy(spot), params
            )
            changes = (room, *batch.changes) if room else batch.changes
            return Batch(changes, batch.text), node_id

        return self._add(key, make)

    def _merge_of(self, key: str, nodes: Sequence[str]) -> tuple[Change, str]:
        boxes = self._boxes()
        ordered = sorted(nodes, key=lambda i: boxes[i].center().x())
        sources = [end for end in map(self._output_of, ordered) if end]
        spot = placing.centroid_below(boxes, tuple(nodes), self.size_of(key), across=self.across)
        node = edits.new_node(self.graph, self.catalog, key, _xy(spot))
        spec = spec_of(self.graph, self.catalog, key)
        port = spec.inputs[0].id if spec else "inputs"
        joins = [Connect(Edge(end, Endpoint(node.id, port), i)) for i, end in enumerate(sources)]
        return Batch((AddNode(node), *joins), f"Add {key}"), node.id

    def _bring(self, key: str) -> str:
        """Bring a block of the person's library into the project; returns its key there.

        Inside a block, an input is one of the block.
        """
        if key == INPUT_LAYER and self.scope:
            return BLOCK_INPUT
        first, layer = self.shelf.bringing(key) if self.shelf else (None, key)
        if first is not None:
            self._merge = f"bring {next(_turns)}"
            if not self.apply_outside(first, self._merge):
                self._merge = ""
        return layer

    def _add(self, key: str, make: _Make) -> str:
        merge, self._merge = self._merge, ""
        try:
            change, node_id = make()
        except WorkbenchError as error:
            self.refused.emit(error.describe())
            return ""
        if is_block(key):
            parts = change.changes if isinstance(change, Batch) else (change,)
            change = Batch(parts, f"Add {title_of(self.graph, key)}")
        if not self.apply(change, merge):
            return ""
        self.selection.select([node_id])
        self.added.emit(key)
        return node_id

    # ---- connecting ------------------------------------------------------------------------

    def connect_ports(
        self, source: Endpoint, target: Endpoint, instead_of: Edge | None = None
    ) -> bool:
        """Connect two ports.

        Args:
            source: Output port.
            target: Input port.
            instead_of: An edge that this one replaces (its end was dragged away).
        """
        try:
            if instead_of is None:
                change = connect(self.graph, self.catalog, source, target)
            else:
                change = self._moved_edge(source, target, instead_of)
        except WorkbenchError as error:
            self.refused.emit(error.describe())
            return False
        return self.apply(change)

    def _moved_edge(self, source: Endpoint, target: Endpoint, old: Edge) -> Change:
        if target == old.target:
            return Batch((Disconnect(old), Connect(Edge(source, target, old.index))), "Reconnect")
        trial = self.graph.copy()
        trial.apply(Disconnect(old))
        return Batch((Disconnect(old), connect(trial, self.catalog, source, target)), "Reconnect")

    def remove_edge(self, edge: Edge) -> bool:
        """Delete one connection."""
        return self.apply(Disconnect(edge))

    def free_input(self, node_id: str) -> Endpoint | None:
        """Return the input port a connection to a node goes to when none is named."""
        graph = self.graph
        port = first_free_input(graph, self.catalog, graph.node(node_id))
        return Endpoint(node_id, port.id) if port else None

    def _output_of(self, node_id: str) -> Endpoint | None:
        ports = output_ports(self.graph, self.catalog, self.graph.node(node_id))
        return Endpoint(node_id, ports[0].id) if ports else None

    # ---- moving, deleting, renaming --------------------------------------------------------

    def move(self, node_ids: Iterable[str], by: QPointF, merge: str = "") -> bool:
        """Move nodes by a difference in scene units."""
        nodes = self.graph.nodes
        moved = {
            i: (nodes[i].position[0] + by.x(), nodes[i].position[1] + by.y())
            for i in node_ids
            if i in nodes
        }
        return bool(moved) and not by.isNull() and self.apply(MoveNodes(moved), merge)

    def put_into(self, node_id: str, edge: Edge, by: QPointF) -> bool:
        """Move an unconnected node by a difference and put it into a connection."""
        x, y = self.graph.node(node_id).position
        insert = edits.insert_existing(self.graph, self.catalog, node_id, edge)
        move = MoveNodes({node_id: (x + by.x(), y + by.y())})
        return self.apply(Batch((move, *insert.changes), insert.text))

    def delete_selected(self) -> bool:
        """Delete what is selected and join what a deleted layer had joined."""
        change = edits.delete(self.graph, self.selection.nodes, self.selection.edges, bridge=True)
        return self.remove_inside(change, self.selection.nodes)

    def remove_inside(self, change: Batch, node_ids: Iterable[str]) -> bool:
        """Make a change that deletes nodes; what led to deleted ports of a block goes too."""
        block = self.block
        ends = loose_ends(self.root, block, node_ids) if block else []
        if block is not None and ends:
            whole = Batch((InBlock(block.id, change), *ends), change.text)
            return self.apply_outside(whole)
        return self.apply(change)

    def rename(self, node_id: str, name: str) -> bool:
        """Give a node another name, or let `namer` do it."""
        namer, self.namer = self.namer, None
        if namer is not None:
            return namer(name)
        if node_id not in self.graph or name.strip() == self.graph.node(node_id).name:
            return True
        return self.apply(RenameNode(node_id, name))

    def set_trainable(self, node_ids: Iterable[str], trainable: bool) -> bool:
        """Freeze or unfreeze nodes."""
        return self.apply(freeze(self.graph, node_ids, trainable=trainable))

    def size_of(self, key: str) -> tuple[float, float]:
        """Return the size that a new layer will have."""
        rect = self.trial_figure(key).rect
        return rect.width(), rect.height()

    def trial_figure(self, key: str) -> NodeFigure:
        """Return how a new layer would be drawn, its centre at the origin.

        Raises:
            GraphError: There is no such layer.
        """
        graph, layer = self.shelf.trial(key) if self.shelf else (Graph(self.graph.records), key)
        node = edits.new_node(graph, self.catalog, layer, (0.0, 0.0))
        return make_node_figure(graph, self.catalog, node, None, ())

    def free_place(self, key: str, wanted: QPointF) -> QPointF:
        """Return the centre for a new layer: the wanted one or the nearest free one beside it."""
        if spec_of(self.graph, self.catalog, key) is None:
            return wanted
        return placing.beside(self._boxes(), wanted, self.size_of(key))

    def _boxes(self) -> Mapping[str, QRectF]:
        self.picture.finish()  # those of a large network may still be coming
        return {i: figure.rect for i, figure in self.picture.nodes.items()}


def _xy(point: QPointF) -> tuple[float, float]:
    return point.x(), point.y()
