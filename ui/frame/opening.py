"""One project on its way: read in a thread, then drawn beside the one that is still shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs import Task, run_in_thread
from ui.jobs.handle import JobHandle
from ui.jobs.slices import Slices
from workbench.errors import JobCancelled
from workbench.project.document import ProjectDocument
from workbench.project.watch import Watch

Make: TypeAlias = Callable[[Watch], ProjectDocument]
Prepare: TypeAlias = Callable[[ProjectDocument], Iterator[float]]

_READING: Final = 0.25
"""Share of the work that reading the file is, for large networks."""
_LOOK_EVERY: Final = 50
_TELL_FROM: Final = 0.5
"""Seconds after which the time that is left can be told."""


class Reading:
    """How far a thread is with reading; written there, looked at here.

    Attributes:
        share: What is done, 0 to 1.
        layers: Number of layers; 0 while it is not known.
        cancelled: Set when the person does not want it any more.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self.layers = 0
        self.cancelled = False

    def __call__(self, share: float, layers: int = 0) -> None:
        """Take note; called in the thread.

        Raises:
            JobCancelled: The person does not want it any more.
        """
        if self.cancelled:
            raise JobCancelled("Opening the project was cancelled.")
        self.share, self.layers = share, max(layers, self.layers)


class Opening(QObject):
    """Reads a project and gets the pages ready for it; the open one stays as it is meanwhile.

    Args:
        make: Reads or makes the project, in a thread.
        prepare: Gets the pages ready, in the main thread, a little at a time.
        title: What is being done, for the status bar.
        parent: Parent object.

    Attributes:
        job: The status bar's end of it.
        ready: Emitted with the `ProjectDocument`.
        failed: Emitted with the error; a `JobCancelled` after `cancel`.
        progressed: Emitted with the share that is done, 0 to 1.
    """

    ready = Signal(object)
    failed = Signal(object)
    progressed = Signal(float)

    def __init__(
        self, make: Make, prepare: Prepare, title: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.job = JobHandle("open", title, self)
        self._make, self._prepare = make, prepare
        self._reading = Reading()
        self._task: Task | None = None
        self._document: ProjectDocument | None = None
        self._slices = Slices(self)
        self._slices.progressed.connect(self._prepared)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY)
        self._look.timeout.connect(self._tell)
        self._began = time.monotonic()

    @property
    def layers(self) -> int:
        """Number of layers of the project; 0 while it is not known."""
        return self._reading.layers

    def start(self) -> None:
        """Begin."""
        self._began = time.monotonic()
        self.job.connect_engine(self._asked)
        self.job.begin()
        make, reading = self._make, self._reading
        self._task = run_in_thread(lambda: make(reading))
        self._task.done.connect(self._read)
        self._task.failed.connect(self._end)
        self._look.start()

    def cancel(self) -> None:
        """Give it up: at once, or as soon as the thread that reads comes up for air."""
        self._reading.cancelled = True
        document = self._document
        if document is not None:
            self._slices.cancel()
            document.close()
            self._document = None
            self._end(JobCancelled("Opening the project was cancelled."))

    def _asked(self, name: str, _args: tuple[Any, ...]) -> None:
        if name == "cancel":
            self.cancel()

    @Slot(object)
    def _read(self, document: ProjectDocument) -> None:
        self._document = document
        self._reading.share, self._reading.layers = _READING, len(document.graph)
        if self._reading.cancelled:
            self.cancel()
            return
        self._slices.start(self._prepare(document), self._finished, self._end)

    @Slot(float)
    def _prepared(self, share: float) -> None:
        self._reading.share = _READING + (1 - _READING) * share

    @Slot()
    def _tell(self) -> None:
        reading, took = self._reading, time.monotonic() - self._began
        share = reading.share if self._document is not None else _READING * reading.share
        event: dict[str, Any] = {"event": "progress", "done": share, "total": 1.0}
        if took > _TELL_FROM and share > 0.05:
            event["seconds_left"] = took * (1 - share) / share
        self.job.deliver(event)
        self.progressed.emit(share)

    def _finished(self) -> None:
        document, self._document = self._document, None
        self._look.stop()
        self.job.succeed({})
        self.ready.emit(document)

    @Slot(object)
    def _end(self, error: Exception) -> None:
        self._look.stop()
        if self._document is not None:
            self._document.close()
            self._document = None
        self.job.fail(error if isinstance(error, JobCancelled) else JobCancelled(str(error)))
        self.failed.emit(error)
