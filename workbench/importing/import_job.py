"""The job `import_file`: a saved model as a graph. Runs in an engine, never in the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.build.scope import weightless
from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.importing.files import read_settings, refusal
from workbench.importing.from_keras import graph_from_model
from workbench.importing.vetting import vet
from workbench.jobs import Control, Emit


def import_file(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Read the network of a saved model. Its weights are not read.

    Args:
        spec: `{"path": file}`.
        emit: Told what is being done.
        control: Asked whether to go on.

    Returns:
        `{"name", "graph": plain, "lost": [sentence …]}`.

    Raises:
        GraphError: The file cannot be read, or names what is not plain Keras.
    """
    path = Path(spec["path"])
    emit({"event": "progress", "done": 0, "total": 3, "text": "Reading the file"})
    settings = vet(path, read_settings(path), load_catalog())
    control.check()
    emit({"event": "progress", "done": 1, "total": 3, "text": "Making the layers"})
    with weightless():
        model = _made(path, settings)
        control.check()
        emit({"event": "progress", "done": 2, "total": 3, "text": "Drawing the network"})
        imported = graph_from_model(model, load_catalog())
    name = str(model.name or path.stem)
    return {"name": name, "graph": imported.graph.to_plain(), "lost": imported.lost}


def _made(path: Path, settings: dict[str, Any]) -> Any:
    """Make the model without memory for its weights."""
    import keras

    try:
        if "module" not in settings:  # the older form, as HDF5 files have it
            from keras.src.legacy.saving.saving_utils import model_from_config

            return model_from_config(settings)
        return keras.saving.deserialize_keras_object(settings, safe_mode=True)
    except GraphError:
        raise
    except Exception as error:  # Keras raises whatever comes up, and hides the reason in it
        words = str(error).strip().splitlines()
        reason = words[0][:200].rstrip(".") if words else type(error).__name__
        raise refusal(path, f"Keras cannot make it ({reason})") from error
