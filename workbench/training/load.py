"""Opens a run: its network with the kept weights, its encoder, its frozen spec."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.encoder import Encoder
from workbench.errors import Place, RunError, WorkbenchError
from workbench.recipe.presets import output_activation
from workbench.runs.files import ENCODER, SPEC, WEIGHTS, read_json, run_folder
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunStore


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A run, ready to predict.

    Attributes:
        model: The Keras model with the kept weights, float32 output of shape (rows, units).
        encoder: From raw rows to inputs and back.
        spec: The frozen spec.
        folder: The run's folder.
        from_logits: The network ends without a sigmoid or softmax.
    """

    model: Any
    encoder: Encoder
    spec: RunSpec
    folder: Path
    from_logits: bool = False


def load_run(project: Path, run_id: str | None = None) -> LoadedRun:
    """Open a run.

    Args:
        project: The project folder.
        run_id: The run; None for the latest with weights.

    Raises:
        RunError: There is no such run, it has no weights, or its files are damaged.
        GraphError: Its network cannot be built with this version of Keras.
    """
    from workbench.training.material import build_network
    from workbench.training.weights_file import check_finite, check_weights_file

    project = Path(project)
    run_id = run_id or latest_run(project)
    folder = run_folder(project, run_id)
    if not (folder / WEIGHTS).is_file():
        raise RunError(
            f"The run {run_id} has no weights.",
            remedy="Choose another run, or train again.",
            place=Place("run", run_id),
        )
    try:
        # The folder may have moved since: where the project is now is what counts.
        spec = RunSpec.from_plain({**read_json(folder / SPEC), "project": str(project)})
        encoder = Encoder.from_plain(read_json(folder / ENCODER))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(run_id, error) from error
    model = build_network(spec.graph, encoder.signature)
    path = folder / WEIGHTS
    try:
        check_weights_file(path, 4 * int(model.count_params()))
        with warnings.catch_warnings():
            # Keras would go on with fresh weights.
            warnings.filterwarnings("error", message="Skipping nested container")
            model.load_weights(path)
        check_finite(model, path)
    except WorkbenchError:
        raise
    except Exception as error:  # h5py and Keras raise a family of unrelated types
        raise _damaged(run_id, error) from error
    from_logits = encoder.task != "regression" and output_activation(spec.graph) == "linear"
    return LoadedRun(model, encoder, spec, folder, from_logits)


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


def _damaged(run_id: str, error: Exception) -> RunError:
    return RunError(
        f"The run {run_id} cannot be read.",
        received=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
        remedy="Train again; the other runs are not affected.",
        place=Place("run", run_id),
    )
