"""Finds a run whose network is trained, and reads what stands beside its weights. No Keras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.data.encoder import Encoder
from workbench.errors import Place, RunError
from workbench.runs.files import ENCODER, SPEC, WEIGHTS, read_json, run_folder
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunStore


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A run that has weights; they are not read yet.

    Attributes:
        run_id: Its id.
        folder: The run's folder.
        spec: The frozen spec.
        encoder: From raw rows to inputs and back.
    """

    run_id: str
    folder: Path
    spec: RunSpec
    encoder: Encoder

    @property
    def weights(self) -> Path:
        """The file of the kept weights."""
        return self.folder / WEIGHTS


def trained_run(project: Path, run_id: str | None = None) -> TrainedRun:
    """Return a run that has weights.

    Args:
        project: The project folder.
        run_id: The run; None for the latest with weights.

    Raises:
        RunError: There is no such run, it has no weights, or its files are damaged.
    """
    project = Path(project)
    run_id = run_id or latest_run(project)
    folder = run_folder(project, run_id)
    if not (folder / WEIGHTS).is_file():
        raise RunError(
            f"The run {run_id} has no weights.",
            remedy="Choose another run, or train first.",
            place=Place("run", run_id),
        )
    try:
        # The folder may have moved since: where the project is now is what counts.
        spec = RunSpec.from_plain({**read_json(folder / SPEC), "project": str(project)})
        encoder = Encoder.from_plain(read_json(folder / ENCODER))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(run_id, error) from error
    return TrainedRun(run_id, folder, spec, encoder)


def latest_run(project: Path) -> str:
    """Return the id of the latest run with weights.

    Raises:
        RunError: There is none.
    """
    if not project.is_dir():
        raise RunError("The project folder does not exist.", place=Place("file", str(project)))
    store = RunStore(project)
    try:
        latest = store.latest_with_weights()
    finally:
        store.close()
    if latest is None:
        raise RunError(
            "There is no trained network in this project yet.",
            remedy="Train first.",
            place=Place("project", str(project)),
        )
    return latest.run_id


def damaged(run_id: str, error: Exception) -> RunError:
    """Return the error for a run whose files cannot be read."""
    return RunError(
        f"The run {run_id} cannot be read.",
        received=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
        remedy="Train again; the other runs are not affected.",
        place=Place("run", run_id),
    )
