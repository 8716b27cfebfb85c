"""Renders the real window to a picture, for the command line and for looking at the pages.

The window is the one that people see, with its engines; it waits until shapes, data and
predictions are shown (or a limit has passed), then grabs itself. The project is opened read-only,
and the person's settings are not touched.
"""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot

from ui.application import make_application, make_services, shut_down
from ui.main_window import MainWindow
from workbench.errors import Place, WorkbenchError
from workbench.settings import Settings

LIMIT: Final = 120.0
"""Longest wait for the page to fill, s."""
_QUIET: Final = 0.4
"""The page must have been settled for this long (s): what it shows may start something more."""

_log = logging.getLogger(__name__)


def render(
    project_folder: Path | None,
    page: str,
    size: tuple[int, int],
    theme: Literal["light", "dark"],
    out: Path,
    *,
    limit: float = LIMIT,
) -> bool:
    """Save a picture of a page.

    Args:
        project_folder: The project to show; None for the welcome page without one.
        page: Id of the page: `"welcome"`, `"data"`, `"design"`, `"train"`, `"explain"`.
        size: Width and height of the window, px.
        theme: Theme.
        out: Picture to write, PNG.
        limit: Longest wait for the page to fill, s.

    Returns:
        Whether the page had filled in time.

    Raises:
        WorkbenchError: The project cannot be opened, or the picture cannot be written.
    """
    application = make_application()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(theme=theme, path=Path(scratch) / "settings.json")
        services = make_services(application, settings, keep_spare=False)
        services.theme.set_mode(theme)
        services.theme.install(application)
        window = MainWindow(services)
        try:
            return _picture(window, project_folder, page, size, out, limit)
        finally:
            window.flow.give_up()
            window.close()
            window.deleteLater()
            shut_down(services)


def _picture(
    window: MainWindow,
    project: Path | None,
    page: str,
    size: tuple[int, int],
    out: Path,
    limit: float,
) -> bool:
    window.resize(*size)
    window.notices.setFixedHeight(0)  # the picture is about the page
    watcher = _Watcher(window, page, limit)
    if project is None:
        window.start(engines=False)
    else:
        window.flow.open(project, read_only=True)
        window.start()
    settled = watcher.wait()
    if watcher.error is not None:
        raise watcher.error
    window.setFocus()
    if not window.grab().save(str(out), "PNG"):
        raise WorkbenchError(
            "The picture cannot be written.",
            remedy="Choose another file.",
            place=Place("file", str(out)),
        )
    return settled


class _Watcher(QObject):
    """Waits in the event loop until the page has filled."""

    ended = Signal()

    def __init__(self, window: MainWindow, page: str, limit: float) -> None:
        super().__init__(window)
        self.error: WorkbenchError | None = None
        self._window, self._page = window, page
        self._end = time.monotonic() + limit
        self._since = 0.0
        self._settled = False
        window.flow.failed.connect(self._failed)
        self._timer = QTimer(self)
        self._timer.setInterval(50)
        self._timer.timeout.connect(self._look)

    def wait(self) -> bool:
        """Wait; return whether the page had filled in time."""
        loop = QEventLoop()
        self.ended.connect(loop.quit)
        self._timer.start()
        loop.exec()
        self._timer.stop()
        return self._settled

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        self.error = error
        self.ended.emit()

    @Slot()
    def _look(self) -> None:
        window, now = self._window, time.monotonic()
        if window.flow.busy:
            return
        if window.pages.current_id != self._page and window.can_show(self._page):
            window.show_page(self._page)
        session = window.session
        done = window.pages.page(self._page).is_settled() and (session is None or session.settled)
        self._since = (self._since or now) if done else 0.0
        self._settled = done and now - self._since >= _QUIET
        if self._settled or now > self._end:
            if not self._settled:
                _log.warning("The page %s was not settled in time", self._page)
            self.ended.emit()
