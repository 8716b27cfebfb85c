"""The problems of a project as the window lists them, and what they say of a training."""

from __future__ import annotations

from typing import Final

from workbench.errors import Place, RunError
from workbench.graph.problems import Problem

_SEVERITY: Final = {"error": 0, "warning": 1, "info": 2}


def merged(problems: list[Problem]) -> list[Problem]:
    """Return problems without repetitions, errors first, otherwise in the given order."""
    seen: dict[tuple[str, Place, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.place, problem.message), problem)
    return sorted(seen.values(), key=lambda problem: _SEVERITY[problem.severity])


def not_ready(errors: list[Problem]) -> RunError:
    """Return what to say when a training is asked for that errors prevent; at least one."""
    first = errors[0]
    more = len(errors) - 1
    return RunError(
        "The network cannot be trained yet.",
        received=first.message.rstrip("."),
        remedy=(
            f"The problem list shows this and {more} more."
            if more
            else "The problem list shows it."
        ),
        place=first.place,
    )
