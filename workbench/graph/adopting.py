"""Takes block definitions from one document into another: paste, the user's library, imports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.graph.blocks import (
    Block,
    block_of,
    contained,
    is_block,
    layer_of,
    new_block_id,
)
from workbench.graph.change_base import Change
from workbench.graph.model import Graph, Node
from workbench.graph.record_changes import PutRecord
from workbench.graph.records import Records


def needed(records: Records, layers: Iterable[str]) -> list[Block]:
    """Return the definitions that layers need, those inside others first.

    Args:
        records: The document's records.
        layers: Layer keys; those that are no blocks are passed over.
    """
    found: dict[str, Block] = {}
    begun: set[str] = set()  # a damaged file may hold blocks that contain each other
    waiting = [(layer, False) for layer in layers if is_block(layer)]
    while waiting:
        layer, entered = waiting.pop()
        block = block_of(records, layer)
        if block is None or block.id in found:
            continue
        if entered:
            found[block.id] = block
            continue
        if block.id in begun:
            continue
        begun.add(block.id)
        waiting.append((layer, True))
        waiting += [(layer_of(inner), False) for inner in contained(block.graph)]
    return list(found.values())


def adopt(records: Records, blocks: Iterable[Block]) -> tuple[list[Change], dict[str, str]]:
    """Return the changes that bring definitions into a document.

    A definition that is there already, and equal, is used as it is; one of the same id that
    differs is brought under a new id.

    Args:
        records: The records of the document they come to.
        blocks: The definitions, those inside others first (`needed`).

    Returns:
        The changes, and the layer keys that differ in this document: old key → new key.
    """
    changes: list[Change] = []
    keys: dict[str, str] = {}
    names = {r.name for r in records.of(Block.kind).values() if isinstance(r, Block)}
    for block in blocks:
        inner = with_layers(block.graph, keys)
        wanted = replace(block, graph=inner)
        present = block_of(records, layer_of(block.id))
        if present == wanted:
            continue
        if present is not None:
            wanted = replace(wanted, id=new_block_id())
            keys[layer_of(block.id)] = layer_of(wanted.id)
        wanted = replace(wanted, name=_free(wanted.name, names))
        names.add(wanted.name)
        changes.append(PutRecord(wanted))
    return changes, keys


def with_layers(graph: Graph, keys: dict[str, str]) -> Graph:
    """Return a copy of a block's network with other layer keys."""
    made = graph.bound(Records())
    for node in graph:
        if node.layer in keys:
            made.put_node(replace(node, layer=keys[node.layer]))
    return made


def node_with_layer(node: Node, keys: dict[str, str]) -> Node:
    """Return a node with the layer key that it has in another document."""
    return replace(node, layer=keys[node.layer]) if node.layer in keys else node


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
