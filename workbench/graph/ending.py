"""What a network's last values are: the function that the only output ends with."""

from __future__ import annotations

from typing import Final

from workbench.graph.model import Graph, Node
from workbench.graph.order import output_nodes

_KEEPS_VALUES: Final = frozenset(
    {"Reshape", "Flatten", "Identity", "Dropout", "Permute", "Squeeze"}
)


def ending_of(graph: Graph, node_id: str) -> str | None:
    """Return the function that a layer's values come from last, or None when unclear.

    Training applies sigmoid or softmax in the loss exactly where this says `"linear"`.

    Args:
        graph: A network without blocks.
        node_id: The layer.
    """
    node: Node | None = graph.node(node_id)
    while node is not None:
        owner = graph.owner(node)
        if node.layer == "Softmax":
            return "softmax"
        if "activation" in owner.params or node.layer in ("Dense", "EinsumDense"):
            value = owner.params.get("activation")
            return "linear" if value is None else str(value)
        edges = graph.incoming(node.id)
        through = node.layer in _KEEPS_VALUES and len(edges) == 1
        node = graph.node(edges[0].source.node) if through else None
    return None


def output_ending(graph: Graph) -> str | None:
    """Return what the only output of a network without blocks ends with; see `ending_of`."""
    outputs = output_nodes(graph)
    return ending_of(graph, outputs[0]) if len(outputs) == 1 else None
