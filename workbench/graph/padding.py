"""Repairs for tensors of different length that a layer joins: pad, cut, or change channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workbench.catalog import Catalog
from workbench.graph.changes import Batch, Change
from workbench.graph.edits import insert_on_edge
from workbench.graph.fixes import insert_fix
from workbench.graph.inference import TensorInfo
from workbench.graph.model import Edge, Endpoint, Graph
from workbench.graph.problems import Fix
from workbench.plain import Plain

_MOST_AXES: Final = 3
Lengths = tuple[int, ...]


def equal_places_fixes(
    graph: Graph,
    catalog: Catalog,
    edges: Sequence[Edge],
    tensors: Sequence[TensorInfo],
    *,
    join: bool = False,
) -> tuple[Fix, ...]:
    """Return the repairs that give images, sequences or volumes equal lengths.

    Padding with zeros to the longest, cutting to the shortest; where the number of channels
    differs too, a convolution with a kernel of 1 follows.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        edges: The connections into the layer that joins.
        tensors: What each carries.
        join: The layer puts channels side by side (Concatenate), so that they may differ.
    """
    shapes = [tensor.shape[1:] for tensor in tensors]
    axes = len(shapes[0]) - 1
    if not 1 <= axes <= _MOST_AXES or any(len(shape) != axes + 1 for shape in shapes):
        return ()
    known = [tuple(n for n in shape if n is not None) for shape in shapes]
    if any(len(lengths) != axes + 1 for lengths in known):
        return ()
    channels = {lengths[-1] for lengths in known}
    places = [lengths[:-1] for lengths in known]
    longest = tuple(max(column) for column in zip(*places, strict=True))
    shortest = tuple(min(column) for column in zip(*places, strict=True))
    width = known[0][-1] if len(channels) > 1 and not join else 0
    if longest == shortest:
        return _projected(graph, catalog, edges, known, width, axes) if width else ()
    if min(shortest) < 1:
        return ()
    pad = _resized(graph, catalog, edges, known, longest, width)
    cut = _resized(graph, catalog, edges, known, shortest, width)
    tail = f" and bring channels to {width}" if width else ""
    return (
        Fix(f"Pad to {_shown(longest)}{tail}", Batch(tuple(pad), "Pad to equal shapes")),
        Fix(f"Crop to {_shown(shortest)}{tail}", Batch(tuple(cut), "Crop to equal shapes")),
    )


def _projected(
    graph: Graph,
    catalog: Catalog,
    edges: Sequence[Edge],
    shapes: Sequence[Lengths],
    width: int,
    axes: int,
) -> tuple[Fix, ...]:
    wrong = [edge for edge, shape in zip(edges, shapes, strict=True) if shape[-1] != width]
    if len(wrong) != 1:
        return ()
    name = graph.node(wrong[0].source.node).name
    params: dict[str, Plain] = {"filters": width, "kernel_size": 1}
    label = f"Insert Conv{axes}D with {width} filters after {name}"
    return (insert_fix(graph, catalog, wrong[0], f"Conv{axes}D", params, label),)


def _resized(
    graph: Graph,
    catalog: Catalog,
    edges: Sequence[Edge],
    shapes: Sequence[Lengths],
    wanted: Lengths,
    width: int,
) -> list[Change]:
    trial = graph.copy()
    changes: list[Change] = []
    for edge, shape in zip(edges, shapes, strict=True):
        at = edge
        for key, params in _layers(shape, wanted, width):
            batch, node_id = insert_on_edge(trial, catalog, key, at, params=params)
            trial.apply(batch)
            changes += batch.changes
            at = Edge(Endpoint(node_id, "output"), edge.target, edge.index)
    return changes


def _layers(shape: Lengths, wanted: Lengths, width: int) -> list[tuple[str, dict[str, Plain]]]:
    """Return the layers that bring one tensor to the wanted lengths."""
    axes = len(wanted)
    found: list[tuple[str, dict[str, Plain]]] = []
    missing = [n - have for n, have in zip(wanted, shape[:-1], strict=True)]
    if any(missing):
        pad = max(missing) > 0
        sides: list[Plain] = [[abs(n) // 2, abs(n) - abs(n) // 2] for n in missing]
        value: Plain = sides if axes > 1 else sides[0]
        kind, name = ("ZeroPadding", "padding") if pad else ("Cropping", "cropping")
        found.append((f"{kind}{axes}D", {name: value}))
    if width and shape[-1] != width:
        found.append((f"Conv{axes}D", {"filters": width, "kernel_size": 1}))
    return found


def _shown(lengths: Lengths) -> str:
    return " × ".join(map(str, lengths))
