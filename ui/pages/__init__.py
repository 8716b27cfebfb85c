"""The base class of the pages."""

from ui.pages.base import Page, PageState

__all__ = ["Page", "PageState"]
