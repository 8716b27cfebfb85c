"""Training from the window: the run is frozen, recorded where it happens, and reported."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.client import EngineChoice
from workbench.errors import JobCancelled, RunError, WorkbenchError

if TYPE_CHECKING:
    from ui.jobs import Engines, JobHandle
    from workbench.project.document import ProjectDocument
    from workbench.runs.spec import RunSpec
    from workbench.runs.store import RunStore

_log = logging.getLogger(__name__)


class Training(QObject):
    """The one training run that may be going on.

    Args:
        document: The project.
        engines: The window's engines.
        parent: Parent object.

    Attributes:
        reported: Emitted with every event of the run.
        finished: Emitted with the result, or with a `WorkbenchError`.
        changed: Emitted when a run began or ended.
        run_id: Id of the run that goes on, or of the last one; "" before the first.
    """

    reported = Signal(object)
    finished = Signal(object)
    changed = Signal()

    def __init__(
        self, document: ProjectDocument, engines: Engines, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._engines = document, engines
        self.job: JobHandle | None = None
        self.run_id = ""

    @property
    def going_on(self) -> bool:
        """Whether a run is going on."""
        return self.job is not None

    def start(self) -> JobHandle:
        """Freeze the documents and train.

        Raises:
            RunError: A run is going on already.
        """
        if self.job is not None:
            raise RunError("A training is going on already.", remedy="Stop or cancel it first.")
        from workbench.project.freeze import freeze

        spec = freeze(self._document)
        self.run_id = spec.run_id
        recipe = spec.recipe
        job = self._engines.run_job(
            "train",
            spec.to_plain(),
            "Training",
            choice=EngineChoice(recipe.backend, recipe.device, recipe.precision),
            recorder=RunRecorder(spec),
        )
        self.job = job
        job.event.connect(self.reported)
        job.done.connect(self._done)
        job.failed.connect(self._done)
        self.changed.emit()
        return job

    @Slot(object)
    def _done(self, outcome: Any) -> None:
        job, self.job = self.job, None
        if job is not None:
            job.deleteLater()
        self.changed.emit()
        self.finished.emit(outcome)


class RunRecorder:
    """Writes a run into the project's store, in the thread of its engine.

    The window hears of an event after it was written, so that what it reads is never behind.

    Args:
        spec: The frozen run.
    """

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._folder = Path(spec.project)
        self._store: RunStore | None = None

    def event(self, event: dict[str, Any]) -> None:
        """Write what belongs to the store."""
        store = self._open()
        kind = event.get("event")
        if kind == "batches":
            store.add_batches(self._spec.run_id, event["first_step"], event["values"])
        elif kind == "epoch":
            store.add_epoch(self._spec.run_id, event)

    def done(self, result: dict[str, Any]) -> None:
        """Write how the run ended."""
        self._finish(str(result["state"]), result)

    def failed(self, error: WorkbenchError) -> None:
        """Write that the run came to nothing."""
        state = "cancelled" if isinstance(error, JobCancelled) else "failed"
        self._finish(state, {"error": error.to_plain()})

    def _finish(self, state: str, result: dict[str, Any]) -> None:
        from workbench.runs.spec import RunState

        self._open().finish(self._spec.run_id, RunState(state), result)
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self) -> RunStore:
        if self._store is None:
            from workbench.runs.store import RunStore

            self._store = RunStore(self._folder)
            self._store.create(self._spec)
        return self._store
