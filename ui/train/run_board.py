"""The runs of a project on the page: the one that goes on, earlier ones, which of them are shown.

Events of a run come up to thirty times a second: the curves take them at once, the plots redraw
from their own timers, the header and the list follow four times a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.services import as_workbench_error
from ui.train.curves import RunCurves
from ui.train.history import RunList, row_of_live
from ui.train.run_loader import RunLoader
from ui.train.run_table import RunRow
from ui.train.run_view import RunView
from workbench.errors import JobCancelled
from workbench.runs.spec import RunState
from workbench.runs.store import RunRecord

_TICK: Final = 250
"""Time between two updates of header and list while a training goes on, ms."""


class RunBoard(QObject):
    """Keeps a `RunView` true to the runs of a project.

    Args:
        view: The view.
        parent: Parent object.

    Attributes:
        changed: Emitted when there are other runs, others are shown, or one began or ended.
        selected: Emitted with the id of the one run that is shown.
        live: The run that goes on, or the last one of this session.
        runs: The list as it was last read.
        shown: Ids of the runs that are shown.
        running: Whether the live run goes on.
    """

    changed = Signal()
    selected = Signal(str)

    def __init__(self, view: RunView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._loader: RunLoader | None = None
        self.live: RunCurves | None = None
        self.runs = RunList([], {})
        self.shown: list[str] = []
        self._drawn: list[str] = []
        self.running = False
        self._missed: list[dict[str, Any]] | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK)
        self._tick.timeout.connect(self._show_progress)
        view.table.renamed.connect(self.rename)

    @property
    def has_runs(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.runs.rows) or self.live is not None

    @property
    def has_weights(self) -> bool:
        """Whether any run left a network that can predict."""
        live = self.live is not None and self.live.state.has_weights
        return live or any(row.state.has_weights for row in self.runs.rows)

    @property
    def record_shown(self) -> RunRecord | None:
        """What is stored of the run whose curves are there to be seen, if it is one."""
        return self.runs.records.get(self._drawn[0]) if len(self._drawn) == 1 else None

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._loader is not None and self._loader.busy

    def open(self, folder: Path | None) -> None:
        """Show the runs of another project, or none."""
        if self._loader is not None:
            self._loader.close()
            self._loader.deleteLater()
            self._loader = None
        self._tick.stop()
        self.live, self.runs, self.shown, self.running = None, RunList([], {}), [], False
        self._missed, self._drawn = None, []
        self._view.banner.hide()
        self._view.table.show_rows([])
        if folder is not None:
            self._loader = loader = RunLoader(folder, self)
            loader.listed.connect(self._listed)
            loader.curves_loaded.connect(self._curves_loaded)
            loader.failed.connect(self._not_loaded)
            self.load_list()

    # ---- the run that goes on ------------------------------------------------------------

    def begin(self, metrics: list[str], run_id: str = "", *, broke_off: bool = False) -> None:
        """Note that a training begins.

        Args:
            metrics: Names of the metrics that it will log.
            run_id: Its id when it began before anybody looked: what was missed is read from the
                store. "" for one that begins now (see `follow`).
            broke_off: It goes on after it broke off: the store is read once it has told from where.
        """
        numbers = [row.name.removeprefix("Run ") for row in self.runs.rows]
        following = max((int(n) for n in numbers if n.isdecimal()), default=0) + 1
        self.live, self.running = RunCurves(run_id, name=f"Run {following}", metrics=metrics), True
        self._view.banner.hide()
        self._tick.start()
        self._missed = [] if run_id else None
        self._view.header.offer_going_on(False)
        if broke_off:
            self.live.name = self._name_of(run_id)
        elif run_id:
            self.shown = [run_id]
            self._read_missed()

    def follow(self, run_id: str) -> None:
        """Show a run that was chosen elsewhere; it is the live one if that has no id yet."""
        if self.live is not None and not self.live.run_id:
            self.live.run_id = run_id
        if self.shown != [run_id]:
            self.show([run_id])

    def take(self, event: dict[str, Any]) -> None:
        """Take an event of the live run."""
        live = self.live
        if live is None:
            return
        if self._missed is not None:
            self._missed.append(event)
            if event.get("event") == "epoch" or event.get("step"):
                self._read_missed()
            return
        live.take(event)
        if self.shown != [live.run_id]:
            return
        if event.get("event") in ("batches", "epoch", "run_started"):
            self._view.plots.refresh()
        elif event.get("event") in ("paused", "resumed"):
            self._view.header.show_run(live)

    def finish(self, outcome: Any) -> None:
        """Note how the live run ended.

        Args:
            outcome: The job's result, or the error.
        """
        self.running = False
        self._tick.stop()
        live = self.live
        if live is None:
            return
        cancelled = isinstance(outcome, JobCancelled)
        if isinstance(outcome, BaseException) and not cancelled:
            self._view.banner.show_error(as_workbench_error(outcome))
        if self._missed is not None:  # the store has it all now
            self._missed, self.live, self.shown = None, None, [live.run_id]
            self._read_missed(live.run_id)
            return
        test: dict[str, float] = {}
        if isinstance(outcome, BaseException):
            live.finish(RunState.CANCELLED if cancelled else RunState.FAILED)
        else:
            live.finish(RunState(outcome["state"]), float(outcome["seconds"]))
            test = dict(outcome.get("test") or {})
        if self._loader is not None:
            self._loader.keep(live)
        if self.shown == [live.run_id]:
            self._view.plots.refresh()
            self._view.header.show_run(live)
            if live.state.has_weights:
                self._view.result.show_result(live, test)
        self.changed.emit()

    def _name_of(self, run_id: str) -> str:
        record = self.runs.records.get(run_id)
        return record.name if record is not None else run_id

    def _read_missed(self, run_id: str = "") -> None:
        """Read what happened before anybody looked."""
        if self._loader is not None:
            self._loader.load_again(run_id or (self.live.run_id if self.live else ""))

    def _catch_up(self, run: RunCurves) -> None:
        """Go on with what was read from the store; before the first epoch it tells too little."""
        missed = self._missed or []
        if not run.epoch:
            return
        run.go_on()
        for event in missed:
            run.take(event)
        self.live, self._missed = run, None
        self.show([run.run_id])

    @Slot()
    def _show_progress(self) -> None:
        live = self.live
        if live is None:
            return
        if self.shown == [live.run_id]:
            self._view.header.show_run(live)
        self._view.table.show_rows(self._rows())

    def _rows(self) -> list[RunRow]:
        live = self.live if self.running else None
        return [
            row_of_live(row, live) if live is not None and row.run_id == live.run_id else row
            for row in self.runs.rows
        ]

    # ---- choosing ------------------------------------------------------------------------

    def show(self, run_ids: list[str]) -> None:
        """Show one run, or several to compare them."""
        self.shown = list(run_ids)
        self._view.table.select_runs(run_ids)
        self._show_shown()
        if len(run_ids) == 1:
            self.selected.emit(run_ids[0])

    @Slot(str, str)
    def rename(self, run_id: str, name: str) -> None:
        """Rename a run."""
        if self.live is not None and self.live.run_id == run_id:
            self.live.name = name
        if self._loader is not None:
            self._loader.rename(run_id, name)

    def delete(self, run_ids: list[str]) -> None:
        """Delete runs, their curves and weights."""
        self.shown = [run_id for run_id in self.shown if run_id not in run_ids]
        if self.live is not None and self.live.run_id in run_ids:
            self.live = None
        if self._loader is not None:
            self._loader.delete(run_ids)

    # ---- reading -------------------------------------------------------------------------

    @Slot()
    def load_list(self) -> None:
        """Read the list of runs anew."""
        if self._loader is not None:
            self._loader.load_list(self.live.run_id if self.live and self.running else "")

    @Slot(object)
    def _listed(self, found: RunList) -> None:
        self.runs = found
        for run_id, record in found.records.items():
            known = self._loader.curves(run_id) if self._loader is not None else None
            for run in filter(None, (known, self.live)):
                if run.run_id == run_id:
                    run.name = record.name
        self._view.table.show_rows(self._rows())
        if found.message:
            self._view.banner.show_notice(found.message, tone="warning")
        live = {self.live.run_id} if self.live is not None else set()
        self.shown = [i for i in self.shown if i in found.records or i in live]
        if not self.shown and found.rows:
            first = next((r for r in found.rows if r.state.has_weights), found.rows[0])
            self.show([first.run_id])
        else:
            self._view.table.select_runs(self.shown)
        self.changed.emit()

    @Slot(object)
    def _curves_loaded(self, run: RunCurves) -> None:
        if self._missed is not None and self.live and run.run_id == self.live.run_id:
            self._catch_up(run)
        elif run.run_id in self.shown:
            self._show_shown()

    @Slot(object)
    def _not_loaded(self, error: Any) -> None:
        self._view.banner.show_error(as_workbench_error(error))
        self.changed.emit()

    def _show_shown(self) -> None:
        loader = self._loader
        if loader is None:
            return
        found, missing = [], []
        for run_id in self.shown:
            mine = self.live if self.live is not None and self.live.run_id == run_id else None
            run = mine or loader.curves(run_id)
            if run is None:
                missing.append(run_id)
            else:
                found.append(run)
        loader.load_curves(missing)
        if missing or not found:
            return
        order = {row.run_id: place + 1 for place, row in enumerate(reversed(self.runs.rows))}
        hues = {run.run_id: order.get(run.run_id, len(order) + 1) for run in found}
        tests = {row.run_id: row.test for row in self.runs.rows}
        self._drawn = list(self.shown)
        self._view.show_runs(found, tests.get(found[0].run_id, {}), hues)
        self.changed.emit()
