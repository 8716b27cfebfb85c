"""Python's cycle collector, kept in the main thread.

Python collects cycles in whichever thread happens to allocate. When that is a worker thread and
the garbage holds widgets, their destructors run there: Qt holds its signal lock and waits for
Python's, while the main thread holds Python's and waits for Qt's. The window then stands still
for ever (met in our tests). So the automatic collector is switched off, and a timer in the main
thread does what it would have done, by the same thresholds. A full collection walks through all
there is (a network of 10,000 layers takes 100 ms), so it comes the more seldom the longer it takes.
"""

from __future__ import annotations

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500
_REST: Final = 400.0
"""Least time between two full collections, as a multiple of what the last one took."""


class MainThreadCollector(QObject):
    """Collects cycles in the thread it lives in, while it lives.

    Args:
        parent: Parent object; it must live in the main thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._full_from = 0.0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect the oldest generation that is due; a quiet program collects nothing."""
        counts, begun = gc.get_count(), time.monotonic()
        for generation in (2, 1, 0):
            if counts[generation] <= self._thresholds[generation]:
                continue
            if generation == 2 and begun < self._full_from:
                continue
            gc.collect(generation)
            if generation == 2:
                took = time.monotonic() - begun
                self._full_from = begun + _REST * took
            return


def leave_out_what_lasts(_done: object = None) -> None:
    """Leave everything that is there now out of later collections.

    Called once the modules of all pages are loaded: a full collection that walks through them
    takes 60 ms, in which the window would stand still.
    """
    gc.freeze()


def look_again_at_what_lasts() -> None:
    """Collect what a closed project has left among what is left out; leave the rest out again.

    A project that was open when `leave_out_what_lasts` was called would stay in memory otherwise.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()
