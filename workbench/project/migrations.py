"""Older project files brought up to the present format, one step per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.errors import Place, ProjectError

FORMAT = 1
"""Format of `project.json` that this version writes."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[int, Migration] = {}
"""Format → function that turns a file of that format into one of the next."""


def migrate(plain: Any, file: str, migrations: Mapping[int, Migration] = MIGRATIONS) -> Any:
    """Return the content of a project file in the present format.

    Args:
        plain: The content as read.
        file: Path of the file, for messages.
        migrations: The steps; another table in tests.

    Raises:
        ProjectError: It is no project file, or one of a newer version.
    """
    place = Place("file", file)
    number = plain.get("format") if isinstance(plain, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ProjectError(
            "This is not a project of Keras Workbench.",
            expected="a project file with a format number",
            received="a file without one",
            remedy="Choose the folder of a project.",
            place=place,
        )
    newest = max(migrations, default=FORMAT - 1) + 1
    if number > newest:
        raise ProjectError(
            "This project was made by a newer version of Keras Workbench.",
            expected=f"project format {newest} or older",
            received=f"project format {number}",
            remedy="Update Keras Workbench, then open it again. Nothing was changed.",
            place=place,
        )
    while number < newest:
        step = migrations.get(number)
        if step is None:
            raise ProjectError(
                "This project is too old to be read.",
                expected=f"project format {min(migrations, default=newest)} or newer",
                received=f"project format {number}",
                place=place,
            )
        plain = {**step(dict(plain)), "format": number + 1}
        number += 1
    return plain
