"""`make run`: the window on the starter project, or without a display the job and a report."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

NAME = "starter"
HELP = "Open the starter project; without a display, do the whole job and write a report."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("--folder", type=Path, help="where the starter project is, or is made")
    parser.add_argument(
        "--headless", action="store_true", help="write the report even where there is a display"
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the window, or train, predict and explain and print where the report is."""
    from workbench.cli.system_libraries import has_display
    from workbench.cli.window import load
    from workbench.settings import documents_folder

    folder: Path = arguments.folder or documents_folder() / "Starter"
    make_starter(folder)
    offscreen = os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal")
    if has_display() and not arguments.headless and not offscreen:
        return int(load("ui.app", "main")(folder))
    print(
        "There is no display here: training, predicting and explaining without a window.",
        file=sys.stderr,
    )
    from workbench.cli.report import write_report

    report = write_report(folder, folder.with_name(f"{folder.name} report"))
    print(f"The project is in {folder}")
    print(f"The report is in  {report}")
    return 0


def make_starter(folder: Path) -> None:
    """Make the starter project unless it is there already.

    Raises:
        ProjectError: The folder is used for something else or cannot be written.
    """
    from workbench.project import create_from_template, is_project
    from workbench.project.templates import STARTER

    if not is_project(folder):
        create_from_template(STARTER, folder).close()
