"""The person's own layers in the window: asking for trust, adding, reloading, removing."""

from ui.design.own_layers.part import OwnLayersPart

__all__ = ["OwnLayersPart"]
