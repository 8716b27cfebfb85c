"""Long work that has to be done in the main thread, in slices between which events are handled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SLICE: Final = 0.008
"""Length of a slice, s: half a frame, so that panning stays smooth meanwhile."""


class Slices(QObject):
    """One piece of long work at a time, done bit by bit.

    Args:
        parent: Parent object.

    Attributes:
        progressed: Emitted after each slice with the share that is done, 0 to 1.
    """

    progressed = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Iterator[float] | None = None
        self._done: Callable[[], None] | None = None
        self._failed: Callable[[Exception], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._slice)

    @property
    def active(self) -> bool:
        """Whether work is going on."""
        return self._steps is not None

    def start(
        self,
        steps: Iterator[float],
        done: Callable[[], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Begin, in place of what was going on.

        Args:
            steps: Does a little (well under a millisecond) before each value that it yields: the
                share that is done, 0 to 1. It is closed when the work is given up.
            done: Called at the end.
            failed: Called with an error of the work; without it the error goes to Qt's caller.
        """
        self.cancel()
        self._steps, self._done, self._failed = steps, done, failed
        self._timer.start()

    def cancel(self) -> None:
        """Give up what is going on; its `done` is not called."""
        steps, self._steps = self._steps, None
        self._done = self._failed = None
        self._timer.stop()
        if steps is not None and hasattr(steps, "close"):
            steps.close()

    def finish(self) -> None:
        """Do all the rest now, for someone who cannot wait for it."""
        while self._steps is not None:
            self._work(float("inf"))

    @Slot()
    def _slice(self) -> None:
        self._work(SLICE)

    def _work(self, seconds: float) -> None:
        steps, until = self._steps, time.perf_counter() + seconds
        if steps is None:
            return
        try:
            share = next(steps, None)
            while share is not None and time.perf_counter() < until:
                share = next(steps, None)
        except Exception as error:
            failed = self._failed
            if self._steps is steps:
                self.cancel()
            if failed is None:
                raise
            failed(error)
            return
        if share is None:
            self._end(steps)
        elif self._steps is steps:
            self.progressed.emit(share)

    def _end(self, steps: Iterator[float]) -> None:
        if self._steps is not steps:  # it was replaced by its own last step
            return
        done = self._done
        self.cancel()
        if done is not None:
            done()
