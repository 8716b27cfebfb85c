"""Reads the network of a file: a project, a saved Keras model, or Python after a question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QInputDialog, QWidget

from ui.compare.sources import given, is_project, project_graph
from ui.jobs import JobHandle, Task, run_in_thread
from workbench.errors import GraphError, JobCancelled, Place, WorkbenchError
from workbench.graph import Graph
from workbench.importing.code_job import LARGEST_TEXT, check_text
from workbench.trust import is_trusted, trust

if TYPE_CHECKING:
    from ui.frame.trust_question import TrustQuestion
    from ui.session import ProjectSession

ENDINGS: Final = (".json", ".keras", ".h5", ".hdf5", ".py")


class NetworkReader(QObject):
    """Reads one file at a time. Nothing runs before the person said yes to exactly this text.

    Args:
        window: The window that questions stand over.

    Attributes:
        found: Emitted with the `Source` and what could not be taken over (a list of sentences).
        failed: Emitted with the error; `JobCancelled` when the person cancelled or said no.
        question: The trust question that is open, or None.
    """

    found = Signal(object, object)
    failed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._path = Path()
        self._session: ProjectSession | None = None
        self._task: Task | None = None
        self._job: JobHandle | None = None
        self.question: TrustQuestion | None = None

    @property
    def busy(self) -> bool:
        """Whether a file is being read or asked about."""
        return self._task is not None or self._job is not None or self.question is not None

    def read(self, session: ProjectSession, path: Path) -> None:
        """Begin to read a file; what was being read is given up."""
        self.cancel()
        self._session, self._path = session, path
        self._task = run_in_thread(_look, path)
        self._task.done.connect(self._looked)
        self._task.failed.connect(self._not_read)

    def cancel(self) -> None:
        """Give up what is being read; no signal comes."""
        task, self._task = self._task, None
        if task is not None:
            task.drop()
        job, self._job = self._job, None
        if job is not None:
            job.done.disconnect(self._done)
            job.failed.disconnect(self._not_read)
            job.cancel()
        question, self.question = self.question, None
        if question is not None:
            question.reject()

    @Slot(object)
    def _looked(self, seen: Graph | str | None) -> None:
        """Go on with what the first look brought: a network, a program, or neither."""
        self._task = None
        session = self._session
        if session is None:
            return
        if isinstance(seen, Graph):
            folder = self._path if self._path.is_dir() else self._path.parent
            self.found.emit(given(folder.name or self._path.name, seen, str(self._path)), [])
        elif isinstance(seen, str):
            self._ask(session, seen)
        else:
            self._start(session, "import_file", {"path": str(self._path)})

    # ---- Python ----------------------------------------------------------------------------

    def _ask(self, session: ProjectSession, text: str) -> None:
        if is_trusted(session.services.settings, text):
            self._run(session, text)
            return
        from ui.frame.trust_question import TrustQuestion

        self.question = TrustQuestion(text, self._path.name, self._window)
        self.question.setWindowModality(Qt.WindowModality.WindowModal)
        self.question.finished.connect(self._answered)
        self.question.open()

    @Slot(int)
    def _answered(self, answer: int) -> None:
        question, self.question = self.question, None
        session = self._session
        if question is None or session is None:
            return
        if answer != QDialog.DialogCode.Accepted:
            self.failed.emit(JobCancelled("The program was not run."))
            return
        if question.remember.isChecked():
            trust(session.services.settings, question.text)
            session.services.settings.save()
        self._run(session, question.text)

    def _run(self, session: ProjectSession, text: str) -> None:
        self._start(session, "import_code", {"text": text, "name": self._path.name})

    # ---- what an engine reads ------------------------------------------------------------

    def _start(self, session: ProjectSession, kind: str, spec: dict[str, Any]) -> None:
        self._job = session.start_job(kind, spec, f"Reading {self._path.name}")
        self._job.done.connect(self._done)
        self._job.failed.connect(self._not_read)

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        self._job = None
        models = result.get("models")
        name, entry = self._path.name, result
        if models is not None:
            chosen = self._choose(list(models))
            if not chosen:
                self.failed.emit(JobCancelled("No network was chosen."))
                return
            name, entry = f"{chosen} of {name}", models[chosen]
        try:
            graph = Graph.from_plain(entry["graph"])
        except WorkbenchError as error:
            self.failed.emit(error)
            return
        self.found.emit(given(name, graph, str(self._path)), list(entry.get("lost", ())))

    def _choose(self, names: list[str]) -> str:
        """Ask which of several networks of a program is meant."""
        if len(names) == 1:
            return names[0]
        name, sure = QInputDialog.getItem(
            self._window, "Compare with file", "The program makes several networks:", names, 0,
            editable=False,
        )  # fmt: skip
        return name if sure else ""

    @Slot(object)
    def _not_read(self, error: WorkbenchError) -> None:
        self._task = self._job = None
        self.failed.emit(error)


def _look(path: Path) -> Graph | str | None:
    """Return a project's network, a program's text, or None for what an engine must read.

    Raises:
        WorkbenchError: It is nothing that holds a network.
    """
    if is_project(path):
        return project_graph(path)
    if path.suffix.lower() not in ENDINGS:
        raise GraphError(
            f"{path.name} holds no network that can be compared.",
            expected="a project, a Keras model (.keras, .json, .h5) or Python (.py)",
            place=Place("file", str(path)),
        )
    if path.suffix.lower() != ".py":
        return None
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise _unreadable(path, "it is too large for the description of a network")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is no text in UTF-8") from error
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    check_text(text, path.name)
    return text


def _unreadable(path: Path, reason: str) -> GraphError:
    return GraphError(
        f"{path.name} was not read: {reason}.",
        expected="Python text in UTF-8",
        place=Place("file", str(path)),
    )
