"""Brings what was found out about an expanded network back to the network with blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

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
from workbench.graph.expand import Expanded, Scope
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.model import Edge, Endpoint, Graph
from workbench.graph.problems import Fix, Problem
from workbench.graph.record_changes import InBlock

_AT_NODES = ("node", "port", "param")


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
    if expanded.is_plain:
        return found
    inside = {at: info for at, info in found.nodes.items() if at in expanded.path_of}
    nodes = {at: info for at, info in found.nodes.items() if at not in expanded.path_of}
    for at, info in _sums(expanded, found).items():
        (inside if "/" in at else nodes)[at] = info
    problems = [
        replaced
        for problem in (*expanded.problems, *found.problems)
        if (replaced := _outwards(expanded, problem)) is not None
    ]
    ordered = {node.id: nodes[node.id] for node in graph if node.id in nodes}
    return Inference(ordered, tuple(problems), found.revision, inside)


def _sums(expanded: Expanded, found: Inference) -> dict[str, NodeInfo]:
    """Return what is known about every use: the tensors it gives and the sums of its layers."""
    inside: dict[str, list[NodeInfo]] = {at: [] for at in expanded.scopes}
    missing: set[str] = set()
    for at in expanded.path_of:
        info = found.nodes.get(at)
        for use in uses_around(at):
            if info is None:
                missing.add(use)
            elif use in inside and at not in expanded.unused:
                inside[use].append(info)
    sums = {}
    for at, infos in inside.items():
        if at in missing:
            continue
        outputs: dict[str, TensorInfo] = {}
        axes: dict[str, tuple[str, ...]] = {}
        receptive = None
        for port in expanded.scopes[at].exits:
            source = expanded.source(at, port)
            tensor = found.tensor(source.node, source.port) if source else None
            if tensor is not None and source is not None:
                receptive = receptive if outputs else found.nodes[source.node].receptive
                outputs[port] = tensor
                axes[port] = found.axes(source.node, source.port)
        macs = [info.macs for info in infos if info.macs is not None]
        sums[at] = NodeInfo(
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
    return sums


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
    return Fix(fix.label, InBlock(scope.block.id, change)) if change is not None else None


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
