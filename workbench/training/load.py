"""Opens a run: its network with the kept weights, its encoder, its frozen spec."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.encoder import Encoder
from workbench.errors import WorkbenchError
from workbench.recipe.presets import output_activation
from workbench.runs.spec import RunSpec
from workbench.runs.trained import damaged, trained_run


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
    from workbench.build.weights_file import check_finite, check_weights_file
    from workbench.training.material import build_network

    run = trained_run(project, run_id)
    spec, encoder, path = run.spec, run.encoder, run.weights
    model = build_network(spec.graph, encoder.signature)
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
        raise damaged(run.run_id, error) from error
    from_logits = encoder.task != "regression" and output_activation(spec.graph) == "linear"
    return LoadedRun(model, encoder, spec, run.folder, from_logits)
