"""The store of a project's runs: what was trained, every batch's loss, every epoch's values.

The weights are in the runs' folders (`workbench.runs.files`); this is the record that lists and
plots read. Several processes may have it open; each statement is a transaction of its own.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import Place, RunError
from workbench.runs.database import FILE, open_database, store_error
from workbench.runs.files import (
    CHECKPOINT,
    RESULT,
    RUNS,
    SPEC,
    WEIGHTS,
    read_json,
    remove_folder,
    remove_torn_folder,
    run_folder,
)
from workbench.runs.spec import RunSpec, RunState
from workbench.runs.values import Series, joined, read_plain, write_plain


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as the list of runs shows it.

    Attributes:
        run_id: Its id, the name of its folder.
        name: What the person calls it; the id at first.
        state: What became of it.
        created: When it began, seconds since 1970.
        finished: When it ended, or None.
        result: The result of its train job; `{"error": plain}` when it failed.
        has_weights: Whether it can predict.
        can_go_on: Whether it ended before its end and left a checkpoint.
        spec: The frozen spec as plain data (`RunSpec.from_plain` reads it).
    """

    run_id: str
    name: str
    state: RunState
    created: float
    finished: float | None = None
    result: dict[str, Any] = field(default_factory=dict)
    has_weights: bool = False
    can_go_on: bool = False
    spec: dict[str, Any] = field(default_factory=dict, repr=False)


class RunStore:
    """The runs of a project. May be used from any thread.

    Args:
        project: The project folder.

    Attributes:
        message: What the person should know about the opening, for example that a damaged store
            was moved aside; "" mostly.

    Raises:
        RunError: The store cannot be opened or made.
    """

    def __init__(self, project: Path) -> None:
        self.project = Path(project)
        self._lock = threading.RLock()
        self._connection, self.message = open_database(self.project)
        if self.message:
            self._adopt_folders()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    # ---- writing -------------------------------------------------------------------------

    def create(self, spec: RunSpec, name: str = "") -> None:
        """Enter a run that begins now; does nothing when it is there already.

        Args:
            spec: The frozen spec.
            name: What to call it; its id when empty.

        Raises:
            RunError: It cannot be written.
        """
        run_folder(self.project, spec.run_id)
        with self._write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO runs (run_id, name, state, created, spec) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    spec.run_id,
                    name or spec.run_id,
                    RunState.RUNNING.value,
                    time.time(),
                    json.dumps(spec.to_plain(), ensure_ascii=False),
                ),
            )

    def reopen(self, run_id: str) -> None:
        """Enter that a run goes on which had ended before its end.

        Raises:
            RunError: It cannot be written.
        """
        with self._write() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, finished = NULL, result = NULL WHERE run_id = ?",
                (RunState.RUNNING.value, run_id),
            )

    def rewind(self, run_id: str, epoch: int, step: int) -> None:
        """Forget what a run recorded after a place in its course: it is made again.

        Args:
            run_id: The run.
            epoch: Epochs to keep.
            step: Steps to keep.

        Raises:
            RunError: It cannot be written.
        """
        with self._write() as connection:
            connection.execute("DELETE FROM epochs WHERE run_id = ? AND epoch > ?", (run_id, epoch))
            connection.execute(
                "DELETE FROM batches WHERE run_id = ? AND first_step >= ?", (run_id, step)
            )
            connection.execute(
                "UPDATE batches SET data = substr(data, 1, 4 * (? - first_step)) "
                "WHERE run_id = ? AND first_step + length(data) / 4 > ?",
                (step, run_id, step),
            )

    def finish(
        self, run_id: str, state: RunState | str, result: Mapping[str, Any] | None = None
    ) -> None:
        """Enter how a run ended; a folder without result, of a run that failed, is removed.

        Args:
            run_id: The run.
            state: What became of it.
            result: The train job's result, or `{"error": plain error}`.

        Raises:
            RunError: It cannot be written.
        """
        with self._write() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, finished = ?, result = ? WHERE run_id = ?",
                (RunState(state).value, time.time(), write_plain(dict(result or {})), run_id),
            )
        if not RunState(state).has_weights:
            remove_torn_folder(self.project, run_id)

    def add_batches(
        self, run_id: str, first_step: int, values: Mapping[str, npt.ArrayLike]
    ) -> None:
        """Keep values of consecutive batches.

        Args:
            run_id: The run.
            first_step: Global step of the first value, from 0.
            values: Name → one value per batch.

        Raises:
            RunError: It cannot be written.
        """
        rows = [
            (run_id, name, int(first_step), np.ascontiguousarray(series, "<f4").tobytes())
            for name, series in values.items()
        ]
        with self._write() as connection:
            connection.executemany("INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)", rows)

    def add_epoch(self, run_id: str, event: Mapping[str, Any]) -> None:
        """Keep an epoch.

        Args:
            run_id: The run.
            event: The `"epoch"` event of the train job.

        Raises:
            RunError: It cannot be written.
        """
        with self._write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?)",
                (run_id, int(event["epoch"]), write_plain(dict(event))),
            )

    def rename(self, run_id: str, name: str) -> None:
        """Call a run something else.

        Raises:
            RunError: The name is empty, or it cannot be written.
        """
        name = " ".join(name.split())
        if not name:
            raise RunError("A run needs a name.", place=Place("run", run_id))
        with self._write() as connection:
            connection.execute("UPDATE runs SET name = ? WHERE run_id = ?", (name[:200], run_id))

    def delete(self, run_id: str) -> None:
        """Delete a run, its curves and its folder.

        Raises:
            RunError: It cannot be written.
        """
        with self._write() as connection:
            for table in ("batches", "epochs", "runs"):
                connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))  # noqa: S608
        remove_folder(self.project, run_id)

    def fail_unfinished(self, keep: frozenset[str] = frozenset()) -> int:
        """Mark runs as failed whose engine is gone: those still running when a project opens.

        Args:
            keep: Runs that do go on.

        Returns:
            How many there were.

        Raises:
            RunError: It cannot be written.
        """
        running = [r.run_id for r in self.runs() if not r.state.is_finished]
        gone = [run_id for run_id in running if run_id not in keep]
        error = RunError("The program ended before this run did.").to_plain()
        for run_id in gone:
            self.finish(run_id, RunState.FAILED, {"error": error})
        return len(gone)

    # ---- reading -------------------------------------------------------------------------

    def runs(self) -> list[RunRecord]:
        """Return all runs, the latest first.

        Raises:
            RunError: The store cannot be read.
        """
        rows = self._read(
            "SELECT run_id, name, state, created, finished, result, spec FROM runs "
            "ORDER BY created DESC, run_id DESC"
        )
        return [self._record(row) for row in rows]

    def run(self, run_id: str) -> RunRecord | None:
        """Return a run, or None.

        Raises:
            RunError: The store cannot be read.
        """
        rows = self._read(
            "SELECT run_id, name, state, created, finished, result, spec FROM runs "
            "WHERE run_id = ?",
            run_id,
        )
        return self._record(rows[0]) if rows else None

    def latest_with_weights(self) -> RunRecord | None:
        """Return the latest run that can predict, or None.

        Raises:
            RunError: The store cannot be read.
        """
        return next((r for r in self.runs() if r.has_weights and r.state.has_weights), None)

    def batches(self, run_id: str) -> dict[str, Series]:
        """Return every batch's values of a run.

        Returns:
            Name → float32 array with one value per step from 0; NaN where none was recorded.

        Raises:
            RunError: The store cannot be read.
        """
        rows = self._read(
            "SELECT name, first_step, data FROM batches WHERE run_id = ? ORDER BY name, first_step",
            run_id,
        )
        pieces: dict[str, list[tuple[int, Series]]] = {}
        for name, first, data in rows:
            usable = len(data) - len(data) % 4
            series = np.frombuffer(data[:usable], "<f4").astype(np.float32)
            pieces.setdefault(str(name), []).append((int(first), series))
        return {name: joined(parts) for name, parts in pieces.items()}

    def epochs(self, run_id: str) -> list[dict[str, Any]]:
        """Return the `"epoch"` events of a run, in order.

        Raises:
            RunError: The store cannot be read.
        """
        rows = self._read("SELECT event FROM epochs WHERE run_id = ? ORDER BY epoch", run_id)
        return [read_plain(event) for (event,) in rows]

    # ---- inside --------------------------------------------------------------------------

    def _record(self, row: tuple[Any, ...]) -> RunRecord:
        run_id, name, state, created, finished, result, spec = row
        try:
            known = RunState(state)
        except ValueError:
            known = RunState.FAILED
        # A run that failed late has kept its best weights: they can be asked for by its id.
        ended = known in (RunState.DONE, RunState.STOPPED, RunState.FAILED)
        folder = self.project / RUNS / str(run_id)
        weights = ended and (folder / WEIGHTS).is_file()
        broken = known in (RunState.FAILED, RunState.CANCELLED)
        can_go_on = broken and (folder / CHECKPOINT).is_file()
        return RunRecord(
            str(run_id), str(name), known, float(created), finished,
            read_plain(result), weights, can_go_on, read_plain(spec),
        )  # fmt: skip

    def _read(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise store_error(self.project / FILE, error) from error

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise store_error(self.project / FILE, error) from error

    def _adopt_folders(self) -> None:
        """Enter the runs whose folders are whole; for a store that had to be made anew."""
        for result_file in sorted((self.project / RUNS).glob(f"*/{RESULT}")):
            try:
                spec = read_json(result_file.with_name(SPEC))
                result = read_json(result_file)
                state = RunState(str(result["state"]))
                run_id = str(spec["run_id"])
                run_folder(self.project, run_id)
                if run_id != result_file.parent.name:
                    continue
                finished = result_file.stat().st_mtime
            except (RunError, OSError, KeyError, TypeError, ValueError):
                continue
            created = finished - float(result.get("seconds", 0.0))
            with self._write() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        run_id,
                        run_id,
                        state.value,
                        created,
                        finished,
                        write_plain(spec),
                        write_plain(result),
                    ),
                )
