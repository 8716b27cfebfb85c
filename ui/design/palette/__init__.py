"""The palette: every layer, found by family or by typing, dragged onto the canvas."""

from ui.design.palette.panel import Palette

__all__ = ["Palette"]
