"""`keras-workbench predict FOLDER`: predictions of a run, for held-out rows or another file."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Any

NAME = "predict"
HELP = "Predict with the latest run (or another one), for held-out rows or for a CSV file."
PARTS = ("test", "validation", "train", "all")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument("--run", metavar="ID", help="run to use; the latest when left out")
    parser.add_argument("--part", choices=PARTS, default="test", help="rows of the project's table")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="predict the rows of this file")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a CSV file, not the screen")


def run(arguments: argparse.Namespace) -> int:
    """Predict and print or write a table: row, target where known, prediction, probabilities."""
    from workbench.cli.events import JobProgress
    from workbench.cli.interrupts import interruptible
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import opened, trusted
    from workbench.cli.output import OK
    from workbench.engine.local import run_local
    from workbench.jobs import Control

    with opened(arguments.folder) as document:
        folder = document.folder
        prepare(document.recipe.backend, document.recipe.device)
    spec = {
        "project": str(folder),
        "run_id": arguments.run,
        "part": arguments.part,
        "csv": str(arguments.csv.absolute()) if arguments.csv else None,
    }
    progress, control = JobProgress(), Control()
    try:
        with interruptible(control):
            result = run_local("predict", trusted(spec), progress, control)
    finally:
        progress.end()
    text = as_csv(result)
    if arguments.out:
        write_text(arguments.out, text)
        print(f"{len(result['rows'])} predictions of run {result['run_id']}: {arguments.out}")
    else:
        sys.stdout.write(text)
    return OK


def as_csv(result: dict[str, Any]) -> str:
    """Return predictions as CSV text.

    Columns: row, target (where known), prediction, then one probability per class. Texts that a
    spreadsheet would run as a formula get an apostrophe in front.

    Args:
        result: Result of a predict job.
    """
    classes = [str(name) for name in result.get("classes") or []]
    target, labels, output = result.get("target"), result.get("labels"), result["output"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    shown = _probabilities(classes, output.shape[1])
    writer.writerow(
        ["row", *(["target"] if target is not None else []), "prediction",
         *(_safe(f"probability {name}") for name in shown)]
    )  # fmt: skip
    for at, row in enumerate(result["rows"]):
        known = [_cell(target[at])] if target is not None else []
        if labels is not None:
            writer.writerow([int(row), *known, _cell(labels[at]),
                             *(f"{value:.6g}" for value in output[at])])  # fmt: skip
        else:
            writer.writerow([int(row), *known, f"{float(output[at][0]):.7g}"])
    return text.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Raises:
        ProjectError: It cannot be written.
    """
    from workbench.atomic import replace_text
    from workbench.project.storage import write_error

    try:
        replace_text(path.absolute(), text)
    except OSError as error:
        raise write_error("The file was not written", path, error) from error


def _probabilities(classes: list[str], units: int) -> list[str]:
    if not classes:
        return []
    return classes[-1:] if units == 1 else classes


def _cell(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.7g}"
    return _safe(str(value)) if isinstance(value, str) else "" if value is None else value


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
