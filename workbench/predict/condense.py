"""Makes arrays small enough to send and draw, and says what was left out. Numpy only.

Statistics and counts of bad values are of the whole array; what is drawn is the mean of blocks,
so that a NaN or an infinity anywhere in a block stays visible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workbench.graph.preview import Activation, ActivationKind, Histogram, Statistics, WeightTensor

_PORTION: Final = 1 << 22
"""Values looked at in one go; larger arrays are looked at in portions."""
_COUNTED: Final = 1 << 22
"""Most values that a histogram counts."""
BINS: Final = 60
"""Most bins of a histogram; few values get fewer."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is sent of an array.

    Attributes:
        vector: Values of a vector.
        steps: Steps, and features, of a sequence.
        edge: Height, and width, of a map.
        channels: Maps.
    """

    vector: int
    steps: int
    edge: int
    channels: int


SMALL: Final = Bounds(vector=256, steps=96, edge=48, channels=8)
"""For the picture under a node."""
LARGE: Final = Bounds(vector=8192, steps=512, edge=128, channels=64)
"""For the view in the inspector."""


def statistics_of(values: npt.NDArray[Any]) -> Statistics:
    """Return numbers about an array of numbers of any shape."""
    flat = values.reshape(-1)
    count = zeros = nan = infinite = finite_count = 0
    low, high, total, squares = np.inf, -np.inf, 0.0, 0.0
    portions = [flat[at : at + _PORTION] for at in range(0, len(flat), _PORTION)]
    for part in portions:
        exact = part.astype(np.float64)
        good = exact[np.isfinite(exact)]
        count += len(exact)
        nan += int(np.isnan(exact).sum())
        infinite += int(np.isinf(exact).sum())
        zeros += int((exact == 0).sum())
        finite_count += len(good)
        if len(good):
            low, high = min(low, float(good.min())), max(high, float(good.max()))
            total += float(good.sum())
    if not finite_count:
        return Statistics(count, zeros=0.0, nan=nan, infinite=infinite)
    mean = total / finite_count
    for part in portions:
        exact = part.astype(np.float64)
        squares += float(((exact[np.isfinite(exact)] - mean) ** 2).sum())
    return Statistics(
        count, low, high, mean, float(np.sqrt(squares / finite_count)), zeros / count, nan, infinite
    )


def histogram_of(values: npt.NDArray[Any], about: Statistics) -> Histogram | None:
    """Return how the finite values are spread, or None when there are none.

    Args:
        values: The array, any shape.
        about: Its statistics.
    """
    if about.count == about.bad:
        return None
    flat = values.reshape(-1)
    every = max(1, -(-len(flat) // _COUNTED))
    some = flat[::every].astype(np.float64)
    low, high = about.minimum, about.maximum
    if low == high:
        room = max(abs(low) * 0.5, 0.5)
        low, high = low - room, high + room
    bins = min(BINS, max(9, math.ceil(2 * math.sqrt(len(some)))))
    counts, edges = np.histogram(some[np.isfinite(some)], bins=bins, range=(low, high))
    return Histogram(counts.astype(np.int64), edges, every)


def weight_view(name: str, values: npt.NDArray[Any], dtype: str, trainable: bool) -> WeightTensor:
    """Return what is told about one weight."""
    about = statistics_of(values)
    return WeightTensor(
        name, tuple(values.shape), dtype, trainable, about, histogram_of(values, about)
    )


def activation_of(
    row: npt.NDArray[Any],
    dtype: str,
    bounds: Bounds,
    *,
    channels_first: bool = False,
    first: int = 0,
) -> Activation:
    """Return what is sent of a node's output for one row.

    Args:
        row: The output without its batch axis.
        dtype: Number format that it was computed in.
        bounds: The most that is sent.
        channels_first: Whether the channel axis of maps comes first.
        first: First channel that is sent, for maps.
    """
    shape = tuple(int(n) for n in row.shape)
    if row.dtype.kind in "OSU":
        texts = [_text(value) for value in row.reshape(-1)[:50]]
        return Activation("text", shape, dtype, np.zeros(0, np.float32), text=tuple(texts))
    if row.dtype.kind == "c":
        row = np.abs(row)
    numbers = row.astype(np.float32)
    about = statistics_of(numbers)
    kind = _kind(shape)
    if kind == "maps":
        if channels_first:
            numbers = np.moveaxis(numbers, 0, -1)
            shape = tuple(int(n) for n in numbers.shape)
        maps = numbers.reshape(shape[0], shape[1], -1) if numbers.size else numbers[..., None]
        last = max(maps.shape[2] - 1, 0)
        first = min(max(first, 0), last)
        some = np.moveaxis(maps[:, :, first : first + bounds.channels], 2, 0)
        values, step = _blocks(some, (some.shape[0], bounds.edge, bounds.edge))
        return Activation(kind, shape, dtype, values, step, first, about)
    if kind == "sequence":
        values, step = _blocks(numbers, (bounds.steps, bounds.steps))
    else:
        values, step = _blocks(numbers.reshape(-1), (bounds.vector,))
    return Activation(kind, shape, dtype, values, step, 0, about)


def _kind(shape: tuple[int, ...]) -> ActivationKind:
    if int(np.prod(shape, dtype=np.int64)) == 1:
        return "scalar"
    if len(shape) == 1:
        return "vector"
    return "sequence" if len(shape) == 2 else "maps"


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace")[:80] if isinstance(value, bytes) else str(value)[:80]


def _blocks(
    values: npt.NDArray[np.float32], most: tuple[int, ...]
) -> tuple[npt.NDArray[np.float32], tuple[int, ...]]:
    """Return the means of blocks such that no axis is longer than asked, and their sizes."""
    steps = []
    for axis, limit in enumerate(most):
        length = values.shape[axis]
        step = max(1, -(-length // limit))
        steps.append(step)
        if step > 1:
            starts = np.arange(0, length, step)
            shape = [1] * values.ndim
            shape[axis] = len(starts)
            sizes = np.diff([*starts, length]).astype(np.float32).reshape(shape)
            with np.errstate(invalid="ignore", over="ignore"):
                values = np.asarray(np.add.reduceat(values, starts, axis=axis) / sizes, np.float32)
    return np.ascontiguousarray(values, np.float32), tuple(steps)
