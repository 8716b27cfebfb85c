"""Finds the layers of two networks that are the same ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from workbench.graph.model import Graph, Node
from workbench.graph.order import topology


def match(before: Graph, after: Graph) -> dict[str, str]:
    """Return id in `after` → id of the same layer in `before`.

    By id; then by name; then by neighbours that are matched already, the more alike the
    settings the sooner; at last by settings and order. Only layers of one type are matched.
    """
    found: dict[str, str] = {}
    free = set(before.nodes)

    def take(new: str, old: str) -> None:
        found[new] = old
        free.discard(old)

    for node in after:
        if node.id in free and before.node(node.id).layer == node.layer:
            take(node.id, node.id)
    _pair(before, after, found, free, lambda node: (node.layer, node.name), take)
    _follow(before, after, found, free, take)
    _pair(before, after, found, free, lambda node: (node.layer, repr(sorted(_params(node)))), take)
    _follow(before, after, found, free, take)
    return {node.id: found[node.id] for node in after if node.id in found}


def _params(node: Node) -> Iterable[tuple[str, str]]:
    return ((name, repr(value)) for name, value in node.params.items())


def _pair(
    before: Graph,
    after: Graph,
    found: dict[str, str],
    free: set[str],
    key: Callable[[Node], Hashable],
    take: Callable[[str, str], None],
) -> None:
    """Match layers with the same key, in the order of the networks."""
    waiting: dict[Hashable, list[str]] = {}
    for node_id in _in_order(before):
        if node_id in free:
            waiting.setdefault(key(before.node(node_id)), []).append(node_id)
    for node_id in _in_order(after):
        if node_id in found:
            continue
        there = waiting.get(key(after.node(node_id)))
        if there:
            take(node_id, there.pop(0))


def _in_order(graph: Graph) -> list[str]:
    order = topology(graph).order
    seen = set(order)
    return [*order, *(node.id for node in graph if node.id not in seen)]


def _follow(
    before: Graph,
    after: Graph,
    found: dict[str, str],
    free: set[str],
    take: Callable[[str, str], None],
) -> None:
    """Match layers next to matched ones, and so on from there."""
    waiting = list(found)
    while waiting:
        new = waiting.pop()
        old = found[new]
        for here, there in (
            (_next(after, new), _next(before, old)),
            (_last(after, new), _last(before, old)),
        ):
            for node_id in here:
                if node_id in found:
                    continue
                node = after.node(node_id)
                fitting = [at for at in there if at in free and before.node(at).layer == node.layer]
                if fitting:
                    best = max(fitting, key=lambda at: _likeness(before.node(at), node))
                    take(node_id, best)
                    waiting.append(node_id)


def _next(graph: Graph, node_id: str) -> list[str]:
    return list(dict.fromkeys(edge.target.node for edge in graph.outgoing(node_id)))


def _last(graph: Graph, node_id: str) -> list[str]:
    return list(dict.fromkeys(edge.source.node for edge in graph.incoming(node_id)))


def _likeness(old: Node, new: Node) -> int:
    """Return how many settings two layers have in common."""
    return sum(new.params.get(name, object()) == value for name, value in old.params.items())
