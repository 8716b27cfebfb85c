"""The problems of a project as the window lists them, and what they say of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbench.errors import Place, RunError
from workbench.graph.problems import Problem

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature
    from workbench.project.document import ProjectDocument

_SEVERITY: Final = {"error": 0, "warning": 1, "info": 2}


def recipe_problems(document: ProjectDocument, signature: DataSignature | None) -> list[Problem]:
    """Return what is wrong with a project's recipe or lacks for it, and what advice there is."""
    from workbench.graph.ignoring import without_ignored
    from workbench.graph.starting_weights import weights_problems
    from workbench.recipe.presets import check_recipe
    from workbench.recipe.scaling import unscaled_inputs

    found = check_recipe(document.recipe, signature, document.graph)
    advice = unscaled_inputs(document.data, document.graph)
    begins = document.recipe.begin_with == "imported"
    missing = weights_problems(document.graph, document.folder) if begins else []
    return list(without_ignored(document.graph, [*found, *advice, *missing]))


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
