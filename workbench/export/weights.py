"""A trained network as a folder: `model.py`, the weights, and how raw rows become its inputs."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from workbench.atomic import write_text
from workbench.catalog import Catalog
from workbench.data.encoder import Encoder
from workbench.errors import Place, RunError
from workbench.export.bundle import merged
from workbench.export.model import Code, model_code
from workbench.runs.files import (
    ENCODER,
    SPEC,
    WEIGHTS,
    read_json,
    run_folder,
    write_atomically,
)
from workbench.runs.spec import RunSpec
from workbench.runs.store import RunStore

MODEL = "model.py"
_TITLE = "A trained Keras network, written by Keras Workbench; its weights stand beside it."
_LOADING = f'''

def load_model():
    """Return the network with the weights that stand beside this file."""
    model = build_model()
    model.load_weights(Path(__file__).resolve().parent / "{WEIGHTS}")
    return model


if __name__ == "__main__":
    load_model().summary()
'''


def export_weights(
    project: Path, catalog: Catalog, folder: Path, run_id: str | None = None
) -> tuple[str, list[Path]]:
    """Write a run's network and weights into a folder.

    Args:
        project: The project folder.
        catalog: Where the layers are described.
        folder: Where to write; made if it is not there. Other files in it are left alone.
        run_id: The run; None for the latest with weights.

    Returns:
        The run, and the files: the code, the weights, the fitted encoding as JSON.

    Raises:
        RunError: There is no such run, it has no weights, or a file cannot be written.
        GraphError: Its network cannot be written as code.
    """
    run_id = run_id or _latest(project)
    run = run_folder(project, run_id)
    if not (run / WEIGHTS).is_file():
        raise RunError(
            f"The run {run_id} has no weights.",
            remedy="Choose another run, or train first.",
            place=Place("run", run_id),
        )
    code = trained_code(run, run_id, catalog)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            "The folder cannot be made.",
            expected="the name of a new folder, or of one that is there",
            received=error.strerror or str(error),
            place=Place("file", str(folder)),
        ) from error
    files = [folder / MODEL, folder / WEIGHTS, folder / ENCODER]
    for file in files[1:]:
        write_atomically(file, partial(_copy, run / file.name))
    write_atomically(files[0], lambda new: write_text(new, code.text))
    return run_id, files


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def trained_code(run: Path, run_id: str, catalog: Catalog) -> Code:
    """Return the code of a run's network, with `load_model()`.

    Args:
        run: The run's folder.
        run_id: The run, for messages.
        catalog: Where the layers are described.

    Raises:
        RunError: The run's files cannot be read.
        GraphError: Its network cannot be written as code.
    """
    try:
        spec = RunSpec.from_plain(read_json(run / SPEC))
        encoder = Encoder.from_plain(read_json(run / ENCODER))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"The run {run_id} cannot be read.",
            received=f"{type(error).__name__}: {error}",
            remedy="Train again; the other runs are not affected.",
            place=Place("run", run_id),
        ) from error
    code = model_code(spec.graph, catalog, encoder.signature, title=_TITLE)
    return _with_loading(code)


def _with_loading(code: Code) -> Code:
    """Add `load_model()`, and the import that it needs."""
    head, start, rest = code.text.partition("import keras\n")
    title, *before = head.rstrip("\n").split("\n")
    imports = merged([*(line for line in before if line), "from pathlib import Path"])
    new_head = "\n".join([title, "", *imports, "", ""])
    added = new_head.count("\n") - head.count("\n")
    lines = {key: (first + added, last + added) for key, (first, last) in code.lines.items()}
    return Code(new_head + start + rest + _LOADING, lines)


def _latest(project: Path) -> str:
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
