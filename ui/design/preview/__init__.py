"""The forward pass made visible: a row's values under the nodes, and more in the inspector."""

from ui.design.preview.part import PreviewPart

__all__ = ["PreviewPart"]
