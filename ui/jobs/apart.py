"""Work of a thread or of another process as a job: progress, time left, Cancel at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs.background import Task, run_in_thread
from ui.jobs.handle import JobHandle
from workbench.apart import Tell
from workbench.errors import JobCancelled, WorkbenchError

_LOOK_EVERY: Final = 100
_TELL_FROM: Final = 0.5
"""Seconds after which the time that is left can be told."""


class _Share:
    """How far the thread is; written there, looked at here."""

    value = 0.0

    def __call__(self, share: float) -> None:
        self.value = share


class ApartJob(QObject):
    """Runs a function in a thread; what it does can be given up.

    Args:
        kind: Kind of the job.
        title: What the status bar calls it.
        run: Does the work in the thread; told a function that takes the share that is done.
        give_up: Ends the work, from any thread.
        parent: Parent object.

    Attributes:
        handle: What the status bar watches.
        done: Emitted with the result.
        failed: Emitted with the exception; not after `cancel`.
        over: Emitted at the end, however it came.
    """

    done = Signal(object)
    failed = Signal(object)
    over = Signal()

    def __init__(
        self,
        kind: str,
        title: str,
        run: Callable[[Tell], Any],
        give_up: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.handle = JobHandle(kind, title, self)
        self._run, self._give_up = run, give_up
        self._share, self._began = _Share(), time.monotonic()
        self._task: Task | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY)
        self._look.timeout.connect(self._tell)

    def start(self) -> None:
        """Begin."""
        self._began = time.monotonic()
        self.handle.connect_engine(self._asked)
        self.handle.begin()
        run, share = self._run, self._share
        self._task = run_in_thread(lambda: run(share))
        self._task.done.connect(self._arrived)
        self._task.failed.connect(self._broke)
        self._look.start()

    def cancel(self) -> None:
        """Give it up; no result comes any more."""
        if self._task is None:
            return
        self._task.drop()
        self._give_up()
        self._end(JobCancelled("Cancelled."))

    def _asked(self, name: str, _args: tuple[Any, ...]) -> None:
        if name == "cancel":
            self.cancel()

    @Slot()
    def _tell(self) -> None:
        share, took = self._share.value, time.monotonic() - self._began
        if share <= 0.0:
            return
        event: dict[str, Any] = {"event": "progress", "done": share, "total": 1.0}
        if took > _TELL_FROM:
            event["seconds_left"] = took * (1 - share) / share
        self.handle.deliver(event)

    @Slot(object)
    def _arrived(self, result: Any) -> None:
        self._end(None)
        self.done.emit(result)

    @Slot(object)
    def _broke(self, error: Exception) -> None:
        self._end(error if isinstance(error, WorkbenchError) else WorkbenchError(str(error)))
        self.failed.emit(error)

    def _end(self, error: WorkbenchError | None) -> None:
        self._task = None
        self._look.stop()
        if error is None:
            self.handle.succeed({})
        else:
            self.handle.fail(error)
        self.over.emit()
        self.deleteLater()
