"""The window's side of an engine process: start it, give it jobs, hear from it, end it. No Qt.

Every method returns at once and may be called from any thread; one thread at a time calls
`receive`. Whatever happens to the process – it cannot start, it crashes, it sends rubbish, it
ignores a cancel – comes out of `receive` as a message, and nothing waits for ever.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from typing import Any, Literal

from workbench.engine.environment import choose_backend, environment_for
from workbench.engine.messages import (
    Died,
    ExitReason,
    JobDone,
    JobEvent,
    JobFailed,
    Message,
    Ready,
)
from workbench.engine.process import EngineProcess, command
from workbench.errors import EngineError, JobCancelled, Place, WorkbenchError

Role = Literal["design", "run", "bare"]
CANCEL_SECONDS = 1.0
"""How long a job may take to answer a cancel before its engine is killed."""


class EngineClient:
    """One engine process.

    Args:
        role: `"design"`: CPU only, for shape inference and previews; `"run"`: for a training or
            an explanation; `"bare"`: without Keras.
        backend: Keras backend, or `"auto"`.
        device: `"auto"`, `"cpu"`, `"gpu"`, `"gpu:1"` …; a design engine always uses the CPU.
        precision: Keras dtype policy that the jobs are meant for; kept for matching a spare
            engine with a run (`suits`). The jobs set it themselves from their recipe.
    """

    def __init__(
        self,
        role: Role = "run",
        backend: str = "auto",
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        self.role = role
        self.backend = backend
        self.device = "cpu" if role == "design" else device
        self.precision = precision
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._process: EngineProcess | None = None
        self._jobs: dict[str, str] = {}
        self._cancelling: dict[str, threading.Timer] = {}
        self._ready: Ready | None = None
        self._reason: ExitReason | None = None

    # ---- life ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process; does nothing while one runs. A failure comes as `Died`."""
        last = self._process
        if last is not None:
            if last.running:
                return
            last.wait(3.0)  # until its jobs have failed
        with self._lock:
            if self._process is not None:
                return
            self._ready, self._reason = None, None
            try:
                backend = "" if self.role == "bare" else choose_backend(self.backend)
                environment = environment_for(backend, self.device)
                process = EngineProcess(command(self.role), environment)
            except (WorkbenchError, OSError) as error:
                text = error.describe() if isinstance(error, WorkbenchError) else str(error)
                self._end(ExitReason(None, note=f"The engine could not be started. {text}"))
                return
            self._process = process
            process.listen(
                lambda message: self._receive(process, message),
                lambda reason: self._ended(process, reason),
            )

    def restart(self) -> None:
        """End the process, if there is one, and start another. Its jobs fail."""
        with self._lock:
            last = self._process
        if last is not None:
            last.kill()
            last.wait(3.0)
        self.start()

    def kill(self) -> None:
        """End the process at once; `Died` follows after the failures of its jobs."""
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process for good: politely when it is idle, else by force. Never hangs."""
        with self._lock:
            process, busy = self._process, bool(self._jobs)
            for timer in self._cancelling.values():
                timer.cancel()
            self._cancelling.clear()
        if process is None:
            return
        if busy or self._ready is None:
            process.kill()
        else:
            process.hang_up()
        process.wait(2.0)

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        process = self._process
        return process is not None and process.running

    @property
    def ready(self) -> Ready | None:
        """What the engine said when it was warm, or None before."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """Process id, or None when it is not running."""
        process = self._process
        return process.pid if process is not None and process.running else None

    @property
    def silent_seconds(self) -> float:
        """Seconds since the engine was last heard of; it sends a heartbeat every second."""
        process = self._process
        return time.monotonic() - process.heard if process is not None else 0.0

    def exit_reason(self) -> ExitReason | None:
        """Return why the last process ended, or None while it runs."""
        return self._reason

    def suits(self, backend: str, device: str) -> bool:
        """Tell whether this engine can serve a run that asks for this backend and device."""
        return self.device == device and self.backend == backend

    # ---- jobs ----------------------------------------------------------------------------

    def submit(self, kind: str, spec: dict[str, Any]) -> str:
        """Give the engine a job; it starts when those before it have ended.

        Args:
            kind: A kind of `workbench.engine.registry`.
            spec: Plain data; numpy arrays may stand in it.

        Returns:
            The job's id. When the engine is not running, or dies, `JobFailed` follows.

        Raises:
            ProtocolError: The spec cannot be sent.
        """
        job_id = f"{kind}-{secrets.token_hex(4)}"
        with self._lock:
            process = self._process
            if process is None or not process.running or self._reason is not None:
                self._messages.put(JobFailed(job_id, _not_running(self._reason)))
                return job_id
            # An answer cannot come before the job is known: it waits for this lock.
            process.send({"type": "submit", "job": job_id, "kind": kind, "spec": spec})
            self._jobs[job_id] = kind
        return job_id

    def cancel(self, job_id: str) -> None:
        """Ask a job to end and discard its work; kill the engine if it does not within 1 s."""
        with self._lock:
            if job_id not in self._jobs or job_id in self._cancelling:
                return
            self._control(job_id, "cancel")
            timer = threading.Timer(CANCEL_SECONDS, self._kill_deaf, (job_id,))
            timer.daemon = True
            self._cancelling[job_id] = timer
            timer.start()

    def stop(self, job_id: str) -> None:
        """Ask a job to end soon and keep its work."""
        self._control(job_id, "stop")

    def pause(self, job_id: str) -> None:
        """Ask a job to wait."""
        self._control(job_id, "pause")

    def resume(self, job_id: str) -> None:
        """Ask a job to go on."""
        self._control(job_id, "resume")

    def set(self, job_id: str, name: str, value: Any) -> None:
        """Ask a job for a new value of a setting, for example `"learning_rate"`."""
        self._control(job_id, "set", name=name, value=value)

    def receive(self, timeout: float | None = 0.1) -> Message | None:
        """Return the next message.

        Args:
            timeout: Longest wait in seconds; 0 does not wait; None waits until something comes.

        Returns:
            The message, or None when none came in time.
        """
        try:
            if timeout == 0:
                return self._messages.get_nowait()
            return self._messages.get(timeout=timeout)
        except queue.Empty:
            return None

    # ---- inside --------------------------------------------------------------------------

    def _control(self, job_id: str, action: str, **more: Any) -> None:
        with self._lock:
            if self._process is not None and job_id in self._jobs:
                self._process.send({"type": "control", "job": job_id, "action": action, **more})

    def _kill_deaf(self, job_id: str) -> None:
        with self._lock:
            process = self._process if job_id in self._jobs else None
        if process is not None:
            process.kill()

    def _receive(self, process: EngineProcess, message: dict[str, Any]) -> None:
        with self._lock:
            if process is not self._process:
                return
            kind = message.get("type")
            if kind == "event":
                self._messages.put(JobEvent(str(message["job"]), message["event"]))
            elif kind == "done":
                if self._forget(str(message["job"])):
                    self._messages.put(JobDone(str(message["job"]), message["result"]))
            elif kind == "failed":
                if self._forget(str(message["job"])):
                    error = WorkbenchError.from_plain(message["error"])
                    self._messages.put(JobFailed(str(message["job"]), error))
            elif kind == "ready":
                self._ready = Ready(
                    dict(message["versions"]),
                    str(message["backend"]),
                    tuple(message["devices"]),
                    float(message["seconds"]),
                )
                self._messages.put(self._ready)
            elif kind == "fatal":
                error = WorkbenchError.from_plain(message["error"])
                process.note = f"The engine could not get ready. {error.describe()}"

    def _forget(self, job_id: str) -> bool:
        timer = self._cancelling.pop(job_id, None)
        if timer is not None:
            timer.cancel()
        return self._jobs.pop(job_id, None) is not None

    def _ended(self, process: EngineProcess, reason: ExitReason) -> None:
        with self._lock:
            if process is self._process:
                self._process = None
                self._end(reason)

    def _end(self, reason: ExitReason) -> None:
        self._reason, self._ready = reason, None
        for job_id in list(self._jobs):
            cancelled = job_id in self._cancelling
            self._forget(job_id)
            error = JobCancelled("Cancelled.") if cancelled else died_error(reason)
            self._messages.put(JobFailed(job_id, error))
        self._messages.put(Died(reason))


def died_error(reason: ExitReason) -> EngineError:
    """Return the error that a job fails with when its engine dies."""
    return EngineError(
        reason.describe(),
        remedy="Your project is unharmed. The engine can be started again.",
        place=Place("engine"),
        details=reason.stderr_tail,
    )


def _not_running(reason: ExitReason | None) -> EngineError:
    return (
        died_error(reason)
        if reason
        else EngineError(
            "The engine is not running.", remedy="Start it again.", place=Place("engine")
        )
    )
