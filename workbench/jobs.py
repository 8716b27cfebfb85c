"""The form of a job: `job(spec, emit, control) -> result`.

The same job function runs in an engine process for the window, and in the calling process for
the command line and the tests. A spec is plain data, events are plain data with an `"event"` key
(numpy arrays may stand in both), and the control is polled while the job runs.

Events every job may emit:

- `{"event": "phase", "text": "Reading data"}`: what it is doing now, shown to the person;
- `{"event": "progress", "done": 3, "total": 10, "seconds_left": 4.2}`: `total` 0 when unknown,
  `seconds_left` None when unknown.

Further events are described where the job is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from workbench.errors import JobCancelled

Event: TypeAlias = dict[str, Any]
Emit: TypeAlias = Callable[[Event], None]
Job: TypeAlias = Callable[[dict[str, Any], Emit, "Control"], dict[str, Any]]


@dataclass
class Control:
    """What a person asks of a running job. Set from any thread, polled by the job.

    Attributes:
        cancelled: Discard the work.
        stopped: End soon and keep the work (training: the best weights).
        paused: Wait, without losing anything, until it is cleared.
        settings: Values to change while running, for example `{"learning_rate": 1e-4}`;
            the job takes them out with `take_settings`.
    """

    cancelled: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    paused: threading.Event = field(default_factory=threading.Event)
    _settings: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cancel(self) -> None:
        """Ask the job to end and discard its work."""
        self.cancelled.set()

    def stop(self) -> None:
        """Ask the job to end and keep its work."""
        self.stopped.set()

    def pause(self) -> None:
        """Ask the job to wait."""
        self.paused.set()

    def resume(self) -> None:
        """Ask the job to go on."""
        self.paused.clear()

    def set(self, name: str, value: Any) -> None:
        """Ask for a new value of a setting."""
        with self._lock:
            self._settings[name] = value

    def take_settings(self) -> dict[str, Any]:
        """Return and forget the settings asked for since the last call."""
        with self._lock:
            taken, self._settings = self._settings, {}
        return taken

    def obey(self, action: str, name: str | None = None, value: Any = None) -> None:
        """Do what a message asks.

        Args:
            action: `"cancel"`, `"stop"`, `"pause"`, `"resume"` or `"set"`; others are ignored.
            name: The setting's name, for `"set"`.
            value: The setting's value, for `"set"`.
        """
        if action == "set":
            self.set(str(name), value)
        elif action in ("cancel", "stop", "pause", "resume"):
            getattr(self, action)()

    def wait_while_paused(self, interval: float = 0.02) -> bool:
        """Wait until the job is not paused, or is stopped or cancelled.

        Args:
            interval: Seconds between two looks.

        Returns:
            Whether it waited.
        """
        waited = False
        while self.paused.is_set() and not (self.stopped.is_set() or self.cancelled.is_set()):
            waited = True
            time.sleep(interval)
        return waited

    def check(self) -> None:
        """Raise `JobCancelled` when the job has been cancelled.

        Raises:
            JobCancelled: The person cancelled.
        """
        if self.cancelled.is_set():
            raise JobCancelled("Cancelled.")


def ignore(_event: Event) -> None:
    """An `emit` that drops events, for callers that want the result only."""
