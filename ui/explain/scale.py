"""The value axis of a picture: where its marks are and what they say."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ui.explain.words import figure_text


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from values to pixels.

    Attributes:
        low: Value at `left`.
        high: Value at `right`.
        left: First pixel.
        right: Last pixel.
    """

    low: float
    high: float
    left: float
    right: float

    def x(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def marks(self, apart: float = 88) -> list[tuple[float, str]]:
        """Return pixel and text of round values.

        Args:
            apart: Smallest distance between two marks, px.
        """
        most = max(2, int((self.right - self.left) / apart))
        return [(self.x(v), figure_text(v)) for v in round_values(self.low, self.high, most)]


def scale_of(low: float, high: float, left: float, right: float, room: float = 0.06) -> Scale:
    """Return a scale that holds a range of values with some room at both ends."""
    if not high > low:
        low, high = low - 1, high + 1
    extra = room * (high - low)
    return Scale(low - extra, high + extra, left, max(right, left + 1))


def round_values(low: float, high: float, most: int) -> list[float]:
    """Return round values within a range: steps of 1, 2 or 5 times a power of ten.

    Args:
        low: Smallest value.
        high: Largest value.
        most: How many at most.
    """
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [0.0 if k == 0 else round(k * step, 12) for k in range(first, last + 1)]
