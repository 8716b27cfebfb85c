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
_GATES: Final = {"LSTM": 14, "GRU": 16, "SimpleRNN": 4}
"""Values of `units` that a step of a recurrence keeps: what goes into gates, its pieces, what
comes out of them, states and their activation (Keras's step in a loop, layer by layer)."""
_SMOOTH: Final = {"gelu": 2, "silu": 1, "swish": 1, "mish": 2, "softplus": 1, "softsign": 1}
"""Activations whose way back needs more than what came out, and how many tensors more."""
_IN_PLACE: Final = frozenset({"relu", "relu6", "leaky_relu", "elu", "tanh", "sigmoid"})
"""Activations whose way back needs what came out alone: as layers of their own they take the
place of what came in."""
_NORMAL: Final = frozenset({"LayerNormalization", "RMSNormalization", "GroupNormalization",
                            "SpectralNormalization"})  # fmt: skip
"""Layers that keep the normalised values beside what they give."""


def kept_bytes(step: Step) -> int:
    """Return what is kept of one row; unknown lengths count as 1."""
    if step.key in _VIEWS or _in_place(step):
        return 0
    given = sum(tensor.row_bytes for tensor in step.outputs.values())
    size = dtype_bytes(next(iter(step.outputs.values())).dtype) if step.outputs else 4
    return given * (1 + _more(step)) + size * _inside(step)


def _in_place(step: Step) -> bool:
    if step.key in ("ReLU", "LeakyReLU", "ELU"):
        return True
    return step.key == "Activation" and step.get("activation") in _IN_PLACE


def _more(step: Step) -> int:
    """Return how many tensors like its output a layer keeps beside it."""
    name = step.key.removeprefix("ops.") if step.spec.is_operation else step.get("activation")
    if step.key in _RANDOM or step.key in _NORMAL:
        return 1
    return _SMOOTH.get(name, 0) if isinstance(name, str) else 0


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
