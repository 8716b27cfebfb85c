"""Repairs for shapes that do not fit: a layer put into the connection that causes it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workbench.catalog import Catalog
from workbench.graph.changes import Batch, Change, Connect, Disconnect, MoveNodes, SetParam
from workbench.graph.edits import insert_on_edge
from workbench.graph.inference import TensorInfo
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.order import downstream
from workbench.graph.problems import Fix
from workbench.plain import Plain

ROW = 110.0
COLUMN = 240.0
"""Usual distance of neighbouring nodes on the canvas, in scene units."""

_MOST_MOVED = 500
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})


def insert_fix(
    graph: Graph,
    catalog: Catalog,
    edge: Edge,
    key: str,
    params: Mapping[str, Plain] | None = None,
    label: str = "",
) -> Fix:
    """Return the repair that puts a new layer into a connection."""
    batch, node_id = insert_on_edge(graph, catalog, key, edge, params=params)
    new = Endpoint(node_id, "output")
    for twin in graph.incoming(edge.target.node):  # self-attention: query, key and value alike
        if twin.source == edge.source and twin != edge:
            moved = (Disconnect(twin), Connect(Edge(new, twin.target, twin.index)))
            batch = Batch((*batch.changes, *moved), batch.text)
    return Fix(label or f"Insert {key}", _with_room(graph, batch, edge, node_id))


def _with_room(graph: Graph, batch: Batch, edge: Edge, node_id: str) -> Batch:
    """Move what comes after the new node down, where there is no room for it."""
    (x1, y1), (x2, y2) = (graph.node(e.node).position for e in (edge.source, edge.target))
    if abs(y2 - y1) >= 2 * ROW or abs(x2 - x1) >= COLUMN + ROW:
        return batch
    below = [
        other
        for other in downstream(graph, [edge.target.node])
        if graph.node(other).position[1] >= y2
    ]
    if len(below) > _MOST_MOVED or y2 < y1:
        return batch
    shift = 2 * ROW - (y2 - y1)
    places = {node_id: (x2, y1 + ROW)}
    for other in sorted(below):
        x, y = graph.node(other).position
        places[other] = (x, y + shift)
    return Batch((*batch.changes, MoveNodes(places)), batch.text)


def rank_fixes(
    graph: Graph, catalog: Catalog, edge: Edge, tensor: TensorInfo, wanted: int
) -> tuple[Fix, ...]:
    """Return repairs for a tensor with too many or too few axes.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        edge: The connection that carries the tensor.
        tensor: What it carries.
        wanted: Number of axes that are needed, the batch axis included.
    """
    have = len(tensor.shape)
    if wanted == 2 and have > 2:
        fixes = [insert_fix(graph, catalog, edge, "Flatten")]
        if have <= 5:
            fixes.append(insert_fix(graph, catalog, edge, f"GlobalAveragePooling{have - 2}D"))
        return tuple(fixes)
    if wanted == 3 and have == 2 and tensor.shape[1] is None:
        return ()
    target = _target_shape(tensor.shape[1:], wanted - 1)
    if target is None:
        return ()
    shown = " × ".join(map(str, target))
    label = f"Insert Reshape to {shown}"
    return (insert_fix(graph, catalog, edge, "Reshape", {"target_shape": target}, label),)


def recurrent_of(node: Node) -> Mapping[str, Plain] | None:
    """Return the settings of a recurrent layer, also of one that Bidirectional wraps.

    Args:
        node: The node whose settings count (`Graph.owner`).

    Returns:
        The settings that differ from the defaults, or None for another layer.
    """
    if node.layer in _RECURRENT:
        return node.params
    inner = node.params.get("layer") if node.layer == "Bidirectional" else None
    if not isinstance(inner, Mapping) or inner.get("layer") not in _RECURRENT:
        return None
    params = inner.get("params")
    return params if isinstance(params, Mapping) else {}


def set_recurrent(node: Node, name: str, value: Plain) -> Change:
    """Return the change that sets a parameter of a recurrent layer, also of a wrapped one.

    Both directions of Bidirectional get it, where it has a layer of its own for the second.
    """
    if node.layer in _RECURRENT:
        return SetParam(node.id, name, value)
    changes: list[Change] = []
    for part in ("layer", "backward_layer"):
        inner = node.params.get(part)
        if isinstance(inner, Mapping):
            params = inner.get("params")
            known = dict(params) if isinstance(params, Mapping) else {}
            changes.append(SetParam(node.id, part, {**inner, "params": {**known, name: value}}))
    return changes[0] if len(changes) == 1 else Batch(tuple(changes), f"Change {name}")


def _turn(node: Node, *, on: bool) -> Fix:
    """Return the repair that makes a recurrent layer give every step, or the last one only."""
    label = f"Turn return_sequences of {node.name} {'on' if on else 'off'}"
    return Fix(label, set_recurrent(node, "return_sequences", on))


def every_step_fixes(graph: Graph, edge: Edge, wanted: int, have: int) -> tuple[Fix, ...]:
    """Return the repair where a recurrent layer gives its last step only but all are needed.

    Args:
        graph: The network.
        edge: The connection that carries the tensor.
        wanted: Number of axes that are needed, the batch axis included.
        have: Number of axes that it has.
    """
    source = graph.owner(graph.node(edge.source.node))
    inner = recurrent_of(source)
    if inner is None or wanted != have + 1 or edge.source.port != "output":
        return ()
    return () if inner.get("return_sequences") is True else (_turn(source, on=True),)


def last_step_fixes(graph: Graph, edge: Edge) -> tuple[Fix, ...]:
    """Return the repair where a recurrent layer gives every step but only the last is needed."""
    source = graph.owner(graph.node(edge.source.node))
    several = len(graph.outgoing(edge.source.node)) > 1 or graph.is_shared(source.id)
    inner = recurrent_of(source)
    if inner is None or several or inner.get("return_sequences") is not True:
        return ()
    return (_turn(source, on=False),)


def _target_shape(shape: tuple[int | None, ...], axes: int) -> list[int] | None:
    """Return a shape with the same number of values and `axes` axes, or None."""
    known = [n for n in shape if n is not None]
    if len(known) < len(shape):
        return None
    if len(known) > axes:  # keep the first axes, join the rest
        return [*known[: axes - 1], math.prod(known[axes - 1 :])]
    if len(known) == 1 and axes == 3:  # an image that was flattened
        for channels in (1, 3):
            side = math.isqrt(known[0] // channels)
            if side * side * channels == known[0] and side > 1:
                return [side, side, channels]
        return None
    return [*known, *[1] * (axes - len(known))]


def equal_width_fixes(
    graph: Graph, catalog: Catalog, edges: list[Edge], tensors: list[TensorInfo]
) -> tuple[Fix, ...]:
    """Return the repairs that bring the last axis of merged tensors to the first one's length.

    Only for tensors that differ in nothing else.
    """
    first = tensors[0].shape
    wrong = [
        (edge, tensor)
        for edge, tensor in zip(edges[1:], tensors[1:], strict=True)
        if tensor.shape != first
    ]
    same = all(t.shape[:-1] == first[:-1] for _, t in wrong)
    units = first[-1]
    if len(wrong) != 1 or not same or units is None or len(first) < 2:
        return ()
    edge = wrong[0][0]
    name = graph.node(edge.source.node).name
    label = f"Insert Dense with {units} units after {name}"
    return (insert_fix(graph, catalog, edge, "Dense", {"units": units}, label),)
