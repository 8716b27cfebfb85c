"""Events of a job on the command line: a progress line for people, or one JSON object a line."""

from __future__ import annotations

import json
import math
import sys
import time
from typing import Any

from workbench.cli.output import ProgressLine
from workbench.jobs import Event


def json_ready(value: Any) -> Any:
    """Return a value with arrays as lists, and what JSON cannot say (infinity, NaN) as null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): json_ready(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(entry) for entry in value]
    return value


def print_event(event: Event) -> None:
    """Print an event as one line of JSON."""
    print(json.dumps(json_ready(event), ensure_ascii=False, allow_nan=False), flush=True)


class JobProgress:
    """Shows the general events of a job (phase, progress) on a line that is written over.

    Args:
        enabled: Show nothing when False.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._line = ProgressLine(enabled=enabled)
        self._phase = ""

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if event.get("event") == "phase":
            self._phase = str(event.get("text", ""))
            self._line.show(0, 0, self._phase)
        elif event.get("event") == "progress":
            self._line.show(
                float(event.get("done", 0)),
                float(event.get("total", 0) or 0),
                self._phase,
                left=event.get("seconds_left"),
            )

    def end(self) -> None:
        """Remove the line."""
        self._line.end()


class TrainProgress:
    """Shows a training run: epoch, loss, validation loss, time left."""

    def __init__(self) -> None:
        self._line = ProgressLine()
        self._start = time.monotonic()
        self._epochs = self._steps = 0
        self._text = ""
        self._progress = JobProgress()

    def __call__(self, event: Event) -> None:
        """Take an event."""
        kind = event.get("event")
        if kind == "run_started":
            self._progress.end()
            self._start = time.monotonic()
            self._epochs, self._steps = int(event["epochs"]), int(event["steps_per_epoch"])
            rows = event.get("rows", {})
            if event.get("epoch"):
                print(f"Going on after epoch {event['epoch']}.", file=sys.stderr)
            print(
                f"Training on {rows.get('train', 0)} rows, validation {rows.get('validation', 0)}, "
                f"test {rows.get('test', 0)}; {event.get('parameters', 0)} parameters.",
                file=sys.stderr,
            )
            if event.get("begins"):
                print(f"{event['begins']}.", file=sys.stderr)
        elif kind == "batches":
            values = event.get("values", {}).get("loss")
            if values is not None and len(values):
                self._show(int(event["first_step"]) + len(values), f"loss {float(values[-1]):.4g}")
        elif kind == "epoch":
            known = event.get("values", {})
            self._text = "  ".join(
                f"{name} {float(known[name]):.4g}" for name in ("loss", "val_loss") if name in known
            )
            self._show(int(event["step"]), self._text)
        elif not self._epochs:
            self._progress(event)

    def end(self) -> None:
        """Remove the line."""
        self._progress.end()
        self._line.end()

    def _show(self, step: int, text: str) -> None:
        total = self._epochs * self._steps
        elapsed = time.monotonic() - self._start
        left = elapsed / step * (total - step) if step and elapsed > 1 else None
        epoch = min(step // max(self._steps, 1) + 1, self._epochs)
        self._line.show(step, total, f"epoch {epoch}/{self._epochs}  {text}", left=left)
