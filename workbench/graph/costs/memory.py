"""How much memory a training will take at its peak, estimated before anything is allocated.

Weights, their gradients, the optimizer's values per weight, what layers keep of a batch for the
way back, what the largest layer needs while it is updated, and the encoded rows. What a backend
needs for itself (code, thread pools, scratch memory of its kernels) is not in it:
`make bench ONLY=memory-estimate` shows how much more a training takes in the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workbench.graph.inference import NodeInfo

SLOTS: Final = {"SGD": 0, "Adafactor": 1, "Lion": 1, "Adagrad": 1, "Ftrl": 2, "RMSprop": 1,
                "Adadelta": 2, "Muon": 1}  # fmt: skip
"""Values that an optimizer keeps per trainable weight; two where it is not listed (Adam …)."""
_HALF: Final = frozenset({"mixed_float16", "mixed_bfloat16", "float16", "bfloat16"})


@dataclass(frozen=True)
class TrainingMemory:
    """The parts of the estimate, in bytes.

    Attributes:
        weights: The weights, in their own and in the computing precision.
        gradients: One gradient per trainable weight.
        optimizer: The optimizer's values.
        best: The best weights so far, kept aside.
        activations: What is kept of a batch for the way back.
        scratch: Gradients of the largest layer's values while they are computed, and the
            optimizer's intermediate results for the largest weights.
        data: The encoded rows.
    """

    weights: int
    gradients: int
    optimizer: int
    best: int
    activations: int
    scratch: int
    data: int

    @property
    def total(self) -> int:
        """All parts together."""
        return self.on_device + self.best + self.data

    @property
    def on_device(self) -> int:
        """What lies in the memory of the device that computes."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.scratch

    @property
    def least(self) -> int:
        """What is needed in any case, with no value of a batch kept twice."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.data


def training_memory(
    nodes: Iterable[NodeInfo],
    batch_size: int,
    optimizer: str,
    precision: str = "float32",
    data_bytes: int = 0,
    momentum: bool = False,
) -> TrainingMemory:
    """Estimate the memory of a training.

    Args:
        nodes: What is known about the layers, uses of blocks as one.
        batch_size: Rows per step.
        optimizer: Name of the optimizer.
        precision: Keras dtype policy; in mixed precision values take half the memory.
        data_bytes: Memory of the encoded rows.
        momentum: Whether SGD or RMSprop keep a momentum as well.

    Returns:
        The estimate, part by part.
    """
    weights = trainable = kept = largest = heaviest = 0
    for info in nodes:
        weights += info.weight_bytes
        if info.parameters:
            trainable += info.weight_bytes * info.trainable // info.parameters
        kept += info.kept_bytes
        largest = max(largest, info.row_bytes)
        heaviest = max(heaviest, info.weight_bytes)
    share = 2 if precision in _HALF else 1
    slots = SLOTS.get(optimizer, 2) + (1 if momentum else 0)
    return TrainingMemory(
        weights=weights + (weights // 2 if share == 2 else 0),
        gradients=trainable,
        optimizer=trainable * slots,
        best=weights,
        activations=kept * batch_size // share,
        scratch=2 * largest * batch_size // share + 2 * heaviest,
        data=data_bytes,
    )
