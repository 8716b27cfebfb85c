"""Short work without Keras (reading a table, listing templates) in a thread of the pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

_waiting: set[Task] = set()


class Task(QObject):
    """Work that goes on in another thread; its signals arrive in the thread that started it.

    Attributes:
        done: Emitted with the result.
        failed: Emitted with the exception.
    """

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._wanted = True
        self._ended.connect(self._deliver)

    def drop(self) -> None:
        """Forget about the result: neither signal will come any more."""
        self._wanted = False

    @Slot(object, object)
    def _deliver(self, result: Any, error: Any) -> None:
        _waiting.discard(self)
        if not self._wanted:
            return
        if error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)


class _Work(QRunnable):
    def __init__(self, task: Task, work: Callable[[], Any]) -> None:
        super().__init__()
        self._task, self._work = task, work

    def run(self) -> None:
        result, failure = None, None
        try:
            result = self._work()
        except Exception as error:  # handed to the one who asked
            failure = error
        self._task._ended.emit(result, failure)


def run_in_thread(work: Callable[..., Any], *args: Any) -> Task:
    """Run a function in another thread.

    Args:
        work: The function; it must not touch widgets or the project document.
        *args: Its arguments.

    Returns:
        The task; connect to it at once, its signals come through the event loop.
    """
    task = Task()
    _waiting.add(task)
    QThreadPool.globalInstance().start(_Work(task, lambda: work(*args)))
    return task


def finish_background(milliseconds: int = 5000) -> bool:
    """Wait for all work to end, when the application closes.

    Args:
        milliseconds: Longest wait.

    Returns:
        Whether everything ended.
    """
    for task in tuple(_waiting):
        task.drop()
    return QThreadPool.globalInstance().waitForDone(milliseconds)
