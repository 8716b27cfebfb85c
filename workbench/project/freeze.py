"""From the documents to a run: the frozen copy that a training gets."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from workbench.recipe.spec import RecipeSpec
from workbench.runs.spec import RunSpec

if TYPE_CHECKING:
    from workbench.project.document import ProjectDocument


def freeze(document: ProjectDocument, recipe: RecipeSpec | None = None) -> RunSpec:
    """Return a frozen copy of a project's documents, with a new run id that sorts by time.

    Args:
        document: The project, with its unsaved changes.
        recipe: Another recipe than the project's, for a run with other settings.
    """
    return RunSpec(
        run_id=f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}",
        project=str(document.folder),
        graph=document.graph.copy(),
        data=document.data,
        recipe=recipe or document.recipe,
    )
