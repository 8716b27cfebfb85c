"""`keras-workbench [FOLDER]`: opens the window. Only this module of `workbench` imports `ui`."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError

NAME = "window"
HELP = "Open the window, on a project when a folder is given."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", nargs="?", type=Path, help="project to open")


def run(arguments: argparse.Namespace) -> int:
    """Open the window and return when it has closed."""
    folder: Path | None = arguments.folder
    if folder is not None:
        _check_folder(folder)
    start = load("ui.app", "main")
    return int(start(folder))


def load(module: str, name: str) -> Any:
    """Return a function of the window's package.

    Args:
        module: A module of `ui`.
        name: The function.

    Raises:
        WorkbenchError: Qt is missing or broken; the remedy names what to install.
    """
    from workbench.cli.system_libraries import check_qt

    check_qt()
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError as error:
        if error.name and error.name.partition(".")[0] in ("ui", "workbench"):
            raise
        raise WorkbenchError(
            "The window cannot start: a library that it needs does not load.",
            received=str(error),
            remedy="Run keras-workbench doctor: it names what is missing and how to install it.",
        ) from error


def _check_folder(folder: Path) -> None:
    """Refuse what cannot be a project before the window comes up."""
    from workbench.project.folder import locate

    locate(folder)
