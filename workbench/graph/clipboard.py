"""Copy, paste and duplicate: part of a network as text that can go anywhere."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from workbench.errors import GraphError
from workbench.graph.adopting import adopt, needed, node_with_layer
from workbench.graph.blocks import BLOCK_INPUT, Block, would_contain_itself
from workbench.graph.changes import AddNode, Batch, Connect
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph, Node, new_node_id
from workbench.graph.notes import Note, new_note_id
from workbench.graph.own_layers import used_files
from workbench.graph.own_travel import fitting_own_ids, missing_files
from workbench.graph.record_changes import PutRecord
from workbench.graph.records import Records
from workbench.plain import PlainDict

CLIPBOARD_FORMAT = "keras-workbench/graph"
_LARGEST_TEXT = 64_000_000
_MOST_NODES = 100_000


def copy(graph: Graph, node_ids: Iterable[str], notes: Iterable[Note] = ()) -> PlainDict:
    """Return nodes and the edges between them as plain data, and notes beside them.

    The definitions of copied blocks come along. A copied node whose layer belongs to a node
    outside the selection carries that layer's parameters with it, so that it can stand alone
    where the other is missing.
    """
    chosen = set(node_ids)
    nodes = []
    for node in graph:
        if node.id in chosen:
            owner = graph.owner(node)
            nodes.append(replace(node, params={**owner.params, **node.params}).to_plain())
    blocks = needed(
        graph.records, [graph.node(node_id).layer for node_id in chosen & set(graph.nodes)]
    )
    parts = [graph.node(node_id) for node_id in chosen & set(graph.nodes)]
    inside = (node for block in blocks for node in block.graph)
    files = used_files(graph.records, [*parts, *inside])
    return {
        "format": CLIPBOARD_FORMAT,
        "version": 1,
        **({"blocks": [block.to_plain() for block in blocks]} if blocks else {}),
        **({"layers": [file.to_plain() for file in files]} if files else {}),
        **({"notes": kept} if (kept := [note.to_plain() for note in notes]) else {}),
        "nodes": nodes,
        "edges": [
            edge.to_plain()
            for edge in graph.edges
            if edge.source.node in chosen and edge.target.node in chosen
        ],
    }


def paste(
    graph: Graph, plain: Any, offset: tuple[float, float] = (0.0, 0.0), within: str = ""
) -> tuple[Batch, list[str]]:
    """Return the change that adds copied nodes, edges and notes, and the new nodes' ids.

    Inputs of a network become inputs of the block that they come into.

    Args:
        graph: The network that they join.
        plain: What `copy` returned, or its JSON text; anything else is refused.
        offset: Shift of the positions in scene units.
        within: Id of the block whose network it is; "" for the outermost one.

    Raises:
        GraphError: It is not part of a network.
    """
    part = _read(plain, graph.records)
    fresh = {node.id: new_node_id() for node in part}
    names = graph.free_names(_stem(graph, node.name) for node in part)
    changes, keys = adopt(graph.records, _definitions(part))
    changes += missing_files(graph.records, part.records)
    pasted = sorted(zip(part, names, strict=True), key=lambda entry: bool(entry[0].shared_with))
    for node, name in pasted:
        renewed_node = _renewed(graph, part, node, fresh, name, offset)
        if within and node.layer == INPUT_LAYER:
            renewed_node = replace(renewed_node, layer=BLOCK_INPUT, params={}, shared_with="")
        changes.append(AddNode(node_with_layer(renewed_node, keys)))
    for edge in part.edges:
        source, target = edge.source, edge.target
        renewed = Edge(
            Endpoint(fresh[source.node], source.port),
            Endpoint(fresh[target.node], target.port),
            edge.index,
        )
        changes.append(Connect(renewed))
    for note in part.records.of(Note.kind).values():
        if isinstance(note, Note):
            placed = replace(note.moved(*offset), id=new_note_id(), within=within)
            changes.append(PutRecord(placed))
    return Batch(tuple(changes), "Paste"), list(fresh.values())


def _stem(graph: Graph, name: str) -> str:
    """Return the name itself where it is free, else what it is before its number."""
    return name if graph.free_name(name) == name else re.sub(r"(_\d+)+$", "", name) or name


def _definitions(part: Graph) -> list[Block]:
    found = needed(part.records, [node.layer for node in part])
    for block in found:
        if would_contain_itself(part.records, block):
            raise GraphError(f"{block.name}, in the clipboard, contains itself.")
    return found


def _renewed(
    graph: Graph,
    part: Graph,
    node: Node,
    fresh: dict[str, str],
    name: str,
    offset: tuple[float, float],
) -> Node:
    """Give a pasted node its new id, name and place; keep sharing where the owner is there."""
    owner = fresh.get(node.shared_with, "")
    if not owner and node.shared_with in graph:
        outside = graph.node(node.shared_with)
        owner = outside.id if outside.layer == node.layer and not outside.shared_with else ""
    elif owner and part.node(node.shared_with).layer != node.layer:
        owner = ""
    (x, y), (dx, dy) = node.position, offset
    position = (x + dx, y + dy) if math.isfinite(x + y) else offset
    return replace(node, id=fresh[node.id], name=name, position=position, shared_with=owner)


def _read(plain: Any, records: Records) -> Graph:
    refusal = GraphError(
        "The clipboard does not hold part of a network.",
        remedy="Copy layers on the canvas first.",
    )
    if isinstance(plain, (str, bytes)):
        if len(plain) > _LARGEST_TEXT:
            raise refusal
        try:
            plain = json.loads(plain)
        except (ValueError, RecursionError):
            raise refusal from None
    if not isinstance(plain, dict) or plain.get("format") != CLIPBOARD_FORMAT:
        raise refusal
    if not isinstance(plain.get("nodes"), list) or len(plain["nodes"]) > _MOST_NODES:
        raise refusal
    return Graph.from_plain(fitting_own_ids(plain, records))


def duplicate(
    graph: Graph, node_ids: Iterable[str], offset: tuple[float, float] = (24.0, 24.0)
) -> tuple[Batch, list[str]]:
    """Return the change that adds a copy of nodes beside them, and the new nodes' ids."""
    batch, ids = paste(graph, copy(graph, node_ids), offset)
    return replace(batch, text="Duplicate"), ids
