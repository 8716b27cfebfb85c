"""Finds the layers of two networks that are the same ones.

Two versions of one project share ids. Networks of other origin share names, or only their
structure; which of the two is the better guide is tried out: automatic names ("dense_3") shift
when a layer is inserted, a person's names do not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workbench.graph.alignment import align
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, block_of
from workbench.graph.model import Graph, Node
from workbench.graph.order import topology
from workbench.graph.own_layers import class_name, is_own

Check = Callable[[], None]
_CONTEXT_ROUNDS: Final = 2
_EVERY: Final = 1000


def _never() -> None:
    """Go on: nobody wants to cancel."""


@dataclass(frozen=True)
class Blocks:
    """The blocks of two documents that are the same ones.

    Attributes:
        partner: Id of a block of the second → id of the same block of the first.
        ports: Layer key in the first, port there → port of the same block in the second.
    """

    partner: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def port(self, layer: str, port: str) -> str:
        """Return what a port of a layer of the first network is called in the second."""
        return self.ports.get((layer, port), port)


def pair_blocks(before: Graph, after: Graph, check: Check = _never) -> Blocks:
    """Return which blocks of two documents are the same: by id, by name, by what is in them."""
    first = _blocks(before)
    free = dict(first)
    partner: dict[str, str] = {}
    keys: tuple[Callable[[Block], Hashable], ...] = (
        lambda block: block.id,
        lambda block: block.name,
        lambda block: tuple(sorted((n.layer, repr(sorted(_params(n)))) for n in block.graph)),
    )
    for key in keys:
        there = {key(block): block.id for block in reversed(free.values())}
        for block in _blocks(after).values():
            found = there.get(key(block))
            if block.id not in partner and found in free and len(block.graph):
                partner[block.id] = found
                del free[found]
    ports: dict[tuple[str, str], str] = {}
    known = Blocks(partner)
    for new, old in partner.items():
        if new != old:
            inner = match(first[old].graph, _blocks(after)[new].graph, known, check)
            ports |= {(f"block:{old}", was): now for now, was in inner.items()}
    return Blocks(partner, ports)


def _blocks(graph: Graph) -> dict[str, Block]:
    found = graph.records.of(Block.kind).items()
    return {key: record for key, record in found if isinstance(record, Block)}


def match(
    before: Graph, after: Graph, blocks: Blocks | None = None, check: Check = _never
) -> dict[str, str]:
    """Return id in `after` → id of the same layer in `before`.

    By id first. What is left is matched by names, and once more by structure where names are of
    no great help; the matching under which the networks differ less is taken. Only layers of one
    type are matched.

    Args:
        before: The first network.
        after: The second.
        blocks: Blocks of the two documents that are the same.
        check: Called now and then; what it raises ends the work.
    """
    blocks = blocks if blocks is not None else Blocks()
    known = _Matching(before, after, blocks, check)
    known.by_ids()
    if not known.unmatched():
        return known.result()
    by_names = known.copy()
    by_names.by_names()
    by_names.follow()
    by_names.by_settings()
    by_names.follow()
    if by_names.cost() == 0:
        return by_names.result()
    by_structure = known.copy()
    by_structure.by_structure()
    by_structure.by_names()
    by_structure.by_settings()
    by_structure.follow()
    better = by_structure if by_structure.cost() < by_names.cost() else by_names
    return better.result()


class _Matching:
    """A matching in the making.

    Args:
        before: The first network.
        after: The second.
        blocks: Blocks that are the same.
        check: Called now and then.
    """

    def __init__(self, before: Graph, after: Graph, blocks: Blocks, check: Check) -> None:
        self._before, self._after = before, after
        self._blocks, self._check = blocks, check
        self._found: dict[str, str] = {}
        self._free: dict[str, None] = dict.fromkeys(before.nodes)
        self._old = {node.id: _type(before, node, {}) for node in before}
        self._new = {node.id: _type(after, node, blocks.partner) for node in after}

    def copy(self) -> _Matching:
        """Return a matching that goes on from here on its own."""
        other = _Matching.__new__(_Matching)
        other.__dict__ |= self.__dict__
        other._found, other._free = dict(self._found), dict(self._free)
        return other

    def result(self) -> dict[str, str]:
        """Return the matching in the order of the second network."""
        return {i: self._found[i] for i in self._after.nodes if i in self._found}

    def unmatched(self) -> bool:
        """Tell whether layers of both networks are left."""
        return bool(self._free) and len(self._found) < len(self._after)

    def _take(self, new: str, old: str) -> None:
        self._found[new] = old
        del self._free[old]

    # ---- the ways to match -----------------------------------------------------------------

    def by_ids(self) -> None:
        """Match layers of one id and type."""
        for node_id, layer in self._new.items():
            if node_id in self._free and self._old[node_id][0] == layer[0]:
                self._take(node_id, node_id)

    def by_names(self) -> None:
        """Match layers of one name and type."""
        self._pair(lambda node: node.name)

    def by_settings(self) -> None:
        """Match layers of one type and equal settings, in the order of the networks."""
        self._pair(lambda node: repr(sorted(_params(node))))

    def by_structure(self) -> None:
        """Match what stands at the same place among the same neighbours; then what is next."""
        old = self._signed(self._before, self._old)
        new = self._signed(self._after, self._new)
        for context in (_CONTEXT_ROUNDS, 0):
            first = [i for i in _in_order(self._before) if i in self._free]
            second = [i for i in _in_order(self._after) if i not in self._found]
            pairs = align(
                [old[context][i] for i in first], [new[context][i] for i in second], self._check
            )
            for i, j in pairs:
                self._take(second[j], first[i])
        self.follow()  # last: it is content with what has the same type

    def _signed(self, graph: Graph, types: Mapping[str, Hashable]) -> list[dict[str, int]]:
        """Return per round a number of each layer: its settings and ever more of what is around.

        The colour refinement of Weisfeiler and Leman, 1968.
        """
        colours = {node.id: hash((types[node.id], repr(sorted(_params(node))))) for node in graph}
        rounds = [colours]
        for _ in range(_CONTEXT_ROUNDS):
            self._check()
            last = rounds[-1]
            rounds.append({
                i: hash((
                    last[i],
                    tuple(sorted(last[e.source.node] for e in graph.entering(i))),
                    tuple(sorted(last[e.target.node] for e in graph.leaving(i))),
                ))
                for i in graph.nodes
            })  # fmt: skip
        return rounds

    def _pair(self, key: Callable[[Node], Hashable]) -> None:
        self._check()
        waiting: dict[Hashable, list[str]] = {}
        for node_id in reversed(_in_order(self._before)):
            if node_id in self._free:
                whole = (self._old[node_id], key(self._before.node(node_id)))
                waiting.setdefault(whole, []).append(node_id)
        for node_id in _in_order(self._after):
            if node_id not in self._found:
                there = waiting.get((self._new[node_id], key(self._after.node(node_id))))
                if there:
                    self._take(node_id, there.pop())

    def follow(self) -> None:
        """Match layers next to matched ones, the more alike the sooner, and so on from there."""
        waiting = list(self._found)
        turn = 0
        while waiting:
            turn += 1
            if turn % _EVERY == 0:
                self._check()
            new = waiting.pop()
            old = self._found[new]
            for here, there in (
                (_next(self._after, new), _next(self._before, old)),
                (_last(self._after, new), _last(self._before, old)),
            ):
                for node_id in here:
                    if node_id in self._found:
                        continue
                    fitting = [
                        i for i in there if i in self._free and self._old[i] == self._new[node_id]
                    ]
                    if fitting:
                        node = self._after.node(node_id)
                        best = max(fitting, key=lambda i: _likeness(self._before.node(i), node))
                        self._take(node_id, best)
                        waiting.append(node_id)

    # ---- how good it is --------------------------------------------------------------------

    def cost(self) -> int:
        """Return how much differs: layers and settings count twice, connections and names once.

        Numbers at the end of names do not count: they shift when a layer is inserted.
        """
        found = self._found
        cost = 2 * (len(self._free) + len(self._after) - len(found))
        for new, old in found.items():
            first, second = self._before.node(old), self._after.node(new)
            cost += 2 * _unlike(first, second) + (_stem(first.name) != _stem(second.name))
        followed = {old: new for new, old in found.items()}
        kept = 0
        there = {(e.source.node, e.target.node) for e in self._after.edges}
        for edge in self._before.edges:
            ends = followed.get(edge.source.node), followed.get(edge.target.node)
            kept += ends in there
        return cost + len(self._before.edges) + len(self._after.edges) - 2 * kept


def _type(graph: Graph, node: Node, partner: Mapping[str, str]) -> tuple[Hashable, bool]:
    """Return what a layer is and whether it has weights of another one.

    The same in both documents for the same block or own layer.
    """
    shares = bool(node.shared_with)
    if is_own(node.layer):
        return ("own", class_name(node.layer)), shares
    block = block_of(graph.records, node.layer)
    if block is not None:
        return ("block", partner.get(block.id, block.id)), shares
    return node.layer, shares


def _params(node: Node) -> Iterable[tuple[str, str]]:
    yield from ((name, repr(value)) for name, value in node.params.items())
    if node.layer in (BLOCK_INPUT, BLOCK_OUTPUT):
        yield ("name", node.name)  # the name of a port is what it is


def _in_order(graph: Graph) -> list[str]:
    order = topology(graph).order
    if len(order) == len(graph):
        return order
    seen = set(order)
    return [*order, *(node_id for node_id in graph.nodes if node_id not in seen)]


def _stem(name: str) -> str:
    """Return a name without the number at its end."""
    stem, _, number = name.rpartition("_")
    return stem if stem and number.isdigit() else name


def _next(graph: Graph, node_id: str) -> list[str]:
    return list(dict.fromkeys(edge.target.node for edge in graph.leaving(node_id)))


def _last(graph: Graph, node_id: str) -> list[str]:
    return list(dict.fromkeys(edge.source.node for edge in graph.incoming(node_id)))


def _likeness(old: Node, new: Node) -> int:
    """Return how many settings two layers have in common."""
    return sum(new.params.get(name, object()) == value for name, value in old.params.items())


def _unlike(old: Node, new: Node) -> int:
    """Return how many settings of two layers differ."""
    if old.params == new.params:
        return 0
    names = {*old.params, *new.params}
    return sum(old.params.get(n, ...) != new.params.get(n, ...) for n in names)


__all__ = ["Blocks", "Check", "match", "pair_blocks"]
