"""The inspector: properties of what is selected, made from the catalog's descriptions."""

from ui.design.inspector.panel import Inspector

__all__ = ["Inspector"]
