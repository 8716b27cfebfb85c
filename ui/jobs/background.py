"""Short work without Keras (reading a table, listing templates) in a thread of the pool."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot


class Task(QObject):
    """Work that goes on in another thread; its signals arrive in the main thread.

    Attributes:
        done: Emitted with the result.
        failed: Emitted with the exception.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wanted = True

    def drop(self) -> None:
        """Forget about the result: neither signal will come any more."""
        self._wanted = False

    def deliver(self, result: Any, error: Exception | None) -> None:
        """Emit the outcome, unless nobody wants it any more."""
        if not self._wanted:
            return
        if error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)


class _Mailbox(QObject):
    """Brings outcomes into the main thread.

    Worker threads know it and a number, never a `Task`: a worker that held the last reference to
    a task would destroy it in its own thread, which Qt does not allow.
    """

    _arrived = Signal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[int, Task] = {}
        self._numbers = itertools.count()
        self._arrived.connect(self._hand_over)

    def register(self, task: Task) -> int:
        number = next(self._numbers)
        self.tasks[number] = task
        return number

    def post(self, number: int, result: Any, error: Exception | None) -> None:
        self._arrived.emit(number, result, error)

    @Slot(int, object, object)
    def _hand_over(self, number: int, result: Any, error: Any) -> None:
        self.tasks.pop(number).deliver(result, error)


_mailbox: list[_Mailbox] = []


def _the_mailbox() -> _Mailbox:
    if not _mailbox:
        _mailbox.append(_Mailbox())
    return _mailbox[0]


class _Work(QRunnable):
    def __init__(self, mailbox: _Mailbox, number: int, work: Callable[[], Any]) -> None:
        super().__init__()
        self._mailbox, self._number, self._work = mailbox, number, work

    def run(self) -> None:
        result, failure = None, None
        try:
            result = self._work()
        except Exception as error:  # handed to the one who asked
            failure = error
        self._mailbox.post(self._number, result, failure)


def run_in_thread(work: Callable[..., Any], *args: Any) -> Task:
    """Run a function in another thread. Called from the main thread.

    Args:
        work: The function; it must not touch widgets or the project document, nor hold a
            QObject (a bound method of a widget would).
        *args: Its arguments.

    Returns:
        The task; connect to it at once, its signals come through the event loop.
    """
    task = Task()
    mailbox = _the_mailbox()
    number = mailbox.register(task)
    QThreadPool.globalInstance().start(_Work(mailbox, number, lambda: work(*args)))
    return task


def finish_background(milliseconds: int = 5000) -> bool:
    """Wait for all work to end, when the application closes.

    Args:
        milliseconds: Longest wait.

    Returns:
        Whether everything ended.
    """
    for task in tuple(_the_mailbox().tasks.values()):
        task.drop()
    return QThreadPool.globalInstance().waitForDone(milliseconds)
