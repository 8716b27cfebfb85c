"""Gives the nodes that a repair would add ids that depend on the repair alone.

Repairs are made anew after every edit. With random ids each would differ from the one before,
and views would take every problem for a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2s

from workbench.graph.changes import AddNode, Batch, Change, Connect, Disconnect, MoveNodes, SetParam
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.problems import Fix, Problem


def with_steady_ids(graph: Graph, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with the ids in their repairs made steady.

    Args:
        graph: The network; ids that it has are not given.
        problems: Problems with repairs for it.
    """
    return [
        replace(p, fixes=tuple(_steady(graph, fix) for fix in p.fixes))
        if any(_added(fix.change) for fix in p.fixes)
        else p
        for p in problems
    ]


def _added(change: Change) -> list[Node]:
    if isinstance(change, AddNode):
        return [change.node]
    if isinstance(change, Batch):
        return [node for part in change.changes for node in _added(part)]
    return []


def _steady(graph: Graph, fix: Fix) -> Fix:
    ids = {node.id: _id_for(graph, node) for node in _added(fix.change)}
    return Fix(fix.label, _renamed(fix.change, ids)) if ids else fix


def _id_for(graph: Graph, node: Node) -> str:
    number = 0
    while True:
        text = f"{node.layer}|{node.name}|{node.position}|{number}"
        found = "n" + blake2s(text.encode(), digest_size=5).hexdigest()
        if found not in graph:
            return found
        number += 1


def _renamed(change: Change, ids: dict[str, str]) -> Change:
    if isinstance(change, Batch):
        return Batch(tuple(_renamed(part, ids) for part in change.changes), change.text)
    if isinstance(change, AddNode):
        return AddNode(replace(change.node, id=ids[change.node.id]), change.before)
    if isinstance(change, Connect):
        return Connect(_edge(change.edge, ids))
    if isinstance(change, Disconnect):
        return Disconnect(_edge(change.edge, ids))
    if isinstance(change, SetParam):
        return SetParam(ids.get(change.node_id, change.node_id), change.name, change.value)
    if isinstance(change, MoveNodes):
        return MoveNodes({ids.get(n, n): place for n, place in change.positions.items()})
    return change


def _edge(edge: Edge, ids: dict[str, str]) -> Edge:
    return Edge(_end(edge.source, ids), _end(edge.target, ids), edge.index)


def _end(end: Endpoint, ids: dict[str, str]) -> Endpoint:
    return Endpoint(ids.get(end.node, end.node), end.port)
