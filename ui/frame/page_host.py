"""Holds the pages: makes each when it is first needed, gives it its toolbar, shows one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.frame.page_table import PageEntry
from ui.pages import Page
from ui.services import Services, as_workbench_error
from ui.widgets import ErrorBanner, PrimaryButton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.actions import Action
    from ui.session import ProjectSession
    from workbench.project.document import ProjectDocument

_PAUSE: Final = 60
"""Wait (ms) between two pages that are made ahead: each takes some frames."""

_log = logging.getLogger(__name__)


class BrokenPage(Page):
    """Stands in for a page that could not be made, and says why."""

    def __init__(self, services: Services, entry: PageEntry, error: Exception) -> None:
        super().__init__(services)
        self.setObjectName(f"{entry.id}.broken")
        self.setAccessibleName(entry.title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addWidget(ErrorBanner(as_workbench_error(error), closable=False))
        layout.addStretch(1)


class PageFrame(QWidget):
    """A page under its toolbar.

    Args:
        page: The page; its actions are registered already.
        parent: Parent widget.
    """

    def __init__(self, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self.primary: PrimaryButton | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        widgets, action, own = page.toolbar_widgets(), page.primary_action(), page.primary_widget()
        if widgets or action or own:
            layout.addWidget(self._toolbar(widgets, action, own))
        layout.addWidget(page, 1)

    def _toolbar(
        self, widgets: list[QWidget], action: QAction | None, own: QWidget | None
    ) -> QFrame:
        bar = QFrame()
        bar.setObjectName("pageToolbar")
        bar.setFixedHeight(45)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(4)
        for widget in widgets:
            line.addWidget(widget)
        line.addStretch(1)
        if own is not None:
            line.addWidget(own)
        elif action is not None:
            self.primary = PrimaryButton("", name=f"{action.objectName()}.button")
            self.primary.follow(action)
            line.addWidget(self.primary)
        return bar


class PageHost(QStackedWidget):
    """The stack of pages.

    Args:
        entries: The page table.
        services: The window's services.
        parent: Parent widget.

    Attributes:
        eager: Whether pages are made before they are needed, once a project is open.
        page_changed: Emitted with the id of the page that came to the front.
        state_changed: Emitted with page id and state.
    """

    page_changed = Signal(str)
    state_changed = Signal(str, str)
    eager: ClassVar[bool] = True

    def __init__(
        self, entries: tuple[PageEntry, ...], services: Services, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entries = {entry.id: entry for entry in entries}
        self._services = services
        self._frames: dict[str, PageFrame] = {}
        self._session: ProjectSession | None = None
        self._current = ""
        self._ahead = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._make_next)

    @property
    def current_id(self) -> str:
        """Id of the page that is shown."""
        return self._current

    def page(self, page_id: str) -> Page:
        """Return a page, making it when this is the first time."""
        return self.frame(page_id).page

    def frame(self, page_id: str) -> PageFrame:
        """Return a page with its toolbar, making it when this is the first time."""
        if page_id not in self._frames:
            self._frames[page_id] = self._make(self._entries[page_id])
        return self._frames[page_id]

    def made_pages(self) -> list[Page]:
        """Return the pages that have been made so far."""
        return [frame.page for frame in self._frames.values()]

    def show_page(self, page_id: str) -> None:
        """Bring a page to the front."""
        frame = self.frame(page_id)
        self._current = page_id
        self.setCurrentWidget(frame)
        self._services.actions.set_scope(page_id)
        frame.page.page_shown()
        self.page_changed.emit(page_id)

    def set_session(self, session: ProjectSession | None) -> None:
        """Show another project on all pages; those not yet made follow when nothing else is up."""
        self._session = session
        for page_id, frame in self._frames.items():
            try:
                frame.page.set_session(session)
            except Exception as error:  # the other pages and the window need the project too
                _log.exception("The page %s could not show the project", page_id)
                self._services.show_error(error)
        self._make_ahead()

    def prepare(self, document: ProjectDocument) -> Iterator[float]:
        """Get the pages that are made ready for a project, a little at a time.

        Yields:
            The share that is done, 0 to 1.
        """
        for frame in tuple(self._frames.values()):
            yield from frame.page.prepare(document)

    @Slot()
    def begin_ahead(self) -> None:
        """Make pages before they are needed from now on: their modules are loaded."""
        self._ahead = True
        self._make_ahead()

    def _make_ahead(self) -> None:
        if self._ahead and self.eager and self._session is not None:
            self._later.start()

    @Slot(str)
    def _page_state(self, state: str) -> None:
        page = self.sender()
        if isinstance(page, Page):
            self.state_changed.emit(page.page_id, state)

    @Slot()
    def _make_next(self) -> None:
        missing = [page_id for page_id in self._entries if page_id not in self._frames]
        if missing and self._session is not None:
            self.frame(missing[0])
            self._later.start()

    def _make(self, entry: PageEntry) -> PageFrame:
        actions: list[Action] = []
        try:
            page = entry.make(self._services)
            actions = list(page.actions_table())
            self._services.actions.add(actions, self.window())
            frame = PageFrame(page)
            page.state_changed.connect(self._page_state)
            page.set_session(self._session)
        except Exception as error:
            _log.exception("The page %s could not be made", entry.id)
            self._services.actions.remove(action.id for action in actions)  # they need the page
            frame = PageFrame(BrokenPage(self._services, entry, error))
        self.addWidget(frame)
        return frame
