"""One engine as the window's main thread sees it: its state, its jobs, its end."""

from __future__ import annotations

import itertools
import time
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.client import EngineChoice, EngineRole, MakeClient
from ui.jobs.handle import JobHandle
from ui.jobs.thread import Delivery, Ending, EngineThread, Recorder
from workbench.errors import EngineError, JobCancelled, Place

EngineState = Literal["starting", "ready", "busy", "dead"]

_numbers = itertools.count(1)


class LiveEngine(QObject):
    """A running engine process and the jobs it was given.

    Args:
        make_client: Makes the client.
        role: `"design"` or `"run"`.
        choice: Backend, device, precision.
        parent: Parent object.

    Attributes:
        changed: Emitted when `state` or `ready` changed.
        ended: Emitted with this engine and its `Ending` when the process is gone.
        state: What it is doing.
        ready: Its `Ready` message (versions, backend, devices), or None so far.
        jobs_done: Number of jobs that it finished.
        silent: Whether the process has stopped answering.
    """

    changed = Signal()
    ended = Signal(object, object)

    def __init__(
        self,
        make_client: MakeClient,
        role: EngineRole,
        choice: EngineChoice,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.role, self.choice = role, choice
        self.ready: Any = None
        self.jobs_done = 0
        self.trained = self.silent = False
        self.started_at = time.monotonic()
        self._dead = False
        self._jobs: dict[int, JobHandle] = {}
        self._thread = EngineThread(make_client, role, choice)
        self._thread.ready.connect(self._is_ready)
        self._thread.delivered.connect(self._deliver)
        self._thread.died.connect(self._died)
        self._thread.silent_changed.connect(self._silent)
        self._thread.start()

    @property
    def state(self) -> EngineState:
        """What it is doing."""
        if self._dead:
            return "dead"
        if self.ready is None:
            return "starting"
        return "busy" if self._jobs else "ready"

    @property
    def idle(self) -> bool:
        """Whether it can take a job and has none."""
        return not self._dead and not self._jobs

    def run(
        self, handle: JobHandle, spec: dict[str, Any], recorder: Recorder | None = None
    ) -> JobHandle:
        """Hand a job over.

        Args:
            handle: The job's handle.
            spec: What to do, plain data.
            recorder: Writes down what the job reports, in the engine's thread.
        """
        token = next(_numbers)
        self._jobs[token] = handle
        self.trained = self.trained or handle.kind == "train"
        self._thread.submit(token, handle.kind, spec, recorder)

        def ask(name: str, args: tuple[Any, ...]) -> None:
            if name == "leave":
                self.close()
            else:
                self._thread.command(token, name, *args)

        handle.connect_engine(ask)
        self.changed.emit()
        return handle

    def close(self) -> None:
        """End the process; `ended` follows."""
        self._thread.close()

    def wait(self, milliseconds: int) -> bool:
        """Wait until its thread has ended, when the application closes."""
        return self._thread.wait(milliseconds)

    @Slot(object)
    def _is_ready(self, ready: Any) -> None:
        self.ready = ready
        self.changed.emit()

    @Slot(bool)
    def _silent(self, silent: bool) -> None:
        self.silent = silent
        self.changed.emit()

    @Slot(object)
    def _deliver(self, delivery: Delivery) -> None:
        handle = self._jobs.get(delivery.token)
        if handle is None:
            return
        if delivery.what == "event":
            handle.begin()
            handle.deliver(delivery.payload)
        elif delivery.what == "begun":
            handle.begin()
        else:
            del self._jobs[delivery.token]
            self.jobs_done += 1
            if delivery.what == "done":
                handle.succeed(delivery.payload)
            else:
                handle.fail(delivery.payload)
            self.changed.emit()

    @Slot(object)
    def _died(self, ending: Ending) -> None:
        self._dead = True
        jobs, self._jobs = self._jobs, {}
        for handle in jobs.values():
            if handle.cancelling or not ending.reason:
                handle.fail(JobCancelled("Cancelled."))
            else:
                handle.fail(_lost(handle, ending))
        self.changed.emit()
        cancelled = any(handle.cancelling for handle in jobs.values())
        self.ended.emit(self, Ending() if cancelled else ending)


def _lost(handle: JobHandle, ending: Ending) -> EngineError:
    what = f"{handle.title} ended" if handle.title else "The job ended"
    return EngineError(
        f"{what} because its engine process is gone. {ending.reason}",
        remedy="Your project is unharmed. A new engine is started; try again.",
        place=Place("engine"),
        details=ending.details,
    )
