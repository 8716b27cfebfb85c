"""From a saved file to a graph. Runs in a process that may end: see `import_job`."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from workbench.build.recursion import deep_recursion
from workbench.build.scope import weightless
from workbench.catalog import load_catalog
from workbench.errors import GraphError, WorkbenchError
from workbench.graph.model import Graph
from workbench.importing.bounds import entries
from workbench.importing.files import read_settings, refusal
from workbench.importing.from_keras import graph_from_model
from workbench.importing.plain_forms import LEARNED
from workbench.importing.vetting import vet
from workbench.importing.weights import NOT_READ, Kept, keep_weights, weights_member


def read_network(
    path: Path,
    settings: dict[str, Any] | None = None,
    arrays: Path | None = None,
    told: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Read the network of a saved model.

    Args:
        path: A file that `read_settings` reads.
        settings: What it has returned, if it was read already; rewritten.
        arrays: Where to write the weights; None to leave them.
        told: Given the network without weights before they are read, which may end the process.

    Returns:
        `{"name", "graph": plain, "lost": [sentence …], "layers": {id of a layer in the expanded
        network: group in the file of weights}}`; without groups no file is written.

    Raises:
        GraphError: The file cannot be read, or names what is not plain Keras.
    """
    settings = read_settings(path) if settings is None else settings
    catalog = load_catalog()
    lost = vet(path, settings, catalog)
    layers = _layers_in(path, settings)
    with weightless():
        with deep_recursion(layers):
            model = _made(path, deepcopy(settings))
        try:
            imported = graph_from_model(model, catalog)
            plain = imported.graph.to_plain()
            json.dumps(plain, allow_nan=False)
            Graph.from_plain(plain)
        except WorkbenchError as error:
            raise refusal(path, error.message[:1].lower() + error.message[1:].rstrip("."),
                          error.remedy) from error  # fmt: skip
        except Exception as error:  # settings of no sense that Keras has not minded
            raise refusal(path, f"it cannot be drawn ({_words(error)})") from error
    found = {"name": str(model.name or path.stem), "graph": plain, "layers": {}}
    kept = Kept()
    if arrays is not None and weights_member(path):
        if told is not None:
            told({**found, "lost": list(dict.fromkeys([*lost, *imported.lost, NOT_READ]))})
        with deep_recursion(layers):
            kept = keep_weights(path, model, imported, lambda: _made(path, settings), arrays)
    known = {f"{name}: {LEARNED}" for name in kept.names}
    lost = [s for s in lost if not any(s.startswith(start) for start in known)]
    lost = list(dict.fromkeys([*lost, *imported.lost, *kept.lost]))
    return {**found, "lost": lost, "layers": kept.groups}


def _layers_in(path: Path, settings: dict[str, Any]) -> int:
    return sum(isinstance(v, dict) and "class_name" in v for _, _, v in entries(path, settings))


def _made(path: Path, settings: dict[str, Any]) -> Any:
    """Make the model without memory for its weights."""
    import keras

    try:
        if "module" not in settings:  # the older form, as HDF5 files have it
            from keras.src.legacy.saving.saving_utils import model_from_config

            return model_from_config(settings)
        return keras.saving.deserialize_keras_object(settings, safe_mode=True)
    except MemoryError as error:
        raise refusal(path, "its layers take too much memory") from error
    except Exception as error:  # Keras raises whatever comes up, and hides the reason in it
        if isinstance(error, GraphError):
            raise
        raise refusal(path, f"Keras cannot make it ({_words(error)})") from error


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else type(error).__name__
