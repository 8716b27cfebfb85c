"""`make screenshots`: every page, light and dark, in a small and a large window."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from workbench.cli.main import main as run_command
from workbench.cli.report import PAGES, take_picture

SIZES = ("1366x768", "2560x1440")
THEMES = ("light", "dark")


def main() -> int:
    """Make a project from the starter template, train it, and save the pictures.

    Returns:
        0 when all pictures were taken.
    """
    from workbench.project import create_from_template
    from workbench.project.templates import STARTER

    out = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "Breast cancer"
        create_from_template(STARTER, project).close()
        if run_command(["train", str(project)]) != 0:
            return 1
        taken = [
            take_picture(project, page, out / f"{page}-{theme}-{size}.png", theme=theme, size=size)
            for page in ("welcome", *PAGES)
            for theme in THEMES
            for size in SIZES
        ]
    print(f"{sum(taken)} of {len(taken)} pictures in {out}")
    return 0 if all(taken) else 1


if __name__ == "__main__":
    sys.exit(main())
