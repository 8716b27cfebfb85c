"""One application of a layer as the cost rules see it: settings with defaults, and shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.catalog import Catalog, LayerSpec
from workbench.graph.inference import TensorInfo
from workbench.plain import Plain


@dataclass(frozen=True)
class Step:
    """A layer applied to tensors.

    Attributes:
        catalog: Where layers inside of wrappers are described.
        spec: Description of the layer.
        params: Settings that differ from the defaults.
        inputs: Input port and tensor, in order.
        outputs: Output port → tensor.
    """

    catalog: Catalog
    spec: LayerSpec
    params: Mapping[str, Plain]
    inputs: Sequence[tuple[str, TensorInfo]]
    outputs: Mapping[str, TensorInfo]

    @property
    def key(self) -> str:
        """Catalog key of the layer."""
        return self.spec.key

    def get(self, name: str) -> Any:
        """Return a setting, the default where it was left alone."""
        if name in self.params:
            return self.params[name]
        param = self.spec.param(name)
        return param.default if param is not None else None

    def lengths(self, name: str, axes: int) -> tuple[int, ...]:
        """Return a setting of one number per axis, given as a number or a list; () when neither."""
        value = self.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,) * axes
        if isinstance(value, (list, tuple)):
            numbers = tuple(n for n in value if isinstance(n, int))
            if len(numbers) == axes:
                return numbers
            if len(numbers) == 1:
                return numbers * axes
        return ()

    @property
    def input(self) -> tuple[int | None, ...]:
        """Shape of the first input; () without inputs."""
        return self.inputs[0][1].shape if self.inputs else ()

    @property
    def output(self) -> tuple[int | None, ...]:
        """Shape of the first output; () without outputs."""
        return next(iter(self.outputs.values())).shape if self.outputs else ()

    def input_at(self, port: str) -> tuple[int | None, ...] | None:
        """Return the shape at an input port, or None when nothing is connected to it."""
        return next((tensor.shape for at, tensor in self.inputs if at == port), None)

    @property
    def channels_first(self) -> bool:
        """Whether the channels come before the places."""
        return bool(self.get("data_format") == "channels_first")

    def places(self, shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the lengths of the axes between batch and channels."""
        return tuple(shape[2:] if self.channels_first else shape[1:-1])

    def channels(self, shape: Sequence[int | None]) -> int | None:
        """Return the number of channels."""
        return shape[1] if self.channels_first else shape[-1]

    def inner(self, name: str) -> tuple[LayerSpec, Mapping[str, Plain]] | None:
        """Return the layer inside a wrapper: description and settings."""
        return self.layer_in(self.get(name))

    def layer_in(self, value: Any) -> tuple[LayerSpec, Mapping[str, Plain]] | None:
        """Return a layer that is a setting's value: description and settings."""
        if not isinstance(value, Mapping):
            return None
        spec = self.catalog.get(str(value.get("layer", "")))
        return (spec, value.get("params", {})) if spec is not None else None


def product(lengths: Sequence[int | None]) -> int | None:
    """Multiply lengths; None when one of them is not known."""
    known = [n for n in lengths if n is not None]
    return math.prod(known) if len(known) == len(lengths) else None


def times(*factors: int | None) -> int | None:
    """Multiply numbers; None when one of them is not known."""
    return product(factors)


def plus(*terms: int | None) -> int | None:
    """Add numbers; None when one of them is not known."""
    known = [n for n in terms if n is not None]
    return sum(known) if len(known) == len(terms) else None
