"""`keras-workbench new FOLDER`: makes a project, empty or from a template."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "new"
HELP = "Make a project, empty or from a template."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", nargs="?", type=Path, help="a new or empty folder")
    parser.add_argument("--template", metavar="NAME", help="template to start from")
    parser.add_argument("--name", default="", help="name of the project")
    parser.add_argument("--list", action="store_true", help="list the templates and end")


def run(arguments: argparse.Namespace) -> int:
    """Make the project and print where it is."""
    from workbench.cli.output import OK, USAGE, print_table, show_error
    from workbench.errors import WorkbenchError
    from workbench.project import create_from_template, create_project, list_templates

    if arguments.list:
        print_table(("template", "what it is"), [(t.name, t.summary) for t in list_templates()])
        return OK
    if arguments.folder is None:
        show_error(
            WorkbenchError(
                "No folder was given.",
                expected="keras-workbench new FOLDER [--template NAME]",
            )
        )
        return USAGE
    if arguments.template:
        document = create_from_template(arguments.template, arguments.folder, arguments.name)
    else:
        document = create_project(arguments.folder, arguments.name)
    try:
        layers, folder = len(document.graph), document.folder
        print(f"{document.name}: made in {folder}, {layers} layers.")
        print(f"Open it with: keras-workbench {arguments.folder}")
    finally:
        document.close()
    return OK
