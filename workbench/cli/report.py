"""A report on a project: trained, predicted, explained, with pictures; an HTML file in a folder."""

from __future__ import annotations

import csv
import html
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.explain.results import Explanation

EXPLAINED = 20
"""Rows that are explained."""
PAGES = ("data", "design", "train", "explain")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1d2330; }
table { border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #d8dce4; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; border: 1px solid #d8dce4; }
svg { max-width: 100%; }
.wrong { color: #b3261e; }
"""


def write_report(project: Path, out: Path) -> Path:
    """Do the whole job headless and describe it.

    Args:
        project: The project; the new run is kept in it.
        out: Folder of the report; files of an earlier one are replaced.

    Returns:
        The HTML file.

    Raises:
        WorkbenchError: The project cannot be trained, or the report cannot be written.
    """
    from workbench.cli.explain import write as write_explanation
    from workbench.cli.predict import as_csv, write_text
    from workbench.project.storage import write_error

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error("The report was not written", out, error) from error
    name, trained, losses = _train(project)
    predicted = _predict(project)
    predictions = as_csv(predicted)
    write_text(out / "predictions.csv", predictions)
    explanation = _explain(project, [int(row) for row in predicted["rows"][:EXPLAINED]])
    write_explanation(explanation, out)
    pictures = _pictures(project, out)
    page = "\n".join(
        [
            _head(name),
            _results(trained),
            _curves(losses),
            _importance(explanation),
            _predictions(predictions),
            *(
                f"<h2>{p.capitalize()} page</h2><img src='{p}.png' alt='{p} page'>"
                for p in pictures
            ),
        ]
    )
    write_text(out / "report.html", page + "\n")
    return out / "report.html"


def _pictures(project: Path, out: Path) -> list[str]:
    """Take a picture of every page; one message, not four, where Qt cannot start."""
    from workbench.cli.output import show_error
    from workbench.cli.system_libraries import check_qt
    from workbench.errors import WorkbenchError

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        check_qt()
    except WorkbenchError as error:
        show_error(error, prefix="No pictures in the report")
        return []
    return [page for page in PAGES if take_picture(project, page, out / f"{page}.png")]


def take_picture(
    project: Path, page: str, out: Path, *, theme: str = "light", size: str = "1366x768"
) -> bool:
    """Save a picture of a page, in a process of its own: Qt and TensorFlow stay apart.

    Returns:
        False when there is no picture; the reason has been printed.
    """
    out.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "workbench", "screenshot", str(project), str(out),
        "--page", page, "--theme", theme, "--size", size,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"No picture of the {page} page: no answer within 5 minutes", file=sys.stderr)
        return False
    if done.returncode != 0 or not out.exists():
        reason = done.stderr.strip() or f"exit code {done.returncode}"
        print(f"No picture of the {page} page: {reason}", file=sys.stderr)
        return False
    return True


# ---- the job -------------------------------------------------------------------------------


def _train(project: Path) -> tuple[str, dict[str, Any], dict[str, list[float]]]:
    from workbench.cli.events import TrainProgress
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import opened, refuse_errors
    from workbench.cli.train import print_result, train
    from workbench.project.freeze import freeze

    with opened(project) as document:
        prepare(document.recipe.backend, document.recipe.device)
        refuse_errors(document)
        name, spec = document.name, freeze(document)
    progress = TrainProgress()
    losses: dict[str, list[float]] = {"loss": [], "val_loss": []}

    def hear(event: dict[str, Any]) -> None:
        progress(event)
        if event.get("event") == "epoch":
            for key, values in losses.items():
                if key in event["values"]:
                    values.append(float(event["values"][key]))

    try:
        result = train(spec, hear)
    finally:
        progress.end()
    print_result(result)
    return name, result, losses


def _predict(project: Path) -> dict[str, Any]:
    from workbench.cli.loading import trusted
    from workbench.engine.local import run_local

    spec = {"project": str(project), "run_id": None, "part": "test", "csv": None}
    return run_local("predict", trusted(spec))


def _explain(project: Path, rows: list[int]) -> Explanation:
    from workbench.cli.events import JobProgress
    from workbench.cli.loading import trusted
    from workbench.engine.local import run_local
    from workbench.explain.results import Explanation

    progress = JobProgress()
    spec = {"project": str(project), "run_id": None, "rows": rows, "explainer": "auto",
            "background": 50, "space": "logit", "seed": 0}  # fmt: skip
    try:
        return Explanation.from_plain(run_local("explain", trusted(spec), progress)["explanation"])
    finally:
        progress.end()


# ---- the page ------------------------------------------------------------------------------


def _head(name: str) -> str:
    title = html.escape(name)
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        f"<style>{_STYLE}</style><h1>{title}</h1>"
    )


def _results(result: dict[str, Any]) -> str:
    from workbench.wording import duration, number

    rows = "".join(
        f"<tr><td>{html.escape(name.replace('_', ' '))}<td class='n'>{number(float(value))}"
        for name, value in result.get("test", {}).items()
    )
    return (
        f"<p>Trained for {result['epochs']} epochs in {duration(result['seconds'])}; the best was "
        f"epoch {result['best_epoch']}. On rows that it never saw:</p><table>{rows}</table>"
    )


def _curves(losses: dict[str, list[float]]) -> str:
    """Return the loss per epoch as a picture, training and validation."""
    known = {name: values for name, values in losses.items() if len(values) > 1}
    if not known:
        return ""
    low = min(min(values) for values in known.values())
    high = max(max(values) for values in known.values())
    width, height = 720, 220
    lines = []
    for (name, values), colour in zip(known.items(), ("#3b6fd4", "#d9822b"), strict=False):
        points = " ".join(
            f"{at * width / (len(values) - 1):.1f},"
            f"{height - (value - low) / ((high - low) or 1) * height:.1f}"
            for at, value in enumerate(values)
        )
        title = {"loss": "training", "val_loss": "validation"}[name]
        lines.append(
            f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'>"
            f"<title>{title}</title></polyline>"
        )
    return (
        f"<h2>Loss</h2><svg viewBox='0 -4 {width} {height + 8}' role='img' aria-label='Loss per "
        f"epoch'>{''.join(lines)}</svg><p>Per epoch, from {high:.3g} down to {low:.3g}; training "
        "blue, validation orange.</p>"
    )


def _importance(explanation: Explanation) -> str:
    from workbench.wording import number

    output = len(explanation.output_names) - 1
    importance = explanation.importance(output)
    order = sorted(range(len(explanation.columns)), key=lambda at: -importance[at])[:15]
    longest = float(importance[order[0]]) or 1.0
    rows = "".join(
        f"<tr><td>{html.escape(explanation.columns[at])}<td class='n'>"
        f"{number(float(importance[at]))}<td><svg width='300' height='12'><rect height='12' "
        f"width='{300 * float(importance[at]) / longest:.0f}' fill='#3b6fd4'/></svg>"
        for at in order
    )
    unit = html.escape(f"{explanation.space} of {explanation.output_names[output]}")
    return (
        f"<h2>What mattered</h2><p>Mean absolute SHAP value over {len(explanation)} held-out rows, "
        f"as a part of the {unit}. The values add up to the prediction with an error of "
        f"{number(explanation.additivity)} of its spread.</p><table>{rows}</table>"
    )


def _predictions(text: str) -> str:
    head, *rows = csv.reader(io.StringIO(text))
    cells = "".join(f"<th>{html.escape(cell)}" for cell in head)
    lines = "".join(
        f"<tr{_mark(head, row)}>" + "".join(f"<td>{html.escape(cell)}" for cell in row)
        for row in rows[:EXPLAINED]
    )
    return (
        f"<h2>Predictions</h2><table><tr>{cells}{lines}</table>"
        f"<p>The first {min(len(rows), EXPLAINED)} of {len(rows)}; all are in "
        "<a href='predictions.csv'>predictions.csv</a>.</p>"
    )


def _mark(head: list[str], row: list[str]) -> str:
    if len(head) < 4 or head[1] != "target" or row[1] == row[2]:
        return ""
    return " class='wrong'"
