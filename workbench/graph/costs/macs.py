"""Multiply-adds of one row through a layer, by the formula of its family.

Counted are the products of matrices and kernels: dense layers, convolutions, recurrences,
attention. Biases, activations, normalisation, pooling and other work value by value are not, as
published figures do not count them either. A transposed convolution multiplies every input value
with the whole kernel; taps that fall outside of a padded picture are counted, as is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from workbench.catalog import LayerSpec
from workbench.graph.costs.einsum import einsum_products
from workbench.graph.costs.operations import operation_products
from workbench.graph.costs.step import Step, plus, product, times
from workbench.graph.inference import TensorInfo
from workbench.plain import Plain

_FREE_FAMILIES: Final = frozenset({"input", "pooling", "activation", "regularisation", "reshape"})
_FREE: Final = frozenset({
    "Embedding", "BatchNormalization", "GroupNormalization", "LayerNormalization",
    "RMSNormalization", "UnitNormalization", "applications.LayerScale",
    "applications.CustomScaleLayer", "Add", "Average",
    "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract", "Identity", "Masking",
    "Rescaling", "Normalization", "CategoryEncoding", "Discretization", "Hashing",
    "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization", "CenterCrop",
    "RandomCrop", "RandomFlip",
})  # fmt: skip
_GATES: Final = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1,
                 "LSTMCell": 4, "GRUCell": 3, "SimpleRNNCell": 1}  # fmt: skip


def multiply_adds(step: Step) -> int | None:
    """Return the multiply-adds of one row; None when the formula or a length is not known."""
    rule = _RULES.get(step.key)
    if rule is not None:
        return rule(step)
    if step.spec.is_operation:
        return operation_products(step)
    if step.spec.family in _FREE_FAMILIES or step.key in _FREE:
        return 0
    return None


def _dense(step: Step) -> int | None:
    return times(product(step.input[1:]), step.output[-1])


def _convolution(step: Step) -> int | None:
    kernel = product(step.lengths("kernel_size", len(step.input) - 2) or (None,))
    channels, groups = step.channels(step.input), step.get("groups") or 1
    if channels is None:
        return None
    return times(product(step.output[1:]), channels // groups, kernel)


def _transposed(step: Step) -> int | None:
    kernel = product(step.lengths("kernel_size", len(step.input) - 2) or (None,))
    return times(product(step.input[1:]), step.channels(step.output), kernel)


def _depthwise(step: Step) -> int | None:
    kernel = product(step.lengths("kernel_size", len(step.input) - 2) or (None,))
    return times(product(step.output[1:]), kernel)


def _separable(step: Step) -> int | None:
    kernel = product(step.lengths("kernel_size", len(step.input) - 2) or (None,))
    deep = times(step.channels(step.input), step.get("depth_multiplier"))
    places = product(step.places(step.output))
    return plus(times(places, deep, kernel), times(places, deep, step.channels(step.output)))


def _recurrent(step: Step) -> int | None:
    _, time, features = (*step.input, None, None)[:3] if len(step.input) == 3 else (None,) * 3
    return times(time, _cell_products(step.spec, step.params, features))


def _cell_products(
    spec: LayerSpec, params: Mapping[str, Plain], features: int | None
) -> int | None:
    """Return the multiply-adds of one step of a recurrence."""
    gates, units = _GATES.get(spec.key), params.get("units")
    if gates is None or features is None or not isinstance(units, int):
        return None
    return gates * units * (features + units)


def _rnn(step: Step) -> int | None:
    cell = step.inner("cell")
    if cell is None or len(step.input) != 3:
        return None
    spec, params = cell
    entries = params.get("cells") if spec.key == "StackedRNNCells" else None
    cells = [step.layer_in(e) for e in entries] if isinstance(entries, (list, tuple)) else [cell]
    features, total = step.input[2], 0
    for one in cells:
        products = _cell_products(*one, features) if one is not None else None
        if one is None or products is None:
            return None
        total += products
        units = one[1].get("units")
        features = units if isinstance(units, int) else None
    return times(step.input[1], total)


def _convolutional_recurrent(step: Step) -> int | None:
    axes = len(step.input) - 3
    kernel = product(step.lengths("kernel_size", axes) or (None,))
    filters = step.get("filters")
    first, last = step.input[2], step.input[-1]
    channels = first if step.channels_first else last
    shape = step.output
    if step.get("return_sequences"):
        shape = (shape[0], *shape[2:])
    places = product(step.places(shape))
    return times(step.input[1], 4, places, filters, plus(channels, filters), kernel)


def _bidirectional(step: Step) -> int | None:
    forward, backward = step.inner("layer"), step.inner("backward_layer")
    if forward is None:
        return None
    inner = Step(step.catalog, *forward, step.inputs, step.outputs)
    other = Step(step.catalog, *(backward or forward), step.inputs, step.outputs)
    return plus(multiply_adds(inner), multiply_adds(other))


def _over_time(step: Step) -> int | None:
    layer = step.inner("layer")
    if layer is None or not step.inputs:
        return None
    inner = Step(
        step.catalog,
        *layer,
        [(port, _without_time(tensor)) for port, tensor in step.inputs if port == "input"],
        {port: _without_time(tensor) for port, tensor in step.outputs.items()},
    )
    return times(step.input[1], multiply_adds(inner))


def _without_time(tensor: TensorInfo) -> TensorInfo:
    return TensorInfo((tensor.shape[0], *tensor.shape[2:]), tensor.dtype)


def _wrapped(step: Step) -> int | None:
    layer = step.inner("layer")
    return multiply_adds(Step(step.catalog, *layer, step.inputs, step.outputs)) if layer else None


def _heads(step: Step) -> int | None:
    """Multi-head attention: projections of query, key, value; scores; sums; the last projection."""
    query, value = step.input_at("query"), step.input_at("value")
    key = step.input_at("key") or value
    heads, size = step.get("num_heads"), step.get("key_dim")
    deep = step.get("value_dim") or size
    if query is None or value is None or key is None:
        return None
    asked, seen = product(query[1:-1]), product(key[1:-1])
    attended = _attended(step, key)
    result = step.outputs.get("output")
    return plus(
        times(asked, query[-1], heads, size),
        times(seen, key[-1], heads, size),
        times(seen, value[-1], heads, deep),
        times(heads, asked, attended, plus(size, deep)),
        times(asked, heads, deep, result.shape[-1] if result else None),
    )


def _attended(step: Step, key: tuple[int | None, ...]) -> int | None:
    """Return how many places one place of the query attends to."""
    chosen = step.get("attention_axes")
    if chosen is None:
        return product(key[1:-1])
    axes = [chosen] if isinstance(chosen, int) else list(chosen)
    return product([key[axis] for axis in axes if -len(key) <= axis < len(key)])


def _grouped_heads(step: Step) -> int | None:
    query, value = step.input_at("query"), step.input_at("value")
    key = step.input_at("key") or value
    heads, fewer, size = (
        step.get(n) for n in ("num_query_heads", "num_key_value_heads", "head_dim")
    )
    if query is None or value is None or key is None or step.get("use_gate"):
        return None
    return plus(
        times(query[1], query[-1], heads, size),
        times(key[1], key[-1], fewer, size),
        times(value[1], value[-1], fewer, size),
        times(2, heads, query[1], key[1], size),
        times(query[1], heads, size, query[-1]),
    )


def _attention(step: Step) -> int | None:
    query, value = step.input_at("query"), step.input_at("value")
    if query is None or value is None or len(query) != 3 or len(value) != 3:
        return None
    additive = step.key == "AdditiveAttention"
    if step.get("score_mode") == "concat":
        return None
    pairs = times(query[1], value[1])
    scores = 0 if additive and not step.get("use_scale") else times(pairs, query[-1])
    return plus(scores, times(pairs, value[-1]))


def _dot(step: Step) -> int | None:
    axes = step.get("axes")
    axis = axes[0] if isinstance(axes, (list, tuple)) and axes else axes
    if not isinstance(axis, int) or not -len(step.input) < axis < len(step.input):
        return None
    return times(product(step.output[1:]), step.input[axis]) if len(step.output) > 1 else None


def _einsum_dense(step: Step) -> int | None:
    return einsum_products(str(step.get("equation")), [step.input, None], step.output)


def _reversible(step: Step) -> int | None:
    if not step.get("reverse"):
        return 0
    return times(product(step.input[1:]), step.get("input_dim"))


_RULES: Final[dict[str, Callable[[Step], int | None]]] = {
    "Dense": _dense, "EinsumDense": _einsum_dense, "ReversibleEmbedding": _reversible,
    **{f"Conv{n}D": _convolution for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": _transposed for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": _depthwise for n in (1, 2)},
    **{f"SeparableConv{n}D": _separable for n in (1, 2)},
    **{f"ConvLSTM{n}D": _convolutional_recurrent for n in (1, 2, 3)},
    "LSTM": _recurrent, "GRU": _recurrent, "SimpleRNN": _recurrent, "RNN": _rnn,
    "Bidirectional": _bidirectional, "TimeDistributed": _over_time,
    "SpectralNormalization": _wrapped,
    "MultiHeadAttention": _heads, "GroupQueryAttention": _grouped_heads,
    "Attention": _attention, "AdditiveAttention": _attention, "Dot": _dot,
}  # fmt: skip
