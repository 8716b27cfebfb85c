"""Takes the network of a saved Keras model, or of Python, into the open project or a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.frame.python_import import PYTHON, PythonImport
from workbench.errors import JobCancelled, WorkbenchError
from workbench.graph.model import Graph
from workbench.importing.replacing import replace_network

if TYPE_CHECKING:
    from ui.frame.project_flow import ProjectFlow
    from ui.jobs import JobHandle
    from ui.services import Services
    from ui.session import ProjectSession

ENDINGS: Final = (".keras", ".json", ".h5", ".hdf5", PYTHON)
"""Endings of the files that hold a network."""
_MOST_TOLD: Final = 12


class NetworkImport(QObject):
    """Asks for a file, has an engine read it, and replaces the network: one step to undo.

    Args:
        services: The window's services.
        flow: Opens and makes projects.
        window: The main window.

    Attributes:
        python: Takes networks from Python.
    """

    def __init__(self, services: Services, flow: ProjectFlow, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._flow, self._window = services, flow, window
        self._waiting: Path | None = None
        self._job: JobHandle | None = None
        self._session: ProjectSession | None = None
        self.python = PythonImport(services, flow, self.put, window)
        flow.session_changed.connect(self._session_changed)

    def ask(self) -> None:
        """Ask for a file and import it."""
        pattern = " ".join(f"*{ending}" for ending in ENDINGS)
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import network", self._services.settings.last_folder,
            f"Keras models and Python ({pattern});;All files (*)",
        )  # fmt: skip
        if name:
            self.start(Path(name))

    def start(self, path: Path) -> None:
        """Import a file; without an open project a new one is made for it."""
        self._services.settings.last_folder = str(path.parent)
        if path.suffix.lower() == PYTHON:
            self.python.open_file(path)
            return
        session = self._flow.session
        if session is None:
            self._waiting = path
            self._flow.new_empty()
            return
        if self._job is not None and self._job.running:
            self._services.show_message("A network is being imported already.")
            return
        self._session = session
        self._job = session.start_job("import_file", {"path": str(path)}, f"Importing {path.name}")
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)

    @Slot(object)
    def _session_changed(self, session: ProjectSession | None) -> None:
        waiting, self._waiting = self._waiting, None
        if session is not None and waiting is not None:
            self.start(waiting)

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        session = self._session
        self._job = self._session = None
        if session is None or session is not self._flow.session:
            return
        self.put(session, result["name"], result)

    def put(self, session: ProjectSession, name: str, found: dict[str, Any]) -> bool:
        """Put a network in the place of the present one, in one step to undo.

        Args:
            session: The open project.
            name: What the network is called.
            found: `{"graph": plain, "lost": [sentence …]}`.

        Returns:
            Whether it is there; when not, the reason is shown.
        """
        try:
            graph = Graph.from_plain(found["graph"])
            session.apply(replace_network(session.document.graph, graph))
        except WorkbenchError as error:
            self._services.show_error(error)
            return False
        self._services.show_page("design")
        lost = list(found["lost"])
        layers = f"{name}: {len(graph)} layers imported, without their weights."
        self._services.show_message(f"{layers} Undo brings the network before back.")
        if lost:
            self._services.show_error(_told(name, lost))
        return True

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        self._job = self._session = None
        if not isinstance(error, JobCancelled):
            self._services.show_error(error)


def _told(name: str, lost: list[str]) -> WorkbenchError:
    """Return what could not be taken over as something the window shows."""
    more = f" And {len(lost) - _MOST_TOLD} more." if len(lost) > _MOST_TOLD else ""
    return WorkbenchError(
        f"{len(lost)} settings of {name} have no word here and are not taken over.",
        received=" ".join(lost[:_MOST_TOLD]) + more,
        remedy="The rest of the network is there; the problems panel names layers that are not.",
        details="\n".join(lost),
    )
