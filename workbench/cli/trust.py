"""`keras-workbench trust FOLDER`: shows a project's own layers and lets them run, after a yes."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "trust"
HELP = "Show the Python files with layers of a project, and say that one may run here."
_SHORTEST = 12
_MEANS = (
    "Layers in Python are a program. When it runs, it can do whatever you can do on this "
    "computer: read and change your files, use the network."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument(
        "--yes", nargs="+", metavar="SHA256", default=[],
        help="the text with this SHA-256 may run on this computer; its first 12 digits do",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print what has not been trusted, or trust it; 1 while something has not been."""
    from workbench.cli.loading import opened
    from workbench.cli.output import OK, PROBLEM
    from workbench.errors import Place, WorkbenchError
    from workbench.graph.own_layers import own_files
    from workbench.settings import load_settings
    from workbench.trust import fingerprint, is_trusted, trust

    settings = load_settings()
    with opened(arguments.folder) as document:
        files = own_files(document.graph.records)
    wanted = [digest.lower() for digest in arguments.yes]
    for digest in wanted:
        if len(digest) < _SHORTEST or not any(
            fingerprint(f.text).startswith(digest) for f in files
        ):
            raise WorkbenchError(
                f"No file with layers in this project has the SHA-256 {digest}.",
                remedy="Run keras-workbench trust FOLDER to see them.",
                place=Place("project", str(arguments.folder)),
            )
    for file in files:
        if any(fingerprint(file.text).startswith(digest) for digest in wanted):
            trust(settings, file.text)
            print(f"{file.name} may run on this computer.")
    if wanted:
        settings.save()
    left = [file for file in files if not is_trusted(settings, file.text)]
    if not left:
        if not wanted:
            print("This project has no layers that would have to be trusted.")
        return OK
    print(f"{_MEANS}\n")
    for file in left:
        print(f"--- {file.name}, SHA-256 {fingerprint(file.text)}")
        print(_visible(file.text))
    digests = " ".join(fingerprint(file.text)[:_SHORTEST] for file in left)
    print(f"When you know who wrote this: keras-workbench trust {arguments.folder} --yes {digests}")
    return PROBLEM


def _visible(text: str) -> str:
    """Return a text with characters that could hide something from a terminal written out."""
    kept = "\n\t"
    return "".join(
        c if c in kept or c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
