"""Brings what was found out about an expanded network back to the network with blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from workbench.graph.changes import (
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    MoveNodes,
    RemoveNode,
    RenameNode,
    SetParam,
    SetTrainable,
)
from workbench.graph.expand import Expanded, Scope, topology_token
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.model import Edge, Endpoint, Graph
from workbench.graph.problems import Fix, Problem
from workbench.graph.record_changes import InBlock

_AT_NODES = ("node", "port", "param")
_BY_CONNECTIONS = frozenset({"unconnected_port", "separate_part"})
"""Problems of which connections elsewhere decide whether they are told."""


def regroup(graph: Graph, expanded: Expanded, found: Inference) -> Inference:
    """Return an inference about a network with blocks.

    Args:
        graph: The network with blocks.
        expanded: What it became.
        found: What is known about the expanded network.

    Returns:
        `nodes` holds the network's own nodes, a use of a block with its outputs and the sums of
        what is in it; `inside` holds what stands in blocks, by the ids of the expanded network,
        uses in uses included. Problems inside a block say where, their places carry these ids,
        and their repairs change the block.
    """
    return Regrouper().regroup(graph, expanded, found)


class Regrouper:
    """Regroups again and again as a network is edited; see `regroup`.

    A problem that is the same object as the last time, in a use that is called and looks as it
    did then, is told as it was told then.
    """

    def __init__(self) -> None:
        self._told: dict[int, _Told] = {}

    def regroup(self, graph: Graph, expanded: Expanded, found: Inference) -> Inference:
        """Return an inference about a network with blocks; arguments as for `regroup`."""
        if expanded.is_plain:
            self._told = {}
            return found
        before, self._told = self._told, {}
        around: dict[str, tuple[object, ...]] = {}
        problems = []
        for problem in (*expanded.problems, *found.problems):
            told = self._outwards(expanded, problem, before.get(id(problem)), around)
            if told is not None:
                problems.append(told)
        return _regrouped(graph, expanded, found, problems)

    def _outwards(
        self,
        expanded: Expanded,
        problem: Problem,
        known: _Told | None,
        around: dict[str, tuple[object, ...]],
    ) -> Problem | None:
        at = problem.place.id
        if "/" not in at or problem.code in _BY_CONNECTIONS:
            return _outwards(expanded, problem)
        scope = _scope_of(expanded, at)
        if scope is None:
            return _outwards(expanded, problem)
        given = around.get(scope.prefix)
        if given is None:
            given = around[scope.prefix] = _around(scope)
        if known is None or known.problem is not problem or known.around != given:
            known = _Told(problem, given, _outwards(expanded, problem))
        self._told[id(problem)] = known
        return known.told


class _Told(NamedTuple):
    """A problem of an expanded layer and what was told about it.

    Attributes:
        problem: The problem; held, so that no other object gets its identity.
        around: What decided beside it; see `_around`.
        told: What came out.
    """

    problem: Problem
    around: tuple[object, ...]
    told: Problem | None


def _around(scope: Scope) -> tuple[object, ...]:
    """Return all that a problem's words and repairs take from the use that it stands in."""
    found: list[object] = [scope.block.id if scope.block else "", topology_token(scope.graph)]
    at: Scope | None = scope
    while at is not None and at.node is not None:
        found += (at.prefix, at.node.name, at.copy, at.name)
        at = at.parent
    return tuple(found)


def _regrouped(
    graph: Graph, expanded: Expanded, found: Inference, problems: list[Problem]
) -> Inference:
    inside = {at: info for at, info in found.nodes.items() if at in expanded.path_of}
    nodes = {at: info for at, info in found.nodes.items() if at not in expanded.path_of}
    for at, info in _sums(expanded, found).items():
        (inside if "/" in at else nodes)[at] = info
    ordered = {node.id: nodes[node.id] for node in graph if node.id in nodes}
    return Inference(ordered, tuple(problems), found.revision, inside)


def _sums(expanded: Expanded, found: Inference) -> dict[str, NodeInfo]:
    """Return what is known about every use: the tensors it gives and the sums of its layers."""
    sums: dict[str, NodeInfo] = {}
    nodes = found.nodes
    for at, members in expanded.members.items():
        known = expanded.sums.get(at)
        sources = known.sources if known else _sources(expanded, at)
        infos = [nodes.get(member) for member in members]
        infos += [nodes.get(source.node) for source in sources.values()]
        if known is None or known.infos != infos:
            known = expanded.sums[at] = _Sum(sources, infos, _sum(expanded, found, at, sources))
        if known.total is not None:
            sums[at] = known.total
    return sums


class _Sum(NamedTuple):
    """What was known about a use, and what it was made from.

    Attributes:
        sources: Output port → where its tensor comes from.
        infos: What was known about the layers in the use and where its outputs come from.
        total: What came out.
    """

    sources: dict[str, Endpoint]
    infos: list[NodeInfo | None]
    total: NodeInfo | None


def _sources(expanded: Expanded, at: str) -> dict[str, Endpoint]:
    found = {port: expanded.source(at, port) for port in expanded.scopes[at].exits}
    return {port: source for port, source in found.items() if source is not None}


def _sum(
    expanded: Expanded, found: Inference, at: str, sources: Mapping[str, Endpoint]
) -> NodeInfo | None:
    """Return what is known about one use; None while a layer in it is not known."""
    members = expanded.members[at]
    if any(member not in found.nodes for member in members):
        return None
    infos = [found.nodes[member] for member in members if member not in expanded.unused]
    outputs: dict[str, TensorInfo] = {}
    axes: dict[str, tuple[str, ...]] = {}
    receptive = None
    for port, source in sources.items():
        tensor = found.tensor(source.node, source.port)
        if tensor is not None:
            receptive = receptive if outputs else found.nodes[source.node].receptive
            outputs[port] = tensor
            axes[port] = found.axes(source.node, source.port)
    macs = [info.macs for info in infos if info.macs is not None]
    return NodeInfo(
        outputs,
        sum(info.parameters for info in infos),
        sum(info.trainable for info in infos),
        sum(info.weight_bytes for info in infos),
        sum(info.states for info in infos),
        sum(macs) if len(macs) == len(infos) else None,
        receptive,
        axes,
        sum(info.kept_bytes for info in infos),
    )


def _outwards(expanded: Expanded, problem: Problem) -> Problem | None:
    """Return a problem of the expanded network as one of the network with blocks."""
    at = problem.place.id
    if problem.place.kind not in _AT_NODES or "/" not in at:
        return problem
    scope = _scope_of(expanded, at)
    if scope is None:
        return replace(problem, fixes=())
    if problem.code == "unconnected_port" and problem.place.kind == "port":
        inner = at.removeprefix(scope.prefix)
        if inner in scope.graph and scope.graph.incoming(inner, problem.place.part):
            return None  # it is the use's input that nothing leads to, and that is told
    if problem.code == "separate_part" and any(
        told.code == "unconnected_port" for told in expanded.problems
    ):
        return None
    fixes = tuple(made for fix in problem.fixes if (made := _inwards(scope, fix)) is not None)
    way = " › ".join(_names(scope))
    text = f"In {way}: {_shortened(scope, problem.message)}"
    return replace(problem, message=text, fixes=fixes)


def _scope_of(expanded: Expanded, at: str) -> Scope | None:
    """Return the copy of a use that an expanded layer stands in."""
    prefix = at[: at.rindex("/") + 1]
    outer, _, last = prefix[:-1].rpartition("/")
    use = (outer + "/" if outer else "") + last.split("#")[0]
    scope = expanded.scopes.get(use)
    while scope is not None and scope.prefix != prefix:
        scope = scope.before
    return scope


def _shortened(scope: Scope, message: str) -> str:
    """Return a message with the layers on the way called as in their own networks."""
    at: Scope | None = scope
    while at is not None and at.parent is not None:
        message = re.sub(rf"\b{re.escape(at.name)}(?=\w)", "", message)
        at = at.parent
    return message


def _names(scope: Scope) -> list[str]:
    names: list[str] = []
    at: Scope | None = scope
    while at is not None and at.node is not None:
        names.append(at.node.name + (f" ({at.copy + 1})" if at.copy else ""))
        at = at.parent
    return names[::-1]


def _inwards(scope: Scope, fix: Fix) -> Fix | None:
    """Return a repair as a change of the block's network, or None where it reaches beyond it."""
    if scope.block is None:
        return None
    change = _renamed(fix.change, lambda at: _inner(scope, at))
    label = f"{_shortened(scope, fix.label)} in every use"
    return Fix(label, InBlock(scope.block.id, change)) if change is not None else None


def _inner(scope: Scope, at: str) -> str | None:
    if at.startswith(scope.prefix):
        inner = at.removeprefix(scope.prefix)
        return inner if "/" not in inner else None
    return at if "/" not in at and at not in scope.graph else None


def _renamed(change: Change, inner: Callable[[str], str | None]) -> Change | None:
    if isinstance(change, Batch):
        parts = [_renamed(part, inner) for part in change.changes]
        whole = [part for part in parts if part is not None]
        return Batch(tuple(whole), change.text) if len(whole) == len(parts) else None
    if isinstance(change, AddNode):
        return AddNode(change.node)
    if isinstance(change, (Connect, Disconnect)):
        edge = _edge(change.edge, inner)
        return type(change)(edge) if edge is not None else None
    if isinstance(change, (RemoveNode, RenameNode, SetParam, SetTrainable)):
        at = inner(change.node_id)
        return replace(change, node_id=at) if at is not None else None
    if isinstance(change, MoveNodes):
        moved = {inner(at): place for at, place in change.positions.items()}
        return MoveNodes({at: p for at, p in moved.items() if at is not None})
    return None


def _edge(edge: Edge, inner: Callable[[str], str | None]) -> Edge | None:
    source, target = inner(edge.source.node), inner(edge.target.node)
    if source is None or target is None:
        return None
    return Edge(Endpoint(source, edge.source.port), Endpoint(target, edge.target.port), edge.index)
