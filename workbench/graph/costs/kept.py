"""What a training step keeps of a layer for the way back, in bytes per row.

A model, not a measurement: each layer keeps what it gives to the next one; views of the same
memory keep nothing; recurrences and attention keep what they compute inside. How far the sum is
off is measured by `make bench ONLY=memory-estimate`.
"""

from __future__ import annotations

import math
from typing import Any, Final

from workbench.graph.costs.step import Step
from workbench.graph.inference import dtype_bytes

_VIEWS: Final = frozenset({"Flatten", "Reshape", "Identity", "ops.reshape", "ops.squeeze",
                           "ops.expand_dims", "ops.ravel", "ops.stop_gradient"})  # fmt: skip
_RANDOM: Final = frozenset({"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
                            "AlphaDropout", "GaussianDropout", "GaussianNoise"})  # fmt: skip
_GATES: Final = {"LSTM": 10, "GRU": 8, "SimpleRNN": 2}
"""Values of `units` that a step of a recurrence keeps: what goes into gates and comes out of
them, states and their activation."""
_SMOOTH: Final = frozenset({"gelu", "silu", "swish", "mish", "softplus", "softsign"})
"""Activations whose way back needs what came in; the others need only what came out."""


def kept_bytes(step: Step) -> int:
    """Return what is kept of one row; unknown lengths count as 1."""
    if step.key in _VIEWS:
        return 0
    given = sum(tensor.row_bytes for tensor in step.outputs.values())
    size = dtype_bytes(next(iter(step.outputs.values())).dtype) if step.outputs else 4
    return given + size * _inside(step) + (given if _keeps_twice(step) else 0)


def _keeps_twice(step: Step) -> bool:
    name = step.key.removeprefix("ops.") if step.spec.is_operation else step.get("activation")
    return step.key in _RANDOM or step.key == "SpectralNormalization" or name in _SMOOTH


def _inside(step: Step) -> int:
    """Return the number of values that a layer keeps beside its output."""
    if step.key == "Bidirectional":
        inner = step.inner("layer")
        return 2 * _inside(Step(step.catalog, *inner, step.inputs, step.outputs)) if inner else 0
    if step.key in _GATES:
        return _many(step.input[1:2], _GATES[step.key], step.get("units"))
    if step.key.startswith("ConvLSTM"):
        shape = step.output[2:] if step.get("return_sequences") else step.output[1:]
        return _many(step.input[1:2], 6, *shape)
    if step.key.startswith("SeparableConv"):
        places, channels = step.places(step.output), step.channels(step.input)
        return _many(places, channels, step.get("depth_multiplier"))
    if step.key == "MultiHeadAttention":
        query, value = step.input_at("query") or (), step.input_at("value") or ()
        heads, size = step.get("num_heads"), step.get("key_dim")
        pairs = _many((*query[1:-1], *value[1:-1]), heads) * (3 if step.get("dropout") else 2)
        ends = _many(query[1:-1], 2, heads, size) + 2 * _many(value[1:-1], heads, size)
        return pairs + ends
    if step.key in ("Attention", "AdditiveAttention"):
        query, value = step.input_at("query") or (), step.input_at("value") or ()
        return 2 * _many((*query[1:-1], *value[1:-1]))
    return 0


def _many(shape: Any, *factors: Any) -> int:
    return math.prod(n if isinstance(n, int) else 1 for n in (*shape, *factors))
