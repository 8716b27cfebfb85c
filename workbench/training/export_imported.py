"""The job `export_imported`: a network with its imported weights as a folder, without a training.

Spec: `{"project", "graph": plain, "signature": plain | None, "folder"}`.
Result: `{"files": [names], "words": what the network begins with}`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.atomic import write_text
from workbench.build.model import build_model
from workbench.build.starting_weights import begin_with
from workbench.catalog import load_catalog
from workbench.data.spec import DataSignature
from workbench.errors import RunError
from workbench.export.model import model_code
from workbench.export.weights import MODEL, make_export_folder, with_loading
from workbench.graph.model import Graph
from workbench.graph.starting_weights import origins
from workbench.jobs import Control, Emit
from workbench.runs.files import WEIGHTS, write_atomically

_TITLE = "A Keras network, written by Keras Workbench; its imported weights stand beside it."


def export_imported(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Write the network and its imported weights; see the module.

    Raises:
        GraphError: The network has an error, or the imported weights cannot be used.
        RunError: There are no imported weights, or a file cannot be written.
    """
    graph, plain = Graph.from_plain(spec["graph"]), spec.get("signature")
    signature = DataSignature.from_plain(plain) if plain else None
    if not origins(graph):
        raise RunError("There are no weights yet.", remedy="Train first, or import a trained file.")
    catalog, folder = load_catalog(), Path(spec["folder"])
    code = with_loading(model_code(graph, catalog, signature, title=_TITLE))
    emit({"event": "phase", "text": "Building the network"})
    model = build_model(graph, catalog, signature)
    beginning = begin_with(model, graph, Path(spec["project"]))
    control.check()
    emit({"event": "phase", "text": "Writing"})
    make_export_folder(folder)
    write_atomically(folder / WEIGHTS, model.save_weights)
    write_atomically(folder / MODEL, lambda new: write_text(new, code.text))
    return {"files": [MODEL, WEIGHTS], "words": beginning.words}
