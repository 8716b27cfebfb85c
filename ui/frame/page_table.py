"""The pages, in the order of the work. The window knows them only from this table."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ui.pages import Page
    from ui.services import Services

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page that the window can show.

    Attributes:
        id: Stable name, scope of its actions.
        title: Name in the activity bar.
        icon: Name of its icon.
        module: Where the page is; imported when it is first needed.
        name: Name of its class there.
        needs_project: Whether it shows something only while a project is open.
        tip: What is done there.
    """

    id: str
    title: str
    icon: str
    module: str
    name: str
    needs_project: bool = True
    tip: str = ""

    def make(self, services: Services) -> Page:
        """Import and make the page."""
        return cast("Page", getattr(importlib.import_module(self.module), self.name)(services))


def preload_pages() -> None:
    """Import the modules of all pages; in a thread, so that opening a project does not wait.

    Importing makes no Qt object; the pages themselves are made in the window's thread.
    """
    for entry in PAGES:
        try:
            importlib.import_module(entry.module)
        except Exception:
            _log.exception("The page %s cannot be imported", entry.id)


WELCOME = PageEntry(
    "welcome", "Welcome", "home", "ui.welcome", "WelcomePage", False,
    "Open a project, or begin with a template",
)  # fmt: skip

PAGES: tuple[PageEntry, ...] = (
    WELCOME,
    PageEntry("data", "Data", "data", "ui.data_page", "DataPage", True,
              "Choose a table and say what its columns mean"),
    PageEntry("design", "Design", "design", "ui.design", "DesignPage", True,
              "Draw the network"),
    PageEntry("train", "Train", "train", "ui.train", "TrainPage", True,
              "Train it and see it learn"),
    PageEntry("explain", "Explain", "explain", "ui.explain", "ExplainPage", True,
              "See what it predicts, and why"),
)  # fmt: skip
"""All pages; Ctrl+1 … Ctrl+5 in this order."""

PLACES: dict[str, str] = {
    "node": "design", "edge": "design", "port": "design", "param": "design", "graph": "design",
    "column": "data", "file": "data", "field": "train", "run": "train", "project": "data",
}  # fmt: skip
"""Page that is asked first to show a place; the others are asked after it."""
