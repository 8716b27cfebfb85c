"""`keras-workbench export FOLDER`: the network as Python; alone, with weights, or its training."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.project import ProjectDocument

NAME = "export"
HELP = "Write the network as Python that runs with Keras alone."
KINDS = ("model", "weights", "script")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument(
        "--what", choices=KINDS, default="model",
        help="model: the network; weights: a folder with the network and the weights of a run; "
        "script: the whole training with the data's encoding",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="PATH",
        help="file to write, the screen when left out; a folder for weights",
    )  # fmt: skip
    parser.add_argument("--run", metavar="ID", help="run whose weights to use; else the latest")


def run(arguments: argparse.Namespace) -> int:
    """Write what was asked for and say where it is."""
    from workbench.catalog import load_catalog
    from workbench.cli.loading import opened
    from workbench.cli.output import OK, USAGE, show_error
    from workbench.cli.predict import write_text
    from workbench.errors import WorkbenchError
    from workbench.export.weights import export_weights
    from workbench.graph.starting_weights import origins

    if arguments.what == "weights" and arguments.out is None:
        show_error(
            WorkbenchError(
                "No folder was given.",
                expected="keras-workbench export FOLDER --what weights --out NEW_FOLDER",
            )
        )
        return USAGE
    with opened(arguments.folder) as document:
        if arguments.what == "weights":
            if not arguments.run and origins(document.graph) and not _trained(document.folder):
                return _export_imported(document, arguments.out)
            run_id, files = export_weights(
                document.folder, load_catalog(), arguments.out.absolute(), arguments.run
            )
            names = ", ".join(file.name for file in files)
            print(f"Run {run_id} in {arguments.out}: {names}")
            return OK
        text = _text(document, arguments.what, arguments.out)
        if arguments.what == "script" and origins(document.graph):
            print("Note: the script begins with fresh weights, not with imported ones.",
                  file=sys.stderr)  # fmt: skip
    if arguments.out:
        write_text(arguments.out, text)
        print(f"Written: {arguments.out}")
    else:
        sys.stdout.write(text)
    return OK


def _trained(folder: Path) -> bool:
    """Tell whether a project has a run with weights."""
    from contextlib import closing

    from workbench.runs.store import RunStore

    with closing(RunStore(folder)) as store:
        return store.latest_with_weights() is not None


def _export_imported(document: ProjectDocument, out: Path) -> int:
    """Write the network with the weights that were imported with it."""
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import signature_of, trusted
    from workbench.cli.output import OK
    from workbench.engine.local import run_local

    prepare("auto", "cpu")
    signature, _problems = signature_of(document)
    spec = {
        "project": str(document.folder),
        "graph": document.graph.to_plain(),
        "signature": signature.to_plain() if signature else None,
        "folder": str(out.absolute()),
    }
    result = run_local("export_imported", trusted(spec))
    print(f"{result['words']}. In {out}: {', '.join(result['files'])}")
    return OK


def _text(document: ProjectDocument, what: str, out: Path | None) -> str:
    from workbench.catalog import load_catalog
    from workbench.cli.loading import signature_of
    from workbench.data.source import resolve
    from workbench.export.model import model_code
    from workbench.export.script import training_script

    if what == "model":
        signature, _problems = signature_of(document)
        return model_code(document.graph, load_catalog(), signature).text
    name, data_file = "train.py", ""
    if out is not None:
        name = out.name
        data_file = _seen_from(
            out.absolute().parent, resolve(document.data.source, document.folder)
        )
    return training_script(
        document.graph, load_catalog(), document.data, document.recipe, document.folder,
        data_file=data_file, name=name,
    ).text  # fmt: skip


def _seen_from(folder: Path, file: Path) -> str:
    """Return a file relative to the script's folder when it is in or below it, else absolute."""
    start = folder.resolve()
    return os.path.relpath(file, start) if file.is_relative_to(start) else str(file)
