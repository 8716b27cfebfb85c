"""Keeps a comparison with the present network up to date, without holding the window up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs import Task, run_in_thread
from workbench.errors import JobCancelled
from workbench.graph.blocks import Block
from workbench.graph.compare import Comparison, compare, without_names
from workbench.graph.differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.graph import Graph

SMALL: Final = 300
"""Layers of both networks up to which they are compared at once."""
_PAUSE: Final = 150
"""Milliseconds without an edit before large networks are compared anew."""


class LiveComparison(QObject):
    """Compares a network with another one after each edit.

    Attributes:
        changed: Emitted when `found` and `rows` are of the network as it is.
        working_changed: Emitted when a comparison in another thread began or ended.
        found: The last comparison, or None.
        rows: What differs.
        fresh: Whether they are of the network as it is now.
        names: Whether it counts what layers are called.
    """

    changed = Signal()
    working_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: Graph | None = None
        self._now: Callable[[], Graph] | None = None
        self._task: Task | None = None
        self._cancelled = threading.Event()
        self.found: Comparison | None = None
        self.rows: tuple[Difference, ...] = ()
        self.fresh = False
        self.names = True
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._compare)

    def start(self, before: Graph, now: Callable[[], Graph]) -> None:
        """Compare with another network from now on.

        Args:
            before: The other network; not to be changed.
            now: Returns the present one.
        """
        self.stop()
        self._before, self._now = before, now
        self._compare()

    def stop(self) -> None:
        """Compare no more."""
        self._give_up()
        self._soon.stop()
        self._before = self._now = self.found = None
        self.rows, self.fresh = (), False

    @Slot(bool)
    def count_names(self, names: bool) -> None:
        """Let it count, or not, what layers are called."""
        self.names = names
        if self._before is not None:
            self._compare()

    @property
    def working(self) -> bool:
        """Whether a comparison is being made in another thread."""
        return self._task is not None

    @Slot()
    def note_edit(self) -> None:
        """Take notice that the present network was edited."""
        if self._before is None:
            return
        self.fresh = False
        self._soon.start(0 if self._small() else _PAUSE)

    def _small(self) -> bool:
        before, now = self._before, self._now
        return before is not None and now is not None and _size(before) + _size(now()) <= SMALL

    @Slot()
    def _compare(self) -> None:
        before, now = self._before, self._now
        if before is None or now is None:
            return
        self._give_up()
        after = now().copy()
        cancelled = self._cancelled = threading.Event()
        if self._small():
            self._done(_work(before, after, self.names, cancelled))
            return
        self._task = run_in_thread(_work, before, after, self.names, cancelled)
        self._task.done.connect(self._done)
        self._task.failed.connect(self._failed)
        self.working_changed.emit(True)

    def _give_up(self) -> None:
        self._cancelled.set()
        task, self._task = self._task, None
        if task is not None:
            task.drop()
            self.working_changed.emit(False)

    @Slot(object)
    def _done(self, result: tuple[Comparison, tuple[Difference, ...]]) -> None:
        was, self._task = self._task, None
        self.found, self.rows = result
        self.fresh = not self._soon.isActive()
        if was is not None:
            self.working_changed.emit(False)
        self.changed.emit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._task = None
        self.working_changed.emit(False)
        if not isinstance(error, JobCancelled):
            raise error


def _work(
    before: Graph, after: Graph, names: bool, cancelled: threading.Event
) -> tuple[Comparison, tuple[Difference, ...]]:
    def check() -> None:
        if cancelled.is_set():
            raise JobCancelled("Cancelled.")

    found = compare(before, after, check)
    found = found if names else without_names(found)
    check()
    return found, differences(found)


def _size(graph: Graph) -> int:
    blocks = graph.records.of(Block.kind).values()
    return len(graph) + sum(len(block.graph) for block in blocks if isinstance(block, Block))
