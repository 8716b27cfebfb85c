"""Takes the network of a saved Keras model, or of Python, into the open project or a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.frame.import_place import ImportPlace
from ui.frame.python_import import PYTHON, PythonImport
from workbench.errors import JobCancelled, WorkbenchError

if TYPE_CHECKING:
    from ui.frame.project_flow import ProjectFlow
    from ui.jobs import JobHandle
    from ui.services import Services
    from ui.session import ProjectSession

ENDINGS: Final = (".keras", ".json", ".h5", ".hdf5", PYTHON)
"""Endings of the files that hold a network."""


class NetworkImport(QObject):
    """Asks for a file, has an engine read it, and puts its network into the project.

    Args:
        services: The window's services.
        flow: Opens and makes projects.
        window: The main window.

    Attributes:
        place: Asks where a network goes and puts it there.
        python: Takes networks from Python.
    """

    def __init__(self, services: Services, flow: ProjectFlow, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._flow, self._window = services, flow, window
        self._waiting: Path | None = None
        self._at: QPoint | None = None
        self._job: JobHandle | None = None
        self._session: ProjectSession | None = None
        self.place = ImportPlace(services, window)
        self.python = PythonImport(services, flow, self.place.put, window)
        flow.session_changed.connect(self._session_changed)
        flow.busy_changed.connect(self._busy_changed)

    def ask(self) -> None:
        """Ask for a file and import it."""
        pattern = " ".join(f"*{ending}" for ending in ENDINGS)
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import network", self._services.settings.last_folder,
            f"Keras models and Python ({pattern});;All files (*)",
        )  # fmt: skip
        if name:
            self.start(Path(name))

    def start(self, path: Path, at: QPoint | None = None) -> None:
        """Import a file; without an open project a new one is made for it.

        Args:
            path: The file.
            at: Where on the screen it was dropped, if it was.
        """
        self._services.settings.last_folder = str(path.parent)
        if path.suffix.lower() == PYTHON:
            self.python.open_file(path, at)
            return
        session = self._flow.session
        if session is None:
            self._flow.new_empty()
            self._waiting = path if self._flow.busy else None
            return
        if self._job is not None and self._job.running:
            self._services.show_message("A network is being imported already.")
            return
        self._session, self._at = session, at
        self.place.forget()
        spec = {"path": str(path), "project": str(session.document.folder)}
        self._job = session.start_job("import_file", spec, f"Importing {path.name}")
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)

    @Slot(object)
    def _session_changed(self, session: ProjectSession | None) -> None:
        waiting, self._waiting = self._waiting, None
        self.place.forget()
        if session is not None and waiting is not None:
            self.start(waiting)

    @Slot(bool)
    def _busy_changed(self, busy: bool) -> None:
        """Forget a file that waited for a project that could not be made."""
        if not busy and self._flow.session is None:
            self._waiting = None

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        session = self._session
        self._job = self._session = None
        if session is None or session is not self._flow.session:
            return
        self.place.put(session, result["name"], result, self._at)

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        self._job = self._session = None
        if not isinstance(error, JobCancelled):
            self._services.show_error(error)
