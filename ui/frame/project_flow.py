"""Opening, saving and closing projects: what is asked of the person, and in which order.

Files are read in a thread. A project that is open stays open until the next one could be read.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from ui.frame.copying import run_apart
from ui.frame.dialogs import Question, ask_to_save
from ui.frame.network_import import ENDINGS, NetworkImport
from ui.frame.opening import Make, Opening, Prepare
from ui.jobs.garbage import look_again_at_what_lasts
from ui.services import as_workbench_error
from ui.session import ProjectSession
from workbench.errors import JobCancelled, WorkbenchError
from workbench.settings import documents_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.services import Services
    from workbench.project.document import ProjectDocument

TABLE_FILES = "Tables (*.csv *.tsv *.txt *.parquet *.pq)"
_AFTERWARDS: Final = 1000
"""Wait (ms) until what a closed project has left is collected; the next one is shown by then."""


class ProjectFlow(QObject):
    """The way from one project to the next.

    Args:
        services: The window's services.
        window: Parent of the dialogs.

    Attributes:
        session_changed: Emitted with the `ProjectSession`, or None when no project is open.
        created: Emitted with the id of the page to begin with, after a project was made.
        failed: Emitted with a `WorkbenchError`.
        busy_changed: Emitted when reading a project began or ended.
        opening: Emitted with the `Opening` that began.
        prepare: Gets the pages ready for a project before it is shown, a little at a time.
    """

    session_changed = Signal(object)
    created = Signal(str)
    failed = Signal(object)
    busy_changed = Signal(bool)
    opening = Signal(object)

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._window = services, window
        self.session: ProjectSession | None = None
        self._opening: Opening | None = None
        self.prepare: Prepare = lambda _document: iter(())
        self._first_page = ""
        self._given_up = -1
        self._leaves = False
        self.networks = NetworkImport(services, self, window)

    @property
    def busy(self) -> bool:
        """Whether a project is being read."""
        return self._opening is not None

    # ---- new and open --------------------------------------------------------------------

    def new_empty(self) -> None:
        """Make an empty project in the person's folder and open it."""
        from workbench.project.folder import create_project

        self._switch(lambda _: create_project(free_folder("Untitled"), "Untitled"), "data")

    def new_from_template(self, name: str, title: str) -> None:
        """Make a project from a template and open it."""
        from workbench.project.templates import create_from_template

        self._switch(lambda _: create_from_template(name, free_folder(title)), "design")

    def new_from_table(self, path: Path | None = None) -> None:
        """Make a project on a table and open it; asks for the file when none is given."""
        path = path or ask_table(self._window, self._services.settings.last_folder)
        if path is None:
            return
        self._services.settings.last_folder = str(path.parent)
        from workbench.project.starter import create_from_table

        self._switch(lambda _: create_from_table(path, free_folder(path.stem)), "data")

    def open_asking(self) -> None:
        """Ask for a project folder and open it."""
        folder = ask_project(self._window, self._services.settings.last_folder)
        if folder is not None:
            self._services.settings.last_folder = str(folder.parent)
            self.open(folder)

    def open(self, folder: Path, *, read_only: bool = False) -> None:
        """Open a project.

        Args:
            folder: The project folder, or its `project.json`.
            read_only: Only look: needs no lock and leaves the recent projects alone.
        """
        folder = folder.parent if folder.name == "project.json" else folder
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links as the document does
        if self.session is not None and self.session.document.folder == folder:
            self.created.emit("")
            return
        from workbench.project.folder import open_project

        name = folder.name
        self._switch(
            lambda watch: open_project(folder, read_only=read_only, watch=watch), "",
            f"Opening {name}",
        )  # fmt: skip

    def open_dropped(self, path: Path, at: QPoint | None = None) -> None:
        """Open a dropped project folder, import a network, or begin a project with a table.

        Args:
            path: What was dropped.
            at: Where on the screen.
        """
        if path.is_dir() or path.name == "project.json":
            self.open(path)
        elif path.suffix.lower() in ENDINGS:
            self.networks.start(path, at)
        else:
            self.new_from_table(path)

    def _switch(self, make: Make, first_page: str, title: str = "Making the project") -> None:
        if self.busy or not self.may_close():
            return
        self._first_page = first_page
        opening = self._opening = Opening(make, self.prepare, title, self)
        opening.ready.connect(self._opened)
        opening.failed.connect(self._not_opened)
        opening.start()
        self.busy_changed.emit(True)
        self.opening.emit(opening)

    @Slot(object)
    def _opened(self, document: ProjectDocument) -> None:
        self._forget_opening()
        self._drop_session()
        session = ProjectSession(document, self._services, self)
        self.session = session
        settings = self._services.settings
        if not document.read_only:
            settings.remember_project(document.folder)
            settings.save()
        self.busy_changed.emit(False)
        self.session_changed.emit(session)
        self.created.emit(self._first_page)

    @Slot(object)
    def _not_opened(self, error: Any) -> None:
        self._forget_opening()
        self._given_up = -1
        self.busy_changed.emit(False)
        if isinstance(error, JobCancelled):
            self._services.show_message("Cancelled: the project was not opened")
            return
        self.failed.emit(as_workbench_error(error))

    def give_up_opening(self) -> None:
        """Cancel what is being opened; `busy_changed` tells when it is over."""
        if self._opening is not None:
            self._opening.job.cancel()

    def _forget_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.deleteLater()

    # ---- save ----------------------------------------------------------------------------

    def save(self) -> bool:
        """Save the project.

        Returns:
            Whether it is saved now.
        """
        if self.session is None:
            return False
        take_what_is_typed(self._window)
        if self.session.document.read_only:
            return self.save_as()
        return self._try(self.session.save)

    def save_as(self) -> bool:
        """Ask for a folder and go on there.

        Returns:
            Whether it is saved there now.
        """
        session = self.session
        if session is None:
            return False
        take_what_is_typed(self._window)
        start = free_folder(session.document.name)
        folder = ask_new_folder(self._window, start)
        if folder is None:
            return False
        saved = self._try(lambda: session.save_as(folder, partial(run_apart, window=self._window)))
        if saved:
            self._services.settings.remember_project(folder)
            self.session_changed.emit(session)
        return saved

    def _try(self, save: Callable[[], None]) -> bool:
        try:
            save()
        except JobCancelled:
            return False
        except WorkbenchError as error:
            self.failed.emit(error)
            return False
        self._services.show_message("Saved")
        return True

    # ---- close ---------------------------------------------------------------------------

    def close(self) -> bool:
        """Close the project after asking what has to be asked.

        Returns:
            Whether no project is open now.
        """
        if not self.may_close():
            return False
        if self.session is not None:
            self._drop_session()
            self.session_changed.emit(None)
        return True

    def may_close(self) -> bool:
        """Ask about a training that goes on and about unsaved changes.

        Returns:
            Whether the project may be closed; unsaved changes are saved or given up by then.
        """
        session = self.session
        if session is None:
            return True
        take_what_is_typed(self._window)
        if session.training:
            answer = self._ask_training(session.can_leave_training)
            if answer not in ("close", "leave"):
                return False
            self._leaves = answer == "leave"
        if session.document.dirty:
            answer = ask_to_save(session.document.name, self._window)
            if answer == "save":
                return self.save()
            self._given_up = session.document.revision if answer == "discard" else -1
            return answer == "discard"
        return True

    def _ask_training(self, can_leave: bool) -> str:
        more = "Closing the project discards it. Stop keeps the best weights so far."
        later = {}
        if can_leave:
            more = (
                "It can be continued later from its last checkpoint, at most half a minute back. "
                "Stop would keep the best weights so far."
            )
            later = {"leave": "Close and continue later"}
        return Question(
            "A training is going on.",
            more,
            {"cancel": "Keep training", **later, "close": "Discard and close"},
            danger="close",
            parent=self._window,
        ).ask()

    def give_up(self) -> None:
        """Close the project and ask nothing; unsaved changes stay in the journal."""
        self._drop_session()
        self.session_changed.emit(None)

    def _drop_session(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            # Edits made after the question stay in the journal and are restored next time.
            session.close(
                discard=session.document.revision == self._given_up, leave_training=self._leaves
            )
            self._leaves = False
            session.deleteLater()
            QTimer.singleShot(_AFTERWARDS, self, look_again_at_what_lasts)


def take_what_is_typed(window: QWidget) -> None:
    """Have the field that is typed in hand its text over; keys like Ctrl+S leave it the focus."""
    field = window.focusWidget()
    if isinstance(field, QLineEdit | QPlainTextEdit) and field.hasFocus():
        field.clearFocus()
        if field.isVisible() and window.focusWidget() is None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)


def free_folder(title: str) -> Path:
    """Return a folder for a new project that does not exist yet, in the person's documents."""
    stem = "".join(c if c.isalnum() or c in " -_" else " " for c in title).strip() or "Untitled"
    root = documents_folder()
    folder, number = root / stem, 2
    while folder.exists():
        folder, number = root / f"{stem} {number}", number + 1
    return folder


def ask_table(parent: QWidget, start: str) -> Path | None:
    """Ask for a table; None when the person changed their mind."""
    name, _ = QFileDialog.getOpenFileName(
        parent, "Choose a table", start, f"{TABLE_FILES};;All files (*)"
    )
    return Path(name) if name else None


def ask_project(parent: QWidget, start: str) -> Path | None:
    """Ask for a project folder; None when the person changed their mind."""
    name = QFileDialog.getExistingDirectory(
        parent, "Open a project folder", start or str(documents_folder())
    )
    return Path(name) if name else None


def ask_new_folder(parent: QWidget, start: Path) -> Path | None:
    """Ask where to save a project; None when the person changed their mind."""
    name, _ = QFileDialog.getSaveFileName(
        parent, "Save the project in a new folder", str(start), "Project folder (*)",
        options=QFileDialog.Option.DontConfirmOverwrite,
    )  # fmt: skip
    return Path(name) if name else None
