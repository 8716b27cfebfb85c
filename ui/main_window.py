"""The window: puts the parts of the frame together and wires pages, session and actions.

It knows pages only from a table and holds no state of a project: that is the session's.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from ui.frame.activity_bar import ActivityBar
from ui.frame.command_palette import CommandPalette
from ui.frame.drawer import Drawer
from ui.frame.menus import Menus
from ui.frame.notices import NoticeArea
from ui.frame.opening_view import follow_openings
from ui.frame.page_host import PageHost
from ui.frame.page_table import PAGES, PLACES
from ui.frame.project_flow import ProjectFlow
from ui.frame.status_bar import StatusBar
from ui.frame.title import ProjectTitle
from ui.frame.warm_up import WarmUp
from ui.frame.window_actions import window_actions
from workbench.errors import Place, WorkbenchError
from workbench.graph.ignoring import ignored

if TYPE_CHECKING:
    from ui.services import Services
    from ui.session import ProjectSession
    from ui.theme import ThemeMode
    from workbench.graph.problems import Fix, Problem

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The application's window.

    Args:
        services: The window's services.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.setObjectName("window")
        self.setMinimumSize(960, 600)
        self.setAcceptDrops(True)
        self.flow = ProjectFlow(services, self)
        self.activity = ActivityBar(PAGES)
        self.notices = NoticeArea()
        self.pages = PageHost(PAGES, services)
        self.drawer = Drawer(services.layout)
        self.status = StatusBar(services.engines)
        follow_openings(self.flow, self.pages, self.status)
        self.setCentralWidget(self._assemble())
        self.palette_popup = CommandPalette(services.actions, self)
        services.actions.add(window_actions(self), self)
        self.title = ProjectTitle(self)
        self._menus = Menus(self.menuBar(), services, self.flow.open)
        self._warm_up = WarmUp(services, self.flow, self.pages)
        self._connect()
        self._restore_geometry()
        self.activity.set_project_open(False)
        self.show_page("welcome")
        self._connect_welcome()
        self._followed: ProjectSession | None = None
        self._show_title()

    def start(self, project: Path | None = None, *, engines: bool = True) -> None:
        """Show the window, then open a project and start the engines.

        Args:
            project: Project folder, or None for the welcome page.
            engines: Whether engines are started.
        """
        self.show()
        self.pages.setFocus()  # else the first button would show a focus ring nobody asked for
        self._warm_up.start(project, engines=engines)

    # ---- what actions ask ----------------------------------------------------------------

    @property
    def session(self) -> ProjectSession | None:
        """The open project, or None."""
        return self.flow.session

    @property
    def has_project(self) -> bool:
        """Whether a project is open."""
        return self.session is not None

    @property
    def can_save(self) -> bool:
        """Whether there is something to save."""
        return self.session is not None and self.session.document.dirty

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.session is not None and self.session.document.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make once more."""
        return self.session is not None and self.session.document.can_redo

    def can_show(self, page_id: str) -> bool:
        """Tell whether a page can be shown now."""
        return self.has_project or page_id == "welcome"

    def undo(self) -> None:
        """Take the last step back."""
        if self.session is not None:
            self.session.undo()

    def redo(self) -> None:
        """Make the step that was taken back once more."""
        if self.session is not None:
            self.session.redo()

    def show_page(self, page_id: str) -> None:
        """Bring a page to the front."""
        if self.can_show(page_id):
            self.pages.show_page(page_id)

    def set_theme(self, mode: ThemeMode) -> None:
        """Choose light, dark, or whatever the system shows."""
        self.services.theme.set_mode(mode)
        self.services.settings.theme = mode
        self.services.settings.save()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def open_palette(self) -> None:
        """Open the command palette."""
        self.services.actions.refresh()
        self.palette_popup.open()

    def open_help(self) -> None:
        """Open the help at the page of what is shown."""
        from ui.frame.help import HelpDialog

        HelpDialog(self.pages.current_id, self).open()

    def open_shortcuts(self) -> None:
        """Show all keyboard shortcuts."""
        from ui.frame.help import ShortcutDialog

        ShortcutDialog(self.services.actions, self).open()

    def open_settings(self) -> None:
        """Open the settings."""
        from ui.frame.settings_dialog import SettingsDialog

        SettingsDialog(self.services, self).open()

    def open_about(self) -> None:
        """Show versions."""
        from ui.frame.about import AboutDialog

        AboutDialog(self.services.engines, self).open()

    def restart_engine(self) -> None:
        """End the design engine and start a new one."""
        self.services.engines.restart()

    # ---- problems and errors -------------------------------------------------------------

    @Slot(object)
    def show_error(self, error: Any) -> None:
        """Show an error: in a notice when it is explained, in a dialog when nobody expected it."""
        if isinstance(error, WorkbenchError):
            self.notices.show_error(error)
            return
        from ui.frame.dialogs import ErrorDialog
        from ui.services import as_workbench_error

        if self.findChild(ErrorDialog) is None:
            dialog = ErrorDialog(as_workbench_error(error), self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    @Slot(object)
    def show_place(self, place: Place) -> None:
        """Go to where something is, on the page that knows the place."""
        first = PLACES.get(place.kind, "design")
        others = [entry.id for entry in PAGES if entry.needs_project and entry.id != first]
        for page_id in (first, *others):
            if self.can_show(page_id) and self.pages.page(page_id).show_place(place):
                self.show_page(page_id)
                return
        self.show_page(first)

    @Slot(object)
    def _show_problem(self, problem: Problem) -> None:
        self.show_place(problem.place)

    @Slot()
    def _toggle_problems(self) -> None:
        self.drawer.toggle_tab("problems")

    @Slot(object)
    def _apply_fix(self, fix: Fix) -> None:
        if self.session is not None:
            try:
                self.session.apply(fix.change)
            except WorkbenchError as error:
                self.show_error(error)

    @Slot(object)
    def _show_problems(self, problems: list[Problem]) -> None:
        self.drawer.show_problems(problems)
        session = self.session
        self.drawer.problems.show_ignored(ignored(session.document.graph) if session else ())
        checked = session is None or session.checked
        self.status.show_problems(problems, project_open=session is not None, checked=checked)

    # ---- wiring --------------------------------------------------------------------------

    def _assemble(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.drawer.beside.with_pages(self.pages), 1)
        column.addWidget(self.drawer)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.activity)
        row.addLayout(column, 1)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row, 1)
        layout.addWidget(self.status)
        return body

    def _connect(self) -> None:
        services, actions = self.services, self.services.actions
        services.page_requested.connect(self.show_page)
        services.place_requested.connect(self.show_place)
        services.error_raised.connect(self.show_error)
        services.message_raised.connect(self.status.show_message)
        services.command_requested.connect(actions.trigger)
        services.engines.died.connect(self.notices.show_engine_death)
        self.activity.page_chosen.connect(self.show_page)
        self.activity.settings_requested.connect(self.open_settings)
        self.pages.page_changed.connect(self._page_changed)
        self.pages.state_changed.connect(self.activity.set_state)
        self.drawer.problem_chosen.connect(self._show_problem)
        self.drawer.fix_chosen.connect(self._apply_fix)
        self.drawer.opened_changed.connect(actions.refresh_later)
        self.drawer.follow_pages(self.pages)
        self.drawer.said.connect(self.status.show_message)
        self.drawer.failed.connect(self.show_error)
        self.flow.session_changed.connect(self.drawer.set_session)
        self.status.problems_clicked.connect(self._toggle_problems)
        self.status.engine_clicked.connect(self.open_about)
        self.flow.session_changed.connect(self._session_changed)
        self.flow.created.connect(self._project_ready)
        self.flow.failed.connect(self.show_error)
        self.notices.save_requested.connect(self.flow.save)
        self.notices.restart_requested.connect(self.restart_engine)

    def _connect_welcome(self) -> None:
        from ui.welcome import WelcomePage

        page = self.pages.page("welcome")
        if isinstance(page, WelcomePage):
            page.template_chosen.connect(self.flow.new_from_template)
            page.recent_chosen.connect(self.flow.open)

    @Slot(str)
    def _page_changed(self, page_id: str) -> None:
        self.activity.show_page(page_id)
        self._menus.set_scope(page_id)

    @Slot(object)
    def _session_changed(self, session: ProjectSession | None) -> None:
        self.notices.clear()
        self.activity.set_project_open(session is not None)
        self.pages.set_session(session)
        if session is not None:
            if session is not self._followed:  # it is the same one after Save as
                self._follow(session)
            self._show_problems(session.problems)
        else:
            self.drawer.close_drawer()
            self._show_problems([])
            self.show_page("welcome")
        self._followed = session
        self._show_title()
        self.services.actions.refresh()

    def _follow(self, session: ProjectSession) -> None:
        session.changed.connect(self._document_changed)
        session.dirty_changed.connect(self._show_title)
        session.problems_changed.connect(self._show_problems)
        session.job_started.connect(self.status.watch)
        self.notices.show_opening(session.document)

    @Slot(str)
    def _project_ready(self, first_page: str) -> None:
        if first_page or self.pages.current_id == "welcome":
            self.show_page(first_page or "design")
        if first_page == "design":
            button = self.pages.frame(first_page).primary
            if button is not None:
                QTimer.singleShot(400, button, button.glow)

    @Slot(object)
    def _document_changed(self, _change: object) -> None:
        self.services.actions.refresh_later()
        session = self.session
        if session is not None:
            self.notices.show_journal(session.document.journal_error)
        self._show_title()

    @Slot()
    def _show_title(self) -> None:
        document = self.session.document if self.session is not None else None
        if not self.title.show_document(document):
            return
        self.menuBar().setCornerWidget(self.title, Qt.Corner.TopRightCorner)  # makes room for it
        self.title.show()
        self.setWindowTitle(self.title.window_title)
        self.services.actions.refresh_later()

    # ---- the window itself ---------------------------------------------------------------

    def _restore_geometry(self) -> None:
        saved = self.services.layout.recall("window.geometry", "")
        if not saved or not self.restoreGeometry(QByteArray.fromBase64(saved.encode())):
            room = self.screen().availableGeometry()
            self.resize(min(1440, room.width() - 80), min(900, room.height() - 80))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Close what floats over the window."""
        super().resizeEvent(event)
        self.palette_popup.hide()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file or folder."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a dropped project, or begin one with a dropped table."""
        event.acceptProposedAction()
        path = Path(event.mimeData().urls()[0].toLocalFile())
        self.flow.open_dropped(path, self.mapToGlobal(event.position().toPoint()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what has to be asked, remember the layout, close the project."""
        if self.flow.busy:  # a project is being read; the window closes once that is over
            self.flow.busy_changed.connect(self._close_later)
            event.ignore()
            self.flow.give_up_opening()
            return
        if not self.flow.close():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.services.layout.remember("window.geometry", geometry)
        self.services.layout.flush()
        self.drawer.log.close_log()
        event.accept()

    @Slot(bool)
    def _close_later(self, busy: bool) -> None:
        if not busy:
            self.flow.busy_changed.disconnect(self._close_later)
            QTimer.singleShot(0, self, self.close)
