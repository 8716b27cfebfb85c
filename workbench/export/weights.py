"""A trained network as a folder: `model.py`, the weights, and how raw rows become its inputs."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from workbench.atomic import write_text
from workbench.catalog import Catalog
from workbench.errors import Place, RunError
from workbench.export.bundle import merged
from workbench.export.code import Code
from workbench.export.model import model_code
from workbench.runs.files import ENCODER, WEIGHTS, write_atomically
from workbench.runs.trained import TrainedRun, trained_run

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
    run = trained_run(project, run_id)
    code = trained_code(run, catalog)
    make_export_folder(folder)
    files = [folder / MODEL, folder / WEIGHTS, folder / ENCODER]
    for file in files[1:]:
        write_atomically(file, partial(_copy, run.folder / file.name))
    write_atomically(files[0], lambda new: write_text(new, code.text))
    return run.run_id, files


def make_export_folder(folder: Path) -> None:
    """Make the folder that is exported to, if it is not there.

    Raises:
        RunError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            "The folder cannot be made.",
            expected="the name of a new folder, or of one that is there",
            received=error.strerror or str(error),
            place=Place("file", str(folder)),
        ) from error


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def trained_code(run: TrainedRun, catalog: Catalog) -> Code:
    """Return the code of a run's network, with `load_model()`.

    Args:
        run: The run.
        catalog: Where the layers are described.

    Raises:
        GraphError: Its network cannot be written as code.
    """
    return with_loading(model_code(run.spec.graph, catalog, run.encoder.signature, title=_TITLE))


def with_loading(code: Code) -> Code:
    """Add `load_model()`, and the import that it needs."""
    head, start, rest = code.text.partition("import keras\n")
    title, *before = head.rstrip("\n").split("\n")
    imports = merged([*(line for line in before if line), "from pathlib import Path"])
    new_head = "\n".join([title, "", *imports, "", ""])
    added = new_head.count("\n") - head.count("\n")
    lines = {key: (first + added, last + added) for key, (first, last) in code.lines.items()}
    return Code(new_head + start + rest + _LOADING, lines)
