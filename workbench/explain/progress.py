"""Progress of an explanation: how far, how long still; and where a cancel is heard."""

from __future__ import annotations

import time

from workbench.jobs import Control, Emit

_EVERY = 0.1
_FIRST_ESTIMATE = 0.4


class Progress:
    """Counts the rows that the network has seen.

    Args:
        emit: Receives the events.
        control: Polled before every call of the network.
        rows: Number of rows to explain.
        expected: Rows that the network is expected to see per explained row.
    """

    def __init__(self, emit: Emit, control: Control, rows: int, expected: int) -> None:
        self._emit, self._control = emit, control
        self._rows, self._expected = rows, max(1, expected)
        self._finished = 0
        self._within = 0
        self._seen = 0
        self._started = time.perf_counter()
        self._told = 0.0

    def tick(self, seen: int) -> None:
        """Take note that the network is about to see that many rows.

        Raises:
            JobCancelled: The person cancelled.
        """
        self._control.check()
        self._within += seen
        self._tell()

    def row_done(self) -> None:
        """Take note that a row is explained."""
        self._finished += 1
        self._seen += self._within
        self._within = 0
        self._tell(last=self._finished == self._rows)

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.perf_counter() - self._started

    def _tell(self, last: bool = False) -> None:
        now = time.perf_counter()
        if not last and now - self._told < _EVERY:
            return
        self._told = now
        expected = self._seen / self._finished if self._finished else self._expected
        done = self._finished + min(0.99, self._within / max(1.0, expected))
        elapsed = now - self._started
        left = elapsed * (self._rows - done) / done if done and elapsed > _FIRST_ESTIMATE else None
        self._emit({
            "event": "progress", "done": round(done, 3), "total": self._rows,
            "seconds_left": left,
        })  # fmt: skip
