"""Training from the window: the run is frozen, recorded where it happens, and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.jobs.client import EngineChoice
from workbench.errors import RunError
from workbench.runs.files import CHECKPOINT, RUNS

if TYPE_CHECKING:
    from ui.jobs import Engines, JobHandle
    from workbench.project.document import ProjectDocument
    from workbench.runs.spec import RunSpec


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
        goes_on: Whether that run had broken off and was taken up again.
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
        self.goes_on = False

    @property
    def going_on(self) -> bool:
        """Whether a run is going on."""
        return self.job is not None

    @property
    def can_be_left(self) -> bool:
        """Whether a run goes on that has a checkpoint, from which it could be taken up again."""
        folder = self._document.folder / RUNS / self.run_id
        return self.going_on and (folder / CHECKPOINT).is_file()

    def start(self, earlier: RunSpec | None = None) -> JobHandle:
        """Freeze the documents and train.

        Args:
            earlier: A run that broke off, to go on with instead.

        Raises:
            RunError: A run is going on already.
        """
        if self.job is not None:
            raise RunError("A training is going on already.", remedy="Stop or cancel it first.")
        from workbench.project.freeze import freeze
        from workbench.runs.recorder import Recorder

        self.goes_on = earlier is not None
        spec = earlier or freeze(self._document)
        self.run_id = spec.run_id
        recipe = spec.recipe
        job = self._engines.run_job(
            "train",
            {**spec.to_plain(), "resumed": self.goes_on},
            "Training",
            choice=EngineChoice(recipe.backend, recipe.device, recipe.precision),
            recorder=Recorder(spec, resumed=self.goes_on),
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
