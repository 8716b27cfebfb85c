"""An open project in the window: the document and everything that follows from it.

Pages read the session and listen to its signals; all edits go through `apply`. Nothing here waits
for the engine or for a file: answers come as signals.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs.client import EngineChoice
from ui.sync import DataSync, InferenceSync, Training
from ui.sync.changes import touches
from ui.sync.early import early_problems, still_there
from ui.sync.problems import merged, not_ready, recipe_problems
from workbench.errors import RunError, WorkbenchError
from workbench.graph.inference import Inference
from workbench.graph.problems import Problem

if TYPE_CHECKING:
    from ui.jobs import JobHandle
    from ui.services import Services
    from workbench.data.spec import DataSignature
    from workbench.data.table import Table
    from workbench.graph.changes import Change
    from workbench.project.document import ProjectDocument
    from workbench.project.files import Copy
    from workbench.runs.spec import RunSpec
    from workbench.runs.store import RunStore

_log = logging.getLogger(__name__)


class ProjectSession(QObject):
    """An open project.

    Args:
        document: The project; the session closes it.
        services: The window's services.
        parent: Parent object.

    Attributes:
        changed: Emitted with every `Change` of the document, undo and redo included.
        checked: Whether data and network have been looked at once since the opening.
        dirty_changed: Emitted when "unsaved" began or ended.
        signature_changed: Emitted with the `DataSignature`, or None without usable data.
        inference_changed: Emitted with the `Inference` of the network as it is now.
        problems_changed: Emitted with the list of `Problem`, worst first.
        table_changed: Emitted with the opened `Table`, or None.
        runs_changed: Emitted when the list of runs has changed.
        run_event: Emitted with every event of the training that goes on.
        run_finished: Emitted with the result of a training, or a `WorkbenchError`.
        active_run_changed: Emitted with the id of the run that is looked at, or None.
        training_changed: Emitted when a training began or ended.
        job_started: Emitted with every `JobHandle`, for the status bar.
        saved: Emitted after the project was saved.
    """

    changed = Signal(object)
    dirty_changed = Signal(bool)
    signature_changed = Signal(object)
    inference_changed = Signal(object)
    problems_changed = Signal(object)
    table_changed = Signal(object)
    runs_changed = Signal()
    run_event = Signal(object)
    run_finished = Signal(object)
    active_run_changed = Signal(object)
    training_changed = Signal(bool)
    job_started = Signal(object)
    saved = Signal()

    def __init__(
        self, document: ProjectDocument, services: Services, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.services = services
        self.inference = Inference()
        self.inference_error: WorkbenchError | None = None
        self.problems: list[Problem] = []
        self.selected_run: str | None = None
        self._store: RunStore | None = None
        self._dirty = document.dirty
        self.checked = False
        self._jobs: list[JobHandle] = []
        self._end_subscription = document.subscribe(self._document_changed)
        self._data = DataSync(document, self)
        self._shapes = InferenceSync(document, services.engines, self)
        self._training = Training(document, services.engines, self)
        self._data.table_changed.connect(self.table_changed)
        self._data.signature_changed.connect(self._signature_changed)
        self._data.problems_changed.connect(self._look_soon)
        self._shapes.inferred.connect(self._inferred)
        self._shapes.failed.connect(self._not_inferred)
        self._training.reported.connect(self._run_event)
        self._training.changed.connect(self._training_changed)
        self._training.finished.connect(self._run_finished)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(0)
        self._look.timeout.connect(self._merge_problems)
        self._data.refresh(reopen=True)
        self._shapes.start(None)

    # ---- reading -------------------------------------------------------------------------

    @property
    def signature(self) -> DataSignature | None:
        """What the network sees of the data, or None."""
        return self._data.view.signature

    @property
    def table(self) -> Table | None:
        """The opened table, or None."""
        return self._data.view.table

    @property
    def data_error(self) -> WorkbenchError | None:
        """Why there is no table or no signature, or None."""
        return self._data.view.error

    @property
    def store(self) -> RunStore:
        """The project's runs (opened at the first use)."""
        if self._store is None:
            from workbench.runs.store import RunStore

            self._store = RunStore(self.document.folder)
            if self._store.message:
                self.services.show_error(RunError(self._store.message))
            if not self.document.read_only:
                self._store.fail_unfinished(frozenset([self._training.run_id]))
        return self._store

    @property
    def training(self) -> bool:
        """Whether a training is going on."""
        return self._training.going_on

    @property
    def taken_up(self) -> str:
        """Id of the run that goes on after it had broken off, or ""."""
        training = self._training
        return training.run_id if training.going_on and training.goes_on else ""

    @property
    def training_job(self) -> JobHandle | None:
        """The training that goes on, or None."""
        return self._training.job

    @property
    def has_errors(self) -> bool:
        """Whether something prevents training."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def settled(self) -> bool:
        """Whether table, signature and shapes are all up to date."""
        return self._data.settled and self._shapes.up_to_date and not self._look.isActive()

    @property
    def reading_data(self) -> bool:
        """Whether the table is being read at the moment, so that no data yet is no verdict."""
        return not self._data.settled

    # ---- editing -------------------------------------------------------------------------

    def apply(self, change: Change, merge: str = "") -> None:
        """Make a change.

        Args:
            change: What to change.
            merge: Changes in a row with the same non-empty key are one undo step.

        Raises:
            WorkbenchError: The change does not fit; nothing has been changed.
        """
        self.document.apply(change, merge)

    def undo(self) -> None:
        """Take the last step back."""
        self.document.undo()

    def redo(self) -> None:
        """Make the step that was taken back once more."""
        self.document.redo()

    def save(self) -> None:
        """Save the project.

        Raises:
            ProjectError: It could not be written; the work is kept.
        """
        self.document.save()
        self._check_dirty()
        self.saved.emit()

    def save_as(self, folder: Path, copy: Copy) -> None:
        """Save into another folder and go on there.

        Raises:
            ProjectError, JobCancelled: As `ProjectDocument.save_as`; nothing has changed.
        """
        self.document.save_as(folder, copy)
        if self._store is not None:
            self._store.close()
            self._store = None
        self._check_dirty()
        self.saved.emit()
        self.runs_changed.emit()

    def reload_data(self) -> None:
        """Open the table anew: the file may have changed on disk."""
        self._data.refresh(reopen=True)

    # ---- training and other jobs ---------------------------------------------------------

    def start_training(self) -> bool:
        """Train with the documents as they are.

        Returns:
            False when problems prevent it; the window then shows them.
        """
        self._merge_problems()
        errors = [problem for problem in self.problems if problem.severity == "error"]
        if errors:
            self.services.command("view.problems")
            self.services.show_error(not_ready(errors))
            return False
        return self._begin_training()

    def go_on_training(self, run_id: str) -> bool:
        """Go on with a run that broke off, as it was frozen then.

        Returns:
            False when it cannot go on; the window then says why.
        """
        from workbench.runs.going_on import spec_to_go_on

        try:
            earlier = spec_to_go_on(self.store, run_id)
        except WorkbenchError as error:
            self.services.show_error(error)
            return False
        return self._begin_training(earlier)

    def _begin_training(self, earlier: RunSpec | None = None) -> bool:
        try:
            job = self._training.start(earlier)
        except WorkbenchError as error:
            self.services.show_error(error)
            return False
        self.select_run(self._training.run_id)
        self.job_started.emit(job)
        return True

    def stop_training(self) -> None:
        """End the training soon and keep the best weights."""
        if self._training.job is not None:
            self._training.job.stop()

    def cancel_training(self) -> None:
        """End the training and discard it."""
        if self._training.job is not None:
            self._training.job.cancel()

    def start_job(self, kind: str, spec: dict[str, Any], title: str) -> JobHandle:
        """Start a job on a run engine.

        Args:
            kind: Kind of the job ("predict", "explain" …).
            spec: What to do, plain data.
            title: What the status bar calls it.
        """
        recipe = self.document.recipe
        choice = EngineChoice(recipe.backend, recipe.device)
        job = self.services.engines.run_job(kind, spec, title, choice=choice)
        self._jobs.append(job)
        job.finished.connect(self._job_finished)
        self.job_started.emit(job)
        return job

    def select_run(self, run_id: str | None) -> None:
        """Look at a run; Train and Explain follow."""
        if run_id != self.selected_run:
            self.selected_run = run_id
            self.active_run_changed.emit(run_id)

    @property
    def can_leave_training(self) -> bool:
        """Whether the training that goes on could be taken up again later."""
        return self._training.can_be_left

    def close(self, *, discard: bool = False, leave_training: bool = False) -> None:
        """Close the project: cancel its jobs, release its folder.

        Args:
            discard: Forget the changes since the last save.
            leave_training: End a training so that it can be taken up again from its checkpoint.
        """
        if leave_training and self._training.job is not None:
            self._training.job.leave()
        self._end_subscription()
        self._look.stop()  # else the next project would be shown the problems of this one
        self._data.close()
        self._shapes.close()
        for job in [*self._jobs, *filter(None, [self._training.job])]:
            job.cancel()
            job.finished.connect(job.deleteLater)
        if self._store is not None:
            self._store.close()
            self._store = None
        self.document.close(discard=discard)

    # ---- what follows from a change ------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        self._shapes.note(change)
        if touches(change, "data"):
            self._data.refresh()
        self._look_soon()
        self.changed.emit(change)
        self._check_dirty()

    def _check_dirty(self) -> None:
        dirty = self.document.dirty
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    @Slot(object)
    def _signature_changed(self, signature: Any) -> None:
        self._shapes.set_signature(signature)
        self.signature_changed.emit(signature)

    @Slot(object)
    def _inferred(self, inference: Inference) -> None:
        self.inference, self.inference_error = inference, None
        self._merge_problems()  # before pages hear of the shapes: problems belong to them
        self.inference_changed.emit(inference)

    @Slot(object)
    def _not_inferred(self, error: WorkbenchError) -> None:
        self.inference_error = error
        self._look_soon()

    @Slot()
    def _look_soon(self) -> None:
        if not self._look.isActive():
            self._look.start()

    @Slot()
    def _merge_problems(self) -> None:
        self._look.stop()
        problems = merged(
            [
                *self._graph_problems(),
                *self._data.view.problems,
                *recipe_problems(self.document, self.signature),
            ]
        )
        first = not self.checked and self._data.settled and self._shapes.up_to_date
        self.checked = self.checked or first
        if first or problems != self.problems:
            self.problems = problems
            self.problems_changed.emit(problems)

    def _graph_problems(self) -> list[Problem]:
        graph = self.document.graph
        if self._shapes.up_to_date or self.inference.revision:
            return still_there(self.inference.problems, graph)
        return early_problems(graph, self.services, self.signature)

    # ---- training ------------------------------------------------------------------------

    @Slot(object)
    def _run_event(self, event: dict[str, Any]) -> None:
        if event.get("event") == "run_started":
            self.runs_changed.emit()
        self.run_event.emit(event)

    @Slot()
    def _training_changed(self) -> None:
        self.training_changed.emit(self.training)

    @Slot(object)
    def _run_finished(self, outcome: Any) -> None:
        self.runs_changed.emit()
        self.run_finished.emit(outcome)

    @Slot()
    def _job_finished(self) -> None:
        for job in [job for job in self._jobs if not job.running]:
            self._jobs.remove(job)
            job.deleteLater()
