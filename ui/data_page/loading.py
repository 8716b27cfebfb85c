"""Opens files for the page in a thread; one at a time, the last one asked for wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.data_page.opening import Situation, open_file, read_again, use_template
from ui.jobs.background import Task, run_in_thread
from ui.services import as_workbench_error
from workbench.data.spec import SourceSpec

if TYPE_CHECKING:
    from ui.session import ProjectSession


class Loader(QObject):
    """Reads what is to be opened and hands over the change that opens it.

    Attributes:
        busy_changed: Emitted with what is being read, "" when nothing is any more.
        ready: Emitted with the `Change` to apply.
        failed: Emitted with the `WorkbenchError`.
    """

    busy_changed = Signal(str)
    ready = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._task is not None

    def open_file(self, path: Path, session: ProjectSession) -> None:
        """Open a file: guess how to read it and what its columns mean."""
        self._start(f"Reading {path.name} …", open_file, path.absolute(), situation(session))

    def read_again(self, source: SourceSpec, session: ProjectSession) -> None:
        """Read a file in another way, or another file as the same table."""
        name = Path(source.path).name
        self._start(f"Reading {name} …", read_again, source, situation(session))

    def use_template(self, name: str, session: ProjectSession) -> None:
        """Use the table of a template."""
        self._start("Copying the example …", use_template, name, situation(session))

    def drop(self) -> None:
        """Forget what is being read."""
        if self._task is not None:
            self._task.drop()
            self._task = None
            self.busy_changed.emit("")

    def _start(self, words: str, work: Callable[..., Any], *args: Any) -> None:
        self.drop()
        self._task = run_in_thread(work, *args)
        self._task.done.connect(self._done)
        self._task.failed.connect(self._failed)
        self.busy_changed.emit(words)

    @Slot(object)
    def _done(self, change: Any) -> None:
        self._task = None
        self.busy_changed.emit("")
        self.ready.emit(change)

    @Slot(object)
    def _failed(self, error: Any) -> None:
        self._task = None
        self.busy_changed.emit("")
        self.failed.emit(as_workbench_error(error))


def situation(session: ProjectSession) -> Situation:
    """Return what a file is opened into."""
    document = session.document
    return Situation(document.folder, document.data, not len(document.graph))
