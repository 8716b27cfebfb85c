"""Shape inference with Keras itself, node by node, so that an edit costs what it changes.

Each node is computed on symbolic tensors in a scope without weights (`workbench.build.scope`):
about 0.5 ms a layer. Two things make an edit of a large network cheap. A node whose settings and
input tensors are those of the last time is not looked at again; and results are kept by
(settings, input tensors), so that repeated blocks and going back are free.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.build import own_code
from workbench.build.layer_result import Inputs, LayerResult, compute_layer
from workbench.build.memory import memory_limit, size_problems
from workbench.build.messages import Situation, problem_from
from workbench.build.trials import MOST_LAYERS, MOST_PROBLEMS, Compute, sound
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.graph.advice import Advisor
from workbench.graph.check_target import source_of
from workbench.graph.checks import GraphChecks
from workbench.graph.expand import Expander
from workbench.graph.flow import Flow
from workbench.graph.ignoring import without_ignored
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.model import INPUT_LAYER, Edge, Graph, Node
from workbench.graph.outside import without_outside
from workbench.graph.ports import node_params, port_exists
from workbench.graph.problems import Problem
from workbench.graph.regroup import Regrouper
from workbench.graph.specs import spec_of
from workbench.graph.steady import with_steady_ids
from workbench.plain import Plain

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_MOST_RESULTS = 50_000
_BLOCKING = frozenset({"unknown_layer", "missing_owner", "unknown_param", "missing_param",
                       "bad_param", "missing_port", "too_few_inputs", "too_many_inputs",
                       "incomplete_state"})  # fmt: skip


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
    result: LayerResult | None

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
        self._expander = Expander()
        self._regrouper = Regrouper()
        self._checks = GraphChecks(catalog)
        self._advisor = Advisor(catalog)
        self._flow = Flow(catalog)
        self._results: OrderedDict[tuple[Any, ...], LayerResult] = OrderedDict()
        self._known: dict[str, _Known] = {}
        self._token: object = None
        self._own: object = ()
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

        Returns:
            What is known; for a network with blocks see `workbench.graph.regroup.regroup`.
        """
        expanded = self._expander.expand(graph)
        flat = self._infer(expanded.graph, signature, revision)
        flat = without_outside(graph, expanded, flat)
        found = self._regrouper.regroup(graph, expanded, flat)
        return replace(found, problems=without_ignored(graph, found.problems))

    def _infer(self, graph: Graph, signature: DataSignature | None, revision: int) -> Inference:
        problems, structure = self._checks.before_shapes(graph, signature)
        blocked = {p.place.id for p in problems if p.code in _BLOCKING}
        self.computed = 0
        self._update(graph, structure.order, signature, blocked)
        known = self._known
        failed = [n for n in structure.order if (r := known[n].result) and r.message]
        told = self._told(graph, failed, signature)
        problems += with_steady_ids(graph, told)
        nodes = {
            node_id: result.info
            for node_id in graph.nodes
            if (found := known.get(node_id)) and (result := found.result) and not result.message
        }
        nodes = self._flow.described(graph, structure.order, nodes)
        problems += size_problems(graph, self._catalog, nodes, self._memory)
        shapes = Inference(nodes, tuple(problems), revision)
        problems += self._checks.after_shapes(graph, signature, structure, shapes)
        sound = not any(problem.severity == "error" for problem in problems)
        problems += self._advisor.advise(graph, nodes, signature, structure.outputs, whole=sound)
        return Inference(nodes, tuple(problems), revision)

    def _update(
        self,
        graph: Graph,
        order: list[str],
        signature: DataSignature | None,
        blocked: set[str],
    ) -> None:
        """Bring `_known` up to date. With the same nodes and edges, look only where edits were."""
        own = own_code.state_of(graph.records)
        if own != self._own:  # other code, or a word on whether it may run: all is looked at anew
            self._own = own
            self._known = {}
            self._results.clear()
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
        spec = spec_of(graph, self._catalog, node.layer)
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
            result = compute_layer(self._catalog, spec, graph, node, inputs, reference)
            self._results[key] = result
            if len(self._results) > _MOST_RESULTS:
                self._results.popitem(last=False)
        else:
            self._results.move_to_end(key)
        return _Known(node, owner, settings, blocked, inputs, reference, result)

    def _told(
        self, graph: Graph, failed: list[str], signature: DataSignature | None
    ) -> Iterator[Problem]:
        """Yield what is wrong with layers, with repairs that were seen to repair."""
        messages = {at: k.result.message for at, k in self._known.items() if k.result}
        for number, node_id in enumerate(failed):
            problem = self._problem(graph, self._known[node_id])
            if problem.fixes and number < MOST_PROBLEMS and len(graph) <= MOST_LAYERS:
                fixes = sound(graph, problem, messages, partial(self._trial, signature))
                problem = replace(problem, fixes=fixes)
            yield problem

    def _trial(self, signature: DataSignature | None, trial: Graph) -> Compute:
        """Begin to compute a changed copy of the network; see `workbench.build.trials`."""
        known = {at: k for at, k in self._known.items() if at in trial}
        first = {
            k.owner.id: k.first
            for k in known.values()
            if k.first is not None and trial.is_shared(k.owner.id)
        }
        changed: set[str] = set()

        def compute(graph: Graph, node: Node, touched: bool) -> str | None:
            if not touched and node.id not in changed:
                return None
            old = known.get(node.id)
            if node.layer == INPUT_LAYER and old is not None:
                return None
            now, self._known = self._known, known
            try:
                new = self._visit(graph, node, signature, bool(old and old.blocked), None, first)
            finally:
                self._known = now
            known[node.id] = new
            if old is None or old.outputs != new.outputs:
                changed.update(edge.target.node for edge in graph.leaving(node.id))
            return new.result.message if new.result else None

        return compute

    def _problem(self, graph: Graph, found: _Known) -> Problem:
        result = found.result or LayerResult(NodeInfo())
        spec = spec_of(graph, self._catalog, found.node.layer)
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


def _input_result(node: Node, signature: DataSignature | None) -> LayerResult | None:
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
    return LayerResult(NodeInfo({"output": TensorInfo((None, *lengths), dtype)}))


def _is_present(graph: Graph, port: PortSpec, spec: LayerSpec, node: Node) -> bool:
    return not port.when or port_exists(port, spec, node_params(graph, node, spec))


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
            if port.required and _is_present(graph, port, spec, node):
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
