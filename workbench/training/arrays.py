"""The arrays of one part, in the shape a network takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Inputs = npt.NDArray[np.generic] | dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Arrays:
    """Rows of one part.

    Attributes:
        inputs: One array, or input name → array, rows first.
        target: Encoded target, rows first.
        weights: Weight of each row, float32 (rows,), or None for equal weights.
    """

    inputs: Inputs
    target: npt.NDArray[np.generic]
    weights: npt.NDArray[np.float32] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.target)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What a Keras step takes: `(inputs, target)` or `(inputs, target, weights)`."""
        if self.weights is None:
            return self.inputs, self.target
        return self.inputs, self.target, self.weights


def network_inputs(network: Any, inputs: dict[str, npt.NDArray[np.generic]]) -> Inputs:
    """Return the inputs that a network reads, as it takes them.

    Args:
        network: A model from `workbench.build.model.build_model`; its input tensors have the
            names of their sources.
        inputs: Input name → array; more than the network reads is fine.
    """
    names = [str(tensor.name) for tensor in network.inputs]
    if len(names) == 1:
        return inputs[names[0]]
    return {name: inputs[name] for name in names}


def balanced_weights(codes: npt.NDArray[np.integer], classes: int) -> npt.NDArray[np.float32]:
    """Return a weight per row such that every class weighs the same in all.

    The usual rule: rows / (classes present × rows of the class); the mean weight is 1.

    Args:
        codes: Class codes, shape (rows,).
        classes: Number of classes.
    """
    counts = np.bincount(codes, minlength=classes)
    present = int((counts > 0).sum())
    per_class = len(codes) / (present * np.maximum(counts, 1))
    return per_class[codes].astype(np.float32)
