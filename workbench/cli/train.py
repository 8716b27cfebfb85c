"""`keras-workbench train FOLDER`: trains the project's network and keeps the run."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.jobs import Emit
    from workbench.recipe import RecipeSpec
    from workbench.runs.spec import RunSpec

NAME = "train"
HELP = "Train the network and keep the run."
_SETTINGS = ("epochs", "seed", "backend", "device")
BACKENDS = ("auto", "tensorflow", "torch", "jax")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument("--epochs", type=positive, metavar="N", help="most epochs")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of weights and shuffling")
    parser.add_argument("--backend", choices=BACKENDS, help="Keras backend")
    parser.add_argument("--device", metavar="NAME", help="auto, cpu, gpu, gpu:1 …")
    parser.add_argument(
        "--resume", nargs="?", const="", metavar="RUN",
        help="go on with a run that broke off (the latest, or RUN), as it was frozen then",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one event per line, as JSON")


def positive(text: str) -> int:
    """Read a whole number of at least 1; for argparse."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Train; Ctrl+C stops and keeps the best weights, Ctrl+C twice cancels."""
    from workbench.cli.events import TrainProgress, print_event
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import opened, refuse_errors
    from workbench.cli.output import OK
    from workbench.errors import WorkbenchError
    from workbench.project.freeze import freeze

    resumed = arguments.resume is not None
    if resumed:
        spec = _broken_off(arguments)
        prepare(spec.recipe.backend, spec.recipe.device)
    else:
        with opened(arguments.folder) as document:
            recipe = _recipe(document.recipe, arguments)
            prepare(recipe.backend, recipe.device)
            refuse_errors(document)
            spec = freeze(document, recipe)
    progress = TrainProgress()
    try:
        result = train(spec, print_event if arguments.json else progress, resumed=resumed)
    except WorkbenchError as error:
        if arguments.json:
            print_event({"event": "failed", "error": error.to_plain()})
        raise
    finally:
        progress.end()
    if arguments.json:
        print_event({"event": "done", "result": result})
    else:
        print_result(result)
    return OK


def train(spec: RunSpec, emit: Emit, *, resumed: bool = False) -> dict[str, Any]:
    """Train in this process, recording the run in the project's store.

    Args:
        spec: The frozen run.
        emit: Hears every event after it was recorded.
        resumed: Go on with this run, which broke off.

    Returns:
        The result of the train job.

    Raises:
        WorkbenchError: The training failed or was cancelled; that is recorded too.
    """
    from workbench.cli.interrupts import interruptible
    from workbench.cli.loading import trusted
    from workbench.engine.local import run_local
    from workbench.errors import WorkbenchError
    from workbench.jobs import Control
    from workbench.runs.recorder import Recorder

    control, recorder = Control(), Recorder(spec, resumed=resumed)

    def record(event: dict[str, Any]) -> None:
        recorder.event(event)
        emit(event)

    try:
        with interruptible(control, stops=True):
            result = run_local(
                "train", trusted({**spec.to_plain(), "resumed": resumed}), record, control
            )
    except WorkbenchError as error:
        recorder.failed(error)
        raise
    recorder.done(result)
    return result


def _broken_off(arguments: argparse.Namespace) -> RunSpec:
    """Return the run to go on with; it was frozen with its settings.

    Raises:
        ProjectError: There is no project, or a window has it open.
        RunError: There is none, or other settings are asked for.
    """
    from contextlib import closing

    from workbench.errors import RunError
    from workbench.project.lock import ProjectLock
    from workbench.runs.going_on import spec_to_go_on
    from workbench.runs.store import RunStore

    asked = [f"--{name}" for name in _SETTINGS if getattr(arguments, name) is not None]
    if asked:
        raise RunError(
            "A run that goes on keeps its settings.",
            received=" ".join(asked),
            remedy="Leave them out, or train anew without --resume.",
        )
    ProjectLock(arguments.folder).release()  # an open window knows what goes on: it decides
    with closing(RunStore(arguments.folder)) as store:
        store.fail_unfinished()
        return spec_to_go_on(store, arguments.resume)


def _recipe(recipe: RecipeSpec, arguments: argparse.Namespace) -> RecipeSpec:
    asked = {name: getattr(arguments, name) for name in _SETTINGS}
    return dataclasses.replace(
        recipe, **{name: value for name, value in asked.items() if value is not None}
    )


def print_result(result: dict[str, Any]) -> None:
    """Print how a training ended: best epoch, and its values on every part."""
    from workbench.cli.output import print_table
    from workbench.wording import duration

    ended = {"stopped": "stopped; the best weights are kept"}.get(result["state"], "done")
    print(
        f"Run {result['run_id']}: {ended} after {result['epochs']} epochs, best epoch "
        f"{result['best_epoch']}, {duration(result['seconds'])}."
    )
    best, test = result.get("values", {}), result.get("test", {})
    rows = [
        (name, _cell(best.get(name)), _cell(best.get(f"val_{name}")), _cell(test.get(name)))
        for name in dict.fromkeys([*(n.removeprefix("val_") for n in best), *test])
    ]
    if rows:
        print_table(("", "training", "validation", "test"), rows, right=(1, 2, 3))
    if not test:
        print("There is no test part.", file=sys.stderr)


def _cell(value: Any) -> str:
    from workbench.wording import number

    return "" if value is None else number(float(value))
