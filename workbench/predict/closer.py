"""A closer look at one node: its weights, what comes before its activation, dead units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from workbench.graph.activation_curves import clips
from workbench.graph.model import Node
from workbench.graph.ports import node_params
from workbench.graph.preview import Detail, WeightTensor
from workbench.jobs import Control
from workbench.plain import Plain
from workbench.predict.condense import histogram_of, statistics_of
from workbench.predict.forward import Forward, to_numpy
from workbench.predict.network import Network
from workbench.predict.samples import Rows

_ROWS: Final = 64
_MOST_WEIGHTS: Final = 64
"""Weights of a block that are told."""
_BYTES: Final = 64 << 20
"""Memory that the values of several rows may take."""
_APPLIED_LAST: Final = frozenset({
    "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose",
    "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
})  # fmt: skip
"""Layers whose `activation` is applied to the result, at the very end."""
_FUNCTIONS: Final = frozenset({"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"})
"""Layers that are nothing but an activation function."""


class Closer:
    """Looks closer at one node at a time; the last answers are kept."""

    def __init__(self) -> None:
        self._details: dict[str, Detail] = {}
        self._network: Network | None = None
        self._dead: dict[tuple[Any, ...], tuple[int, int, int]] = {}

    def look(
        self, network: Network, forward: Forward, rows: Rows, node_id: str, control: Control
    ) -> None:
        """Look at a node whose values for the sample are known."""
        node = network.graph.node(node_id)
        spec = network.spec(node)
        params = node_params(network.graph, node, spec) if spec else {}
        if network is not self._network:
            self._network = network
            self._dead.clear()
        kept = network.layers.get(node_id)
        before, about = self._before(network, forward, node)
        dead, units, looked = self._dead_units(network, rows, node, params, control)
        self._details = {
            node_id: Detail(kept.views() if kept else (), before, about, dead, units, looked)
        }

    def look_into(self, network: Network, use: str, layers: list[str]) -> None:
        """Look at a use of a block: the weights of all layers in it."""
        self._network = network
        weights: list[WeightTensor] = []
        seen: set[int] = set()
        for node_id in layers:
            kept = network.layers.get(node_id)
            if kept is None or kept.serial in seen or len(weights) >= _MOST_WEIGHTS:
                continue
            seen.add(kept.serial)
            name = network.graph.owner(network.graph.node(node_id)).name
            weights += [replace(view, name=f"{name}/{view.name}") for view in kept.views()]
        self._details = {use: Detail(tuple(weights))}

    def detail(self, network: Network, node_id: str) -> Detail | None:
        """Return what the last look at a node found."""
        return self._details.get(node_id) if network is self._network else None

    def _before(self, network: Network, forward: Forward, node: Node) -> tuple[Any, Any]:
        """Return how the values before the activation function are spread, and numbers on them."""
        values: Any = None
        if not forward.outputs(node.id) or node.id not in network.layers:
            return None, None
        layer = network.layers[node.id].layer
        if node.layer in _FUNCTIONS:
            tensors = forward.inputs(network, node.id)
            values = tensors[0] if tensors else None
        elif node.layer in _APPLIED_LAST and not _is_linear(layer.activation):
            values = self._without(network, forward, node, layer)
        if values is None:
            return None, None
        array = to_numpy(values)[0].astype(np.float32)
        about = statistics_of(array)
        return histogram_of(array, about), about

    def _without(self, network: Network, forward: Forward, node: Node, layer: Any) -> Any:
        """Return what a layer would give without its activation function."""
        import keras

        activation = layer.activation
        layer.activation = keras.activations.linear
        try:
            return next(iter(forward.call(network, node, layer).values()))
        finally:
            layer.activation = activation

    def _dead_units(
        self, network: Network, rows: Rows, node: Node, params: Mapping[str, Plain],
        control: Control,
    ) -> tuple[int | None, int, int]:  # fmt: skip
        """Return how many units gave zero for every one of some rows, of how many units."""
        if node.id not in network.layers or not clips(node.layer, params):
            return None, 0, 0
        key = (node.id, rows.serial)
        if key not in self._dead:
            needed, everywhere = network.upto([node.id]), network.shapes.everywhere
            size = sum(everywhere[n].row_bytes for n in needed if n in everywhere)
            count = max(1, min(_ROWS, _BYTES // max(size, 1)))
            chosen = rows.some(count)
            several = Forward()
            several.run(
                network, rows.encoded(chosen), key, [node.id], control, lambda _done, _total: None
            )
            outputs = several.outputs(node.id)
            if not outputs or control.stopped.is_set():
                return None, 0, 0
            values = to_numpy(next(iter(outputs.values())))
            axis = 1 if params.get("data_format") == "channels_first" else values.ndim - 1
            others = tuple(n for n in range(values.ndim) if n != axis)
            silent = (values == 0).all(axis=others)
            self._dead[key] = (int(silent.sum()), int(silent.size), len(chosen))
        dead, units, looked = self._dead[key]
        return dead, units, looked


def _is_linear(activation: Any) -> bool:
    return activation is None or getattr(activation, "__name__", "") == "linear"
