"""Which stretch of x and y an unattended plot shows: everything, calmly.

A view that is fitted anew with every value flickers and costs a new axis each time. The right
edge therefore moves in round steps, and the value range grows at once but shrinks only when it
has become much too large.
"""

from __future__ import annotations

import math
from typing import Final

_ROUND: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0)
_MARGIN: Final = 0.06
_LOOSE: Final = 0.6


def round_end(value: float, most: float = math.inf) -> float:
    """Return the first round number from a value on (1, 1.5, 2, 3, 4, 5, 7.5, 10, 15 …).

    Args:
        value: What must fit, > 0.
        most: A larger answer than this one is cut to it, unless the value itself is larger.
    """
    if value <= 0 or not math.isfinite(value):
        return 1.0
    scale = 10.0 ** math.floor(math.log10(value))
    end = next(step * scale for step in _ROUND if step * scale >= value * (1 - 1e-12))
    return max(value, min(end, most))


def padded(low: float, high: float) -> tuple[float, float]:
    """Return a range with a margin, never empty.

    Args:
        low: Smallest value.
        high: Largest value, >= low.
    """
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high)):
        span = abs(high) * 0.2 or 1.0
        return low - span / 2, high + span / 2
    bottom = low - _MARGIN * span
    if bottom < 0 <= low:  # nothing below zero: do not pretend that there were room
        bottom = -_MARGIN / 3 * span
    return bottom, high + _MARGIN * span


def calm(shown: tuple[float, float] | None, wanted: tuple[float, float]) -> tuple[float, float]:
    """Return the range to show when another would fit exactly.

    Args:
        shown: The range shown now, or None.
        wanted: The range that fits exactly.

    Returns:
        The shown range while the wanted one lies in it and fills at least 60 % of it.
    """
    if shown is None:
        return wanted
    inside = shown[0] <= wanted[0] and wanted[1] <= shown[1]
    if inside and wanted[1] - wanted[0] >= _LOOSE * (shown[1] - shown[0]):
        return shown
    return wanted


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> tuple[float, list[float]]:
    """Return the distance of round tick marks, and the marks inside a range.

    Args:
        low: Lower edge.
        high: Upper edge.
        most: Largest number of marks, >= 1.
        whole: Whether marks between whole numbers are left out while there are whole ones.
    """
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return 1.0, []
    rough = span / max(1, most)
    scale = 10.0 ** math.floor(math.log10(rough))
    spacing = next(step * scale for step in (1, 2, 5, 10) if step * scale >= rough * (1 - 1e-9))
    if whole and span >= 1:
        spacing = max(1.0, spacing)
    first = math.ceil(low / spacing - 1e-9)
    last = math.floor(high / spacing + 1e-9)
    return spacing, [place * spacing for place in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return tick marks of a logarithmic axis as exponents of 10.

    Args:
        low: Lower edge, an exponent.
        high: Upper edge, an exponent.
        most: Largest number of marks, >= 2.

    Powers of ten; with 2 and 5 between them while few powers are in view; round values while
    none is.
    """
    decades = high - low
    if decades > most:
        step = math.ceil(decades / most)
        first = math.ceil(low / step)
        return [float(place * step) for place in range(first, math.floor(high / step) + 1)]
    if decades >= 0.7:
        factors: tuple[int, ...] = (1, 2, 5) if 3 * decades <= most else (1,)
        if 3 * decades > most and math.floor(high) - math.ceil(low) < 1:
            factors = (1, 3)
        marks = [
            exponent + math.log10(factor)
            for exponent in range(math.floor(low), math.ceil(high) + 1)
            for factor in factors
        ]
        return [mark for mark in marks if low <= mark <= high]
    _, values = ticks(10.0**low, 10.0**high, most)
    return [math.log10(value) for value in values if value > 0]
