"""Asks the engine, one thing after the other: predictions, how fast the network is, explanations.

One job at a time, so that the page never makes the window start a second engine; a wish that has
become stale before its turn is forgotten, a job that runs is left to end (its rows are kept).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.explain.cache import ExplainedRows, Manner
from ui.explain.predictions import Predictions
from workbench.errors import JobCancelled
from workbench.explain.choices import Speed, automatic, seconds
from workbench.explain.results import Explanation

if TYPE_CHECKING:
    from ui.jobs import JobHandle
    from ui.session import ProjectSession

CHEAP = 2.0
"""Explanations that take less (s) are made without being asked for."""


class Inquiry(QObject):
    """The page's questions to the engine.

    Args:
        parent: Parent object.

    Attributes:
        predicted: Emitted with `Predictions`.
        measured: Emitted when the network's speed is known.
        explained: Emitted when further rows are explained; `explained_rows` has them.
        progressed: Emitted with every event of the job that runs.
        changed: Emitted when a job began or ended.
        failed: Emitted with the job's kind and the error; not for a cancel.
        cancelled: Emitted with the job's kind.
    """

    predicted = Signal(object)
    measured = Signal()
    explained = Signal()
    progressed = Signal(object)
    changed = Signal()
    failed = Signal(str, object)
    cancelled = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.explained_rows = ExplainedRows()
        self._session: ProjectSession | None = None
        self._job: JobHandle | None = None
        self._spec: dict[str, Any] = {}
        self._manner = Manner("")
        self._predict: dict[str, Any] | None = None
        self._measure: str = ""
        self._explain: tuple[Manner, list[int]] | None = None
        self._speeds: dict[str, Speed] = {}
        self._no_gradients: dict[str, str] = {}

    # ---- reading -------------------------------------------------------------------------

    @property
    def running(self) -> str:
        """Kind of the job that runs, or ""."""
        return self._job.kind if self._job is not None else ""

    @property
    def rows_running(self) -> int:
        """Number of rows that are being explained."""
        return len(self._spec.get("rows", ())) if self.running == "explain" else 0

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        waiting = self._predict or self._measure or self._explain
        return self._job is None and not waiting

    def speed(self, run_id: str) -> Speed | None:
        """Return the measured speed of a run's network, or None."""
        return self._speeds.get(run_id)

    def no_gradients(self, run_id: str) -> str:
        """Return why no gradients can be taken of a run's network, or ""."""
        return self._no_gradients.get(run_id, "")

    def estimate(
        self, manner: Manner, rows: int, columns: int, outputs: int, guess: Speed
    ) -> float:
        """Return about how long an explanation takes, s.

        Args:
            manner: How to explain.
            rows: How many rows.
            columns: Number of columns.
            outputs: Outputs of the network.
            guess: Speed to assume while none is measured.
        """
        name = automatic(columns) if manner.explainer == "auto" else manner.explainer
        speed = self.speed(manner.run_id) or guess
        return seconds(name, columns, rows, manner.background, speed, outputs, manner.space)

    # ---- asking --------------------------------------------------------------------------

    def set_session(self, session: ProjectSession | None) -> None:
        """Ask about another project, or about none."""
        self._forget_wishes()
        if self._job is not None:
            self._leave(self._job)
        self._session = session
        self.explained_rows.clear()
        self._speeds.clear()
        self._no_gradients.clear()

    def ask_predictions(self, run_id: str, part: str) -> None:
        """Ask for the predictions of a part of the data; older wishes are forgotten."""
        self._forget_wishes()
        self._predict = {"run_id": run_id, "part": part, "csv": None}
        self._next()

    def ask_speed(self, run_id: str) -> None:
        """Ask for the speed of a run's network unless it is known."""
        if run_id not in self._speeds:
            self._measure = run_id
            self._next()

    def ask_explanation(self, manner: Manner, rows: Sequence[int]) -> None:
        """Ask for the rows that are missing; takes the place of a wish that still waits."""
        missing = self.explained_rows.missing(manner, rows)
        if self.running == "explain" and self._manner == manner:
            coming = set(self._spec["rows"])
            missing = [row for row in missing if row not in coming]
        self._explain = (manner, missing) if missing else None
        self._next()

    def drop_explanation(self) -> None:
        """Forget an explanation that waits for its turn."""
        self._explain = None

    def cancel(self) -> None:
        """Cancel the job that runs and forget what waits."""
        self._forget_wishes()
        if self._job is not None:
            self._job.cancel()

    # ---- one after the other -------------------------------------------------------------

    def _forget_wishes(self) -> None:
        self._predict, self._measure, self._explain = None, "", None

    def _next(self) -> None:
        if self._job is not None or self._session is None:
            return
        project = str(self._session.document.folder)
        if self._predict is not None:
            spec, self._predict = {"project": project, **self._predict}, None
            self._start("predict", spec, "Predicting")
        elif self._explain is not None:
            (self._manner, rows), self._explain = self._explain, None
            spec = {
                "project": project, "run_id": self._manner.run_id, "rows": rows,
                "explainer": self._manner.explainer, "background": self._manner.background,
                "space": self._manner.space, "seed": 0,
            }  # fmt: skip
            self._start("explain", spec, "Explaining")
        elif self._measure:
            spec = {"project": project, "run_id": self._measure, "rows": 1, "background": 50}
            self._measure = ""
            self._start("explain_choices", spec, "Measuring the network")

    def _start(self, kind: str, spec: dict[str, Any], title: str) -> None:
        assert self._session is not None
        self._spec = spec
        self._job = job = self._session.start_job(kind, spec, title)
        job.event.connect(self._event)
        job.done.connect(self._done)
        job.failed.connect(self._failed)
        self.changed.emit()

    def _leave(self, job: JobHandle) -> None:
        """Cancel a job whose end is of no interest any more."""
        job.event.disconnect(self._event)
        job.done.disconnect(self._done)
        job.failed.disconnect(self._failed)
        job.cancel()
        self._job = None

    @Slot(object)
    def _event(self, event: dict[str, Any]) -> None:
        self.progressed.emit(event)

    @Slot(object)
    def _done(self, result: dict[str, Any]) -> None:
        kind, self._job = self.running, None
        if kind == "predict":
            self.predicted.emit(Predictions.from_result(result))
        elif kind == "explain":
            found = Explanation.from_plain(result["explanation"])
            self.explained_rows.add(self._manner, found)
            self.explained.emit()
        else:
            run_id = str(result["run_id"])
            self._speeds[run_id] = Speed.from_plain(result["speed"])
            self._no_gradients[run_id] = str(result.get("no_gradients", ""))
            self.measured.emit()
        self._go_on()

    @Slot(object)
    def _failed(self, error: Any) -> None:
        kind, self._job = self.running, None
        if isinstance(error, JobCancelled):
            self.cancelled.emit(kind)
        else:
            self.failed.emit(kind, error)
        self._go_on()

    def _go_on(self) -> None:
        self._next()
        self.changed.emit()
