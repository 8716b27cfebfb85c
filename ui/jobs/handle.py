"""The window's end of a job that runs in an engine process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from workbench.errors import WorkbenchError

Command = Callable[[str, tuple[Any, ...]], None]
JobState = Literal["waiting", "running", "done", "failed"]


class _Signals(QObject):
    """The signals apart from the handle: a signal named `event` would hide `QObject.event`."""

    reported = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    finished = Signal()


class JobHandle:
    """A job: what it reports, and what can be asked of it.

    Args:
        kind: Kind of the job ("train", "predict" …).
        title: What the status bar calls it.
        parent: Parent object.
    """

    def __init__(self, kind: str, title: str = "", parent: QObject | None = None) -> None:
        self._signals = _Signals(parent)
        self.kind = kind
        self.title = title
        self.state: JobState = "waiting"
        self.cancelling = False
        self._command: Command | None = None
        self._early: list[tuple[str, tuple[Any, ...]]] = []

    @property
    def event(self) -> SignalInstance:
        """Emitted with every event of the job."""
        return self._signals.reported

    @property
    def done(self) -> SignalInstance:
        """Emitted with the job's result."""
        return self._signals.done

    @property
    def failed(self) -> SignalInstance:
        """Emitted with a `WorkbenchError`; `JobCancelled` when the person cancelled."""
        return self._signals.failed

    @property
    def finished(self) -> SignalInstance:
        """Emitted once, after `done` or `failed`."""
        return self._signals.finished

    @property
    def running(self) -> bool:
        """Whether something may still come."""
        return self.state in ("waiting", "running")

    def cancel(self) -> None:
        """Discard the job; its engine is killed when it does not listen within a second."""
        if self.running:
            self.cancelling = True
            self._send("cancel")

    def leave(self) -> None:
        """End the job's engine at once; what the job has written so far stays."""
        if self.running:
            self.cancelling = True
            self._send("leave")

    def stop(self) -> None:
        """End the job soon and keep its work."""
        self._send("stop")

    def pause(self) -> None:
        """Let the job wait."""
        self._send("pause")

    def resume(self) -> None:
        """Let the job go on."""
        self._send("resume")

    def set(self, name: str, value: Any) -> None:
        """Change a setting of the running job ("learning_rate")."""
        self._send("set", name, value)

    def _send(self, name: str, *args: Any) -> None:
        if not self.running:
            return
        if self._command is None:
            self._early.append((name, args))
        else:
            self._command(name, args)

    def deleteLater(self) -> None:
        """Free the signals once the events of now are done."""
        self._signals.deleteLater()

    def fail_later(self, error: WorkbenchError) -> None:
        """End the job with an error once its signals had time to be connected."""
        QTimer.singleShot(0, self._signals, lambda: self.fail(error))

    # ---- for the engine's side -----------------------------------------------------------

    def connect_engine(self, command: Command) -> None:
        """Say how commands reach the engine; those asked for before are sent now."""
        self._command = command
        early, self._early = self._early, []
        for name, args in early:
            command(name, args)

    def begin(self) -> None:
        """Note that the engine has the job."""
        if self.state == "waiting":
            self.state = "running"

    def deliver(self, event: dict[str, Any]) -> None:
        """Pass an event on."""
        if self.running:
            self.event.emit(event)

    def succeed(self, result: dict[str, Any]) -> None:
        """End the job with its result."""
        if self.running:
            self.state = "done"
            self.done.emit(result)
            self.finished.emit()

    def fail(self, error: WorkbenchError) -> None:
        """End the job with an error."""
        if self.running:
            self.state = "failed"
            self.failed.emit(error)
            self.finished.emit()
