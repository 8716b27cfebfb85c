"""Turns the blocks of a network into layers: what Keras, checks and exports of weights see.

Every use of a block becomes its layers, with ids `use/layer` (`use#2/layer` in the second copy
of a repeated one) and names `use_layer`. A network without blocks is returned as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

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
    port_ids,
    values_of,
)
from workbench.graph.formulas import has_formula, resolve
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node
from workbench.graph.problems import Problem
from workbench.graph.scopes import Expanded, Resolver, Scope, leads_out, uses_around
from workbench.plain import Plain

__all__ = ["MOST_LAYERS", "Expanded", "Expander", "Scope", "expand", "is_repeated",
           "topology_token"]  # fmt: skip

MOST_LAYERS: Final = 200_000
"""Layers and uses that blocks may expand to in all."""
MOST_DEEP: Final = 64
"""Uses that may stand in each other; every one takes calls of Python's."""


class Expander:
    """Expands a network again and again as it is edited.

    What an edit did not touch is taken over from the last time: nodes as the same objects, and
    the expanded network as the same object while no node and no edge came or went.
    """

    def __init__(self) -> None:
        self._last: _Expansion | None = None

    def expand(self, graph: Graph) -> Expanded:
        """Return a network without its blocks, see `expand`.

        The network in the result is valid until the next call, which may change it.
        """
        if not _uses_blocks(graph):
            self._last = None
            return Expanded(graph)
        made = _Expansion(graph, self._last)
        expanded = made.run()
        made.forget_before()
        self._last = made
        return expanded


def expand(graph: Graph) -> Expanded:
    """Return a network without its blocks.

    Args:
        graph: An outermost network; it may be wrong in any way.

    Returns:
        The expanded network. It holds the very given one where that uses no blocks. Uses that
        cannot be expanded are left out and told as problems.
    """
    return _Expansion(graph, None).run() if _uses_blocks(graph) else Expanded(graph)


def is_repeated(use: Node) -> bool:
    """Tell whether a use may have several copies; their names then carry numbers, from 1."""
    return use.params.get(REPEAT, 1) != 1


def _same(
    before: Mapping[str, tuple[object, ...]], at: str, given: tuple[object, ...]
) -> bool:  # fmt: skip
    """Tell whether a use gives its layers what it gave before: 1 is neither True nor 1.0 here."""
    known = before.get(at)
    return known == given and (not given[0] or repr(known) == repr(given))


def _uses_blocks(graph: Graph) -> bool:
    return graph.memo("uses blocks", lambda g: any(is_block(node.layer) for node in g))


def topology_token(graph: Graph) -> object:
    """Return an object that is another one after nodes or edges came or went."""
    return graph.memo("expansion", lambda _: object())


class _Expansion:
    """One run of expanding, by what the run before made where there is one."""

    def __init__(self, graph: Graph, before: _Expansion | None) -> None:
        self.flat = Graph()
        self.flat.records = graph.records
        self.path_of: dict[str, tuple[str, ...]] = {}
        self.unused: frozenset[str] = frozenset()
        self.members: dict[str, list[str]] = {}
        self.sums: dict[str, Any] = {}
        self.scopes: dict[str, Scope] = {}
        self.problems: list[Problem] = []
        self._before = before
        self._root = Scope(graph)
        self._all: list[Scope] = []
        self._topology: list[tuple[str, object]] = []
        self._sources: dict[str, Node] = {}
        self._made: dict[str, Node] = {}
        self._names: dict[str, str] = {}
        self._givens: dict[str, tuple[object, ...]] = {}
        self._faulty: set[str] = set()

    def run(self) -> Expanded:
        """Expand everything."""
        self._enter(self._root, ())
        renamed = self._give_names()
        before = self._before
        if before is not None and before._topology == self._topology:
            self.flat, self.path_of, self.unused = before.flat, before.path_of, before.unused
            self.members, self.sums = before.members, before.sums
            for at, node in self._made.items():
                if before._made[at] is not node:
                    self.flat.put_node(node)
        else:
            self._build()
        problems = tuple(self.problems)
        return Expanded(
            self.flat, self.path_of, self.scopes, problems, renamed, self.unused,
            self.members, self.sums,
        )  # fmt: skip

    def forget_before(self) -> None:
        """Let go of the expansion before."""
        self._before = None

    def _build(self) -> None:
        """Put all nodes and edges together."""
        for node in self._made.values():
            self.flat.put_node(node)
        resolver = Resolver()
        for scope in self._all:
            for node in scope.graph if scope.parent is not None else ():
                if scope.prefix + node.id in self._made:
                    self.path_of[scope.prefix + node.id] = (*scope.path, node.id)
            for edge in scope.graph.edges:
                self._connect(resolver, scope, edge)
        self._find_unread()
        self.members = {at: [] for at in self.scopes}
        for at in self.path_of:
            for use in uses_around(at):
                self.members[use].append(at)

    def _find_unread(self) -> None:
        """Find the layers whose results leave their block where nothing takes them."""
        unread = {
            scope.prefix + node.id
            for scope in self._all
            for node in scope.graph
            if (at := scope.prefix + node.id) in self._made
            and not self.flat.feeds(at)
            and not leads_out(scope, node.id)
        }
        self.flat.unread = frozenset(unread)
        waiting = list(unread)
        while waiting:
            for edge in self.flat.entering(waiting.pop()):
                at = edge.source.node
                if at not in unread and all(e.target.node in unread for e in self.flat.leaving(at)):
                    unread.add(at)
                    waiting.append(at)
        self.unused = frozenset(at for at in unread if not self.flat.is_shared(at))

    def _give_names(self) -> bool:
        """Give layers in blocks names that nothing else has; tell whether one had to differ."""
        taken = {node.name for at, node in self._made.items() if at not in self._names}
        numbers: dict[str, int] = {}
        renamed = False
        for at, wanted in self._names.items():
            name = wanted
            while name in taken:
                numbers[wanted] = numbers.get(wanted, 1) + 1
                name = f"{wanted}_{numbers[wanted]}"
            taken.add(name)
            renamed = renamed or name != wanted
            if self._made[at].name != name:
                self._made[at] = replace(self._made[at], name=name)
        return renamed

    def _enter(self, scope: Scope, inside: tuple[str, ...]) -> None:
        """Add the layers of a scope, and those of the uses in it."""
        self._all.append(scope)
        self._topology.append((scope.prefix, topology_token(scope.graph)))
        alike = False
        if scope.parent is not None:
            given = (scope.values, scope.trainable, scope.owner)
            self._givens[scope.prefix] = given
            alike = self._before is not None and _same(self._before._givens, scope.prefix, given)
        for node in scope.graph:
            if is_block(node.layer):
                self._use(scope, node, inside)
            elif scope.parent is None:
                self._made[node.id] = node
            elif node.layer not in PORT_SPECS:
                self._add(scope, node, alike)

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
        if len(inside) >= MOST_DEEP:
            self._wrong("too_deep", at, f"{node.name} stands in more than {MOST_DEEP} blocks.")
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
            if len(self._made) + len(self._all) > MOST_LAYERS:
                self._wrong("too_many_layers", at, f"{node.name} makes the network too large.")
                return
            self._enter(made, (*inside, block.id))

    def _tell_open_ports(self, scope: Scope, node: Node, block: Block) -> None:
        for port in port_ids(block.graph, BLOCK_INPUT):
            if not scope.graph.incoming(node.id, port):
                name = block.graph.node(port).name
                text = f"{node.name}: nothing leads to its input {name}."
                place = Place("port", scope.prefix + node.id, port)
                self.problems.append(Problem("unconnected_port", "error", text, place))
        for port in port_ids(block.graph, BLOCK_OUTPUT):
            if not block.graph.entering(port) and scope.graph.outgoing(node.id, port):
                name = block.graph.node(port).name
                text = f"{node.name}: inside it, nothing leads to its output {name}."
                place = Place("port", scope.prefix + node.id, port)
                self.problems.append(Problem("unconnected_port", "error", text, place))

    def _copies(self, block: Block, params: Mapping[str, Plain]) -> int:
        copies = params.get(REPEAT, 1)
        if isinstance(copies, bool) or not isinstance(copies, int):
            raise GraphError(f"Repeat must be a whole number, not {copies!r}.")
        if not 1 <= copies <= MOST_REPEATS:
            raise GraphError(f"Repeat must be between 1 and {MOST_REPEATS}, not {copies}.")
        if copies == 1:
            return 1
        entries, exits = port_ids(block.graph, BLOCK_INPUT), port_ids(block.graph, BLOCK_OUTPUT)
        if len(entries) != len(exits):
            raise GraphError(
                f"{block.name} has {len(entries)} inputs and {len(exits)} outputs: only a block "
                "with as many outputs as inputs can be repeated."
            )
        return copies

    def _add(self, scope: Scope, node: Node, alike: bool) -> None:
        """Add one layer of a block.

        Args:
            scope: The use's network.
            node: The layer there.
            alike: The use gave its layers the same the last time.
        """
        at = scope.prefix + node.id
        self._sources[at], self._names[at] = node, scope.name + node.name
        before = self._before
        if (
            alike
            and before is not None
            and before._sources.get(at) is node
            and not node.shared_with
            and at not in before._faulty
        ):
            self._made[at] = before._made[at]
            return
        params = dict(node.params)
        for name, value in node.params.items():
            if has_formula(value):
                try:
                    params[name] = resolve(value, scope.values)
                except GraphError as error:
                    del params[name]
                    self._faulty.add(at)
                    self._wrong("bad_formula", at, f"{node.name}, {name}: {error.message}", name)
        owner = scope.graph.owner(node)
        shared = owner is not node or scope.owner != scope.prefix
        made = replace(
            node,
            id=at,
            name=self._names[at],
            params=params,
            shared_with=scope.owner + owner.id if shared else "",
            trainable=node.trainable and scope.trainable,
        )
        known = before._made.get(at) if before is not None else None
        alike = known is not None and known == made and repr(known.params) == repr(made.params)
        self._made[at] = known if known is not None and alike else made
        if node.layer == INPUT_LAYER:
            self._faulty.add(at)
            self._wrong(
                "input_in_block", at,
                f"{node.name} is an input of the network, which no block can have inside. "
                "Put an input of the block in its place.",
            )  # fmt: skip

    def _connect(self, resolver: Resolver, scope: Scope, edge: Edge) -> None:
        target = Endpoint(scope.prefix + edge.target.node, edge.target.port)
        if target.node not in self._made:
            return
        source = resolver.source(scope, edge.source)
        if source is not None and source.node in self._made:
            self.flat.put_edge(Edge(source, target, edge.index))

    def _wrong(self, code: str, at: str, message: str, param: str = "") -> None:
        place = Place("param", at, param) if param else Place("node", at)
        self.problems.append(Problem(code, "error", message, place))
