"""What is loaded after the window is there: engines, and the modules of further pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot

from ui.frame.page_table import preload_pages
from ui.jobs import run_in_thread
from ui.jobs.garbage import leave_out_what_lasts

if TYPE_CHECKING:
    from ui.frame.page_host import PageHost
    from ui.frame.project_flow import ProjectFlow
    from ui.services import Services

_AFTER: Final = 120
"""Engines start and further pages are loaded this long (ms) after the first picture."""


class WarmUp(QObject):
    """Loads what is not needed for the first picture.

    Args:
        services: The window's services.
        flow: Opens projects.
        pages: Makes the pages.
    """

    def __init__(self, services: Services, flow: ProjectFlow, pages: PageHost) -> None:
        super().__init__(flow)
        self._services, self._flow, self._pages = services, flow, pages
        self._with_engines = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(self._begin)

    def start(self, project: Path | None, *, engines: bool) -> None:
        """Begin soon; the project first: engines and further pages would only slow it down.

        Args:
            project: Project folder to open before, or None.
            engines: Whether engines are started.
        """
        self._with_engines = engines
        if project is None:
            self._timer.start()
        else:
            self._flow.busy_changed.connect(self._opened)
            self._flow.open(project)

    @Slot(bool)
    def _opened(self, busy: bool) -> None:
        if not busy:
            self._flow.busy_changed.disconnect(self._opened)
            self._timer.start()

    @Slot()
    def _begin(self) -> None:
        if self._with_engines:
            self._services.engines.start()
        loaded = run_in_thread(preload_pages)
        loaded.done.connect(leave_out_what_lasts)
        loaded.done.connect(self._pages.begin_ahead)
