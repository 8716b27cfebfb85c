"""What stands on nodes and beside edges about tensors: shape, names of axes, number format."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from workbench.graph.elements import Endpoint
from workbench.graph.inference import (
    Inference,
    NodeInfo,
    TensorInfo,
    describe_axes,
    describe_shape,
)
from workbench.wording import count as count_text

_BESIDE_EDGE: Final = 22
"""Letters that fit between an edge and the next one."""
_USUAL_DTYPE: Final = "float32"
_LETTERS: Final = {
    "batch": "N", "time": "T", "token": "T", "depth": "D", "height": "H", "width": "W",
    "channel": "C", "feature": "F",
}  # fmt: skip


def size_words(info: NodeInfo | None) -> tuple[str, str]:
    """Return the output shape and the number of parameters of a node as it shows them."""
    if info is None or not info.outputs:
        return "", ""
    shape = " | ".join(describe_shape(tensor) for tensor in info.outputs.values())
    return shape, count_text(info.parameters) if info.parameters else ""


def flow_words(inference: Inference | None, source: Endpoint) -> tuple[str, str]:
    """Return shape and dtype of the tensor that leaves an output port; "" for not known.

    Axes have their names where these fit beside an edge, else letters: height is H; the tooltip
    has the whole names. The usual number format goes without saying.
    """
    tensor = inference.tensor(source.node, source.port) if inference else None
    if tensor is None or inference is None:
        return "", ""
    return _flow_words(tensor, tuple(inference.axes(source.node, source.port))), tensor.dtype


@lru_cache(maxsize=4096)
def _flow_words(tensor: TensorInfo, axes: tuple[str, ...]) -> str:
    named = describe_axes(tensor, axes)
    if len(named) > _BESIDE_EDGE:
        named = describe_axes(tensor, tuple(_LETTERS.get(name, name) for name in axes))
    return named if tensor.dtype == _USUAL_DTYPE else f"{named} · {tensor.dtype}"
