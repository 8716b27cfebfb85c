"""Says in the user's words why a project's file could not be written."""

from __future__ import annotations

from pathlib import Path

from workbench.atomic import reason
from workbench.errors import Place, ProjectError


def write_error(action: str, path: Path, error: OSError) -> ProjectError:
    """Say in the user's words why a file could not be written.

    Args:
        action: What failed, a sentence without its full stop ("The project was not saved").
        path: The file.
        error: What the operating system said.
    """
    happened, remedy, received = reason(error)
    return ProjectError(
        f"{action}. {happened}".strip(),
        received=received,
        remedy=remedy,
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )
