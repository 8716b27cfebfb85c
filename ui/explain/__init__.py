"""The Explain page."""

from ui.explain.page import ExplainPage

__all__ = ["ExplainPage"]
