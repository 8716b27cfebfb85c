"""The thread that owns one engine: it starts the process, sends commands, pumps its messages.

Two loops, so that neither waits for the other: this QThread receives; a plain thread beside it
sends, because writing to a pipe may block while the process imports Keras. The window's thread
only puts commands into a queue and receives signals.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, QThread, Signal

from ui.jobs.client import Client, EngineChoice, EngineRole, MakeClient
from workbench.errors import EngineError, JobCancelled, WorkbenchError

SILENT_SECONDS = 10.0
"""An engine sends a heartbeat every second; after this long (s) without one it is called silent."""

_log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Writes down what a job reports, in the engine's thread, before the window hears of it."""

    def event(self, event: dict[str, Any]) -> None:
        """Take an event."""

    def done(self, result: dict[str, Any]) -> None:
        """Take the result."""

    def failed(self, error: WorkbenchError) -> None:
        """Take the error."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an engine ended.

    Attributes:
        reason: One or two sentences; "" when the window ended it itself.
        details: The last lines that the process wrote to stderr.
        own_code: What the person's own layers did to it, or None.
    """

    reason: str = ""
    details: str = ""
    own_code: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that the engine sent about a job.

    Attributes:
        token: The window's number of the job.
        what: `"event"`, `"done"`, `"failed"` or `"begun"`.
        payload: Event, result or error.
    """

    token: int
    what: str
    payload: Any = None


class EngineThread(QThread):
    """Owns one engine process.

    Args:
        make_client: Makes the client.
        role: Role of the engine.
        choice: Backend, device, precision.
        parent: Parent object.

    Attributes:
        ready: Emitted with the engine's `Ready` message.
        delivered: Emitted with a `Delivery`.
        died: Emitted with its `Ending`.
        silent_changed: Emitted when the process stopped answering, or answers again.
    """

    ready = Signal(object)
    delivered = Signal(object)
    died = Signal(object)
    silent_changed = Signal(bool)

    def __init__(
        self,
        make_client: MakeClient,
        role: EngineRole,
        choice: EngineChoice,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"engine.{role}")
        self._make_client, self._role, self._choice = make_client, role, choice
        self._commands: queue.SimpleQueue[tuple[str, int, tuple[Any, ...]] | None] = (
            queue.SimpleQueue()
        )
        self._lock = threading.Lock()
        self._jobs: dict[int, str] = {}
        self._tokens: dict[str, int] = {}
        self._recorders: dict[int, Recorder] = {}
        self._closing = threading.Event()
        self._client: Client | None = None

    # ---- called from the window's thread -------------------------------------------------

    def submit(
        self, token: int, kind: str, spec: dict[str, Any], recorder: Recorder | None = None
    ) -> None:
        """Hand a job over; never blocks."""
        if recorder is not None:
            self._recorders[token] = recorder
        self._commands.put(("submit", token, (kind, spec)))

    def command(self, token: int, name: str, *args: Any) -> None:
        """Ask something of a job ("cancel", "stop", "set" …); never blocks."""
        self._commands.put((name, token, args))

    def close(self) -> None:
        """End the engine; `finished` follows soon. Never blocks."""
        self._closing.set()
        client = self._client
        if client is not None:
            client.kill()

    # ---- the receiving loop --------------------------------------------------------------

    def run(self) -> None:
        """Start the engine and pass on what it says until it ends."""
        sender = threading.Thread(target=self._send, name=f"send to {self._role}", daemon=True)
        try:
            client = self._make_client(self._role, self._choice)
            client.start()
        except Exception as error:
            _log.exception("The %s engine could not be started", self._role)
            self.died.emit(Ending(str(error)))
            return
        self._client = client
        if self._closing.is_set():
            client.kill()
        sender.start()
        ending = Ending()
        try:
            ending = self._receive(client)
        except Exception as error:
            _log.exception("The %s engine could not be heard", self._role)
            ending = Ending(str(error))
        finally:
            self._commands.put(None)
            with contextlib.suppress(Exception):
                client.close()
            sender.join(2.0)
        if self._closing.is_set():
            ending = Ending()
        self._fail_recorders(ending.reason)
        self.died.emit(ending)

    def _receive(self, client: Client) -> Ending:
        silent = False
        while not self._closing.is_set():
            message = client.receive(0.5)
            if silent != (client.silent_seconds > SILENT_SECONDS):
                silent = not silent
                self.silent_changed.emit(silent)
            if message is None:
                continue
            name = type(message).__name__
            if name == "Died":
                return _ending(message.reason)
            if name == "Ready":
                self.ready.emit(message)
            elif name in ("JobEvent", "JobDone", "JobFailed"):
                self._pass_on(name, message)
        return Ending()

    def _pass_on(self, name: str, message: Any) -> None:
        with self._lock:
            token = self._tokens.get(message.job_id)
        if token is None:
            return
        recorder = self._recorders.get(token)
        try:
            delivery = _delivery(name, token, message, recorder)
        except WorkbenchError as error:
            delivery = Delivery(token, "failed", error)
        except Exception as error:
            _log.exception("What a job reported could not be written down")
            delivery = Delivery(token, "failed", _not_written(error))
        if delivery.what != "event":
            self._recorders.pop(token, None)
        self.delivered.emit(delivery)

    def _fail_recorders(self, reason: str) -> None:
        error: WorkbenchError = JobCancelled("The window was closed.")
        if reason:
            error = EngineError("The engine ended during the job.", received=reason)
        for recorder in self._recorders.values():
            try:
                recorder.failed(error)
            except Exception:
                _log.exception("The end of a job could not be written down")
        self._recorders.clear()

    # ---- the sending loop ----------------------------------------------------------------

    def _send(self) -> None:
        while (entry := self._commands.get()) is not None:
            name, token, args = entry
            client = self._client
            if client is None:
                continue
            try:
                if name == "submit":
                    self._submit(client, token, args)
                else:
                    with self._lock:
                        job = self._jobs.get(token)
                    if job is not None:
                        getattr(client, name)(job, *args)
            except Exception as error:
                _log.info("The engine did not take %r: %s", name, error)
                if name == "submit" and not self._closing.is_set():
                    self.delivered.emit(Delivery(token, "failed", _not_sent(error)))

    def _submit(self, client: Client, token: int, args: tuple[Any, ...]) -> None:
        # An answer may come before `submit` returns: it waits for the lock, then finds its token.
        with self._lock:
            job = client.submit(*args)
            self._jobs[token], self._tokens[job] = job, token
        self.delivered.emit(Delivery(token, "begun"))


def _ending(reason: Any) -> Ending:
    if getattr(reason, "asked", False):
        return Ending()
    own = getattr(reason, "own_code", None)
    return Ending(str(reason.describe()), str(getattr(reason, "stderr_tail", "")), own)


def _delivery(name: str, token: int, message: Any, recorder: Recorder | None) -> Delivery:
    if name == "JobEvent":
        if recorder is not None:
            recorder.event(message.event)
        return Delivery(token, "event", message.event)
    if name == "JobDone":
        if recorder is not None:
            recorder.done(message.result)
        return Delivery(token, "done", message.result)
    if recorder is not None:
        recorder.failed(message.error)
    return Delivery(token, "failed", message.error)


def _not_sent(error: Exception) -> WorkbenchError:
    if isinstance(error, WorkbenchError):
        return error
    return EngineError(
        "The engine did not take the job.",
        received=f"{type(error).__name__}: {error}",
        remedy="Try again; the engine is restarted by itself.",
    )


def _not_written(error: Exception) -> WorkbenchError:
    return EngineError(
        "What the job reported could not be written into the project folder.",
        received=f"{type(error).__name__}: {error}",
        remedy="Check that the disk has room and the folder can be written.",
    )
