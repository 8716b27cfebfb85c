"""`keras-workbench explain FOLDER`: SHAP values of the predictions, on the person's own columns."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.explain.results import Explanation

NAME = "explain"
HELP = "Explain predictions: how much each column contributed to each of them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument("--run", metavar="ID", help="run to explain; the latest when left out")
    parser.add_argument(
        "--rows", type=_slice, default=slice(0, 20), metavar="A:B",
        help="which rows of the part, counted from 0 (default 0:20)",
    )  # fmt: skip
    parser.add_argument("--part", choices=("test", "validation", "train", "all"), default="test")
    parser.add_argument("--explainer", default="auto", metavar="NAME",
                        help="auto, exact, permutation, gradients, kernel …")  # fmt: skip
    parser.add_argument("--background", type=int, default=50, metavar="N", help="background rows")
    parser.add_argument("--space", choices=("logit", "probability"), default="logit")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, metavar="FILE.json|FILE.csv|FOLDER",
                        help="where to write the values; a folder gets both")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Explain, print the mean contribution of each column, write the values."""
    from workbench.cli.events import JobProgress
    from workbench.cli.interrupts import interruptible
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import opened, trusted
    from workbench.cli.output import OK
    from workbench.engine.local import run_local
    from workbench.explain.results import Explanation
    from workbench.jobs import Control

    with opened(arguments.folder) as document:
        folder = document.folder
        prepare(document.recipe.backend, document.recipe.device)
    rows = rows_of_part(folder, arguments.run, arguments.part, arguments.rows)
    spec = {
        "project": str(folder),
        "run_id": arguments.run,
        "rows": rows,
        "explainer": arguments.explainer,
        "background": arguments.background,
        "space": arguments.space,
        "seed": arguments.seed,
    }
    progress, control = JobProgress(), Control()
    try:
        with interruptible(control):
            result = run_local("explain", trusted(spec), progress, control)
    finally:
        progress.end()
    explanation = Explanation.from_plain(result["explanation"])
    _print_summary(explanation)
    if arguments.out:
        for path in write(explanation, arguments.out):
            print(path)
    return OK


def rows_of_part(folder: Path, run_id: str | None, part: str, wanted: slice) -> list[int]:
    """Return table row numbers: a slice of the rows of one part of the data.

    Raises:
        ExplainError: The slice holds no row.
    """
    from workbench.cli.loading import trusted
    from workbench.engine.local import run_local
    from workbench.errors import ExplainError, Place

    spec: dict[str, Any] = {"project": str(folder), "run_id": run_id, "part": part, "csv": None}
    rows = [int(row) for row in run_local("predict", trusted(spec))["rows"]]
    chosen = rows[wanted]
    if not chosen:
        raise ExplainError(
            "There are no rows to explain.",
            expected=f"rows within 0:{len(rows)} of the part {part!r}",
            received=f"{wanted.start or 0}:{'' if wanted.stop is None else wanted.stop}",
            place=Place("field", "rows"),
        )
    return chosen


def write(explanation: Explanation, out: Path) -> list[Path]:
    """Write an explanation: JSON or CSV by the name's ending, both into a folder otherwise.

    Returns:
        The files.

    Raises:
        ProjectError: It cannot be written.
    """
    from workbench.cli.predict import write_text
    from workbench.project.storage import write_error

    texts = {".json": explanation.to_json, ".csv": explanation.to_csv}
    ending = out.suffix.lower()
    if ending in texts:
        paths = {out: ending}
    else:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error("The explanation was not written", out, error) from error
        paths = {out / f"explanation{kind}": kind for kind in texts}
    for path, kind in paths.items():
        write_text(path, texts[kind]())
    return list(paths)


def _print_summary(explanation: Explanation) -> None:
    from workbench.cli.output import print_table
    from workbench.wording import duration, number

    output = len(explanation.output_names) - 1
    importance = explanation.importance(output)
    order = sorted(range(len(explanation.columns)), key=lambda at: -importance[at])
    print(
        f"{len(explanation)} rows, {explanation.explainer}, background of "
        f"{explanation.background_size} rows, {duration(explanation.seconds)}."
    )
    unit = f"{explanation.space} of {explanation.output_names[output]}"
    print_table(
        ("column", f"mean |contribution| to the {unit}"),
        [(explanation.columns[at], number(float(importance[at]))) for at in order[:20]],
        right=(1,),
    )
    if len(order) > 20:
        print(f"… and {len(order) - 20} more columns.")
    print(f"Largest error of the sum: {number(explanation.additivity)} of the output's spread.")


def _slice(text: str) -> slice:
    match = re.fullmatch(r"(\d*):(\d*)|(\d+)", text.strip())
    if match is None or text.strip() == "":
        raise argparse.ArgumentTypeError(f"{text!r} is no range of rows such as 0:20")
    if match[3] is not None:
        return slice(int(match[3]), int(match[3]) + 1)
    return slice(int(match[1] or 0), int(match[2]) if match[2] else None)
