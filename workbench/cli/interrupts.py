"""Ctrl+C on a running job: a wish first, force only when asked again."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workbench.jobs import Control


@contextmanager
def interruptible(control: Control, *, stops: bool = False) -> Iterator[None]:
    """Let Ctrl+C (and a termination request) end a job cleanly while the block runs.

    Args:
        control: What the job polls.
        stops: True when the job can stop and keep its work: the first Ctrl+C then stops it, the
            second cancels it. Otherwise the first one cancels. One more ends the program.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        if stops and not control.stopped.is_set():
            control.stop()
            _say("Stopping; the best weights so far are kept. Ctrl+C once more discards the run.")
        elif not control.cancelled.is_set():
            control.cancel()
            _say("Cancelling …")
        else:
            raise KeyboardInterrupt

    def on_terminate(_signal: int, _frame: FrameType | None) -> None:
        control.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    before_terminate = signal.signal(signal.SIGTERM, on_terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, before_terminate)


def _say(text: str) -> None:
    print(f"\n{text}", file=sys.stderr, flush=True)
