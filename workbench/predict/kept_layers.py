"""Layers of a network with their weights, kept from edit to edit.

Fresh weights are those that a training with the recipe's seed starts from, bit for bit: layers are
made in the order in which `build_model` makes them, from the same state of Python's random
numbers (which is what Keras takes its seeds from). A layer is taken over when its settings, its
inputs and that state are those of the last time; then nothing is made anew.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.build import own_code
from workbench.build.layers import call_arguments, make_layer
from workbench.build.own_calls import calling
from workbench.build.starting_weights import put_into
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.graph.inference import TensorInfo
from workbench.graph.model import Node
from workbench.graph.own_layers import own_keys
from workbench.graph.preview import Weights, WeightTensor
from workbench.graph.records import Records
from workbench.predict.condense import weight_view
from workbench.training.surroundings import precision

Inputs = tuple[tuple[str, TensorInfo], ...]
Arrays = list[npt.NDArray[Any]]

_FORGET_AFTER = 6
"""Passes after which a layer that was not used is forgotten."""
_MOST_BYTES = 512 << 20
"""Memory of weights beyond which layers are forgotten that the last pass did not use."""


@dataclass(slots=True)
class TrainedWeights:
    """The weights of a run, or those that were imported.

    Attributes:
        run_id: The run, or a name that tells imported weights from others.
        layers: Layer name → class name ("" for any) and arrays.
    """

    run_id: str = ""
    layers: dict[str, tuple[str, Arrays]] = field(default_factory=dict)

    @classmethod
    def of(cls, run_id: str, model: Any) -> TrainedWeights:
        """Take the weights of a model."""
        return cls(
            run_id,
            {
                layer.name: (type(layer).__name__, [_array(w) for w in layer.weights])
                for layer in model.layers
                if layer.weights
            },
        )

    def put_into(self, layer: Any) -> bool:
        """Give a layer the weights of its name, if they fit; returns whether they did."""
        kind, arrays = self.layers.get(layer.name, ("", []))
        return kind in ("", type(layer).__name__) and put_into(layer, arrays)


@dataclass(slots=True)
class Kept:
    """A layer with weights.

    Attributes:
        layer: The Keras layer.
        serial: A number that no other layer has.
        weights: Whose weights it has; "" for none.
        after: State of the random numbers after it was made.
        used: The pass that used it last.
        bytes: Memory of its weights.
    """

    layer: Any
    serial: int
    weights: Weights
    after: object
    used: int
    bytes: int = 0
    _views: tuple[WeightTensor, ...] | None = None

    def views(self) -> tuple[WeightTensor, ...]:
        """Return what is told about its weights; looked at once."""
        if self._views is None:
            # Operations are no layers: they have neither.
            trainable = {id(weight) for weight in getattr(self.layer, "trainable_weights", ())}
            self._views = tuple(
                weight_view(
                    _name(self.layer, weight), _array(weight), str(weight.dtype),
                    id(weight) in trainable,
                )
                for weight in getattr(self.layer, "weights", ())
            )  # fmt: skip
        return self._views


class KeptLayers:
    """Makes layers and keeps them.

    Args:
        catalog: Where the layers are described.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: dict[tuple[Any, ...], Kept] = {}
        self._serials = itertools.count(1)
        self._pass = 0
        self._state: object = None
        self._policy = "float32"
        self._trained: TrainedWeights | None = None
        self.made = 0

    def begin(self, seed: int, policy: str, trained: TrainedWeights | None) -> None:
        """Begin a pass through a network, in topological order.

        Args:
            seed: Seed of the recipe.
            policy: Dtype policy of the recipe.
            trained: Weights of a run, or None for fresh ones.
        """
        self._pass += 1
        self.made = 0
        self._state = random.Random(seed).getstate()
        self._policy, self._trained = policy, trained

    def end(self) -> None:
        """End a pass: forget layers that have not been used for long, sooner if they are large."""
        large = sum(kept.bytes for kept in self._kept.values()) > _MOST_BYTES
        oldest = self._pass if large else self._pass - _FORGET_AFTER
        for key in [key for key, kept in self._kept.items() if kept.used < oldest]:
            del self._kept[key]

    def take(
        self,
        owner: Node,
        spec: LayerSpec,
        ports: Sequence[PortSpec],
        inputs: Inputs,
        params: Any,
        *,
        exact: bool,
        records: Records | None = None,
    ) -> Kept:
        """Return the layer of a node, made or taken over.

        Args:
            owner: The node whose layer it is.
            spec: Description of the layer.
            ports: Its input ports.
            inputs: What leads into its first application.
            params: The parameters of that application; some are arguments of the call.
            exact: Whether it gives float32 whatever the policy (the network's output).
            records: Records of the document, where own layers are described.

        Raises:
            Exception: Whatever Keras raises for a layer that cannot be made.
        """
        trained = self._trained
        own = own_keys(owner.layer, owner.params)  # also inside a wrapper
        settings = json.dumps([owner.layer, owner.name, owner.trainable, owner.params, params],
                              sort_keys=True)  # fmt: skip
        key = (
            settings, inputs, hash(self._state), self._policy, exact,
            trained.run_id if trained else "",
            own_code.state_of(records) if records is not None and own else (),
        )  # fmt: skip
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._make(owner, spec, ports, inputs, params, exact, records)
        kept.used = self._pass
        self._state = kept.after
        return kept

    def _make(
        self,
        owner: Node,
        spec: LayerSpec,
        ports: Sequence[PortSpec],
        inputs: Inputs,
        params: Any,
        exact: bool,
        records: Records | None,
    ) -> Kept:
        import keras

        self.made += 1
        outside = random.getstate()
        random.setstate(self._state)  # type: ignore[arg-type]
        try:
            with precision(self._policy), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with calling(spec, records or Records(), [owner.params, params], "preview"):
                    layer = make_layer(
                        self._catalog, owner.layer, owner.params, name=owner.name,
                        trainable=owner.trainable, records=records,
                    )  # fmt: skip
                tensors: dict[str, list[Any]] = {}
                for port, info in inputs:
                    tensors.setdefault(port, []).append(
                        keras.KerasTensor(info.shape, dtype=info.dtype)
                    )
                arguments, keywords = call_arguments(spec, ports, tensors, params)
                with calling(spec, records or Records(), [owner.params, params], "preview"):
                    layer(*arguments, **keywords)
            after = random.getstate()
        finally:
            random.setstate(outside)
        if exact and hasattr(layer, "dtype_policy"):
            layer.dtype_policy = "float32"
        owned = list(getattr(layer, "weights", ()))
        weights: Weights = "fresh" if owned else ""
        if owned and self._trained is not None and self._trained.put_into(layer):
            weights = "trained"
        size = sum(math.prod(w.shape) for w in owned) * 4
        return Kept(layer, next(self._serials), weights, after, self._pass, size)


def _array(weight: Any) -> npt.NDArray[Any]:
    """Return the values of a weight, whatever the backend."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(weight))


def _name(layer: Any, weight: Any) -> str:
    """Return the name of a weight within its layer: "kernel", "forward/kernel"."""
    path = str(getattr(weight, "path", weight.name))
    head = f"{layer.name}/"
    return path[len(head) :] if path.startswith(head) else path
