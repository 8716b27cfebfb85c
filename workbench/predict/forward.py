"""The forward pass, node by node, with everything between kept.

Layers are called one after the other on real tensors, so that what every node gives is there, a
network with an error still shows what comes before it, and after an edit only what lies
downstream is computed again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.build.layers import call_arguments, named_outputs
from workbench.build.own_calls import calling
from workbench.graph.check_target import source_of
from workbench.graph.inference import describe_shape
from workbench.graph.model import INPUT_LAYER, Node
from workbench.graph.ports import node_params, port_exists
from workbench.jobs import Control
from workbench.predict.network import Network, words_for

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Value:
    """What a node gave.

    Attributes:
        key: What it follows from: the layer and the values that led into the node.
        serial: A number that no other value has.
        outputs: Output port → tensor, rows first.
        message: Why there is nothing, or "".
    """

    key: tuple[Any, ...]
    serial: int
    outputs: Mapping[str, Any]
    message: str = ""


class Forward:
    """Sends rows through a network and keeps what every node gave."""

    def __init__(self) -> None:
        self._values: dict[str, _Value] = {}
        self._serials = itertools.count(1)
        self.computed = 0

    def run(
        self,
        network: Network,
        rows: Mapping[str, npt.NDArray[Any]],
        rows_key: object,
        wanted: Iterable[str],
        control: Control,
        progress: Progress,
    ) -> None:
        """Compute the wanted nodes; what is known already is not computed again.

        Args:
            network: The network.
            rows: Input name → array, rows first.
            rows_key: What tells these rows from others.
            wanted: Ids of the nodes.
            control: Looked at between two nodes; a stop leaves the rest uncomputed.
            progress: Told how many nodes are done, of how many.
        """
        self.computed = 0
        needed = network.upto(wanted)
        for number, node_id in enumerate(needed):
            control.check()
            if control.stopped.is_set():
                break
            progress(number, len(needed))
            self._visit(network, network.graph.node(node_id), rows, rows_key)
        for gone in [node for node in self._values if node not in network.graph]:
            del self._values[gone]

    def outputs(self, node_id: str) -> Mapping[str, Any]:
        """Return output port → tensor of a node; empty when there is nothing."""
        found = self._values.get(node_id)
        return found.outputs if found else {}

    def message(self, node_id: str) -> str:
        """Return why a node gave nothing, or ""."""
        found = self._values.get(node_id)
        return found.message if found else ""

    def inputs(self, network: Network, node_id: str) -> list[Any]:
        """Return the tensors that lead into a node, in the order of its edges."""
        edges = network.graph.incoming(node_id)
        return [
            tensor
            for edge in edges
            if (tensor := self.outputs(edge.source.node).get(edge.source.port)) is not None
        ]

    def _visit(
        self, network: Network, node: Node, rows: Mapping[str, Any], rows_key: object
    ) -> None:
        edges = network.graph.incoming(node.id)
        sources = [self._values.get(edge.source.node) for edge in edges]
        layer = network.layers.get(node.id)
        blocked = network.blocked.get(node.id, "")
        key = (
            rows_key if node.layer == INPUT_LAYER else layer.serial if layer else None,
            blocked,
            node.params if node.shared_with or node.layer == INPUT_LAYER else None,
            tuple((e.source.port, e.target.port, v.serial if v else 0)
                  for e, v in zip(edges, sources, strict=True)),
        )  # fmt: skip
        before = self._values.get(node.id)
        if before is not None and before.key == key:
            return
        self.computed += 1
        outputs: Mapping[str, Any] = {}
        try:
            message = blocked or _lacks(network, [e.source.node for e in edges], sources)
            if not message and node.layer == INPUT_LAYER:
                outputs, message = _input(network, node, rows)
            elif not message and layer is not None:
                outputs = self.call(network, node, layer.layer)
        except Exception as error:  # Keras and the backends raise all sorts
            message = words_for(error)
        self._values[node.id] = _Value(key, next(self._serials), outputs, message)

    def call(self, network: Network, node: Node, layer: Any) -> dict[str, Any]:
        """Call a node's layer on what leads into the node."""
        spec = network.spec(node)
        assert spec is not None
        params = node_params(network.graph, node, spec)
        connected: dict[str, list[Any]] = {}
        for edge in network.graph.incoming(node.id):
            tensor = self.outputs(edge.source.node)[edge.source.port]
            connected.setdefault(edge.target.port, []).append(tensor)
        ports = [port for port in spec.inputs if port_exists(port, spec, params)]
        arguments, keywords = call_arguments(spec, ports, connected, params)
        if getattr(layer, "stateful", False):
            layer.reset_state()
        owner = network.graph.owner(node)
        with calling(spec, network.graph.records, [owner.params, params], "preview"):
            outputs = layer(*arguments, **keywords)
        return named_outputs([p for p in spec.outputs if port_exists(p, spec, params)], outputs)


def _lacks(network: Network, names: list[str], sources: list[_Value | None]) -> str:
    for node_id, value in zip(names, sources, strict=True):
        if value is None or not value.outputs:
            return f"{network.graph.node(node_id).name} before it gives nothing."
    return ""


def _input(
    network: Network, node: Node, rows: Mapping[str, npt.NDArray[Any]]
) -> tuple[dict[str, Any], str]:
    """Return the tensor of an input node, or why the data has none for it."""
    import keras

    info = network.shapes.everywhere[node.id].outputs["output"]
    source = source_of(node)
    array = rows.get(source)
    if array is None:
        return {}, f"The data has nothing called {source}."
    fits = len(array.shape) == len(info.shape) and all(
        want is None or have == want
        for have, want in zip(array.shape[1:], info.shape[1:], strict=True)
    )
    if not fits:
        have = " × ".join(str(n) for n in array.shape[1:]) or "one number"
        return {}, f"The data gives {have}, but {node.name} takes {describe_shape(info)}."
    return {"output": keras.ops.convert_to_tensor(array, dtype=info.dtype)}, ""


def to_numpy(tensor: Any) -> npt.NDArray[Any]:
    """Return a tensor of any backend as a numpy array; 16-bit floats as 32-bit ones."""
    import keras

    if str(getattr(tensor, "dtype", "")).endswith(("bfloat16", "'bfloat16'>")):
        tensor = keras.ops.cast(tensor, "float32")
    if isinstance(tensor, np.ndarray):
        return tensor
    return np.asarray(keras.ops.convert_to_numpy(tensor))
