"""Turns the blocks of a network into layers: what Keras, checks and exports of weights see.

Every use of a block becomes its layers, with ids `use/layer` (`use#2/layer` in the second copy
of a repeated one) and names `use_layer`. A network without blocks is returned as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from workbench.errors import GraphError, Place
from workbench.graph.blocks import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    MOST_REPEATS,
    PORT_SPECS,
    REPEAT,
    Block,
    block_of,
    is_block,
    ports,
    values_of,
)
from workbench.graph.formulas import has_formula, resolve
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.problems import Problem
from workbench.plain import Plain

MOST_LAYERS: Final = 200_000
"""Layers that blocks may expand to in all."""


@dataclass(frozen=True)
class Expanded:
    """A network without blocks, and how it goes back to the one with blocks.

    Attributes:
        graph: The network without blocks; the given one where it has none.
        path_of: Id of a layer that stands in a block → ids from the outermost use inwards, each
            as in its own network.
        scopes: Id of a use (`outer`, `outer/inner`) → what it became.
        problems: What is wrong with the blocks themselves; places carry ids of this network.
        renamed: Whether a layer could not get the name that its uses and it make together.
    """

    graph: Graph
    path_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    renamed: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the network has no blocks."""
        return not self.scopes and not self.problems

    def source(self, node_id: str, port: str) -> Endpoint | None:
        """Return where the tensor at an output of a use comes from, in the expanded network."""
        scope = self.scopes.get(node_id)
        return _Resolver().leaving(scope, port) if scope else None

    def entering(self, node_id: str, port: str) -> Endpoint | None:
        """Return what leads into an input of a use (of its first copy), likewise."""
        scope = self.scopes.get(node_id)
        while scope is not None and scope.before is not None:
            scope = scope.before
        return _Resolver().source(scope, Endpoint(port, "output")) if scope else None


@dataclass(eq=False)
class Scope:
    """The network of one use of a block (or the outermost network) while it is expanded.

    Attributes:
        graph: Its network.
        prefix: What the ids of its layers start with; "" for the outermost network.
        path: Ids of the uses that lead here.
        parent: The network that the use stands in.
        node: The use.
        block: Its definition.
        values: Values of the block's parameters.
        trainable: Whether every use on the way is trainable.
        owner: What the ids of the layers start with whose weights these ones use: `prefix`
            itself unless a use on the way shares another's weights.
        copy: Number of this copy of a repeated use, from 0.
        numbered: Whether the copies carry numbers in their names.
        before: The copy before.
        inner: Id of a use in `graph` → its last copy.
    """

    graph: Graph
    prefix: str = ""
    path: tuple[str, ...] = ()
    parent: Scope | None = None
    node: Node | None = None
    block: Block | None = None
    values: Mapping[str, Plain] = field(default_factory=dict)
    trainable: bool = True
    owner: str = ""
    copy: int = 0
    numbered: bool = False
    before: Scope | None = None
    inner: dict[str, Scope] = field(default_factory=dict)

    @cached_property
    def entries(self) -> list[str]:
        """Ids of the input ports in order."""
        return [node.id for node in ports(self.block, BLOCK_INPUT)] if self.block else []

    @cached_property
    def exits(self) -> list[str]:
        """Ids of the output ports in order."""
        return [node.id for node in ports(self.block, BLOCK_OUTPUT)] if self.block else []

    @property
    def name(self) -> str:
        """What the names of its layers start with."""
        if self.parent is None or self.node is None:
            return ""
        number = f"_{self.copy + 1}" if self.numbered else ""
        return f"{self.parent.name}{self.node.name}{number}_"


class _Resolver:
    """Follows a tensor back through the borders of blocks to the layer that makes it."""

    def leaving(self, scope: Scope, port: str) -> Endpoint | None:
        """Return what an output port of a use carries."""
        return self.source(*self._into(scope, port))

    def source(self, scope: Scope | None, end: Endpoint | None) -> Endpoint | None:
        """Return the output of an expanded layer that an output in a scope stands for."""
        seen: set[tuple[int, Endpoint]] = set()
        while scope is not None and end is not None and (id(scope), end) not in seen:
            seen.add((id(scope), end))
            if end.node not in scope.graph:
                return None
            node = scope.graph.node(end.node)
            if is_block(node.layer):
                inner = scope.inner.get(node.id)
                scope, end = self._into(inner, end.port) if inner else (None, None)
            elif node.layer == BLOCK_INPUT:
                scope, end = self._outwards(scope, node.id)
            elif node.layer == BLOCK_OUTPUT:
                return None
            else:
                return Endpoint(scope.prefix + end.node, end.port)
        return None

    def _into(self, scope: Scope, port: str) -> tuple[Scope | None, Endpoint | None]:
        edges = scope.graph.incoming(port) if port in scope.graph else []
        return (scope, edges[0].source) if edges else (None, None)

    def _outwards(self, scope: Scope, port: str) -> tuple[Scope | None, Endpoint | None]:
        """Step from an input port to what leads into it: the copy before, or from outside."""
        if scope.before is not None:
            place = scope.entries.index(port)
            exits = scope.before.exits
            return self._into(scope.before, exits[place]) if place < len(exits) else (None, None)
        if scope.parent is None or scope.node is None:
            return None, None
        edges = scope.parent.graph.incoming(scope.node.id, port)
        return (scope.parent, edges[0].source) if edges else (None, None)


class _Expansion:
    """One run of expanding."""

    def __init__(self, graph: Graph) -> None:
        self.flat = Graph()
        self.flat.records = graph.records
        self.path_of: dict[str, tuple[str, ...]] = {}
        self.scopes: dict[str, Scope] = {}
        self.problems: list[Problem] = []
        self._root = Scope(graph)
        self._all: list[Scope] = []
        self._renamed = False

    def run(self) -> Expanded:
        """Expand everything."""
        self._enter(self._root, ())
        resolver = _Resolver()
        for scope in self._all:
            for edge in scope.graph.edges:
                self._connect(resolver, scope, edge)
        return Expanded(self.flat, self.path_of, self.scopes, tuple(self.problems), self._renamed)

    def _enter(self, scope: Scope, inside: tuple[str, ...]) -> None:
        """Add the layers of a scope, and those of the uses in it."""
        self._all.append(scope)
        for node in scope.graph:
            if is_block(node.layer):
                self._use(scope, node, inside)
            elif scope.parent is None:
                self.flat.put_node(node)
            elif node.layer not in PORT_SPECS:
                self._add(scope, node)

    def _use(self, scope: Scope, node: Node, inside: tuple[str, ...]) -> None:
        at = scope.prefix + node.id
        owner = scope.graph.owner(node)
        block = block_of(scope.graph.records, owner.layer)
        if block is None:
            self._wrong("missing_block", at, f"The block that {node.name} uses is not there.")
            return
        if block.id in inside:
            self._wrong("block_in_itself", at, f"{block.name} contains itself.")
            return
        try:
            params = {k: resolve(v, scope.values) for k, v in owner.params.items()}
        except GraphError as error:
            self._wrong("bad_formula", at, error.message)
            return
        try:
            copies = self._copies(block, params)
        except GraphError as error:
            self._wrong("bad_repeat", at, error.message, REPEAT)
            return
        self._tell_open_ports(scope, node, block)
        owner_at = scope.owner + owner.id
        before: Scope | None = None
        for number in range(copies):
            tail = f"#{number + 1}" if number else ""
            made = Scope(
                block.graph, f"{at}{tail}/", (*scope.path, node.id), scope, node, block,
                values_of(block, params), scope.trainable and owner.trainable,
                f"{owner_at}{tail}/", number, is_repeated(owner), before,
            )  # fmt: skip
            scope.inner[node.id] = self.scopes[at] = before = made
            if len(self.flat) > MOST_LAYERS:
                self._wrong("too_many_layers", at, f"{node.name} makes the network too large.")
                return
            self._enter(made, (*inside, block.id))

    def _tell_open_ports(self, scope: Scope, node: Node, block: Block) -> None:
        for port in ports(block, BLOCK_INPUT):
            if not scope.graph.incoming(node.id, port.id):
                text = f"{node.name}: nothing leads to its input {port.name}."
                place = Place("port", scope.prefix + node.id, port.id)
                self.problems.append(Problem("unconnected_port", "error", text, place))

    def _copies(self, block: Block, params: Mapping[str, Plain]) -> int:
        copies = params.get(REPEAT, 1)
        if isinstance(copies, bool) or not isinstance(copies, int):
            raise GraphError(f"Repeat must be a whole number, not {copies!r}.")
        if not 1 <= copies <= MOST_REPEATS:
            raise GraphError(f"Repeat must be between 1 and {MOST_REPEATS}, not {copies}.")
        entries, exits = ports(block, BLOCK_INPUT), ports(block, BLOCK_OUTPUT)
        if copies > 1 and len(entries) != len(exits):
            raise GraphError(
                f"{block.name} has {len(entries)} inputs and {len(exits)} outputs: only a block "
                "with as many outputs as inputs can be repeated."
            )
        return copies

    def _add(self, scope: Scope, node: Node) -> None:
        """Add one layer of a block."""
        params, at = dict(node.params), scope.prefix + node.id
        for name, value in node.params.items():
            if has_formula(value):
                try:
                    params[name] = resolve(value, scope.values)
                except GraphError as error:
                    del params[name]
                    self._wrong("bad_formula", at, f"{node.name}, {name}: {error.message}", name)
        owner = scope.graph.owner(node)
        shared = owner is not node or scope.owner != scope.prefix
        name = self.flat.free_name(scope.name + node.name)
        self._renamed = self._renamed or name != scope.name + node.name
        made = replace(
            node,
            id=at,
            name=name,
            params=params,
            shared_with=scope.owner + owner.id if shared else "",
            trainable=node.trainable and scope.trainable,
        )
        self.flat.put_node(made)
        self.path_of[at] = (*scope.path, node.id)

    def _connect(self, resolver: _Resolver, scope: Scope, edge: Edge) -> None:
        target = Endpoint(scope.prefix + edge.target.node, edge.target.port)
        if target.node not in self.flat:
            return
        source = resolver.source(scope, edge.source)
        if source is not None and source.node in self.flat:
            self.flat.put_edge(Edge(source, target, edge.index))

    def _wrong(self, code: str, at: str, message: str, param: str = "") -> None:
        place = Place("param", at, param) if param else Place("node", at)
        self.problems.append(Problem(code, "error", message, place))


def is_repeated(use: Node) -> bool:
    """Tell whether a use may have several copies; their names then carry numbers, from 1."""
    return use.params.get(REPEAT, 1) != 1


def expand(graph: Graph) -> Expanded:
    """Return a network without its blocks.

    Args:
        graph: An outermost network; it may be wrong in any way.

    Returns:
        The expanded network. It holds the very given one where that uses no blocks. Uses that
        cannot be expanded are left out and told as problems.
    """
    if not graph.memo("uses blocks", lambda g: any(is_block(node.layer) for node in g)):
        return Expanded(graph)
    return _Expansion(graph).run()
