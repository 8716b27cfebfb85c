"""Receptive field: how much of the input one value of a layer's output can see.

Per axis, by the usual recurrence (Araujo, Norris, Sim: "Computing receptive fields of
convolutional neural networks", Distill 2019): a window of k values, d apart, adds (k - 1) · d
jumps, a stride multiplies the jump. After upsampling the jump is a fraction; what is seen is
counted for the place that sees most. Where branches meet, the largest counts. Layers that mix all
places (global pooling, attention, recurrences, flattening) end the chain: None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from workbench.graph.costs.step import Step

_SAME_PLACE: Final = frozenset({
    "Dense", "BatchNormalization", "Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Dropout",
    "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "ActivityRegularization", "applications.LayerScale",
    "applications.StochasticDepth", "Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract",
    "Rescaling", "Normalization", "Identity", "Masking",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D",
})  # fmt: skip
_OVER_CHANNELS: Final = frozenset({
    "LayerNormalization", "RMSNormalization", "UnitNormalization", "Softmax", "Concatenate",
})  # fmt: skip
"""Layers that stay at their place while they work along the last axis."""
VALUE_BY_VALUE: Final = frozenset({
    "ops.add", "ops.subtract", "ops.multiply", "ops.divide", "ops.true_divide", "ops.maximum",
    "ops.minimum", "ops.relu", "ops.relu6", "ops.gelu", "ops.silu", "ops.sigmoid", "ops.tanh",
    "ops.elu", "ops.selu", "ops.leaky_relu", "ops.softplus", "ops.exp", "ops.log", "ops.sqrt",
    "ops.square", "ops.absolute", "ops.negative", "ops.clip", "ops.cast", "ops.power",
    "ops.hard_sigmoid", "ops.hard_silu", "ops.stop_gradient",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis of one branch.

    Attributes:
        seen: Input values seen from the grid before the upsampling that is open.
        jump: Input values between neighbours of that grid.
        finer: How many times finer the present grid is.
        window: Extent since then, in steps of that grid.
    """

    seen: int = 1
    jump: int = 1
    finer: int = 1
    window: Fraction = Fraction(0)

    @property
    def field(self) -> int:
        return self.seen + math.ceil(self.window) * self.jump

    def widened(self, extent: int) -> _Axis:
        if self.finer == 1:
            return _Axis(self.seen + extent * self.jump, self.jump)
        window = self.window + Fraction(extent, self.finer)
        return _Axis(self.seen, self.jump, self.finer, window)

    def strided(self, stride: int) -> _Axis | None:
        if self.finer == 1:
            return _Axis(self.seen, self.jump * stride)
        if self.finer % stride == 0 and self.finer != stride:
            return _Axis(self.seen, self.jump, self.finer // stride, self.window)
        if stride % self.finer == 0:
            return _Axis(self.field, self.jump * (stride // self.finer))
        return None

    def upsampled(self, factor: int, *, zeros: bool) -> _Axis:
        """Return the axis on a finer grid: values repeated, or zeros between them."""
        gap = Fraction(factor - 1, self.finer * factor) if zeros else Fraction(0)
        return _Axis(self.seen, self.jump, self.finer * factor, self.window - gap)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one value of a tensor sees of the input.

    Attributes:
        axes: Per axis between batch and channels the branches that differ in their jumps.
    """

    axes: tuple[tuple[_Axis, ...], ...]

    @property
    def field(self) -> tuple[int, ...]:
        """The receptive field in values of the input, per axis."""
        return tuple(max(branch.field for branch in axis) for axis in self.axes)


def reach_of_input(rank: int) -> Reach | None:
    """Return the reach of an input with so many axes, batch and channels included."""
    return Reach(((_Axis(),),) * (rank - 2)) if 3 <= rank <= 5 else None


def reach_after(step: Step, reaches: Sequence[Reach | None]) -> Reach | None:
    """Return the reach of a layer's output.

    Args:
        step: The layer.
        reaches: Reach of every input tensor, in order.

    Returns:
        The reach; None where the layer mixes places or the rule is not known.
    """
    known = [reach for reach in reaches if reach is not None]
    if not known or len(known) < len(reaches) or not step.outputs:
        return None
    before = _merged(known)
    if before is None or len(step.output) != len(before.axes) + 2:
        return None
    key = step.key
    if key in _SAME_PLACE or key in VALUE_BY_VALUE:
        return before
    if key in _OVER_CHANNELS:
        return before if step.get("axis") in (-1, [-1], len(step.output) - 1) else None
    axes = len(before.axes)
    if key.startswith("UpSampling"):
        smooth = step.get("interpolation") or "nearest"
        if smooth not in ("nearest", "bilinear"):
            return None
        extra = 1 if smooth == "bilinear" else 0
        return _each(before, step.lengths("size", axes), lambda axis, n: _stretched(axis, n, extra))
    if key.startswith("Conv") and key.endswith("Transpose"):
        return _transposed(step, before)
    if "LSTM" not in key and key.startswith(("Conv", "DepthwiseConv", "SeparableConv")):
        return _windowed(before, step.lengths("kernel_size", axes), step.lengths("strides", axes),
                         step.lengths("dilation_rate", axes))  # fmt: skip
    if key.startswith(("MaxPooling", "AveragePooling")):
        pool = step.lengths("pool_size", axes)
        return _windowed(before, pool, step.lengths("strides", axes) or pool, (1,) * axes)
    return None


def _merged(reaches: Sequence[Reach]) -> Reach | None:
    if len({len(reach.axes) for reach in reaches}) != 1:
        return None
    if len(reaches) == 1:
        return reaches[0]
    axes = []
    for branches in zip(*(reach.axes for reach in reaches), strict=True):
        best: dict[tuple[int, int], _Axis] = {}
        for branch in (b for group in branches for b in group):
            grid = (branch.jump, branch.finer)
            if grid not in best or branch.field > best[grid].field:
                best[grid] = branch
        axes.append(tuple(best.values()))
    return Reach(tuple(axes))


def _each(before: Reach, numbers: Sequence[int], rule: object) -> Reach | None:
    assert callable(rule)
    if len(numbers) != len(before.axes):
        return None
    return Reach(
        tuple(
            tuple(rule(branch, number) for branch in axis)
            for axis, number in zip(before.axes, numbers, strict=True)
        )
    )


def _stretched(axis: _Axis, factor: int, extra: int) -> _Axis:
    if factor == 1:
        return axis
    return axis.widened(extra * axis.finer).upsampled(factor, zeros=False)


def _windowed(
    before: Reach, sizes: Sequence[int], strides: Sequence[int], apart: Sequence[int]
) -> Reach | None:
    if not len(sizes) == len(strides) == len(apart) == len(before.axes):
        return None
    axes = []
    for branches, size, stride, rate in zip(before.axes, sizes, strides, apart, strict=True):
        after = [branch.widened((size - 1) * rate).strided(stride) for branch in branches]
        known = tuple(branch for branch in after if branch is not None)
        if len(known) != len(after):
            return None
        axes.append(known)
    return Reach(tuple(axes))


def _transposed(step: Step, before: Reach) -> Reach | None:
    axes = len(before.axes)
    strides = step.lengths("strides", axes)
    finer = _each(
        before, strides, lambda axis, n: axis if n == 1 else axis.upsampled(n, zeros=True)
    )
    if finer is None:
        return None
    return _windowed(finer, step.lengths("kernel_size", axes), (1,) * axes,
                     step.lengths("dilation_rate", axes))  # fmt: skip
