"""What flows through a network, kept up to date: names of axes, receptive fields, costs.

Shape inference asks after every edit. A layer is looked at again only when it, its shapes or
what leads into it has changed, so that an edit costs what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.catalog import Catalog, LayerSpec
from workbench.graph.axes import Axes, axes_after, axes_of_input, wanted_axes
from workbench.graph.costs import (
    Reach,
    Step,
    kept_bytes,
    multiply_adds,
    reach_after,
    reach_of_input,
)
from workbench.graph.elements import Edge
from workbench.graph.inference import NodeInfo, TensorInfo
from workbench.graph.model import INPUT_LAYER, Graph, Node
from workbench.graph.ports import node_params
from workbench.graph.specs import spec_of
from workbench.plain import Plain

_LOOK_AHEAD = 8
"""Layers behind an input that are asked how they read its axes."""
_SPARE_COSTS = 1000
"""Layers no longer in the network whose costs may be kept."""
_PASSING = frozenset({"normalisation", "regularisation", "activation", "preprocessing"})


@dataclass(frozen=True)
class _Seen:
    """A node as it was looked at last.

    Attributes:
        node: The node.
        owner: The node whose layer it applies.
        bare: What shape inference said.
        info: The same with what is added here.
        reach: What its outputs see of the input.
        entering: The edges that led into it.
    """

    node: Node
    owner: Node
    bare: NodeInfo
    info: NodeInfo
    reach: Reach | None
    entering: tuple[Edge, ...]


@dataclass
class _Costs:
    """What follows from a layer's settings and shapes alone, wherever it stands.

    Attributes:
        bare: What shape inference said; held, so that no other object gets its identity.
        step: The layer with its settings and shapes.
        macs: Multiply-adds.
        kept: Memory kept for the way back.
        axes: Names of the axes that lead in → names of those that lead out.
    """

    bare: NodeInfo
    step: Step
    macs: int | None
    kept: int
    axes: dict[tuple[Axes, ...], Mapping[str, Axes]]


class Flow:
    """Adds axes, receptive field, multiply-adds and kept memory to what inference found.

    Args:
        catalog: Where the layers are described.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._seen: dict[str, _Seen] = {}
        self._costs: dict[int, _Costs] = {}
        self._token: object = None
        self.visited = 0

    def described(
        self, graph: Graph, order: Sequence[str], nodes: Mapping[str, NodeInfo]
    ) -> dict[str, NodeInfo]:
        """Return the nodes with what is added here.

        Args:
            graph: A network without blocks.
            order: Ids of the nodes, each behind those that lead into it.
            nodes: Node id → outputs and weights, in the order of the result.
        """
        token = graph.memo("flow", lambda _: object())
        before, same = self._seen, self._token is token
        self._token, self._seen, self.visited = token, {}, 0
        changed: set[str] = set()
        seen = self._seen
        for node_id in order:
            bare = nodes.get(node_id)
            old = before.get(node_id)
            if bare is None:
                if old is not None:
                    changed.update(edge.target.node for edge in graph.leaving(node_id))
                continue
            node = graph.nodes[node_id]
            owner = graph.owner(node)
            if (
                old is not None
                and old.bare is bare
                and old.node is node
                and old.owner is owner
                and node_id not in changed
                and node.layer != INPUT_LAYER
                and (same or old.entering == tuple(graph.entering(node_id)))
            ):
                seen[node_id] = old
                continue
            info, reach = self._look(graph, node, bare)
            if old is not None and old.info == info:
                info = old.info  # the same object: nothing has changed
            new = _Seen(node, owner, bare, info, reach, tuple(graph.entering(node_id)))
            seen[node_id] = new
            self.visited += 1
            if old is None or _given(old) != _given(new):
                changed.update(edge.target.node for edge in graph.leaving(node_id))
        if len(self._costs) > 2 * len(seen) + _SPARE_COSTS:
            self._costs.clear()
        return {
            node_id: seen[node_id].info if node_id in seen else bare
            for node_id, bare in nodes.items()
        }

    def _look(self, graph: Graph, node: Node, bare: NodeInfo) -> tuple[NodeInfo, Reach | None]:
        """Return what is known about a node, and what its outputs see of the input."""
        if node.layer == INPUT_LAYER:
            return self._input(graph, node, bare)
        spec = spec_of(graph, self._catalog, node.layer)
        if spec is None:
            return bare, None
        tensors: list[tuple[str, TensorInfo]] = []
        axes: list[Axes] = []
        reaches: list[Reach | None] = []
        for edge in _in_order(graph, spec, node):
            giver = self._seen.get(edge.source.node)
            tensor = giver.bare.outputs.get(edge.source.port) if giver else None
            if giver is None or tensor is None:
                return bare, None
            tensors.append((edge.target.port, tensor))
            axes.append(giver.info.axes.get(edge.source.port, ()))
            reaches.append(giver.reach)
        costs = self._costs_of(spec, node_params(graph, node, spec), tensors, bare)
        reach = reach_after(costs.step, reaches)
        given = tuple(axes)
        if given not in costs.axes:
            costs.axes[given] = axes_after(costs.step, axes)
        info = NodeInfo(
            bare.outputs, bare.parameters, bare.trainable, bare.weight_bytes, bare.states,
            macs=costs.macs,
            receptive=reach.field if reach is not None else None,
            axes=costs.axes[given],
            kept_bytes=costs.kept,
        )  # fmt: skip
        return info, reach

    def _costs_of(
        self,
        spec: LayerSpec,
        params: Mapping[str, Plain],
        tensors: list[tuple[str, TensorInfo]],
        bare: NodeInfo,
    ) -> _Costs:
        """Return the costs of a layer; alike layers between alike shapes share them."""
        known = self._costs.get(id(bare))
        if (
            known is None
            or known.bare is not bare
            or known.step.spec is not spec
            or known.step.params != params
            or known.step.inputs != tensors
        ):
            step = Step(self._catalog, spec, params, tensors, bare.outputs)
            known = _Costs(bare, step, multiply_adds(step), kept_bytes(step), {})
            self._costs[id(bare)] = known
        return known

    def _input(self, graph: Graph, node: Node, bare: NodeInfo) -> tuple[NodeInfo, Reach | None]:
        tensor = bare.outputs.get("output")
        if tensor is None:
            return bare, None
        wanted = self._wanted(graph, node, len(tensor.shape))
        info = replace(
            bare,
            macs=0,
            axes={"output": axes_of_input(tensor, wanted)},
            kept_bytes=tensor.row_bytes,
        )
        return info, reach_of_input(len(tensor.shape))

    def _wanted(self, graph: Graph, node: Node, rank: int) -> Axes:
        """Return how the layers behind an input read its axes; () when they do not agree."""
        told: set[Axes] = set()
        waiting = [edge.target.node for edge in graph.leaving(node.id)]
        looked: set[str] = set()
        while waiting and len(looked) < _LOOK_AHEAD:
            node_id = waiting.pop(0)
            if node_id in looked:
                continue
            looked.add(node_id)
            behind = graph.nodes[node_id]
            spec = spec_of(graph, self._catalog, behind.layer)
            if spec is None:
                continue
            params = node_params(graph, behind, spec)
            first = params.get("data_format") == "channels_first"
            axes = wanted_axes(behind.layer, first, rank)
            if axes:
                told.add(axes)
            elif spec.family in _PASSING:
                waiting += [edge.target.node for edge in graph.leaving(node_id)]
        return told.pop() if len(told) == 1 else ()


def _given(seen: _Seen) -> tuple[object, ...]:
    """Return what layers behind a node look at."""
    return seen.bare.outputs, seen.info.axes, seen.reach


def _in_order(graph: Graph, spec: LayerSpec, node: Node) -> list[Edge]:
    edges = list(graph.entering(node.id))
    if len(edges) > 1:
        ports = [port.id for port in spec.inputs]
        edges.sort(key=lambda e: (
            ports.index(e.target.port) if e.target.port in ports else len(ports), e.index
        ))  # fmt: skip
    return edges
