"""Networks without blocks, and how they go back to the ones with blocks.

`workbench.graph.expand` makes them; a `Scope` is the network of one use of a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, is_block, port_ids
from workbench.graph.elements import Endpoint, Node
from workbench.graph.model import Graph
from workbench.graph.problems import Problem
from workbench.plain import Plain


@dataclass(frozen=True)
class Expanded:
    """A network without blocks, and how it goes back to the one with blocks.

    Attributes:
        graph: The network without blocks; the given one where it has none.
        path_of: Id of a layer that stands in a block → ids from the outermost use inwards, each
            as in its own network.
        scopes: Id of a use (`outer`, `outer/inner`) → what it became.
        problems: What is wrong with the blocks themselves; places carry ids of this network.
        unused: Ids of layers whose results nothing needs: they lead only to ports of a block that
            this use leaves open while it uses others, and their weights are nobody else's.
        members: Id of a use → ids of all layers in it.
        sums: For `workbench.graph.regroup`: what it knew about uses; kept while no layer and no
            connection comes or goes.
        renamed: Whether a layer could not get the name that its uses and it make together.
    """

    graph: Graph
    path_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    renamed: bool = False
    unused: frozenset[str] = frozenset()
    members: Mapping[str, list[str]] = field(default_factory=dict)
    sums: dict[str, Any] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether the network has no blocks."""
        return not self.scopes and not self.problems

    def source(self, node_id: str, port: str) -> Endpoint | None:
        """Return where the tensor at an output of a use comes from, in the expanded network."""
        scope = self.scopes.get(node_id)
        return Resolver().leaving(scope, port) if scope else None

    def entering(self, node_id: str, port: str) -> Endpoint | None:
        """Return what leads into an input of a use (of its first copy), likewise."""
        scope = self.scopes.get(node_id)
        while scope is not None and scope.before is not None:
            scope = scope.before
        return Resolver().source(scope, Endpoint(port, "output")) if scope else None


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
        return port_ids(self.graph, BLOCK_INPUT) if self.block else []

    @cached_property
    def exits(self) -> list[str]:
        """Ids of the output ports in order."""
        return port_ids(self.graph, BLOCK_OUTPUT) if self.block else []

    @cached_property
    def name(self) -> str:
        """What the names of its layers start with."""
        if self.parent is None or self.node is None:
            return ""
        number = f"_{self.copy + 1}" if self.numbered else ""
        return f"{self.parent.name}{self.node.name}{number}_"


class Resolver:
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


def leads_out(scope: Scope, node_id: str) -> bool:
    """Tell whether a layer that no layer reads gives an output of the network all the same.

    It does where it is an end of its own network, or where a use of its block leads nowhere. It
    does not where a use needs other outputs of its block and leaves this one open.
    """
    waiting = [(scope, edge.target) for edge in scope.graph.leaving(node_id)]
    if not waiting:
        return True
    seen: set[tuple[str, Endpoint]] = set()
    while waiting:
        scope, end = waiting.pop()
        if (scope.prefix, end) in seen or end.node not in scope.graph:
            continue
        seen.add((scope.prefix, end))
        inner = scope.inner.get(end.node)
        if inner is not None:
            while inner.before is not None:
                inner = inner.before
            if end.port in inner.graph:
                waiting += [(inner, edge.target) for edge in inner.graph.leaving(end.port)]
        elif end.node in scope.exits and scope.parent is not None and scope.node is not None:
            around, use = scope.parent, scope.node.id
            if not around.graph.feeds(use):
                return True
            waiting += [(around, edge.target) for edge in around.graph.outgoing(use, end.node)]
    return False


def uses_around(at: str) -> list[str]:
    """Return the ids of the uses that an expanded layer stands in, the outermost first.

    `r#2/inner/dense` stands in `r` and in `r#2/inner`.
    """
    parts = at.split("/")
    around = []
    for depth in range(1, len(parts)):
        before = "".join(f"{part}/" for part in parts[: depth - 1])
        around.append(before + parts[depth - 1].split("#")[0])
    return around
