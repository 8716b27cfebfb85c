"""Earlier runs, read from the project's store in a worker thread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ui.plots import SeriesStore
from ui.train.curves import VALIDATION, RunCurves
from ui.train.run_table import RunRow
from workbench.errors import RunError
from workbench.runs.database import FILE
from workbench.runs.spec import RunState
from workbench.runs.store import RunRecord, RunStore

_NUMBERED: Final = re.compile(r"Run (\d+)")


@dataclass(frozen=True, slots=True)
class RunList:
    """All runs of a project.

    Attributes:
        rows: The runs, the latest first.
        records: The same runs as they are stored.
        message: What the person should know about the store, or "".
    """

    rows: list[RunRow]
    records: dict[str, RunRecord]
    message: str = ""


def load_list(folder: Path, active: str = "") -> RunList:
    """Read the list of runs; a run without a name is called "Run 1", "Run 2" … from now on.

    Args:
        folder: The project folder.
        active: The run that goes on, or ""; other unfinished ones are marked as failed.

    Raises:
        RunError: The store cannot be read.
    """
    if not (folder / FILE).exists():
        return RunList([], {})
    with closing(RunStore(folder)) as store:
        store.fail_unfinished(frozenset([active]))
        records = _named(store)
        rows = [_row(store, record) for record in records]
        return RunList(rows, {r.run_id: r for r in records}, store.message)


def _row(store: RunStore, record: RunRecord) -> RunRow:
    """Return a run as the table shows it; of one without a result, what its epochs tell."""
    row = row_of(record)
    if row.epochs:
        return row
    epochs = store.epochs(record.run_id)
    best = next((e for e in reversed(epochs) if e.get("best")), None)
    return replace(
        row, epochs=len(epochs), best=_numbers(best["values"]) if best is not None else {}
    )


def _named(store: RunStore) -> list[RunRecord]:
    records = store.runs()
    numbers = [int(found[1]) for r in records if (found := _NUMBERED.fullmatch(r.name))]
    following = max(numbers, default=0) + 1
    named = []
    for record in reversed(records):
        name = record.name
        if name == record.run_id:
            name = f"Run {following}"
            following += 1
            store.rename(record.run_id, name)
        named.append(replace(record, name=name))
    return named[::-1]


def row_of(record: RunRecord) -> RunRow:
    """Return a run as the table shows it."""
    result = record.result
    recipe = record.spec.get("recipe", {})
    ended = record.finished if record.finished is not None else record.created
    return RunRow(
        run_id=record.run_id,
        name=record.name,
        state=record.state,
        epochs=int(result.get("epochs") or 0),
        best=_numbers(result.get("values")),
        test=_numbers(result.get("test")),
        seconds=float(result.get("seconds") or ended - record.created),
        seed=int(recipe.get("seed", 0)) if isinstance(recipe, Mapping) else 0,
        started=record.created,
        can_go_on=record.can_go_on,
    )


def row_of_live(row: RunRow, run: RunCurves) -> RunRow:
    """Return the row of a run that goes on, with what it has reported so far."""
    best = {
        name: value
        for name in run.epochs
        if (value := run.value_at(name, run.best_epoch)) is not None
    }
    return replace(row, epochs=run.epoch, best=best, seconds=run.elapsed())


def _numbers(values: Any) -> dict[str, float]:
    if not isinstance(values, Mapping):
        return {}
    return {
        str(name): float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def load_curves(folder: Path, run_id: str) -> RunCurves:
    """Read the curves of a run.

    Raises:
        RunError: The run is gone or the store cannot be read.
    """
    with closing(RunStore(folder)) as store:
        record = store.run(run_id)
        if record is None:
            raise RunError("This run is not in the project any more.")
        return curves_of(record, store.epochs(run_id), store.batches(run_id))


def curves_of(
    record: RunRecord, epochs: list[dict[str, Any]], batches: Mapping[str, Any]
) -> RunCurves:
    """Build the curves of a run from what was stored.

    Args:
        record: The run.
        epochs: Its `"epoch"` events.
        batches: Name to values of all batches from step 0.
    """
    run = RunCurves(record.run_id, name=record.name)
    recipe = record.spec.get("recipe", {})
    run.begins = str(record.result.get("begins") or "")
    run.planned_epochs = int(recipe.get("epochs") or 0)
    run.steps_per_epoch = _steps_per_epoch(epochs, batches, run.planned_epochs)
    run.rows = {str(k): int(v) for k, v in (record.result.get("rows") or {}).items()}
    names = list(epochs[0]["values"]) if epochs else []
    run.metrics = [n for n in names if n != "loss" and not n.startswith(VALIDATION)]
    monitor = str((recipe.get("early_stopping") or {}).get("monitor", "auto"))
    if monitor == "auto":
        monitor = "val_loss" if "val_loss" in names else "loss"
    run.monitor = monitor
    for name, values in batches.items():
        series = np.asarray(values, np.float32)
        store = run.batches[name] = SeriesStore(np.float32, len(series))
        positions = np.arange(1, len(series) + 1, dtype=float) / max(1, run.steps_per_epoch)
        store.append(positions, series)
        run.step = max(run.step, len(series))
    for event in epochs:
        run.add_epoch(event)
    seconds = record.result.get("seconds")
    if seconds is None:
        seconds = (record.finished or record.created) - record.created
    run.finish(record.state, float(seconds))
    if record.state is RunState.RUNNING:
        # Not the time since it was created: it may have been taken up again after days.
        run.seconds = sum(float(event.get("seconds") or 0.0) for event in epochs)
    return run


def _steps_per_epoch(epochs: list[dict[str, Any]], batches: Mapping[str, Any], planned: int) -> int:
    if epochs and epochs[0].get("step"):
        return max(1, round(int(epochs[0]["step"]) / int(epochs[0]["epoch"])))
    longest = max((len(series) for series in batches.values()), default=0)
    return max(1, longest // max(1, planned)) if not epochs else max(1, longest // len(epochs))
