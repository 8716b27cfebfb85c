"""Colours and pens of curves, made from the theme's roles."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from ui.theme import color, contrast

HUES: Final = 8
"""Number of hues of the theme; further curves repeat them in a lighter or darker shade."""
_READABLE: Final = 4.5
_DASHES: Final = [5.0, 3.0]
_SAMPLE_DASHES: Final = [2.6, 1.8]


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return a colour between two, opaque.

    Args:
        first: Colour at share 0.
        second: Colour at share 1.
        share: In [0, 1].
    """
    pairs = ((first.redF(), second.redF()), (first.greenF(), second.greenF()),
             (first.blueF(), second.blueF()))  # fmt: skip
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in pairs))


def curve_colour(hue: int) -> QColor:
    """Return the colour of a curve.

    Args:
        hue: From 1 on. The first eight are the theme's; then the same in other shades.
    """
    base = color(f"plot_{(hue - 1) % HUES + 1}")
    turn = (hue - 1) // HUES
    if not turn:
        return base
    towards = color("text") if turn % 2 else color("surface")
    return mixed(base, towards, min(0.6, 0.25 + 0.1 * turn))


def faint(colour: QColor) -> QColor:
    """Return the colour of what stands behind: batch values, unsmoothed values."""
    return mixed(colour, color("surface"), 0.55)


def readable(colour: QColor) -> QColor:
    """Return the colour, moved towards that of text until text in it can be read (4.5:1)."""
    return QColor(_readable(colour.name(), color("surface").name(), color("text").name()))


@lru_cache(maxsize=256)
def _readable(colour: str, surface: str, text: str) -> str:
    for step in range(11):
        candidate = mixed(QColor(colour), QColor(text), step / 10).name()
        if contrast(candidate, surface) >= _READABLE:
            return candidate
    return text


def line_pen(colour: QColor, width: float = 1.0, *, dashed: bool = False) -> QPen:
    """Return a pen whose width does not scale with the view.

    Args:
        colour: Its colour.
        width: Width, px; 1 for anything long (wider pens are slow).
        dashed: Whether the line is dashed.
    """
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_DASHES)
    return pen


def sample_pen(colour: QColor, *, dashed: bool = False) -> QPen:
    """Return the pen of a line sample in a legend: two dashes stand for a dashed line."""
    pen = line_pen(colour, 2.0)
    if dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_SAMPLE_DASHES)
    return pen
