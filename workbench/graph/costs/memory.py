"""How much memory a training will take at its peak, estimated before anything is allocated.

A physical model of a step of TensorFlow on the CPU, after the accounting of Gao et al., "Estimating
GPU memory consumption of deep learning models" (ESEC/FSE 2020): weights, gradients, optimizer
values, what layers keep of a batch for the way back, workspace, rows, the framework itself. Its
six constants were fitted (non-negative least squares of relative errors) to the largest resident
size of 18 trainings in fresh processes, `tests/benchmarks/memory_networks.py`; the trainings marked
there as held out were not looked at for it. `make bench ONLY=memory-estimate` measures again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from workbench.graph.inference import Inference, NodeInfo
from workbench.graph.scopes import uses_around
from workbench.wording import bytes_

SLOTS: Final = {"SGD": 0, "Adafactor": 1, "Lion": 1, "Adagrad": 1, "Ftrl": 2, "RMSprop": 1,
                "Adadelta": 2, "Muon": 1}  # fmt: skip
"""Values that an optimizer keeps per trainable weight; two where it is not listed (Adam …)."""
HALF: Final = frozenset({"mixed_float16", "mixed_bfloat16", "float16", "bfloat16"})

_ENGINE: Final = 750_000_000
"""An engine with Keras and TensorFlow in it, warmed up, before it has a network (measured: 748
to 749 MB, Linux)."""
_START: Final = 20_000_000
"""What the first step of any network takes."""
_LAYER: Final = 650_000
"""Traced operations, gradients and bookkeeping of a layer with weights …"""
_LAYER_SLOT: Final = 1_550_000
"""… and of its update, per value that the optimizer keeps per weight."""
_KEPT: Final = 0.85
"""Share of the kept values that is there at once: buffers are used again where they can be."""
_LARGEST: Final = 3.2
"""Tensors like the largest layer's output that exist beside what is kept: gradients on their way
back, and rows rearranged for the convolution."""
_HEAVIEST: Final = 2.3
"""Tensors like the heaviest layer's weights that exist while it is updated."""
_BEST: Final = 3
"""Sets of weights kept aside when an epoch ends: the best so far, those of now, and a copy."""
_DATA: Final = 2
"""The rows as arrays and as tensors."""
_FEWEST: Final = 0.75
_MOST: Final = 1.4
"""How far off, engine apart, the estimate may be: limits set before the check in
`tests/benchmarks/bench_memory.py`, which says how many measured trainings lie between them."""
_SCALES: Final = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SLACK: Final = 30_000_000
"""What the engine itself differs by from one run to the next."""
_SAFE: Final = 1.75
"""Only what is free beyond this is said to be enough: no training that was measured rose by more
than 1.6 times the estimate (DenseNet121; dense connections keep copies that are not modelled)."""
_GPU_CONTEXT: Final = 600_000_000
"""Driver, kernels and workspace on a graphics processor; a usual figure, not measured here."""


@dataclass(frozen=True)
class TrainingMemory:
    """The parts of the estimate, in bytes.

    Attributes:
        weights: The weights, in their own and in the computing precision.
        gradients: One gradient per trainable weight.
        optimizer: The optimizer's values.
        best: Weights kept aside: the best so far and their successors.
        activations: What is kept of a batch for the way back.
        scratch: Gradients of the largest layer's values while they are computed, and the
            optimizer's intermediate results for the largest weights.
        data: The encoded rows, as arrays and as tensors.
        graph: What the backend keeps of the network itself: traced steps and their bookkeeping.
        engine: The process with Keras and the backend.
    """

    weights: int
    gradients: int
    optimizer: int
    best: int
    activations: int
    scratch: int
    data: int
    graph: int
    engine: int = _ENGINE

    @property
    def rise(self) -> int:
        """What the training adds to an engine that is there."""
        return self.on_device + self.best + self.data + self.graph

    @property
    def total(self) -> int:
        """All parts together."""
        return self.rise + self.engine

    @property
    def low(self) -> int:
        """The least that the engine is likely to hold at the peak."""
        return self.engine + round(_FEWEST * self.rise) - _SLACK

    @property
    def high(self) -> int:
        """The most that the engine is likely to hold at the peak."""
        return self.engine + round(_MOST * self.rise) + _SLACK

    @property
    def safe(self) -> int:
        """What must be free for the program to say that a training fits."""
        return self.engine + round(_SAFE * self.rise) + _SLACK

    @property
    def on_device(self) -> int:
        """What lies in the memory of the device that computes."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.scratch

    @property
    def device_high(self) -> int:
        """The most that is likely to lie in a graphics processor's memory."""
        return round(_MOST * self.on_device) + _GPU_CONTEXT

    @property
    def least(self) -> int:
        """What a training adds to a running engine in any case."""
        return round(_FEWEST * (self.rise - self.best)) + self.weights


def training_memory(
    nodes: Iterable[NodeInfo],
    batch_size: int,
    optimizer: str,
    precision: str = "float32",
    data_bytes: int = 0,
    momentum: bool = False,
    on_gpu: bool = False,
) -> TrainingMemory:
    """Estimate the memory of a training.

    Args:
        nodes: What is known about the layers, those in blocks each for itself.
        batch_size: Rows per step.
        optimizer: Name of the optimizer.
        precision: Keras dtype policy. Values of half precision take half the memory on a graphics
            processor; processors compute with them in single precision, so that they save nothing
            there (measured).
        data_bytes: Memory of the encoded rows.
        momentum: Whether SGD or RMSprop keep a momentum as well.
        on_gpu: Whether a graphics processor computes.

    Returns:
        The estimate, part by part.
    """
    weights = trainable = kept = largest = heaviest = layers = 0
    for info in nodes:
        weights += info.weight_bytes
        if info.parameters:
            layers += 1
            trainable += info.weight_bytes * info.trainable // info.parameters
        kept += info.kept_bytes
        largest = max(largest, info.row_bytes)
        heaviest = max(heaviest, info.weight_bytes)
    half = precision in HALF
    share = 2 if half and on_gpu else 1
    slots = SLOTS.get(optimizer, 2) + (1 if momentum else 0)
    return TrainingMemory(
        weights=weights + (weights // 2 if half else 0),
        gradients=trainable,
        optimizer=trainable * slots,
        best=_BEST * weights,
        activations=round(_KEPT * kept * batch_size / share),
        scratch=round(_LARGEST * largest * batch_size / share + _HEAVIEST * heaviest),
        data=_DATA * data_bytes,
        graph=_START + layers * (_LAYER + slots * _LAYER_SLOT),
    )


def layers_of(inference: Inference) -> list[NodeInfo]:
    """Return what is known about every layer, those in blocks instead of the blocks' sums."""
    if not inference.inside:
        return list(inference.nodes.values())
    uses = {use for at in inference.inside for use in uses_around(at)}
    return [info for at, info in inference.everywhere.items() if at not in uses]


def range_words(low: int, high: int) -> str:
    """Return a range of sizes with two figures each, rounded outwards: "1.8–2.6 GB"."""
    lower, upper = _two_figures(low, math.floor), _two_figures(high, math.ceil)
    unit = bytes_(upper).partition(" ")[2]
    first, last = (_short(size / _SCALES.get(unit, 1)) for size in (lower, upper))
    return f"{last} {unit}" if first == last else f"{first}–{last} {unit}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def _two_figures(size: int, turn: Callable[[float], int]) -> int:
    step: int = 10 ** max(0, len(str(abs(size))) - 2)
    return turn(size / step) * step
