"""Runs an epoch chunk by chunk: order of the rows, live events, pause, stop, cancel, new settings.

Knows nothing of Keras or a backend. Every batch's own loss passes through here exactly once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import JobCancelled, Place, RunError, WorkbenchError
from workbench.jobs import Control, Emit, Event
from workbench.training.pace import Pacer

EVENT_SECONDS = 0.03
"""Shortest time between two `batches` events."""
PROGRESS_SECONDS = 0.2

Order = npt.NDArray[np.int32]
Chunk = Callable[[int, int], npt.NDArray[np.float32]]
"""Runs steps `first` to `first + steps` of an epoch and returns the loss of each."""


class Conductor:
    """The course of one training.

    Args:
        rows: Training rows.
        batch_size: Rows per step; the last step of an epoch may have fewer.
        epochs: Most epochs.
        seed: Seed of the order of the rows.
        emit: Hears the events.
        control: What the person asks.
        set_learning_rate: Called when the person changes the learning rate.

    Attributes:
        epoch: The epoch that goes on, from 0.
        first_epoch: The one to begin with, from 0.
        step: Global step that comes next, from 0.
        failure: Why the training must end, to be raised after `fit` has returned. (Raising
            inside `fit` would leave JAX's variables behind in a half-moved state.)
        stopped: The person asked to end and keep the work.
    """

    def __init__(
        self,
        rows: int,
        batch_size: int,
        epochs: int,
        seed: int,
        emit: Emit,
        control: Control,
        set_learning_rate: Callable[[float], None],
    ) -> None:
        self.rows, self.batch_size, self.epochs, self._seed = rows, batch_size, epochs, seed
        self._emit, self._control = emit, control
        self._set_learning_rate = set_learning_rate
        self.epoch = self.first_epoch = 0
        self.step = self._first_step = 0
        self.failure: WorkbenchError | None = None
        self.stopped = False
        self.paused_seconds = 0.0
        self._pacer, self._slow_pacer = Pacer(), Pacer()
        self._waiting: list[npt.NDArray[np.float32]] = []
        self._epochs_waiting: list[Event] = []
        self._first_waiting = 0
        self._sent = self._progressed = 0.0
        self._started = time.monotonic()
        self._speed = 0.0

    @property
    def steps_per_epoch(self) -> int:
        """Steps of an epoch."""
        return math.ceil(self.rows / self.batch_size)

    @property
    def ending(self) -> bool:
        """Whether no more step should run."""
        return self.stopped or self.failure is not None

    def go_on(self, epoch: int, step: int) -> None:
        """Begin not at the start but where an earlier training stood.

        Args:
            epoch: Epochs that ended.
            step: Steps that were made.
        """
        self.epoch = self.first_epoch = epoch
        self.step = self._first_step = step

    def order(self) -> Order:
        """Return the order of the rows in this epoch: drawn anew from seed and epoch alone."""
        generator = np.random.default_rng([self._seed, self.epoch])
        return generator.permutation(self.rows).astype(np.int32)

    def run_epoch(self, chunk: Chunk) -> None:
        """Run the steps of an epoch, or fewer when `ending` comes first."""
        done, total = 0, self.steps_per_epoch
        while done < total and not self._look():
            steps = self._pacer.next(total - done)
            started = time.perf_counter()
            losses = chunk(done, steps)
            taken = time.perf_counter() - started
            self._pacer.took(steps, taken)
            self._note(losses, taken)
            done += steps
        if self.ending:
            self.flush()

    def run_evaluation(self, rows: int, batch_size: int, chunk: Callable[[int, int], None]) -> None:
        """Run the steps of an evaluation, or fewer when the training failed or was cancelled."""
        done, total = 0, math.ceil(rows / batch_size)
        while done < total:
            self._look(settings=False)
            if self.failure is not None:
                return
            steps = self._slow_pacer.next(total - done)
            started = time.perf_counter()
            chunk(done, steps)
            self._slow_pacer.took(steps, time.perf_counter() - started)
            done += steps

    def report_epoch(self, event: Event) -> None:
        """Send an `epoch` event, after the losses of its batches; soon, if not at once."""
        self._epochs_waiting.append(event)
        self._flush_if_due()

    def flush(self) -> None:
        """Send the losses that wait, then the epochs that wait."""
        self._sent = time.monotonic()
        if self._waiting:
            values = np.concatenate(self._waiting)
            first, self._waiting = self._first_waiting, []
            self._emit({"event": "batches", "first_step": first, "values": {"loss": values}})
        waiting, self._epochs_waiting = self._epochs_waiting, []
        for event in waiting:
            self._emit(event)

    # ---- inside --------------------------------------------------------------------------

    def _note(self, losses: npt.NDArray[np.float32], taken: float) -> None:
        if not self._waiting:
            self._first_waiting = self.step
        self._waiting.append(losses)
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            self.failure = _not_finite(self.step + int(bad[0]), self.epoch, losses[bad[0]])
        self.step += len(losses)
        if taken > 0:
            speed = len(losses) / taken
            self._speed = speed if not self._speed else 0.8 * self._speed + 0.2 * speed
        now = time.monotonic()
        self._flush_if_due()
        if now - self._progressed >= PROGRESS_SECONDS:
            self._progressed = now
            self._progress()

    def _flush_if_due(self) -> None:
        if time.monotonic() - self._sent >= EVENT_SECONDS:
            self.flush()

    def _progress(self) -> None:
        total = self.epochs * self.steps_per_epoch
        used = time.monotonic() - self._started - self.paused_seconds
        made = self.step - self._first_step
        left = used / made * (total - self.step) if made and used > 0.5 else None
        self._emit(
            {
                "event": "progress",
                "done": self.step,
                "total": total,
                "seconds_left": left,
                "epoch": self.epoch + 1,
                "steps_per_second": self._speed,
            }
        )

    def _look(self, settings: bool = True) -> bool:
        """Look at what the person asks; return whether no more step should run.

        Args:
            settings: Whether to take new settings; not amid an evaluation, when JAX's optimizer
                is not at hand.
        """
        if self._control.paused.is_set():
            self._pause()
        if self._control.cancelled.is_set():
            self.failure = JobCancelled("Cancelled.")
        if self._control.stopped.is_set() and self.step:  # something must have been trained
            self.stopped = True
        if settings:
            for name, value in self._control.take_settings().items():
                self._change(name, value)
        return self.ending

    def _pause(self) -> None:
        self.flush()
        self._emit({"event": "paused", "step": self.step})
        started = time.monotonic()
        self._control.wait_while_paused()
        self.paused_seconds += time.monotonic() - started
        self._emit({"event": "resumed", "step": self.step})

    def _change(self, name: str, value: Any) -> None:
        if name != "learning_rate":
            return
        rate = float(value)
        if math.isfinite(rate) and rate > 0:
            self._set_learning_rate(rate)
            self._emit({"event": "learning_rate", "value": rate, "step": self.step})


def _not_finite(step: int, epoch: int, loss: Any) -> RunError:
    what = "not a number (NaN)" if math.isnan(float(loss)) else "infinite"
    return RunError(
        f"The loss became {what} at step {step + 1:,}, in epoch {epoch + 1}.",
        expected="a finite loss",
        remedy="Lower the learning rate, clip the gradients (clip norm 1), scale the features, "
        "or look for extreme values in the data.",
        place=Place("field", "optimizer.learning_rate"),
    )
