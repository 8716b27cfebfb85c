"""Python's cycle collector, kept in the main thread.

Python collects cycles in whichever thread happens to allocate. When that is a worker thread and
the garbage holds widgets, their destructors run there: Qt holds its signal lock and waits for
Python's, while the main thread holds Python's and waits for Qt's. The window then stands still
for ever (met in our tests). So the automatic collector is switched off, and a timer in the main
thread does what it would have done, by the same thresholds.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class MainThreadCollector(QObject):
    """Collects cycles in the thread it lives in, while it lives.

    Args:
        parent: Parent object; it must live in the main thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect the oldest generation that is due; a quiet program collects nothing."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return


def leave_out_what_lasts(_done: object = None) -> None:
    """Leave everything that is there now out of later collections.

    Called once the modules of all pages are loaded: a full collection that walks through them
    takes 60 ms, in which the window would stand still.
    """
    gc.freeze()
