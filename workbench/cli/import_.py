"""`keras-workbench import FILE FOLDER`: a saved model or Python as a project's network."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.graph.change_base import Change
    from workbench.graph.model import Graph
    from workbench.graph.starting_weights import StartingWeights

NAME = "import"
HELP = "Take the network of a saved Keras model (.keras, .h5, .json) or of Python into a project."
PYTHON = ".py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument(
        "file", type=Path, help=".keras, .h5, the text of model.to_json(), or Python (.py)"
    )
    parser.add_argument("folder", type=Path, help="the project; made when it is not there")
    parser.add_argument(
        "--trust", action="store_true",
        help="run a .py file: it can do everything that you can do on this computer",
    )  # fmt: skip
    parser.add_argument(
        "--model", default="", help="of a .py file: the variable or function with the model"
    )
    parser.add_argument(
        "--as", dest="place", choices=("network", "beside", "block"), default="network",
        help="in place of the network (the usual), beside it, or as one block in it",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Import, save, and say what could not be taken over."""
    from workbench.cli.keras_process import prepare
    from workbench.cli.output import OK
    from workbench.engine.local import run_local

    with tempfile.TemporaryDirectory() as waiting:
        if arguments.file.suffix.lower() == PYTHON:
            found = _of_python(arguments.file, arguments.model, trusted=arguments.trust)
        else:
            prepare("auto", "cpu")
            spec = {"path": str(arguments.file.absolute()), "project": waiting}
            found = run_local("import_file", spec)
        _put(arguments, found, Path(waiting))
    for sentence in found["lost"]:
        print(f"Not taken over: {sentence}")
    return OK


def _put(arguments: argparse.Namespace, found: dict[str, Any], waiting: Path) -> None:
    """Put the network and its weights into the project, which is made if it is not there."""
    from workbench.graph.model import Graph
    from workbench.graph.starting_weights import FOLDER, weights_found
    from workbench.project import create_project, open_project

    if not arguments.folder.exists():
        create_project(arguments.folder, found["name"]).close()
    document = open_project(arguments.folder)
    try:
        weights = weights_found(found)
        if weights is not None:
            shutil.copytree(waiting / FOLDER, document.folder / FOLDER, dirs_exist_ok=True)
        other = Graph.from_plain(found["graph"])
        change = _change(arguments.place, document.graph, other, found["name"], weights)
        document.apply(change)
        document.save()
        how = "with" if weights else "without"
        print(f"{found['name']}: {len(other)} layers, {how} their weights, in {document.folder}.")
    finally:
        document.close()


def _change(
    place: str, graph: Graph, other: Graph, name: str, weights: StartingWeights | None
) -> Change:
    """Return the change that puts another network into a project's."""
    from workbench.importing.inserting import insert_as_block, insert_beside
    from workbench.importing.replacing import replace_network

    if place == "beside":
        return insert_beside(graph, other, weights=weights)[0]
    if place == "block":
        return insert_as_block(graph, other, name, weights=weights)[0]
    return replace_network(graph, other, weights=weights)


def _of_python(path: Path, pick: str, *, trusted: bool) -> dict[str, Any]:
    """Return the network of a Python file.

    Raises:
        GraphError: The person did not say that it may run, or it makes no one model.
    """
    from workbench.cli.keras_process import prepare
    from workbench.engine.local import run_local
    from workbench.errors import GraphError, Place
    from workbench.importing.code_job import read_code

    place = Place("file", str(path))
    if not trusted:
        raise GraphError(
            f"{path.name} was not run: it is a program, and running it can do everything that you "
            "can do on this computer.",
            remedy="Read it; when you know where it is from, say --trust.",
            place=place,
        )
    text = read_code(path)
    prepare("auto", "cpu")
    spec = {"text": text, "name": path.name, "pick": pick}
    models = run_local("import_code", spec)["models"]
    if len(models) > 1:
        raise GraphError(
            f"{path.name} makes several models: {', '.join(models)}.",
            remedy="Choose one with --model NAME.",
            place=place,
        )
    ((name, found),) = models.items()
    return {"name": name, **found}
