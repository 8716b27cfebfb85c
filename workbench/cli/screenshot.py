"""`keras-workbench screenshot FOLDER OUT.png`: a picture of the real window, offscreen."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

NAME = "screenshot"
HELP = "Save a picture of a page of the window, without showing it."
PAGES = ("welcome", "data", "design", "train", "explain")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="project to show")
    parser.add_argument("out", type=Path, help="picture to write, PNG")
    parser.add_argument("--page", choices=PAGES, default="design", help="page to show")
    parser.add_argument(
        "--size", type=_size, default=(1366, 768), metavar="WxH", help="window size in pixels"
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light")


def run(arguments: argparse.Namespace) -> int:
    """Render the page and print where the picture is."""
    from workbench.cli.output import OK, PROBLEM
    from workbench.cli.window import load
    from workbench.errors import Place, WorkbenchError
    from workbench.project.folder import locate

    folder, out = locate(arguments.folder), arguments.out
    if not out.absolute().parent.is_dir():
        raise WorkbenchError(
            "The folder for the picture does not exist.",
            remedy="Make it first, or choose another one.",
            place=Place("file", str(out.absolute().parent)),
        )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    render = load("ui.screenshot", "render")
    filled = render(folder, arguments.page, arguments.size, arguments.theme, out)
    print(out)
    if not filled:
        print("The page had not filled in time: the picture may be incomplete.", file=sys.stderr)
    return OK if filled else PROBLEM


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})[x×](\d{3,5})", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1366x768")
    return int(match[1]), int(match[2])
