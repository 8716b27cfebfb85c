"""The files of a run: `runs/<id>/`, written so that a kill or a full disk leaves the old one whole.

spec.json          the frozen graph, data and recipe, with library versions
encoder.json       how raw rows become inputs, fitted on the training rows
model.weights.h5   the kept weights
checkpoint.h5      where a training stands that goes on, or ended before its end
result.json        how it ended; written last: a run with a result is a whole run
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from workbench.atomic import reason, replace_file, sweep, write_text
from workbench.errors import Place, RunError

RUNS = "runs"
SPEC = "spec.json"
ENCODER = "encoder.json"
WEIGHTS = "model.weights.h5"
CHECKPOINT = "checkpoint.h5"
RESULT = "result.json"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def run_folder(project: Path, run_id: str) -> Path:
    """Return the folder of a run.

    Raises:
        RunError: The id is not the name of a folder below `runs/`.
    """
    if not _ID.fullmatch(run_id) or ".." in run_id:
        raise RunError(f"{run_id!r} is not the id of a run.", place=Place("run", run_id))
    return project / RUNS / run_id


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Replace a file whole or not at all.

    Args:
        path: The file.
        write: Writes the content to the temporary file that it is given; that has the same
            ending as `path`.

    Raises:
        RunError: It could not be written; an old file is untouched.
    """
    try:
        replace_file(path, write)
    except OSError as error:
        raise write_error(path, error) from error


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file whole or not at all.

    Raises:
        RunError: It could not be written; an old file is untouched.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_atomically(path, lambda temporary: write_text(temporary, text))


def read_json(path: Path) -> Any:
    """Read a JSON file of a run.

    Raises:
        RunError: It is missing or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(
            f"The run lacks its file {path.name}.",
            remedy="Train again; the other runs are not affected.",
            place=Place("file", str(path)),
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(
            f"The file {path.name} of the run cannot be read.",
            received=f"{type(error).__name__}: {error}",
            remedy="Train again; the other runs are not affected.",
            place=Place("file", str(path)),
        ) from error


def make_folder(project: Path, run_id: str) -> Path:
    """Make the folder of a run.

    Raises:
        RunError: It cannot be made.
    """
    folder = run_folder(project, run_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    return folder


def remove_folder(project: Path, run_id: str) -> None:
    """Remove the folder of a run, if it is there."""
    shutil.rmtree(run_folder(project, run_id), ignore_errors=True)


def remove_checkpoint(folder: Path) -> None:
    """Remove the checkpoint of a run that has ended, if there is one."""
    with suppress(OSError):
        (folder / CHECKPOINT).unlink(missing_ok=True)
    sweep(folder, CHECKPOINT)


def remove_torn_folder(project: Path, run_id: str) -> None:
    """Remove the folder of a run that came to nothing: its engine was killed early."""
    folder = run_folder(project, run_id)
    if not any((folder / name).is_file() for name in (RESULT, CHECKPOINT)):
        shutil.rmtree(folder, ignore_errors=True)


def write_error(path: Path, error: OSError) -> RunError:
    """Say in the user's words why a file of a run could not be written."""
    happened, remedy, received = reason(error)
    return RunError(
        f"The run could not be saved. {happened}".strip(),
        received=received,
        remedy=remedy,
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )
