"""Arranging, finding, notes, pictures of the network: what one does with it beside editing it."""

from ui.design.handling.part import Handling

__all__ = ["Handling"]
