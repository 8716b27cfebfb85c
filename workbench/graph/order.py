"""Orders and reachability: topological order, cycles, components. All linear in the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from workbench.graph.model import INPUT_LAYER, Graph


@dataclass(frozen=True)
class Topology:
    """What depends on nodes and edges alone; see `Graph.memo`.

    Attributes:
        order: Ids in topological order; nodes in and behind cycles are missing.
        inputs: Ids of the input nodes in node order.
        outputs: Ids of the network's outputs: fed from an input, feeding nothing.
        parts: The pieces that no edge joins.
    """

    order: list[str]
    inputs: list[str]
    outputs: list[str]
    parts: list[list[str]]


def topology(graph: Graph) -> Topology:
    """Return the orders and pieces of a graph, computed once until an edge or node changes."""
    return graph.memo("topology", _topology)


def _topology(graph: Graph) -> Topology:
    return Topology(
        topological_order(graph), input_nodes(graph), output_nodes(graph), components(graph)
    )


def _successors(graph: Graph) -> dict[str, list[str]]:
    following: dict[str, list[str]] = {node_id: [] for node_id in graph.nodes}
    for edge in graph.edges:
        following[edge.source.node].append(edge.target.node)
    return following


def topological_order(graph: Graph) -> list[str]:
    """Return node ids, each after all that feed it; nodes in and behind cycles are left out.

    Of the nodes that could come next, the one first in node order does (Kahn's algorithm with a
    heap): the result does not depend on the order in which edges were drawn, so that a network
    is built the same way, with the same random weights, after an undo.
    """
    names = list(graph.nodes)
    place = {node_id: number for number, node_id in enumerate(names)}
    waiting = [0] * len(names)
    following: list[list[int]] = [[] for _ in names]
    for edge in graph.edges:
        target = place[edge.target.node]
        waiting[target] += 1
        following[place[edge.source.node]].append(target)
    ready = [number for number, count in enumerate(waiting) if not count]
    order = []
    while ready:
        number = heappop(ready)
        order.append(names[number])
        for target in following[number]:
            waiting[target] -= 1
            if not waiting[target]:
                heappush(ready, target)
    return order


def find_cycles(graph: Graph) -> list[list[str]]:
    """Return the cycles' node ids, each in the order in which the tensor goes round.

    One cycle per group of nodes that reach each other (Tarjan's strongly connected components,
    without recursion).
    """
    following = _successors(graph)
    return [
        _cycle_in(group, following)
        for group in _strong_components(following)
        if len(group) > 1 or group[0] in following[group[0]]
    ]


def _strong_components(following: Mapping[str, Sequence[str]]) -> list[list[str]]:
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for root in following:
        if root in number:
            continue
        work = [(root, iter(following[root]))]
        number[root] = lowest[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for target in rest:
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(following[target])))
                    break
                if target in on_stack:
                    lowest[node] = min(lowest[node], number[target])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    group = [stack.pop()]
                    while group[-1] != node:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    groups.append(group[::-1])
    return groups


def _cycle_in(group: list[str], following: Mapping[str, Sequence[str]]) -> list[str]:
    """Walk from the group's first node until a node comes up again."""
    members = set(group)
    path: list[str] = []
    place: dict[str, int] = {}
    node = group[0]
    while node not in place:
        place[node] = len(path)
        path.append(node)
        node = next(target for target in following[node] if target in members)
    return path[place[node] :]


def components(graph: Graph) -> list[list[str]]:
    """Return the parts of the graph that no edge joins, each in node order, first node first."""
    parent = {node_id: node_id for node_id in graph.nodes}

    def root(node_id: str) -> str:
        while parent[node_id] != node_id:
            parent[node_id] = parent[parent[node_id]]
            node_id = parent[node_id]
        return node_id

    for edge in graph.edges:
        parent[root(edge.source.node)] = root(edge.target.node)
    parts: dict[str, list[str]] = {}
    for node_id in graph.nodes:
        parts.setdefault(root(node_id), []).append(node_id)
    return list(parts.values())


def downstream(graph: Graph, start: Iterable[str]) -> set[str]:
    """Return the given nodes and all that depend on them."""
    return _reach(start, lambda node_id: [e.target.node for e in graph.leaving(node_id)])


def upstream(graph: Graph, start: Iterable[str]) -> set[str]:
    """Return the given nodes and all that they depend on."""
    return _reach(start, lambda node_id: [e.source.node for e in graph.entering(node_id)])


def _reach(start: Iterable[str], neighbours: Callable[[str], list[str]]) -> set[str]:
    seen = set(start)
    work = list(seen)
    while work:
        for node_id in neighbours(work.pop()):
            if node_id not in seen:
                seen.add(node_id)
                work.append(node_id)
    return seen


def input_nodes(graph: Graph) -> list[str]:
    """Return the ids of the input nodes in node order."""
    return [node.id for node in graph if node.layer == INPUT_LAYER]


def output_nodes(graph: Graph) -> list[str]:
    """Return the ids of the network's outputs: fed from an input, feeding nothing."""
    reached = downstream(graph, input_nodes(graph))
    return [
        node_id
        for node_id in graph.nodes
        if node_id in reached and not graph.feeds(node_id) and node_id not in graph.unread
    ]
