"""Advice about columns that reach the network with their numbers as they are."""

from __future__ import annotations

from typing import Final

from workbench.data.spec import DataSpec
from workbench.errors import Place
from workbench.graph.changes import Batch, SetField
from workbench.graph.model import INPUT_LAYER, Graph
from workbench.graph.problems import Fix, Problem
from workbench.graph.readers import Reader, readers
from workbench.graph.reasons import ELSEWHERE
from workbench.wording import listing, plural

_SCALING: Final = frozenset(
    {"Normalization", "BatchNormalization", "LayerNormalization", "RMSNormalization",
     "GroupNormalization", "Rescaling", "UnitNormalization", "Discretization"}
)  # fmt: skip
_THROUGH: Final = frozenset({"Reshape", "Flatten", "Permute", "Identity", "GaussianNoise"})
_CODE: Final = "unscaled_inputs"


def unscaled_inputs(data: DataSpec, graph: Graph) -> list[Problem]:
    """Return the advice about numeric features without scaling, unless the network scales.

    Args:
        data: The data document.
        graph: The network.
    """
    columns = [c.name for c in data.features if c.kind == "numeric" and c.scaling == "none"]
    if not columns or _scales(graph):
        return []
    label = "Scale it" if len(columns) == 1 else f"Scale all {len(columns)}"
    changes = tuple(SetField("data", ("columns", n, "scaling"), "standard") for n in columns)
    verb = "reaches" if len(columns) == 1 else "reach"
    text = f"{plural(len(columns), 'column')} {verb} the network unscaled: {listing(columns)}."
    return [
        Problem(
            _CODE, "info", text, Place("column", columns[0]),
            (Fix(label, Batch(changes, label)),), "", ELSEWHERE[_CODE].why,
        )
    ]  # fmt: skip


def _scales(graph: Graph) -> bool:
    """Tell whether every input leads into layers that bring numbers to one scale."""
    waiting = [Reader(node, graph) for node in graph if node.layer == INPUT_LAYER]
    seen: set[tuple[str, ...]] = set()
    while waiting:
        for reader in readers(waiting.pop()):
            at = (*(use for _, use, _ in reader.outer), reader.node.id)
            if at in seen:
                continue
            seen.add(at)
            if reader.node.layer in _THROUGH:
                waiting.append(reader)
            elif reader.node.layer not in _SCALING:
                return False
    return True
