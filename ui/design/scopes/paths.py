"""Paths through blocks: the uses one went into to come to a network. Pure functions.

A path is the ids of uses of blocks, the outermost first; the empty path is the project's network.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from ui.sync.changes import flat
from workbench.errors import Place
from workbench.graph import (
    AddNode,
    Change,
    Graph,
    Problem,
    RemoveNode,
    RenameNode,
    SetParam,
)
from workbench.graph.blocks import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    PORT_SPECS,
    REPEAT,
    Block,
    block_of,
    is_block,
    port_ids,
)
from workbench.graph.direction import Arrangement
from workbench.graph.inference import Inference, NodeInfo
from workbench.graph.own_layers import OwnLayers
from workbench.graph.record_changes import DropRecord, InBlock, PutRecord

Path: TypeAlias = tuple[str, ...]

_AT_NODES = ("node", "port", "param")


def block_at(root: Graph, path: Sequence[str]) -> Block | None:
    """Return the block that a path leads into; None for the empty path and for a broken one."""
    graph, block = root, None
    for use in path:
        if use not in graph:
            return None
        node = graph.node(use)
        block = block_of(root.records, graph.owner(node).layer)
        if block is None:
            return None
        graph = block.graph
    return block


def network_at(root: Graph, path: Sequence[str]) -> Graph:
    """Return the network that a path leads to; the outermost one for a broken path."""
    block = block_at(root, path)
    return block.graph if block is not None else root


def valid(root: Graph, path: Path) -> Path:
    """Return the longest beginning of a path that still leads somewhere."""
    while path and block_at(root, path) is None:
        path = path[:-1]
    return path


def names(root: Graph, path: Sequence[str]) -> list[str]:
    """Return what the uses on a path are called."""
    found, graph = [], root
    for depth, use in enumerate(path):
        found.append(graph.node(use).name)
        graph = network_at(root, path[: depth + 1])
    return found


def is_frozen(root: Graph, path: Path) -> bool:
    """Tell whether a use on a path is frozen, and with it all layers in it."""
    return any(
        not network_at(root, path[:depth]).node(use).trainable for depth, use in enumerate(path)
    )


def way_to(root: Graph, place: Place) -> tuple[Path, Place] | None:
    """Return the path to the network that a place is in, and the place there.

    Args:
        root: The outermost network.
        place: Its id may be one of the expanded network: `use#2/inner/layer`.
    """
    if place.kind not in _AT_NODES:
        return None
    *outer, last = (part.partition("#")[0] for part in place.id.split("/"))
    path = tuple(outer)
    if path and block_at(root, path) is None:
        return None
    if last not in network_at(root, path):
        return None
    return path, replace(place, id=last)


def problems_in(problems: Iterable[Problem], path: Path) -> list[Problem]:
    """Return the problems of the network that a path leads to, placed at its own nodes.

    A problem inside a block is one of the block's use as well. Repairs are left as they are:
    changes of the whole document.
    """
    found = []
    for problem in problems:
        if problem.place.kind not in _AT_NODES:
            if not path:
                found.append(problem)
            continue
        if not path and "/" not in problem.place.id:
            found.append(problem)
            continue
        parts = [part.partition("#")[0] for part in problem.place.id.split("/")]
        if tuple(parts[: len(path)]) != path or len(parts) <= len(path):
            continue
        node_id, inner = parts[len(path)], len(parts) > len(path) + 1
        if "/" not in problem.place.id:
            found.append(problem)
            continue
        at = Place("node", node_id) if inner else replace(problem.place, id=node_id)
        found.append(replace(problem, place=at))
    return found


def inference_in(
    inference: Inference, root: Graph, path: Path, at: Path | None = None
) -> Inference:
    """Return what is known about the network that a path leads to, for this use of the block.

    Args:
        inference: What is known about the whole.
        root: The outermost network.
        path: The path.
        at: The path as the expanded network has it, with numbers of copies; `path` when None.
    """
    if not path:
        return inference
    at = at or path
    inner = inference.scoped("/".join(at))
    nodes = dict(inner.nodes)
    for node in sorted(network_at(root, path), key=lambda n: n.layer != BLOCK_INPUT):
        if node.layer not in PORT_SPECS:
            continue
        if node.layer == BLOCK_INPUT:
            given = _entering(inference, root, path, at, node.id)
        else:
            given = _given(nodes, network_at(root, path), node.id)
        if given is not None:
            nodes[node.id] = _port_info(*given)
    return replace(inner, nodes=nodes, problems=tuple(problems_in(inference.problems, path)))


_Given: TypeAlias = tuple[NodeInfo, str] | None
"""What is known about the node that a tensor comes from, and the port that it leaves."""


def _port_info(info: NodeInfo, port: str) -> NodeInfo:
    """Return what a port of a block, which hands a tensor on, is to be known for."""
    outputs = {"output": info.outputs[port]} if port in info.outputs else {}
    axes = {"output": info.axes[port]} if port in info.axes else {}
    return NodeInfo(outputs, macs=0, receptive=info.receptive, axes=axes)


def _given(nodes: Mapping[str, NodeInfo], graph: Graph, port: str) -> _Given:
    """Return what leads to an output port of a block."""
    edges = graph.incoming(port)
    info = nodes.get(edges[0].source.node) if edges else None
    return (info, edges[0].source.port) if info else None


def _entering(inference: Inference, root: Graph, path: Path, at: Path, port: str) -> _Given:
    """Return what a use is given at one of its input ports; a copy, what the one before gives."""
    while path:
        *outer, use = path
        copy = int(at[-1].partition("#")[2] or 1)
        if copy > 1:
            graph = network_at(root, path)
            place = port_ids(graph, BLOCK_INPUT).index(port)
            exits = port_ids(graph, BLOCK_OUTPUT)
            if place >= len(exits):
                return None
            before = use if copy == 2 else f"{use}#{copy - 1}"
            known = inference.scoped("/".join((*at[:-1], before))).nodes
            return _given(known, graph, exits[place])
        graph = network_at(root, outer)
        edges = graph.incoming(use, port)
        if not edges:
            return None
        source = edges[0].source
        if graph.node(source.node).layer != BLOCK_INPUT:
            info = inference.scoped("/".join(at[:-1])).nodes.get(source.node)
            return (info, source.port) if info else None
        path, at, port = tuple(outer), at[:-1], source.node
    return None


def part_in(change: Change, block_id: str) -> list[Change]:
    """Return the parts of a change of the document that edit one network.

    Args:
        change: The change.
        block_id: Id of the block whose network is meant; "" for the outermost one.
    """
    if not block_id:
        return [part for part in flat(change) if not isinstance(part, InBlock)]
    found: list[Change] = []
    for part in flat(change):
        if isinstance(part, InBlock):
            if part.block_id == block_id:
                found += part_in(part.change, "")
            found += part_in(part.change, block_id)
    return found


def touched_blocks(change: Change) -> set[str]:
    """Return the ids of the blocks whose definition a change edits, replaces, adds or drops."""
    found: set[str] = set()
    for part in flat(change):
        if isinstance(part, InBlock):
            found |= {part.block_id} | touched_blocks(part.change)
        elif isinstance(part, PutRecord) and isinstance(part.record, Block):
            found.add(part.record.id)
        elif isinstance(part, DropRecord) and part.of == Block.kind:
            found.add(part.record_id)
    return found


def touches_own_layers(change: Change) -> bool:
    """Tell whether a change adds, replaces or removes a file of own layers."""
    return any(
        (isinstance(part, PutRecord) and isinstance(part.record, OwnLayers))
        or (isinstance(part, DropRecord) and part.of == OwnLayers.kind)
        for part in flat(change)
    )


def turns(change: Change) -> bool:
    """Tell whether tensors flow another way on the canvas after a change."""
    return any(
        (isinstance(part, PutRecord) and isinstance(part.record, Arrangement))
        or (isinstance(part, DropRecord) and part.of == Arrangement.kind)
        or (isinstance(part, InBlock) and turns(part.change))
        for part in flat(change)
    )


def alters_uses(change: Change) -> bool:
    """Tell whether uses of blocks look different after a change: ports, layers inside, names."""
    return any(_looks_different(part) for part in flat(change))


def _looks_different(part: Change) -> bool:
    if isinstance(part, InBlock):
        return alters_uses(part.change)
    if isinstance(part, SetParam):
        return part.name == REPEAT
    return isinstance(part, AddNode | RemoveNode | RenameNode | PutRecord | DropRecord)


def way_into(root: Graph, block_id: str) -> Path | None:
    """Return the shortest path into a use of a block, or None where it is not used."""
    waiting: deque[Path] = deque([()])
    seen: set[str] = set()
    while waiting:
        path = waiting.popleft()
        for node in network_at(root, path):
            if not is_block(node.layer):
                continue
            inner = block_of(root.records, node.layer)
            if inner is None or inner.id in seen:
                continue
            seen.add(inner.id)
            if inner.id == block_id:
                return (*path, node.id)
            waiting.append((*path, node.id))
    return None
