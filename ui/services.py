"""What every page may use: settings, theme, engines, catalog, actions; and ways to ask the window.

Passed in, never a global. Pages do not know each other: they ask for a page or a place by name
and the window goes there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from workbench.errors import Place, WorkbenchError
from workbench.trust import fingerprints

if TYPE_CHECKING:
    from ui.actions import ActionRegistry
    from ui.jobs import Engines
    from ui.theme import Theme
    from ui.widgets import LayoutMemory
    from workbench.catalog import Catalog
    from workbench.settings import Settings


class Services(QObject):
    """The window's services.

    Attributes:
        settings: The person's settings; `Settings.save()` writes them.
        theme: Colours by role.
        engines: The engine processes.
        actions: Everything that can be done.
        layout: Where panels remember their widths.
        page_requested: A page asks to go to another ("train").
        place_requested: Something asks to go to a `Place`.
        message_raised: A short notice for the status bar.
        error_raised: A `WorkbenchError` that no page shows by itself; the window shows it.
        command_requested: Something asks for an action by its id ("file.open").
    """

    page_requested = Signal(str)
    place_requested = Signal(object)
    message_raised = Signal(str)
    error_raised = Signal(object)
    command_requested = Signal(str)

    def __init__(
        self,
        settings: Settings,
        theme: Theme,
        engines: Engines,
        actions: ActionRegistry,
        *,
        layout: LayoutMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.theme = theme
        self.engines = engines
        self.actions = actions
        self.layout = layout
        self._catalog: Catalog | None = None
        engines.trusted = partial(fingerprints, settings)

    @property
    def catalog(self) -> Catalog:
        """All layers (read at the first use)."""
        if self._catalog is None:
            from workbench.catalog import load_catalog

            self._catalog = load_catalog()
        return self._catalog

    def show_page(self, page_id: str) -> None:
        """Ask the window to show a page."""
        self.page_requested.emit(page_id)

    def show_place(self, place: Place) -> None:
        """Ask the window to go where something is."""
        self.place_requested.emit(place)

    def show_message(self, text: str) -> None:
        """Show a short notice in the status bar for some seconds."""
        self.message_raised.emit(text)

    def show_error(self, error: Any) -> None:
        """Show an error in the window; anything that is no `WorkbenchError` is wrapped.

        Args:
            error: A `WorkbenchError`, or any other exception.
        """
        self.error_raised.emit(as_workbench_error(error))

    def command(self, action_id: str) -> None:
        """Ask the window to do one of its actions ("file.open_table", "file.new")."""
        self.command_requested.emit(action_id)


def as_workbench_error(error: Any) -> WorkbenchError:
    """Return the error itself, or a `WorkbenchError` that carries its traceback as details."""
    if isinstance(error, WorkbenchError):
        return error
    import traceback

    details = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
    return WorkbenchError(
        "Something unexpected went wrong in the program.",
        received=f"{type(error).__name__}: {error}".rstrip(". "),
        remedy="Your work is kept. Copy the details if you want to report it.",
        details=details,
    )
