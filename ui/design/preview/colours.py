"""From numbers to pixels: grey for values of one sign, blue–white–orange around zero.

The two-sided map is one that colour-blind people read (Okabe and Ito's blue and vermilion); values
that are not finite get the colour of errors, which no finite value has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from ui.theme import active_theme, color


@dataclass(frozen=True, slots=True)
class Range:
    """The values at the ends of a colour scale.

    Attributes:
        low: Value of the first colour.
        high: Value of the last.
    """

    low: float
    high: float

    @property
    def two_sided(self) -> bool:
        """Whether zero is in the middle."""
        return self.low < 0 < self.high

    @classmethod
    def of(cls, low: float, high: float) -> Range:
        """Return the range for values from low to high; zero in the middle if within."""
        if low < 0 < high:
            most = max(-low, high)
            return cls(-most, most)
        return cls(low, high)


@lru_cache(maxsize=8)
def _table(theme: str, two_sided: bool) -> npt.NDArray[np.uint8]:
    """Return 256 colours and, last, that of values that are not finite; (257, 4) BGRA."""
    del theme  # only tells tables apart
    if two_sided:
        stops = [QColor("#0b5fa5"), color("surface_sunken"), QColor("#d55e00")]
    else:
        stops = [color("surface_sunken"), color("text")]
    positions = np.linspace(0, 1, len(stops))
    at = np.linspace(0, 1, 256)
    channels = [
        np.interp(at, positions, [getattr(stop, part)() for stop in stops])
        for part in ("blue", "green", "red")
    ]
    table = np.full((257, 4), 255, np.uint8)
    table[:256, :3] = np.stack(channels, axis=1).round()
    bad = QColor("#e0007a")
    table[256, :3] = (bad.blue(), bad.green(), bad.red())
    return table


def colours_for(values: npt.NDArray[Any], scale: Range) -> npt.NDArray[np.uint8]:
    """Return the colours of values, shape (…, 4) BGRA."""
    table = _table(active_theme().name, scale.two_sided)
    span = scale.high - scale.low
    if span <= 0:  # one value everywhere: zero is empty, any other is half way
        flat = np.where(values == 0, 0, 128)
        return table[np.where(np.isfinite(values), flat, 256)]
    with np.errstate(invalid="ignore", over="ignore"):
        share = (values.astype(np.float64) - scale.low) / span
        places = np.clip(np.nan_to_num(share * 255, nan=0.0), 0, 255).astype(np.int64)
    return table[np.where(np.isfinite(values), places, 256)]


def image_of(values: npt.NDArray[Any], scale: Range) -> QImage:
    """Return an image with a pixel for each value.

    Args:
        values: Shape (height, width).
        scale: Values at the ends of the colours.
    """
    pixels = np.ascontiguousarray(colours_for(values, scale))
    height, width = values.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()  # the pixels go away with this function
