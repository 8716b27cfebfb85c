"""Takes a network from Python: asks whether it may run, runs it apart, and puts the network in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from workbench.errors import GraphError, JobCancelled, WorkbenchError
from workbench.importing.code_job import LARGEST_TEXT, check_text, read_code
from workbench.trust import is_trusted, trust

if TYPE_CHECKING:
    from ui.frame.project_flow import ProjectFlow
    from ui.frame.python_dialog import PythonDialog
    from ui.frame.trust_question import TrustQuestion
    from ui.jobs import JobHandle
    from ui.services import Services
    from ui.session import ProjectSession

PYTHON: Final = ".py"
"""Ending of the files that hold Python."""
Put = Callable[["ProjectSession", str, dict[str, Any], QPoint | None], bool]
_PASTED: Final = "The pasted text"
_LOOKS_LIKE: Final = re.compile(r"\bkeras\b[\s\S]*[=(]|^\s*(?:import|from) \w+|^def \w+\(", re.M)


class PythonImport(QObject):
    """From a text to the network on the canvas. Nothing runs before the person said yes to it.

    Args:
        services: The window's services.
        flow: Opens and makes projects.
        put: Puts a network into the project: session, name, `{"graph", "lost"}`, place of a drop.
        window: The main window.

    Attributes:
        dialog: The dialog that is open, or None.
        question: The trust question that is open, or None.
    """

    def __init__(self, services: Services, flow: ProjectFlow, put: Put, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._flow, self._put, self._window = services, flow, put, window
        self.dialog: PythonDialog | None = None
        self.question: TrustQuestion | None = None
        self._waiting = False
        self._at: QPoint | None = None
        self._job: JobHandle | None = None
        self._session: ProjectSession | None = None
        self._models: dict[str, Any] = {}
        flow.session_changed.connect(self._session_changed)
        flow.failed.connect(self._no_project)

    def paste(self) -> None:
        """Open the dialog, with the clipboard's text when that looks like Python."""
        text = QGuiApplication.clipboard().text()
        fits = len(text) <= LARGEST_TEXT and _LOOKS_LIKE.search(text) is not None
        self._open(text if fits else "", _PASTED)

    def open_file(self, path: Path, at: QPoint | None = None) -> None:
        """Open the dialog with a file's text and ask whether it may run.

        Args:
            path: The file.
            at: Where on the screen it was dropped, if it was.
        """
        try:
            text = read_code(path)
        except GraphError as error:
            self._services.show_error(error)
        else:
            self._open(text, path.name)
            self._at = at
            self._wanted()

    def _open(self, text: str, name: str) -> None:
        from ui.frame.python_dialog import PythonDialog

        if self.dialog is not None:
            self.dialog.reject()
        self._at = None
        dialog = self.dialog = PythonDialog(text, name, self._window)
        dialog.wanted.connect(self._wanted)
        dialog.chosen.connect(self._chosen)
        dialog.cancel_requested.connect(self._cancel)
        dialog.closed.connect(self._closed)
        dialog.open()

    # ---- asking --------------------------------------------------------------------------

    @Slot()
    def _wanted(self) -> None:
        dialog = self.dialog
        if dialog is None or self._job is not None or not dialog.text.strip():
            return
        try:
            check_text(dialog.text, dialog.name)
        except GraphError as error:
            dialog.show_error(error)
            return
        if is_trusted(self._services.settings, dialog.text, "program"):
            self._run()
            return
        from ui.frame.trust_question import TrustQuestion

        self.question = TrustQuestion(dialog.text, dialog.name, dialog)
        self.question.setWindowModality(Qt.WindowModality.WindowModal)
        self.question.finished.connect(self._answered)
        self.question.open()

    @Slot(int)
    def _answered(self, answer: int) -> None:
        question, self.question = self.question, None
        dialog = self.dialog
        if question is None or dialog is None or answer != QDialog.DialogCode.Accepted:
            return
        if question.text != dialog.text:
            return
        if question.remember.isChecked():
            trust(self._services.settings, question.text, "program")
            self._services.settings.save()
        self._run()

    # ---- running -------------------------------------------------------------------------

    def _run(self) -> None:
        dialog, session = self.dialog, self._flow.session
        if dialog is None:
            return
        dialog.begin()
        if session is None:
            self._waiting = True
            self._flow.new_empty()
            return
        self._session = session
        spec = {"text": dialog.text, "name": dialog.name}
        self._job = session.start_job("import_code", spec, f"Importing {dialog.name}")
        self._job.event.connect(self._event)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)

    @Slot(object)
    def _session_changed(self, session: ProjectSession | None) -> None:
        waiting, self._waiting = self._waiting, False
        if session is not None and waiting:
            self._run()

    @Slot(object)
    def _no_project(self, error: WorkbenchError) -> None:
        if self._waiting:
            self._failed(error)

    @Slot(object)
    def _event(self, event: dict[str, Any]) -> None:
        if self.dialog is not None and event.get("event") == "progress":
            self.dialog.progress.set_progress(event["text"], event["done"], event["total"])

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        self._job = None
        dialog, self._models = self.dialog, dict(result["models"])
        if dialog is None:
            return
        dialog.end()
        if self._session is not self._flow.session:
            return
        if len(self._models) == 1:
            self._chosen(next(iter(self._models)))
            return
        dialog.ask_which({k: len(m["graph"]["nodes"]) for k, m in self._models.items()})

    @Slot(str)
    def _chosen(self, name: str) -> None:
        session, dialog = self._session, self.dialog
        if dialog is None or session is None or session is not self._flow.session:
            return
        if self._put(session, name, self._models[name], self._at):
            dialog.accept()

    @Slot(object)
    def _failed(self, error: WorkbenchError) -> None:
        self._job = None
        self._waiting = False
        if self.dialog is not None:
            self.dialog.end()
            if not isinstance(error, JobCancelled):
                self.dialog.show_error(error)

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
        elif self._waiting and self.dialog is not None:
            self._waiting = False
            self.dialog.end()

    @Slot()
    def _closed(self) -> None:
        if self.question is not None:
            self.question.reject()
        job, self._job = self._job, None
        if job is not None:  # nobody waits for it any more
            job.event.disconnect(self._event)
            job.done.disconnect(self._done)
            job.failed.disconnect(self._failed)
            job.cancel()
        self._waiting = False
        self.dialog = self._session = None
        self._models = {}
