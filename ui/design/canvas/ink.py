"""Colours, pens and levels of detail of the canvas, looked up once per theme."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from ui.theme import color
from workbench.catalog.schema import FAMILIES, Family


class Level(IntEnum):
    """How much of a node is painted."""

    DOTS = 0
    FAR = 1
    NAMES = 2
    FULL = 3


LEGIBLE: Final = 8.0
"""Size of the smallest letters that are written, px on screen; smaller ones are left out."""
_FAR_FROM: Final = 0.2
_NAMES_FROM: Final = 0.42
_FULL_FROM: Final = 0.7
LABELS_FROM: Final = 0.75
"""Scale from which edges carry their shape, and ports their names."""


def level_for(scale: float) -> Level:
    """Return how much to paint at a scale (px per scene unit)."""
    if scale < _FAR_FROM:
        return Level.DOTS
    if scale < _NAMES_FROM:
        return Level.FAR
    return Level.NAMES if scale < _FULL_FROM else Level.FULL


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return `share` of the first colour and the rest of the second."""
    return QColor.fromRgbF(
        first.redF() * share + second.redF() * (1 - share),
        first.greenF() * share + second.greenF() * (1 - share),
        first.blueF() * share + second.blueF() * (1 - share),
    )


class Ink:
    """The theme's colours as the painters need them; make a new one when the theme changes.

    Args:
        color: Gives the colour of a role; that of the theme in force unless told (pictures for
            paper are light in every theme).
    """

    def __init__(self, color: Callable[[str], QColor] = color) -> None:
        self.canvas = color("canvas")
        self.grid = color("grid")
        self.surface = color("surface_raised")
        self.border = color("border")
        self.outline = mixed(color("border_strong"), color("border"), 0.35)
        self.edge = mixed(color("border_strong"), self.canvas, 0.85)
        self.text = color("text")
        self.secondary = color("text_secondary")
        self.accent = color("accent")
        self.accent_soft = color("accent_soft")
        self.error = color("error")
        self.warning = color("warning")
        self.ok = color("ok")
        self.families = {family: color(f"family_{family}") for family in FAMILIES}
        self.family_brushes = {name: QBrush(value) for name, value in self.families.items()}
        self.text_pen = QPen(self.text)
        self.secondary_pen = QPen(self.secondary)
        self.on_family_pen = QPen(color("surface"))

    def role(self, name: str) -> QColor:
        """Return the colour of a family or of one of the attributes above."""
        colour: QColor = getattr(self, name, None) or self.families[cast(Family, name)]
        return colour

    def edge_pen(self, scale: float) -> QPen:
        """Return the pen of an ordinary edge: 1.5 units wide, never thinner than one pixel."""
        return solid(self.edge, 1.5 if scale * 1.5 > 1 else 0)

    def strong_pen(self, scale: float, colour: QColor, width: float = 2.0) -> QPen:
        """Return a pen of that many pixels on screen for things that must stand out."""
        return solid(colour, width / scale)


def solid(colour: QColor, width: float) -> QPen:
    """Return a round pen; width 0 is one pixel at every scale."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
