"""What an engine says, as the window's side receives it: one small value per message."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from workbench.errors import WorkbenchError
from workbench.jobs import Event
from workbench.plain import PlainDict


@dataclass(frozen=True, slots=True)
class ExitReason:
    """Why an engine process ended.

    Attributes:
        code: Exit code; negative: minus the number of the signal that ended it (POSIX); None
            when it could not be started at all.
        stderr_tail: The last lines that it wrote to stderr.
        asked: True when the window ended it (close, cancel, restart).
        note: What the window noticed itself ("it sent something unreadable").
        own_code: What the person's own layers did to it, for the spec of later jobs
            (`workbench.build.own_guard.FAULTY`); None when it was not them.
    """

    code: int | None
    stderr_tail: str = ""
    asked: bool = False
    note: str = ""
    own_code: PlainDict | None = None

    @property
    def signal(self) -> str:
        """Name of the signal that ended the process, or ""."""
        number = self._signal_number
        if number is None:
            return ""
        try:
            return signal.Signals(number).name
        except ValueError:
            return f"signal {number}"

    @property
    def _signal_number(self) -> int | None:
        if self.code is None:
            return None
        if self.code < 0:
            return -self.code
        # A shell or a container runtime reports a signal as 128 + its number.
        return self.code - 128 if 128 < self.code <= 128 + 64 else None

    def describe(self) -> str:
        """Return the reason in the user's words, one or two sentences."""
        if self.note:
            return self.note
        if self.code is None:
            return "The engine could not be started."
        if self.asked:
            return "The engine was ended by the program."
        if self.own_code is not None:
            line = f" at line {self.own_code['line']}" if self.own_code["line"] else ""
            return f"A layer of yours ended the engine{line}: {self.own_code['what']}."
        name = self.signal
        if name == "SIGKILL":
            return (
                "The engine was ended by the system (SIGKILL) – often because memory ran out. "
                "Try a smaller batch size or a smaller network, or close other programs."
            )
        if name in _CRASHES:
            return (
                f"The engine crashed in native code ({name}: {_CRASHES[name]}). "
                "The details show its last words."
            )
        if name:
            return f"The engine was ended from outside ({name})."
        if self.code == 0:
            return "The engine ended by itself, without a reason."
        if self.code & 0xFFFFFFFF in _WINDOWS_CODES:
            return f"The engine crashed ({_WINDOWS_CODES[self.code & 0xFFFFFFFF]})."
        return f"The engine ended with an error (exit code {self.code})."


_CRASHES = {
    "SIGSEGV": "it touched memory that is not its own",
    "SIGABRT": "it gave up after an internal error",
    "SIGBUS": "it touched memory that does not exist",
    "SIGILL": "this processor lacks an instruction that it needs",
    "SIGFPE": "an arithmetic error",
}
_WINDOWS_CODES = {
    0xC0000005: "access violation",
    0xC0000017: "not enough memory",
    0xC00000FD: "stack overflow",
    0xC000001D: "illegal instruction",
}


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is warm: a job that is submitted now starts at once.

    Attributes:
        versions: Library name → version.
        backend: Keras backend, "" for an engine without Keras.
        devices: Devices that the backend sees, for example `("cpu",)` or `("gpu:0",)`.
        seconds: How long it took to get ready.
    """

    versions: dict[str, str] = field(default_factory=dict)
    backend: str = ""
    devices: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A job says something; see `workbench.jobs` and the job itself for the events."""

    job_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job ended with a result."""

    job_id: str
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job ended with an error; `JobCancelled` when the person cancelled it."""

    job_id: str
    error: WorkbenchError


@dataclass(frozen=True, slots=True)
class Died:
    """The engine process is gone; its jobs have been reported as failed before."""

    reason: ExitReason


Message: TypeAlias = Ready | JobEvent | JobDone | JobFailed | Died
