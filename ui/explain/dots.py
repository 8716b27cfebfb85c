"""Thousands of dots as pixels: drawn with numpy, since a call per dot would take half a second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

Floats = npt.NDArray[np.float64]


def dots_image(
    width: float, height: float, ratio: float, x: Floats, y: Floats,
    colours: npt.NDArray[np.uint8], radius: float,
) -> QImage:  # fmt: skip
    """Return a transparent picture of dots; later ones lie over earlier ones.

    Args:
        width: Width, device-independent px.
        height: Height.
        ratio: Pixels per device-independent pixel.
        x: Middle of each dot, device-independent px.
        y: The same downwards.
        colours: Red, green, blue of each dot, shape (dots, 3).
        radius: Radius of a dot.
    """
    wide, high = max(1, round(width * ratio)), max(1, round(height * ratio))
    size = radius * ratio
    reach = int(np.ceil(size))
    across = wide + 2 * reach
    canvas = np.zeros(((high + 2 * reach) * across, 4), np.float32)
    ix, iy = np.floor(x * ratio).astype(int), np.floor(y * ratio).astype(int)
    inside = (ix >= 0) & (ix < wide) & (iy >= 0) & (iy < high)
    # Of dots at the same pixel only the last can be seen.
    places = ((iy + reach) * across + ix + reach)[inside][::-1]
    places, last = np.unique(places, return_index=True)
    paint = np.ones((len(places), 4), np.float32)
    paint[:, :3] = colours[inside][::-1][last][:, ::-1] / np.float32(255)  # Qt keeps blue first
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            cover = float(np.clip(size + 0.5 - np.hypot(dx, dy), 0, 1))
            at = places + dy * across + dx
            if cover == 1:
                canvas[at] = paint
            elif cover > 0:
                canvas[at] = canvas[at] * (1 - cover) + paint * cover
    shown = canvas.reshape(-1, across, 4)[reach : reach + high, reach : reach + wide]
    pixels = np.ascontiguousarray(shown * 255 + 0.5).astype(np.uint8)
    image = QImage(
        pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied
    ).copy()
    image.setDevicePixelRatio(ratio)
    return image


def swarm_offsets(x: Floats, apart: float, room: float) -> Floats:
    """Return how far each dot of a line moves up or down so that the line shows its density.

    Dots that fall into the same slot are stacked outwards from the middle, in turn up and down.

    Args:
        x: Positions along the line, px.
        apart: Width of a slot and distance of stacked dots, px.
        room: Farthest a dot may move, px; fuller slots are squeezed.
    """
    slots = np.floor(x / apart).astype(np.int64)
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    counts = np.diff(np.r_[starts, len(ordered)])
    rank = np.arange(len(ordered)) - np.repeat(starts, counts)
    level = (rank + 1) // 2 * np.where(rank % 2, 1, -1)
    tallest = max(1, int(counts.max(initial=1)) // 2)
    step = min(apart, room / tallest)
    offsets = np.empty(len(x))
    offsets[order] = level * step
    return offsets
