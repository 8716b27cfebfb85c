"""File › Export: the network as Python at three levels, written in a thread, errors in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ui.jobs import run_in_thread
from ui.services import as_workbench_error
from ui.widgets import Button, ErrorBanner, PrimaryButton, StatusProgress, Text, identify
from workbench.atomic import replace_text
from workbench.data.source import resolve
from workbench.errors import JobCancelled
from workbench.export import model_code
from workbench.graph.starting_weights import origins
from workbench.project.storage import write_error

if TYPE_CHECKING:
    from ui.jobs import JobHandle, Task
    from ui.main_window import MainWindow
    from ui.session import ProjectSession

Level = Literal["model", "weights", "script"]
_LEVELS: Final[tuple[tuple[Level, str, str], ...]] = (
    ("model", "The network", "One file with build_model(); fresh weights"),
    ("weights", "The network with trained weights",
     "A folder: model.py, the weights of the latest run, and how rows of data are encoded"),
    ("script", "The complete training",
     "One file that reads the data, encodes it, builds the network and trains it"),
)  # fmt: skip


def open_export(window: MainWindow) -> None:
    """Open the dialog for the window's project."""
    if window.session is not None:
        ExportDialog(window.session, window).open()


class ExportDialog(QDialog):
    """Chooses a level, asks where to, writes, and says what was written or why not.

    Args:
        session: The open project.
        parent: The window.
    """

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._job: JobHandle | None = None
        self._imported = _imported_only(session)
        identify(self, "export.dialog", "Export as Python")
        self.setWindowTitle("Export as Python")
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(4)
        layout.addWidget(
            Text("Each of these runs with Keras alone, without this program.", "secondary")
        )
        layout.addSpacing(8)
        self.choices: dict[Level, QRadioButton] = {}
        self._notes: dict[Level, Text] = {}
        for level, title, words in _LEVELS:
            choice = QRadioButton(title)
            identify(choice, f"export.{level}", f"{title}. {words}")
            self._group.addButton(choice)
            self.choices[level] = choice
            note = Text(words, "secondary", wrap=True)
            note.setContentsMargins(24, 0, 0, 8)
            layout.addWidget(choice)
            layout.addWidget(note)
            self._notes[level] = note
        self.choices["model"].setChecked(True)
        self._say_what_becomes_of_imported_weights()
        self.banner = ErrorBanner(None, closable=False, name="export.error")
        self.progress = StatusProgress("export.progress")
        self.progress.cancel_requested.connect(self._give_up)
        self.written = Text("", wrap=True, name="export.written")
        layout.addWidget(self.banner)
        layout.addWidget(self.written)
        line = QHBoxLayout()
        line.addWidget(self.progress, 1)
        line.addStretch(0)
        self.close_button = Button("Close", self.reject, name="export.close")
        self.save_button = PrimaryButton("Save as…", self._ask, name="export.save")
        self.save_button.setDefault(True)
        line.addWidget(self.close_button)
        line.addWidget(self.save_button)
        layout.addSpacing(8)
        layout.addLayout(line)
        self.setMinimumWidth(520)

    def _say_what_becomes_of_imported_weights(self) -> None:
        if self._imported:
            words = f"A folder: model.py and the imported weights of {self._imported}"
            self._notes["weights"].setText(words)
        if origins(self._session.document.graph):
            about = self._notes["script"]
            about.setText(f"{about.text()}. It begins with fresh weights, not with imported ones")

    @property
    def level(self) -> Level:
        """What is chosen."""
        return next(level for level, choice in self.choices.items() if choice.isChecked())

    @Slot()
    def _ask(self) -> None:
        level, settings = self.level, self._session.services.settings
        name = {"model": "model.py", "weights": "trained", "script": "train.py"}[level]
        start = str(Path(settings.last_folder) / name) if settings.last_folder else name
        if level == "weights":
            chosen = QFileDialog.getExistingDirectory(
                self, "Folder for the network and its weights", settings.last_folder
            )
        else:
            chosen, _ = QFileDialog.getSaveFileName(self, "Export as Python", start,
                                                    "Python (*.py)")  # fmt: skip
        if chosen:
            settings.last_folder = str(Path(chosen).parent)
            self.write(level, Path(chosen))

    def write(self, level: Level, target: Path) -> None:
        """Write a level to a file (a folder for weights), in a thread."""
        document, catalog = self._session.document, self._session.services.catalog
        graph = document.graph.copy()
        work: Callable[[], str]
        if level == "model":
            work = partial(_write_model, graph, catalog, self._session.signature, target)
        elif level == "weights" and self._imported:
            self._write_imported(target)
            return
        elif level == "weights":
            work = partial(_write_weights, document.folder, catalog, target)
        else:
            work = partial(_write_script, graph, catalog, document.data, document.recipe,
                           document.folder, target)  # fmt: skip
        self._begin()
        self._task = run_in_thread(work)
        self._task.done.connect(self._done)
        self._task.failed.connect(self._failed)

    def _begin(self) -> None:
        self.banner.hide()
        self.written.setText("")
        self.save_button.setEnabled(False)
        self.progress.start("Writing …")

    def _write_imported(self, target: Path) -> None:
        """Have an engine write the imported weights: only Keras knows where they go."""
        document, signature = self._session.document, self._session.signature
        spec = {
            "project": str(document.folder),
            "graph": document.graph.to_plain(),
            "signature": signature.to_plain() if signature else None,
            "folder": str(target),
        }
        self._begin()
        self._job = self._session.start_job("export_imported", spec, "Exporting the network")
        self._job.done.connect(self._imported_done)
        self._job.failed.connect(self._failed)

    @Slot(object)
    def _imported_done(self, result: dict[str, Any]) -> None:
        self._done(f"{result['words']}. Saved: {', '.join(result['files'])}")

    @Slot(object)
    def _done(self, words: str) -> None:
        self._end()
        self.written.setText(words)
        self._fit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, JobCancelled):
            return
        self.banner.show_error(as_workbench_error(error))
        self._fit()

    def _fit(self) -> None:
        """Make room for what is said; wrapped text knows its height only at its width."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.heightForWidth(self.width())))

    @Slot()
    def _give_up(self) -> None:
        if self._task is not None:
            self._task.drop()
        if self._job is not None:
            self._job.done.disconnect(self._imported_done)
            self._job.failed.disconnect(self._failed)
            self._job.cancel()
        self._end()

    def _end(self) -> None:
        self._task = self._job = None
        self.progress.finish()
        self.save_button.setEnabled(True)

    def done(self, result: int) -> None:
        """Close; what is being written is finished, nobody waits for it."""
        self._give_up()
        super().done(result)
        self.deleteLater()


def _imported_only(session: ProjectSession) -> str:
    """Return where weights were imported from, "" when there are none or a run has better ones."""
    whose = origins(session.document.graph)
    return whose if whose and session.store.latest_with_weights() is None else ""


def _write_model(graph: Any, catalog: Any, signature: Any, target: Path) -> str:
    return _written(target, model_code(graph, catalog, signature).text)


def _write_weights(project: Path, catalog: Any, folder: Path) -> str:
    from workbench.export.weights import export_weights

    run_id, files = export_weights(project, catalog, folder)
    return f"Run {run_id} in {folder}: " + ", ".join(file.name for file in files)


def _write_script(
    graph: Any, catalog: Any, data: Any, recipe: Any, project: Path, target: Path
) -> str:
    from workbench.export.script import training_script

    table, start = resolve(data.source, project), target.parent.resolve()
    data_file = os.path.relpath(table, start) if table.is_relative_to(start) else str(table)
    code = training_script(
        graph, catalog, data, recipe, project, data_file=data_file, name=target.name
    )
    return _written(target, code.text)


def _written(target: Path, text: str) -> str:
    try:
        replace_text(target, text)
    except OSError as error:
        raise write_error("The code was not saved", target, error) from error
    return f"Saved: {target}"
