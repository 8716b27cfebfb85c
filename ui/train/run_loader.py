"""Reads runs of the project in worker threads and keeps what was read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs import Task, run_in_thread
from ui.train.curves import RunCurves
from ui.train.history import RunList, load_curves, load_list
from workbench.errors import JobCancelled
from workbench.runs.store import RunStore

_KEPT: Final = 64
"""Runs whose curves are kept in memory."""


class RunLoader(QObject):
    """The runs of one project.

    Args:
        folder: The project folder.
        parent: Parent object.

    Attributes:
        listed: Emitted with a `RunList` after the list was read.
        curves_loaded: Emitted with the `RunCurves` of a run that was asked for.
        failed: Emitted with an exception.
    """

    listed = Signal(object)
    curves_loaded = Signal(object)
    failed = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._kept: OrderedDict[str, RunCurves] = OrderedDict()
        self._wanted: set[str] = set()
        self._tasks: set[Task] = set()
        self._listing = self._list_again = False
        self._active = ""

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return bool(self._tasks)

    def load_list(self, active: str = "") -> None:
        """Read the list; any number of calls while it is read cost one more reading.

        Args:
            active: The run that goes on, or "".
        """
        self._active = active
        if self._listing:
            self._list_again = True
            return
        self._listing = True
        self._run(self._list_read, load_list, self._folder, active)

    def curves(self, run_id: str) -> RunCurves | None:
        """Return the curves of a run if they are in memory."""
        run = self._kept.get(run_id)
        if run is not None:
            self._kept.move_to_end(run_id)
        return run

    def keep(self, run: RunCurves) -> None:
        """Keep curves that did not come from the store."""
        self._kept[run.run_id] = run
        self._kept.move_to_end(run.run_id)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def load_curves(self, run_ids: Sequence[str]) -> None:
        """Read the curves of runs that are not in memory; `curves_loaded` follows for each."""
        for run_id in run_ids:
            if run_id not in self._kept and run_id not in self._wanted:
                self._wanted.add(run_id)
                self._run(self._curves_read, load_curves, self._folder, run_id)

    def load_again(self, run_id: str) -> None:
        """Read the curves of a run even if they are in memory."""
        self._kept.pop(run_id, None)
        self.load_curves([run_id])

    def rename(self, run_id: str, name: str) -> None:
        """Rename a run; the list follows."""
        kept = self._kept.get(run_id)
        if kept is not None:
            kept.name = name
        self._run(self._changed, _rename, self._folder, run_id, name)

    def delete(self, run_ids: Sequence[str]) -> None:
        """Delete runs, their curves and weights; the list follows."""
        for run_id in run_ids:
            self._kept.pop(run_id, None)
        self._run(self._changed, _delete, self._folder, tuple(run_ids))

    def close(self) -> None:
        """Forget about everything that is on its way."""
        for task in self._tasks:
            task.drop()
        self._tasks.clear()

    # ---- inside --------------------------------------------------------------------------

    def _run(self, then: Callable[[Any], None], work: Callable[..., Any], *args: Any) -> None:
        task = run_in_thread(work, *args)
        self._tasks.add(task)
        task.done.connect(then)
        task.failed.connect(self._not_read)
        task.done.connect(self._ended)
        task.failed.connect(self._ended)

    @Slot()
    def _ended(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._tasks.discard(task)

    @Slot(object)
    def _list_read(self, found: RunList) -> None:
        self._listing = False
        self.listed.emit(found)
        self._go_on()

    @Slot(object)
    def _curves_read(self, run: RunCurves) -> None:
        self._wanted.discard(run.run_id)
        if run.run_id not in self._kept:
            self.keep(run)
        self.curves_loaded.emit(self._kept[run.run_id])

    @Slot(object)
    def _changed(self, _result: Any) -> None:
        self.load_list(self._active)

    @Slot(object)
    def _not_read(self, error: Any) -> None:
        self._wanted.clear()
        self._listing = False
        if not isinstance(error, JobCancelled):
            self.failed.emit(error)
        self._go_on()

    def _go_on(self) -> None:
        if self._list_again:
            self._list_again = False
            self.load_list(self._active)


def _rename(folder: Path, run_id: str, name: str) -> None:
    with closing(RunStore(folder)) as store:
        store.rename(run_id, name)


def _delete(folder: Path, run_ids: Sequence[str]) -> None:
    with closing(RunStore(folder)) as store:
        for run_id in run_ids:
            store.delete(run_id)
