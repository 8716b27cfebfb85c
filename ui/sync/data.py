"""The table of the project, what the network sees of it, and what is wrong with it.

Reading happens in a thread of the pool; at most one reading is on its way, and settings that
changed meanwhile are looked at afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs.background import Task, run_in_thread
from ui.services import as_workbench_error
from workbench.data.spec import DataSignature, DataSpec, SourceSpec
from workbench.errors import Place, WorkbenchError
from workbench.graph.problems import Problem

if TYPE_CHECKING:
    from workbench.data.table import Table
    from workbench.project.document import ProjectDocument


@dataclass(frozen=True, slots=True)
class DataView:
    """What was read.

    Attributes:
        spec: The settings it was read with.
        table: The table, or None.
        signature: What the network sees, or None.
        problems: What is wrong.
        error: Why the table or the signature is missing, or None.
    """

    spec: DataSpec
    table: Table | None = None
    signature: DataSignature | None = None
    problems: tuple[Problem, ...] = ()
    error: WorkbenchError | None = None


class DataSync(QObject):
    """Keeps table, signature and data problems true to the data document.

    Args:
        document: The project.
        parent: Parent object.

    Attributes:
        table_changed: Emitted with the table (or None) when another one was opened.
        signature_changed: Emitted with the `DataSignature` (or None) when it is another one.
        problems_changed: Emitted when the data problems were looked at again.
    """

    table_changed = Signal(object)
    signature_changed = Signal(object)
    problems_changed = Signal()

    def __init__(self, document: ProjectDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._source: SourceSpec | None = None
        self._task: Task | None = None
        self._again = False
        self._reopen = False
        self.view = DataView(DataSpec())
        self.settled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._look)

    def refresh(self, *, reopen: bool = False) -> None:
        """Look again soon.

        Args:
            reopen: Also open the file anew (it may have changed on disk).
        """
        self._reopen = self._reopen or reopen
        self.settled = False
        if self._task is not None:
            self._again = True
        elif not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._task is not None:
            self._task.drop()
            self._task = None

    @Slot()
    def _look(self) -> None:
        spec = self._document.data
        known = self.view.table if spec.source == self._source and not self._reopen else None
        self._source, self._reopen = spec.source, False
        self._task = run_in_thread(look, spec, self._document.folder, known)
        self._task.done.connect(self._seen)
        self._task.failed.connect(self._unseen)

    @Slot(object)
    def _seen(self, view: DataView) -> None:
        before, self.view = self.view, view
        self._task = None
        self.settled = not self._again
        if view.table is not before.table:
            self.table_changed.emit(view.table)
        if view.signature != before.signature:
            self.signature_changed.emit(view.signature)
        self.problems_changed.emit()
        if self._again:
            self._again = False
            self.refresh()

    @Slot(object)
    def _unseen(self, failure: Exception) -> None:
        error = as_workbench_error(failure)
        self._seen(DataView(self._document.data, problems=(_problem(error),), error=error))


def look(spec: DataSpec, base: Path, known: Table | None) -> DataView:
    """Read what the settings say (in a thread).

    Args:
        spec: The data document.
        base: The project folder.
        known: The table when it is open already.
    """
    if not spec.source.path:
        return DataView(spec, problems=(_NO_DATA,))
    from workbench.data.checks import check_data
    from workbench.data.signature import signature_from
    from workbench.data.source import open_table

    table = known
    try:
        if table is None:
            table = open_table(spec.source, base)
    except WorkbenchError as error:
        return DataView(spec, problems=(_problem(error),), error=error)
    problems = tuple(check_data(spec, table))
    try:
        signature = signature_from(spec, table)
    except WorkbenchError as error:
        if not any(p.severity == "error" for p in problems):
            problems = (*problems, _problem(error))
        return DataView(spec, table, None, problems, error)
    return DataView(spec, table, signature, problems)


def _problem(error: WorkbenchError) -> Problem:
    return Problem(
        code="data_unreadable",
        severity="error",
        message=error.describe(),
        place=error.place or Place("field", "source"),
        details=error.details,
    )


_NO_DATA = Problem(
    code="no_data",
    severity="error",
    message="There is no data yet. Choose a table on the data page.",
    place=Place("field", "source"),
)
