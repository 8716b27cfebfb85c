"""What one run has reported so far: its curves and its progress. No widgets.

The same object is filled from the events of a run that goes on, and from the store for an earlier
one (in a worker thread). Positions are epochs: batch i of an epoch of n steps stands at
epoch - 1 + i / n, so that runs with different batch sizes can be compared.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ui.plots import SeriesStore
from workbench.runs.spec import RunState

VALIDATION = "val_"


@dataclass(slots=True)
class RunCurves:
    """Curves and progress of one run.

    Attributes:
        run_id: The run.
        name: What the person calls it.
        state: What became of it.
        paused: Whether it waits.
        phase: What it is doing before the first step ("Reading data"), or "".
        planned_epochs: Most epochs; 0 while unknown.
        steps_per_epoch: Steps of an epoch; 0 while unknown.
        rows: Number of rows by part of the data.
        metrics: Names of the logged metrics, without the loss.
        monitor: The value that decides which epoch is best.
        batches: Values of every batch by name.
        epochs: Values of every epoch by name; `"val_loss"` for validation.
        epoch: Epochs that have ended.
        step: Steps that have been reported.
        best_epoch: The best epoch so far, or 0.
        best_value: The monitored value there.
        patience: Epochs without improvement, and how many are allowed; None without early
            stopping.
        learning_rate: The latest one known, or None.
        steps_per_second: Speed, or None while unknown.
        seconds: Time spent in training, s, as far as known.
        begins: What it says about imported weights, or "".
    """

    run_id: str
    name: str = ""
    state: RunState = RunState.RUNNING
    paused: bool = False
    phase: str = ""
    planned_epochs: int = 0
    steps_per_epoch: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)
    monitor: str = ""
    batches: dict[str, SeriesStore] = field(default_factory=dict)
    epochs: dict[str, SeriesStore] = field(default_factory=dict)
    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_value: float = math.nan
    patience: tuple[int, int] | None = None
    learning_rate: float | None = None
    steps_per_second: float | None = None
    seconds: float = 0.0
    begins: str = ""
    _clock: float = field(default_factory=time.monotonic)
    _running_since: float | None = None
    _left: tuple[float | None, float] = (None, 0.0)

    # ---- events --------------------------------------------------------------------------

    def take(self, event: Mapping[str, Any]) -> None:
        """Take an event of the train job (see `workbench.training.train`); others are ignored."""
        kind = event.get("event")
        if kind == "batches":
            self.add_batches(int(event["first_step"]), event["values"])
        elif kind == "epoch":
            self.add_epoch(event)
        elif kind == "progress":
            speed = event.get("steps_per_second")
            self.steps_per_second = float(speed) if speed else self.steps_per_second
            left = event.get("seconds_left")
            self._left = (None if left is None else float(left), time.monotonic())
        elif kind == "run_started":
            self._started(event)
        elif kind == "learning_rate":
            self.learning_rate = float(event["value"])
        elif kind == "phase":
            self.phase = str(event.get("text", ""))
        elif kind in ("paused", "resumed"):
            self._pause(kind == "paused")

    def _started(self, event: Mapping[str, Any]) -> None:
        self.planned_epochs = int(event["epochs"])
        self.steps_per_epoch = int(event["steps_per_epoch"])
        self.rows = {str(part): int(count) for part, count in event.get("rows", {}).items()}
        self.metrics = [str(name) for name in event.get("metrics", ()) if name != "loss"]
        self.monitor = str(event.get("monitor", ""))
        self.phase, self.begins = "", str(event.get("begins") or "")
        self._running_since = time.monotonic()

    def _pause(self, paused: bool) -> None:
        if paused == self.paused:
            return
        if paused:
            self.seconds, self._running_since = self.elapsed(), None
        else:
            self._running_since = time.monotonic()
        self.paused = paused

    def add_batches(self, first_step: int, values: Mapping[str, Any]) -> None:
        """Add the values of consecutive batches.

        Args:
            first_step: Number of the first batch, counted over all epochs from 0.
            values: Name to values, one per batch.
        """
        expected = self.planned_epochs * self.steps_per_epoch
        for name, series in values.items():
            store = self.batches.get(name)
            if store is None:
                store = self.batches[name] = SeriesStore(np.float32, expected)
            # Those that were read from the store already are not taken twice.
            known = min(max(0, len(store) - first_step), len(series))
            array, first = np.asarray(series, np.float32)[known:], first_step + known
            positions = np.arange(first + 1, first + 1 + len(array), dtype=float)
            store.append(positions / max(1, self.steps_per_epoch), array)
            self.step = max(self.step, first + len(array))

    def add_epoch(self, event: Mapping[str, Any]) -> None:
        """Add the values of an epoch that has ended; a second time it is ignored."""
        if int(event["epoch"]) <= self.epoch:
            return
        self.epoch = int(event["epoch"])
        for name, value in event["values"].items():
            store = self.epochs.setdefault(name, SeriesStore())
            store.append([self.epoch], [math.nan if value is None else float(value)])
        if event.get("best"):
            self.best_epoch = self.epoch
            self.best_value = float(event["values"].get(self.monitor) or math.nan)
        if event.get("learning_rate") is not None:
            self.learning_rate = float(event["learning_rate"])
        waited, allowed = map(int, event.get("patience") or (0, 0))
        self.patience = (waited, allowed) if allowed else None

    def finish(self, state: RunState, seconds: float | None = None) -> None:
        """Note that the run has ended."""
        self.seconds = self.elapsed() if seconds is None else seconds
        self._running_since = None
        self.state, self.paused, self.phase = state, False, ""

    def go_on(self) -> None:
        """Note that a run that was read from the store still goes on."""
        self.state = RunState.RUNNING
        self._running_since = time.monotonic()

    # ---- figures -------------------------------------------------------------------------

    @property
    def progress(self) -> float:
        """Share of the planned steps that have been made, 0 … 1."""
        total = self.planned_epochs * self.steps_per_epoch
        done = max(self.step, self.epoch * self.steps_per_epoch)
        return min(1.0, done / total) if total else 0.0

    def elapsed(self) -> float:
        """Return the time spent in training so far, s, pauses left out."""
        running = 0.0 if self._running_since is None else time.monotonic() - self._running_since
        return self.seconds + running

    def seconds_left(self) -> float | None:
        """Return the time that the planned epochs will still take, s, or None while unknown.

        The engine tells it from the pace of now; before it does, all time spent so far counts.
        """
        if not 0 < self.progress < 1 or self.state.is_finished:
            return None
        left, told = self._left
        if left is not None:
            return max(0.0, left - (0.0 if self.paused else time.monotonic() - told))
        return self.elapsed() * (1 - self.progress) / self.progress

    @property
    def logged(self) -> list[str]:
        """Names of what was logged, without validation: the loss first, then the metrics."""
        found: dict[str, None] = {"loss": None}
        for name in (*self.metrics, *self.epochs, *self.batches):
            found.setdefault(name.removeprefix(VALIDATION))
        return list(found)

    def last(self, name: str) -> float | None:
        """Return the latest finite value of an epoch curve, or None."""
        store = self.epochs.get(name)
        point = store.last if store is not None else None
        return point[1] if point is not None else None

    def value_at(self, name: str, epoch: int) -> float | None:
        """Return the value of an epoch curve at an epoch, or None."""
        store = self.epochs.get(name)
        point = store.at(epoch) if store is not None else None
        return point[1] if point is not None and point[0] == epoch else None

    def describe(self, x: float) -> str:
        """Say a position in words: "epoch 12", "epoch 12 · step 341"."""
        whole = round(x)
        if not self.steps_per_epoch:
            return f"epoch {x:g}"
        step = round(x * self.steps_per_epoch)
        if abs(x - whole) < 1e-9 and whole:
            return f"epoch {whole:,} · step {step:,}"
        return f"epoch {math.floor(x) + 1:,} · step {step:,}"


def all_logged(runs: Iterable[RunCurves]) -> list[str]:
    """Return the names of what any of several runs logged, the loss first."""
    found: dict[str, None] = {"loss": None}
    for run in runs:
        found.update(dict.fromkeys(run.logged))
    return list(found)
