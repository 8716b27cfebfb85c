"""`keras-workbench import FILE FOLDER`: the network of a saved Keras model into a project."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, Final

NAME = "import"
HELP = "Take the network of a saved Keras model (.keras, .h5, .json, .py) into a project."
_LIMIT: Final = 120.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("file", type=Path, help=".keras, .h5, or the text of model.to_json()")
    parser.add_argument("folder", type=Path, help="the project; made when it is not there")
    parser.add_argument(
        "--trust", action="store_true", help="run a .py file: its code has all of your rights"
    )


def run(arguments: argparse.Namespace) -> int:
    """Import, save, and say what could not be taken over."""
    from workbench.cli.keras_process import prepare
    from workbench.cli.output import OK
    from workbench.engine.local import run_local
    from workbench.graph.model import Graph
    from workbench.importing.replacing import replace_network
    from workbench.project import create_project, open_project

    if arguments.file.suffix.lower() == ".py":
        found = _run_code(arguments.file, trusted=arguments.trust)
    else:
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


def _run_code(path: Path, *, trusted: bool) -> dict[str, Any]:
    """Run a Python file in a process of its own, in an empty folder, for a limited time."""
    from workbench.engine.client import EngineClient
    from workbench.engine.messages import JobDone, JobFailed
    from workbench.errors import GraphError, Place
    from workbench.trust import fingerprint

    place = Place("file", str(path))
    if not trusted:
        raise GraphError(f"{path.name} was not run: its code would have all of your rights.",
                         remedy="Read it, then add --trust.", place=place)  # fmt: skip
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise GraphError(f"{path.name} cannot be read: {error}", place=place) from error
    engine = EngineClient("run", device="cpu")
    end = time.monotonic() + _LIMIT
    try:
        engine.start()
        engine.submit("import_code", {"source": source, "trusted": fingerprint(source)})
        while time.monotonic() < end:
            message = engine.receive(0.2)
            if isinstance(message, JobFailed):
                raise message.error
            if isinstance(message, JobDone):
                if "choices" in message.result:
                    raise GraphError(f"{path.name} makes several models.", place=place,
                                     received=", ".join(message.result["choices"]),
                                     remedy="Leave one of them.")  # fmt: skip
                return message.result
    finally:
        engine.close()
    raise GraphError(f"{path.name} ran for more than {_LIMIT:.0f} s and was ended.", place=place)
