"""Shape inference with Keras itself, node by node, so that an edit costs what it changes.

Each node is computed on symbolic tensors in a scope without weights (`workbench.build.scope`):
about 0.5 ms a layer. Two things make an edit of a large network cheap. A node whose settings and
input tensors are those of the last time is not looked at again; and results are kept by
(settings, input tensors), so that repeated blocks and going back are free.
"""

from __future__ import annotations

import json
import traceback
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.build.layers import call_arguments, make_layer, named_outputs
from workbench.build.memory import memory_limit, size_problems, weight_sizes
from workbench.build.messages import Situation, problem_from
from workbench.build.scope import trace, weightless
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.errors import GraphError
from workbench.graph.check_target import source_of
from workbench.graph.checks import GraphChecks
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.model import INPUT_LAYER, Edge, Graph, Node
from workbench.graph.ports import node_params, port_exists
from workbench.graph.problems import Problem
from workbench.graph.steady import with_steady_ids
from workbench.plain import Plain
from workbench.wording import bytes_, count

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_MOST_RESULTS = 50_000
_TRACED = frozenset({"attention", "preprocessing"})
"""Families with layers whose shape rule lets inputs pass that their call refuses."""

_TEXT_LAYERS = frozenset({"StringLookup", "TextVectorization", "Hashing", "HashedCrossing",
                          "Identity", "Flatten", "Reshape", "Concatenate"})  # fmt: skip
_LARGEST = 2**62
_READ_TEXT = frozenset({"StringLookup", "TextVectorization"})
_BLOCKING = frozenset({"unknown_layer", "missing_owner", "unknown_param", "missing_param",
                       "bad_param", "missing_port", "too_few_inputs", "too_many_inputs",
                       "incomplete_state"})  # fmt: skip

Inputs = tuple[tuple[str, TensorInfo], ...]
"""What leads into a node: port id and tensor, in the order of the node's ports."""


@dataclass(frozen=True)
class _Result:
    """What Keras made of one (settings, inputs) pair."""

    info: NodeInfo
    message: str = ""
    details: str = ""


@dataclass
class _Known:
    """What a node looked like when it was computed last.

    Attributes:
        node: The node.
        owner: The node whose layer it applies.
        settings: What decides about the result apart from the inputs.
        blocked: A problem of the node itself kept it from being computed.
        inputs: What led into it; None while that was unknown.
        first: What led into the first node of those that share the layer.
        result: What came out; None where nothing was computed.
    """

    node: Node
    owner: Node
    settings: str
    blocked: bool
    inputs: Inputs | None
    first: Inputs | None
    result: _Result | None

    @property
    def outputs(self) -> Mapping[str, TensorInfo]:
        return self.result.info.outputs if self.result else {}


class ShapeInference:
    """Infers shapes, sizes and problems of a graph, again and again as it is edited.

    All calls must come from one thread, as Keras keeps its scopes per thread.

    Args:
        catalog: Where the layers are described.
        memory: Bytes that weights or one row's values may take; the computer's memory when None.
    """

    def __init__(self, catalog: Catalog, memory: int | None = None) -> None:
        self._catalog = catalog
        self._memory = memory if memory is not None else memory_limit()
        self._checks = GraphChecks(catalog)
        self._results: OrderedDict[tuple[Any, ...], _Result] = OrderedDict()
        self._known: dict[str, _Known] = {}
        self._token: object = None
        self._signature: DataSignature | None = None
        self.computed = 0

    def infer(
        self, graph: Graph, signature: DataSignature | None = None, revision: int = 0
    ) -> Inference:
        """Return what is known about every node, and everything that is wrong.

        Args:
            graph: The network; it may be wrong in any way.
            signature: What the data offers; None when there is no data yet.
            revision: Passed on to the result.
        """
        problems, structure = self._checks.before_shapes(graph, signature)
        blocked = {p.place.id for p in problems if p.code in _BLOCKING}
        self.computed = 0
        self._update(graph, structure.order, signature, blocked)
        known = self._known
        failed = [n for n in structure.order if (r := known[n].result) and r.message]
        told = (self._problem(graph, known[node_id]) for node_id in failed)
        problems += with_steady_ids(graph, told)
        nodes = {
            node_id: result.info
            for node_id in graph.nodes
            if (found := known.get(node_id)) and (result := found.result) and not result.message
        }
        problems += size_problems(graph, self._catalog, nodes, self._memory)
        shapes = Inference(nodes, tuple(problems), revision)
        late = self._checks.after_shapes(graph, signature, structure, shapes)
        return Inference(nodes, (*problems, *late), revision) if late else shapes

    def _update(
        self,
        graph: Graph,
        order: list[str],
        signature: DataSignature | None,
        blocked: set[str],
    ) -> None:
        """Bring `_known` up to date. With the same nodes and edges, look only where edits were."""
        token = graph.memo("shape inference", lambda _: object())
        same = self._token is token and self._signature == signature
        before = self._known
        self._token, self._signature = token, signature
        self._known = known = dict(before) if same else {}
        first: dict[str, Inputs] = {}
        affected: set[str] = set()
        nodes = graph.nodes
        for node_id in order:
            node = nodes[node_id]
            old = before.get(node_id)
            if (
                same
                and old is not None
                and old.node is node
                and node_id not in affected
                and (node_id in blocked) is old.blocked
                and not node.shared_with
                and not graph.is_shared(node_id)
            ):
                continue
            new = self._visit(graph, node, signature, node_id in blocked, old, first)
            known[node_id] = new
            if old is None or old.outputs != new.outputs:
                affected.update(edge.target.node for edge in graph.leaving(node_id))

    def _visit(
        self,
        graph: Graph,
        node: Node,
        signature: DataSignature | None,
        blocked: bool,
        before: _Known | None,
        first: dict[str, Inputs],
    ) -> _Known:
        """Compute a node, or take over what is known."""
        owner = graph.owner(node)
        same = before is not None and before.node is node and before.owner is owner
        settings = before.settings if before is not None and same else _settings(node, owner)
        if node.layer == INPUT_LAYER:
            result = None if blocked else _input_result(node, signature)
            return _Known(node, owner, settings, blocked, None, None, result)
        spec = self._catalog.get(node.layer)
        inputs = _inputs(graph, spec, node, self._known) if spec and not blocked else None
        if inputs is None or spec is None:
            return _Known(node, owner, settings, blocked, None, None, None)
        reference = first.setdefault(owner.id, inputs)
        if (
            before is not None
            and same
            and before.result is not None
            and before.inputs == inputs
            and before.first == reference
        ):
            return before if before.blocked is blocked else replace(before, blocked=blocked)
        key = (settings, inputs, None if reference == inputs else reference, node is owner)
        result = self._results.get(key)
        if result is None:
            self.computed += 1
            result = _compute(self._catalog, spec, graph, node, inputs, reference)
            self._results[key] = result
            if len(self._results) > _MOST_RESULTS:
                self._results.popitem(last=False)
        else:
            self._results.move_to_end(key)
        return _Known(node, owner, settings, blocked, inputs, reference, result)

    def _problem(self, graph: Graph, found: _Known) -> Problem:
        result = found.result or _Result(NodeInfo())
        spec = self._catalog.get(found.node.layer)
        ports = [port.id for port in spec.inputs] if spec else []
        edges = sorted(
            graph.incoming(found.node.id), key=lambda e: (ports.index(e.target.port), e.index)
        )
        situation = Situation(
            graph, self._catalog, found.node, edges, [t for _, t in found.inputs or ()]
        )
        return problem_from(situation, result.message, result.details)


def _settings(node: Node, owner: Node) -> str:
    """Return what decides about a node's result apart from its inputs, as text."""
    calls: Mapping[str, Plain] = node.params if node is not owner else {}
    return json.dumps([owner.layer, owner.trainable, owner.params, calls], sort_keys=True)


def _input_result(node: Node, signature: DataSignature | None) -> _Result | None:
    offered = signature.input(source_of(node)) if signature else None
    shape = node.params.get("shape")
    if shape is None and offered is not None:
        shape = list(offered.shape)
    dtype = node.params.get("dtype") or (offered.dtype if offered else None) or "float32"
    if not isinstance(shape, (list, tuple)) or not isinstance(dtype, str):
        return None
    lengths: Any = shape
    if any(not (n is None or isinstance(n, int)) for n in lengths):
        return None
    return _Result(NodeInfo({"output": TensorInfo((None, *lengths), dtype)}))


def _inputs(
    graph: Graph, spec: LayerSpec, node: Node, known: Mapping[str, _Known]
) -> Inputs | None:
    """Return what leads into a node, or None while something required is unknown."""
    by_port: dict[str, list[Edge]] = {}
    for edge in graph.entering(node.id):
        by_port.setdefault(edge.target.port, []).append(edge)
    found: list[tuple[str, TensorInfo]] = []
    for port in spec.inputs:
        edges = by_port.get(port.id)
        if not edges:
            if port.required:
                return None
            continue
        if len(edges) > 1:
            edges.sort(key=lambda edge: edge.index)
        for edge in edges:
            giver = known.get(edge.source.node)
            result = giver.result if giver else None
            tensor = result.info.outputs.get(edge.source.port) if result else None
            if tensor is None:
                return None
            found.append((port.id, tensor))
    return tuple(found)


def _compute(
    catalog: Catalog,
    spec: LayerSpec,
    graph: Graph,
    node: Node,
    inputs: Inputs,
    reference: Inputs,
) -> _Result:
    """Make the layer and call it on symbolic tensors, without memory for weights."""
    owner = graph.owner(node)
    params = node_params(graph, node, spec)
    ports = [port for port in spec.inputs if port_exists(port, spec, params)]
    outputs = [port for port in spec.outputs if port_exists(port, spec, params)]
    if any(t.dtype == "string" for _, t in inputs) and spec.key not in _TEXT_LAYERS:
        return _Result(NodeInfo(), f"{spec.key} needs numbers, but its input is text.")
    if spec.key in _READ_TEXT and inputs[0][1].dtype != "string" and not params.get("invert"):
        return _Result(NodeInfo(), f"{spec.key} needs text, but its input is numbers.")
    text = _wrong_rank(spec, ports, inputs, params)
    if text:
        return _Result(NodeInfo(), text)
    try:
        with weightless():
            layer = make_layer(catalog, owner.layer, owner.params, name="layer",
                               trainable=owner.trainable)  # fmt: skip
            if reference != inputs:
                _call(layer, spec, ports, reference, params)
            tensors = named_outputs(outputs, _call(layer, spec, ports, inputs, params))
            parameters, trainable, weight_bytes = weight_sizes(layer)
        described = {
            port: TensorInfo(_shape(tensor), str(tensor.dtype)) for port, tensor in tensors.items()
        }
    except GraphError as error:
        return _Result(NodeInfo(), error.message, error.details)
    except Exception as error:
        if spec.family == "preprocessing" and "tensorflow" in str(error).lower():
            return _Result(NodeInfo(), _other_backend(spec), traceback.format_exc(limit=-6))
        return _Result(NodeInfo(), _message(error), traceback.format_exc(limit=-6))
    text = _beyond_counting(described, parameters, weight_bytes)
    if text:
        return _Result(NodeInfo(), text)
    if node is not owner:
        return _Result(NodeInfo(described))
    return _Result(NodeInfo(described, parameters, trainable, weight_bytes))


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
) -> Any:
    import keras

    tensors: dict[str, list[Any]] = {}
    for port, info in inputs:
        tensors.setdefault(port, []).append(keras.KerasTensor(info.shape, dtype=info.dtype))
    arguments, keywords = call_arguments(spec, ports, tensors, params)
    outputs = layer(*arguments, **keywords)
    if spec.family in _TRACED:
        traced = _trace(layer, spec, arguments, keywords)
        if spec.family == "attention":  # the shape rule takes scores for square
            return traced
    return outputs


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
