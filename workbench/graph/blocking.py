"""Groups layers into a block, and takes a block apart again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from workbench.catalog import ParamSpec
from workbench.errors import GraphError, Place
from workbench.graph.blocks import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    PORT_SPECS,
    REPEAT,
    Block,
    block_of,
    layer_of,
    new_block_id,
    ports,
    values_of,
)
from workbench.graph.changes import AddNode, Batch, Change, Connect
from workbench.graph.direction import direction_of
from workbench.graph.edits import delete, name_stem
from workbench.graph.formulas import compose, formula, names_in
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node, new_node_id
from workbench.graph.order import downstream
from workbench.graph.record_changes import PutRecord
from workbench.graph.records import Records
from workbench.graph.starting_weights import ungrouped_weights

_ROW: Final = 108.0
"""Distance of the port nodes from the layers, scene units."""
_COLUMN: Final = 240.0
_ALONG: Final = 320.0
"""Distance of the port nodes where tensors flow to the right."""


def group(
    graph: Graph, node_ids: Iterable[str], name: str, enclosing: Block | None = None
) -> tuple[Batch, str]:
    """Return the change that makes a block of layers, and the id of its use.

    What leads into the layers from outside becomes the block's inputs, what leads out its
    outputs; layers that lead nowhere become outputs too, with an Identity behind the block where
    other outputs of it are used: open ones would be no outputs of the network then. Inputs of the
    network and ports of a block stay where they are.

    Args:
        graph: The network that the layers stand in.
        node_ids: The layers.
        name: Name of the block.
        enclosing: The block that `graph` is the network of, if it is one: parameters of it that
            the layers refer to become parameters of the new block.

    Raises:
        GraphError: There is nothing to group, or the layers cannot be one block.
    """
    fixed = (INPUT_LAYER, *PORT_SPECS)
    chosen = {n for n in node_ids if n in graph and graph.node(n).layer not in fixed}
    if not chosen:
        raise GraphError(
            "There is nothing to group.", remedy="Select layers; inputs stay outside a block."
        )
    _refuse_sharing(graph, chosen)
    _refuse_detours(graph, chosen)
    members = [node for node in graph if node.id in chosen]
    inner = Graph(Records())
    across = direction_of(graph) == "horizontal"
    for node in members:
        inner.put_node(node)
    border_in: dict[Endpoint, str] = {}
    border_out: dict[Endpoint, str] = {}
    outside: list[Edge] = []
    use_id = new_node_id()
    for edge in graph.edges:
        begins, ends = edge.source.node in chosen, edge.target.node in chosen
        if begins and ends:
            inner.put_edge(edge)
        elif ends:
            port = border_in.get(edge.source)
            if port is None:
                port = border_in[edge.source] = new_node_id()
                title = graph.node(edge.source.node).name
                place = len(border_in) - 1
                _put_port(inner, port, BLOCK_INPUT, title, edge.target.node, place, across)
                if place == 0 and _targets(graph, edge.source, chosen) > 1:
                    _align(inner, port, graph.node(edge.source.node).position, across)
                outside.append(Edge(edge.source, Endpoint(use_id, port)))
            inner.put_edge(Edge(Endpoint(port, "output"), edge.target, edge.index))
        elif begins:
            port = border_out.get(edge.source)
            if port is None:
                port = _add_exit(inner, border_out, edge.source, across)
            outside.append(Edge(Endpoint(use_id, port), edge.target, edge.index))
    used = bool(border_out)
    open_ends: list[tuple[str, Node]] = []
    for node in members:
        if not graph.feeds(node.id):
            for port in _exits(graph, node):
                exit_ = _add_exit(inner, border_out, Endpoint(node.id, port), across)
                open_ends.append((exit_, node))
    title = name.strip() or "Block"
    lost = open_ends if used else []
    own, *names = graph.free_names([name_stem(title), *(f"{node.name}_output" for _, node in lost)])
    kept = _kept_ends(lost, names, across)
    outside += [
        Edge(Endpoint(use_id, port), Endpoint(end.id, "input")) for port, end in kept
    ]  # fmt: skip
    params = _used_params(members, enclosing)
    block = Block(new_block_id(), title, inner, params)
    use = Node(
        use_id,
        layer_of(block.id),
        own,
        {param.name: formula(param.name) for param in params},
        _centre(members),
    )
    changes: list[Change] = [PutRecord(block), *delete(graph, chosen).changes]
    before = _following(graph, members[0].id, chosen)
    changes += [AddNode(node, before) for node in (use, *(end for _, end in kept))]
    changes += [Connect(edge) for edge in outside]
    return Batch(tuple(changes), f"Group into {block.name}"), use_id


def _following(graph: Graph, node_id: str, gone: set[str]) -> str:
    """Return what follows a layer in the node order and stays; "" where that is the end.

    The order decides which of two layers comes first where the connections leave it open: a
    block stands where its layers stood, so that fresh weights and outputs keep their order.
    """
    found = graph.after(node_id)
    while found in gone:
        found = graph.after(found)
    return found


def _kept_ends(
    ends: list[tuple[str, Node]], names: list[str], across: bool
) -> list[tuple[str, Node]]:  # fmt: skip
    """Return an Identity for every end of the network, with the port that leads into it."""
    dx, dy = (_ALONG, 0.0) if across else (0.0, _ROW)
    return [
        (port, Node(new_node_id(), "Identity", name,
                    position=(node.position[0] + dx, node.position[1] + dy)))
        for (port, node), name in zip(ends, names, strict=True)
    ]  # fmt: skip


def _targets(graph: Graph, source: Endpoint, chosen: Collection[str]) -> int:
    """Return how many of the chosen layers take the result of an output."""
    leaving = graph.leaving(source.node)
    return len({e.target.node for e in leaving if e.source == source and e.target.node in chosen})


def _align(inner: Graph, port: str, origin: tuple[float, float], across: bool) -> None:
    """Put a port into the lane in which its tensor came.

    There the way of what is passed by the layers was free; before one of them it is not.
    """
    node = inner.node(port)
    x, y = node.position
    inner.put_node(replace(node, position=(x, origin[1]) if across else (origin[0], y)))


def _put_port(
    inner: Graph, port: str, kind: str, title: str, beside: str, place: int, across: bool
) -> None:
    """Put a port before or after a layer; further ones beside it."""
    x, y = inner.node(beside).position
    way = -1.0 if kind == BLOCK_INPUT else 1.0
    at = (x + place * _COLUMN, y + way * _ROW)
    if across:
        at = (x + way * _ALONG, y + place * _ROW)
    inner.put_node(Node(port, kind, inner.free_name(title), position=at))


def _add_exit(
    inner: Graph, border: dict[Endpoint, str], source: Endpoint, across: bool
) -> str:  # fmt: skip
    port = border[source] = new_node_id()
    _put_port(inner, port, BLOCK_OUTPUT, "output", source.node, len(border) - 1, across)
    inner.put_edge(Edge(source, Endpoint(port, "input")))
    return port


def _exits(graph: Graph, node: Node) -> list[str]:
    """Return the outputs of a layer that leads nowhere: all of a block's, the main one else."""
    block = block_of(graph.records, node.layer)
    return ["output"] if block is None else [port.id for port in ports(block, BLOCK_OUTPUT)]


def _refuse_sharing(graph: Graph, chosen: set[str]) -> None:
    for node_id in chosen:
        node = graph.node(node_id)
        family = {graph.owner(node).id, *graph.sharers(graph.owner(node).id)}
        apart = family - chosen
        if apart and family & chosen:
            other = graph.node(sorted(apart)[0])
            raise GraphError(
                f"{node.name} shares its weights with {other.name}, which would stay outside.",
                remedy=f"Select {other.name} as well.",
                place=Place("node", node_id),
            )


def _refuse_detours(graph: Graph, chosen: set[str]) -> None:
    """Refuse layers between which the way leads through a layer that is not chosen."""
    after = [
        edge.target.node
        for node_id in chosen
        for edge in graph.leaving(node_id)
        if edge.target.node not in chosen
    ]
    reached = downstream(graph, after) if after else set()
    if reached & chosen:
        between = next(n for n in after if downstream(graph, [n]) & chosen)
        raise GraphError(
            f"{graph.node(between).name} lies between the selected layers, so that the block "
            "would wait for its own result.",
            remedy=f"Select {graph.node(between).name} as well.",
            place=Place("node", between),
        )


def _used_params(members: list[Node], enclosing: Block | None) -> tuple[ParamSpec, ...]:
    used = {name for node in members for value in node.params.values() for name in names_in(value)}
    return tuple(param for param in (enclosing.params if enclosing else ()) if param.name in used)


def _centre(nodes: Iterable[Node]) -> tuple[float, float]:
    places = [node.position for node in nodes]
    if not places:
        return (0.0, 0.0)
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def ungroup(graph: Graph, node_id: str) -> tuple[Batch, list[str]]:
    """Return the change that puts a block's layers in the place of its use, and their ids.

    The definition stays in the document. Formulas get the values of this use; copies of a
    repeated use follow each other.

    Raises:
        GraphError: The node uses no block, or it shares its weights with another use.
    """
    use = graph.node(node_id)
    block = block_of(graph.records, use.layer)
    if block is None:
        raise GraphError(f"{use.name} is no block.", place=Place("node", node_id))
    if use.shared_with or graph.is_shared(node_id):
        raise GraphError(
            f"{use.name} shares its weights with another use of {block.name}.",
            remedy="Delete the other use first.",
            place=Place("node", node_id),
        )
    copies = use.params.get(REPEAT, 1)
    if not isinstance(copies, int) or isinstance(copies, bool) or copies < 1:
        raise GraphError(
            f"The number of copies of {use.name} is not a fixed number.",
            remedy="Set Repeat to a number first.",
            place=Place("param", node_id, REPEAT),
        )
    return _Inlining(graph, use, block, copies).run()


class _Inlining:
    """Puts the layers of one use in its place."""

    def __init__(self, graph: Graph, use: Node, block: Block, copies: int) -> None:
        self._graph, self._use, self._block, self._copies = graph, use, block, copies
        self._inner = block.graph
        self._layers = [node for node in block.graph if node.layer not in PORT_SPECS]
        self._entries = [node.id for node in ports(block, BLOCK_INPUT)]
        self._exits = [node.id for node in ports(block, BLOCK_OUTPUT)]
        self._ids = [{node.id: new_node_id() for node in self._layers} for _ in range(copies)]

    def run(self) -> tuple[Batch, list[str]]:
        """Return the change and the ids of the layers."""
        changes: list[Change] = [*delete(self._graph, [self._use.id]).changes]
        stems = [node.name for _ in range(self._copies) for node in self._layers]
        names = iter(self._graph.free_names(stems))
        cx, cy = _centre(self._layers)
        height = self._height()
        before = self._graph.after(self._use.id)
        for number, ids in enumerate(self._ids):
            down = (number - (self._copies - 1) / 2) * height
            dx, dy = self._use.position[0] - cx, self._use.position[1] - cy + down
            lending_first = sorted(self._layers, key=lambda node: bool(node.shared_with))
            changes += [
                AddNode(self._renewed(node, ids, next(names), dx, dy), before)
                for node in lending_first
            ]
        changes += [Connect(edge) for edge in self._edges()]
        changes += ungrouped_weights(self._graph.records, self._use.id, self._ids[0])
        made = [node_id for ids in self._ids for node_id in ids.values()]
        return Batch(tuple(changes), f"Ungroup {self._block.name}"), made

    def _height(self) -> float:
        ys = [node.position[1] for node in self._layers]
        return (max(ys) - min(ys) if ys else 0.0) + _ROW

    def _renewed(self, node: Node, ids: Mapping[str, str], name: str, dx: float, dy: float) -> Node:
        values = values_of(self._block, self._use.params)
        return replace(
            node,
            id=ids[node.id],
            name=name,
            params={key: compose(value, values) for key, value in node.params.items()},
            position=(node.position[0] + dx, node.position[1] + dy),
            shared_with=ids.get(node.shared_with, ""),
            trainable=node.trainable and self._use.trainable,
        )

    def _edges(self) -> list[Edge]:
        made: list[Edge] = []
        for number, ids in enumerate(self._ids):
            for edge in self._inner.edges:
                source = self._source(number, edge.source)
                if edge.target.node in ids and source is not None:
                    target = Endpoint(ids[edge.target.node], edge.target.port)
                    made.append(Edge(source, target, edge.index))
        for edge in self._graph.outgoing(self._use.id):
            source = self._leaving(self._copies - 1, edge.source.port)
            if source is not None:
                made.append(Edge(source, edge.target, edge.index))
        return made

    def _leaving(self, number: int, port: str) -> Endpoint | None:
        edges = self._inner.incoming(port) if port in self._inner else []
        return self._source(number, edges[0].source) if edges else None

    def _source(self, number: int, end: Endpoint) -> Endpoint | None:
        """Return where a tensor inside a copy comes from, through the ports it passes."""
        while end.node not in self._ids[number]:
            if end.node not in self._entries:
                return None
            if number == 0:
                edges = self._graph.incoming(self._use.id, end.node)
                return edges[0].source if edges else None
            place = self._entries.index(end.node)
            number -= 1
            if place >= len(self._exits):
                return None
            edges = self._inner.incoming(self._exits[place])
            if not edges:
                return None
            end = edges[0].source
        return Endpoint(self._ids[number][end.node], end.port)
