"""What Keras makes of one layer on symbolic tensors, without memory for weights."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.build import own_code
from workbench.build.layers import call_arguments, make_layer, named_outputs
from workbench.build.memory import state_count, weight_sizes
from workbench.build.operations import trace_call
from workbench.build.own_calls import calling, check_outputs, check_shape_rule, known_refusal
from workbench.build.own_guard import asked_to_end
from workbench.build.scope import trace, weightless
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.errors import GraphError
from workbench.graph.inference import NodeInfo, TensorInfo, describe_shape
from workbench.graph.model import Graph, Node
from workbench.graph.own_layers import is_own, own_keys
from workbench.graph.ports import node_params, port_exists
from workbench.graph.records import Records
from workbench.plain import Plain
from workbench.wording import bytes_, count

_TRACED = frozenset({"attention", "preprocessing"})
"""Families with layers whose shape rule lets inputs pass that their call refuses."""

_TEXT_LAYERS = frozenset({"StringLookup", "TextVectorization", "Hashing", "HashedCrossing",
                          "Identity", "Flatten", "Reshape", "Concatenate"})  # fmt: skip
_LARGEST = 2**62
_MOVES_FROZEN = frozenset({"SpectralNormalization"})
"""Layers whose states training changes also while they are frozen; Keras's others keep them."""
_NEVER_MOVES = frozenset({"Normalization"})
"""Layers whose values come from the data before training."""
_PROJECTING = frozenset({"MultiHeadAttention", "GroupQueryAttention"})
"""Layers whose kernels take values of another width for rows of another number, without a word."""
_READ_TEXT = frozenset({"StringLookup", "TextVectorization"})

Inputs = tuple[tuple[str, TensorInfo], ...]
"""What leads into a node: port id and tensor, in the order of the node's ports."""


@dataclass(frozen=True)
class LayerResult:
    """What Keras made of one (settings, inputs) pair."""

    info: NodeInfo
    message: str = ""
    details: str = ""


def compute_layer(
    catalog: Catalog,
    spec: LayerSpec,
    graph: Graph,
    node: Node,
    inputs: Inputs,
    reference: Inputs,
) -> LayerResult:
    """Make the layer and call it on symbolic tensors, without memory for weights."""
    owner = graph.owner(node)
    params = node_params(graph, node, spec)
    ports = [port for port in spec.inputs if port_exists(port, spec, params)]
    outputs = [port for port in spec.outputs if port_exists(port, spec, params)]
    if any(t.dtype == "string" for _, t in inputs) and spec.key not in _TEXT_LAYERS:
        return LayerResult(NodeInfo(), f"{spec.key} needs numbers, but its input is text.")
    if spec.key in _READ_TEXT and inputs[0][1].dtype != "string" and not params.get("invert"):
        return LayerResult(NodeInfo(), f"{spec.key} needs text, but its input is numbers.")
    text = _wrong_rank(spec, ports, inputs, params)
    if text:
        return LayerResult(NodeInfo(), text)
    own = own_keys(spec.key, owner.params)
    try:
        with calling(spec, graph.records, [owner.params, params]), weightless():
            layer = make_layer(catalog, owner.layer, owner.params, name="layer",
                               trainable=owner.trainable,
                               records=graph.records)  # fmt: skip
            if reference != inputs:
                _call(layer, spec, ports, reference, params, graph.records)
            returned = _call(layer, spec, ports, inputs, params, graph.records)
            if reference != inputs and not own:
                _check_fit(layer, spec, ports, inputs, params, reference)
            check_outputs(spec, graph.records, outputs, returned)
            tensors = named_outputs(outputs, returned)
            parameters, trainable, weight_bytes = weight_sizes(layer)
            moves = (owner.trainable or spec.key in _MOVES_FROZEN) and spec.key not in _NEVER_MOVES
            states = state_count(layer) if moves and trainable < parameters else 0
        described = {
            port: TensorInfo(_shape(tensor), str(tensor.dtype)) for port, tensor in tensors.items()
        }
    except GraphError as error:
        return LayerResult(NodeInfo(), error.message, error.details)
    except BaseException as error:
        if not isinstance(error, Exception) and (not own or asked_to_end(error)):
            raise
        refused = known_refusal(error, spec, graph.records, own)
        if refused is not None:
            return LayerResult(NodeInfo(), refused.message, traceback.format_exc(limit=-6))
        faults = [own_code.fault_in_layer(error, graph.records, key) for key in own]
        told = [fault for fault in faults if fault is not None]
        if told and (is_own(spec.key) or any(", line " in fault.message for fault in told)):
            fault = next((f for f in told if ", line " in f.message), told[0])
            return LayerResult(NodeInfo(), fault.message, fault.details)
        if spec.family == "preprocessing" and "tensorflow" in str(error).lower():
            return LayerResult(NodeInfo(), _other_backend(spec), traceback.format_exc(limit=-6))
        return LayerResult(NodeInfo(), _message(error), traceback.format_exc(limit=-6))
    text = _beyond_counting(described, parameters, weight_bytes)
    if text:
        return LayerResult(NodeInfo(), text)
    if node is not owner:
        return LayerResult(NodeInfo(described))
    return LayerResult(NodeInfo(described, parameters, trainable, weight_bytes, states))


def _beyond_counting(outputs: Mapping[str, TensorInfo], parameters: int, weight_bytes: int) -> str:
    """Return what is too large even to be sent as a 64-bit number, or ""."""
    if weight_bytes > _LARGEST:
        return f"too large: {count(parameters)} weights, {bytes_(weight_bytes)} of memory"
    for tensor in outputs.values():
        longest = max((n or 0 for n in tensor.shape), default=0)
        if longest > _LARGEST:
            return f"too large: an axis of {count(longest)} values"
    return ""


def _wrong_rank(
    spec: LayerSpec, ports: list[PortSpec], inputs: Inputs, params: Mapping[str, Plain]
) -> str:
    """Return what Keras says about too few axes; not all layers and backends do say it."""
    for port in ports:
        for name, tensor in inputs:
            if name == port.id and len(tensor.shape) < port.rank:
                return f"expected min_ndim={port.rank}, found ndim={len(tensor.shape)}"
    axis = spec.param("axis")
    chosen = params.get("axis", axis.default) if axis is not None else None
    rank = len(inputs[0][1].shape)
    wanted = chosen if isinstance(chosen, (list, tuple)) else [chosen]
    if any(isinstance(n, int) and not -rank <= n < rank for n in wanted):
        return "axis out of range"
    return ""


def _other_backend(spec: LayerSpec) -> str:
    import keras

    return f"{spec.key} does not run on the {keras.backend.backend()} backend; choose TensorFlow."


def _message(error: BaseException) -> str:
    """Return what went wrong first.

    Keras adds the arguments to a message by making the exception anew; with an exception of the
    backend that takes more than a message, this fails and hides what had happened.
    """
    if "__init__() missing" in str(error) and error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__


def _call(
    layer: Any,
    spec: LayerSpec,
    ports: list[PortSpec],
    inputs: Inputs,
    params: Mapping[str, Plain],
    records: Records,
) -> Any:
    arguments, keywords = _symbolic(spec, ports, inputs, params)
    outputs = layer(*arguments, **keywords)
    if is_own(spec.key):
        check_shape_rule(layer, spec, records, arguments, keywords, outputs)
    elif own_keys(spec.key, params):  # inside a wrapper, whose shape rule does not call it
        trace(layer, arguments, keywords)
    if spec.is_operation:
        trace_call(layer, arguments, keywords)
    if spec.family in _TRACED:
        traced = _trace(layer, spec, arguments, keywords)
        if spec.family == "attention":  # the shape rule takes scores for square
            return traced
    return outputs


def _symbolic(
    spec: LayerSpec, ports: list[PortSpec], inputs: Inputs, params: Mapping[str, Plain]
) -> tuple[list[Any], dict[str, Any]]:
    import keras

    tensors: dict[str, list[Any]] = {}
    for port, info in inputs:
        tensors.setdefault(port, []).append(keras.KerasTensor(info.shape, dtype=info.dtype))
    return call_arguments(spec, ports, tensors, params)


def _check_fit(
    layer: Any,
    spec: LayerSpec,
    ports: list[PortSpec],
    inputs: Inputs,
    params: Mapping[str, Plain],
    reference: Inputs,
) -> None:
    """Raise when the weights of a shared layer, made for one input, do not fit another.

    The shape rules of some layers (LayerNormalization) look at the new input only.

    Raises:
        GraphError: They do not fit.
    """
    if not layer.weights:
        return
    made_for = " and ".join(describe_shape(tensor) for _, tensor in reference)
    text = f"the weights that it shares were made for {made_for}, which does not fit here."
    widths = dict(_widths(reference))
    if spec.key in _PROJECTING and any(widths.get(at, n) != n for at, n in _widths(inputs)):
        raise GraphError(text)
    arguments, keywords = _symbolic(spec, ports, inputs, params)
    try:
        trace(layer, arguments, keywords)
    except Exception as error:
        raise GraphError(text, details=traceback.format_exc(limit=-6)) from error


def _widths(inputs: Inputs) -> list[tuple[str, int | None]]:
    """Return the length of the last axis of what leads into each port for queries and values."""
    return [(port, tensor.shape[-1]) for port, tensor in inputs if "mask" not in port]


def _trace(layer: Any, spec: LayerSpec, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """Trace a call. Many preprocessing layers are TensorFlow code, whatever the backend."""
    import keras

    try:
        return trace(layer, arguments, keywords)
    except Exception as error:
        if spec.family != "preprocessing" or keras.backend.backend() == "tensorflow":
            raise
        raise GraphError(_other_backend(spec), details=traceback.format_exc(limit=-6)) from error


def _shape(tensor: Any) -> tuple[int | None, ...]:
    lengths = tuple(None if n is None else int(n) for n in tensor.shape)
    if any(n is not None and n < 0 for n in lengths):
        raise ValueError(f"Computed output size would be negative: {lengths}")
    return lengths
