"""How much memory weights and values will take, asked before any of it is allocated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.catalog import Catalog
from workbench.errors import Place
from workbench.graph.changes import SetParam
from workbench.graph.inference import NodeInfo, describe_shape, dtype_bytes
from workbench.graph.model import Graph, Node
from workbench.graph.problems import Fix, Problem
from workbench.graph.specs import spec_of
from workbench.wording import bytes_, count

_SIZE_PARAMS = ("units", "filters", "output_dim", "input_dim")
_LARGE_SETTING = 4096


def memory_limit() -> int:
    """Return the memory of this computer in bytes."""
    import psutil

    return int(psutil.virtual_memory().total)


def weight_sizes(layer: Any) -> tuple[int, int, int]:
    """Return the number of weights of a built layer, how many are trainable, and their bytes.

    Args:
        layer: A Keras layer; its variables need no values.
    """
    sizes = {id(v): math.prod(v.shape) for v in layer.weights}
    trainable = sum(sizes[id(v)] for v in layer.trainable_weights)
    memory = sum(sizes[id(v)] * dtype_bytes(str(v.dtype)) for v in layer.weights)
    return sum(sizes.values()), trainable, memory


def state_count(layer: Any) -> int:
    """Return how many weights of a built layer are states: changed without gradients.

    Args:
        layer: A Keras layer that is not used any more; it is unfrozen.
    """
    layer.trainable = True
    learnt = {id(v) for v in layer.trainable_weights}
    states = {id(v): math.prod(v.shape) for v in layer.weights if id(v) not in learnt}
    return sum(states.values())


def size_problems(
    graph: Graph, catalog: Catalog, nodes: Mapping[str, NodeInfo], limit: int
) -> list[Problem]:
    """Return the nodes whose weights or values do not fit into memory.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        nodes: What is known about its nodes.
        limit: Bytes there are.
    """
    found: list[Problem] = []
    total = 0
    for node_id, info in nodes.items():
        total += info.weight_bytes
        if info.weight_bytes > limit:
            text = f"{count(info.parameters)} weights, {bytes_(info.weight_bytes)} of memory"
            found.append(_too_large(graph, catalog, node_id, text, limit))
        elif info.row_bytes > limit:
            text = f"{describe_shape(info.output)} values for one row, {bytes_(info.row_bytes)}"
            found.append(_too_large(graph, catalog, node_id, text, limit))
    if not found and total > limit:
        found.append(
            Problem(
                "too_large",
                "error",
                f"The weights of this network need {bytes_(total)} of memory; this computer has "
                f"{bytes_(limit)}.",
                Place("graph"),
            )
        )
    return found


def _too_large(graph: Graph, catalog: Catalog, node_id: str, what: str, limit: int) -> Problem:
    node = graph.node(node_id)
    return Problem(
        "too_large",
        "error",
        f"{node.name} would need {what}; this computer has {bytes_(limit)}.",
        Place("node", node_id),
        smaller_fixes(graph, catalog, node),
    )


def smaller_fixes(graph: Graph, catalog: Catalog, node: Node) -> tuple[Fix, ...]:
    """Offer the usual value for the largest setting of the layer."""
    owner, spec = graph.owner(node), spec_of(graph, catalog, node.layer)
    for name in _SIZE_PARAMS:
        value = owner.params.get(name)
        param = spec.param(name) if spec else None
        if isinstance(value, int) and value > _LARGE_SETTING and param and param.suggestion:
            change = SetParam(owner.id, name, param.suggestion)
            return (Fix(f"Set {name} to {param.suggestion}", change),)
    return ()
