"""`keras-workbench import FILE FOLDER`: the network of a saved Keras model into a project."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "import"
HELP = "Take the network of a saved Keras model (.keras, .h5, .json) into a project."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("file", type=Path, help=".keras, .h5, or the text of model.to_json()")
    parser.add_argument("folder", type=Path, help="the project; made when it is not there")


def run(arguments: argparse.Namespace) -> int:
    """Import, save, and say what could not be taken over."""
    from workbench.cli.keras_process import prepare
    from workbench.cli.output import OK
    from workbench.engine.local import run_local
    from workbench.graph.model import Graph
    from workbench.importing.replacing import replace_network
    from workbench.project import create_project, open_project

    prepare("auto", "cpu")
    found = run_local("import_file", {"path": str(arguments.file.absolute())})
    if not arguments.folder.exists():
        create_project(arguments.folder, found["name"]).close()
    document = open_project(arguments.folder)
    try:
        document.apply(replace_network(document.graph, Graph.from_plain(found["graph"])))
        document.save()
        print(f"{found['name']}: {len(document.graph)} layers in {document.folder}.")
    finally:
        document.close()
    for sentence in found["lost"]:
        print(f"Not taken over: {sentence}")
    return OK
