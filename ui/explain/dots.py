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
    reach = int(np.ceil(size)) + 1
    canvas = np.zeros((high + 2 * reach, wide + 2 * reach, 4), np.float32)
    px, py = x * ratio, y * ratio
    ix, iy = np.floor(px).astype(int), np.floor(py).astype(int)
    inside = (ix >= 0) & (ix < wide) & (iy >= 0) & (iy < high)
    ix, iy, fx, fy = ix[inside], iy[inside], (px - ix)[inside], (py - iy)[inside]
    paint = np.ones((len(ix), 4), np.float32)
    paint[:, :3] = colours[inside][:, ::-1] / np.float32(255)  # Qt keeps blue first
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            distance = np.hypot(dx + 0.5 - fx, dy + 0.5 - fy)
            cover = np.clip(size + 0.5 - distance, 0, 1).astype(np.float32)
            touched = cover > 0
            if touched.any():
                at = (iy[touched] + dy + reach, ix[touched] + dx + reach)
                share = cover[touched, None]
                canvas[at] = canvas[at] * (1 - share) + paint[touched] * share
    pixels = np.ascontiguousarray(canvas[reach : reach + high, reach : reach + wide] * 255 + 0.5)
    pixels = pixels.astype(np.uint8)
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
