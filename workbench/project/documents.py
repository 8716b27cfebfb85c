"""The three documents of a project together, and the one function that edits any of them.

Nothing here touches a disk: `ProjectDocument` adds history, journal and folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.data.spec import DataSpec
from workbench.errors import Place, ProjectError, RecipeError, WorkbenchError
from workbench.graph.changes import Batch, Change, SetField, apply_all
from workbench.graph.model import Graph
from workbench.plain import PlainDict
from workbench.project.fields import check_types, has_path, no_such, set_at
from workbench.recipe.spec import RecipeSpec


@dataclass
class Documents:
    """Name, network, data settings and training settings of one project.

    Attributes:
        name: What the project is called.
        graph: The network.
        data: Where the table is and what its columns mean.
        recipe: How the network is trained.
    """

    name: str = "Untitled"
    graph: Graph = field(default_factory=Graph)
    data: DataSpec = field(default_factory=DataSpec)
    recipe: RecipeSpec = field(default_factory=RecipeSpec)

    def apply(self, change: Change) -> Change:
        """Make a change of any of the documents and return the change that undoes it.

        Args:
            change: A graph change, a `SetField` (document `"data"`, `"recipe"` or `"project"`)
                or a batch of both. It is made whole or not at all.

        Returns:
            The inverse change.

        Raises:
            WorkbenchError: The change does not fit; nothing has been changed.
        """
        if isinstance(change, Batch):
            return apply_all(change, self.apply)
        if isinstance(change, SetField):
            return self._set_field(change)
        return self.graph.apply(change)

    def _set_field(self, change: SetField) -> Change:
        before: PlainDict
        if change.document == "data":
            before = self.data.to_plain()
        elif change.document == "recipe":
            before = self.recipe.to_plain()
        elif change.document == "project":
            before = {"name": self.name}
        else:
            raise ProjectError(
                f"There are no {change.document!r} settings in a project.",
                expected="data, recipe or project",
            )
        after, inverse = set_at(before, change)
        if change.document == "data":
            data = read_data(after)
            if not has_path(data.to_plain(), change.path):
                raise no_such(change)
            self.data = data
        elif change.document == "recipe":
            recipe = read_recipe(after)
            if not has_path(recipe.to_plain(), change.path):
                raise no_such(change)
            self.recipe = recipe
        else:
            if after.keys() != {"name"}:
                raise no_such(change)
            self.name = _read_name(after["name"])
        return inverse

    def to_plain(self) -> PlainDict:
        """Return the documents as plain data."""
        return {
            "name": self.name,
            "graph": self.graph.to_plain(),
            "data": self.data.to_plain(),
            "recipe": self.recipe.to_plain(),
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Documents:
        """Read the documents written by `to_plain`; a missing one is empty.

        Raises:
            WorkbenchError: The data does not describe a project; the place tells which part.
        """
        return cls(
            name=_read_name(plain.get("name", "Untitled")),
            graph=Graph.from_plain(plain.get("graph", {"nodes": [], "edges": []})),
            data=read_data(plain.get("data", {})),
            recipe=read_recipe(plain.get("recipe", {})),
        )


def read_data(plain: Any) -> DataSpec:
    """Read a data document and check the type of every value.

    Raises:
        DataError: A value is missing or of another type.
    """
    spec = DataSpec.from_plain(plain)
    check_types(spec, "data")
    return spec


def read_recipe(plain: Any) -> RecipeSpec:
    """Read a recipe and check the type of every value.

    Raises:
        RecipeError: A value is missing or of another type.
    """
    if not isinstance(plain, Mapping) or isinstance(plain.get("metrics", ()), str):
        raise RecipeError(
            "The training settings of this project cannot be read.",
            expected="named settings, the metrics as a list",
            received=repr(plain)[:80],
        )
    spec = RecipeSpec.from_plain(plain)
    check_types(spec, "recipe")
    return spec


def _read_name(value: Any) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name or "\n" in name:
        raise ProjectError(
            "This cannot be the name of a project.",
            expected="one line of text",
            received=repr(value)[:80],
            place=Place("field", "name"),
        )
    return name


def as_project_error(error: WorkbenchError, file: str) -> ProjectError:
    """Wrap an error of one document as an error of the project file that it came from."""
    return ProjectError(
        error.message,
        expected=error.expected,
        received=error.received,
        remedy=error.remedy or "Restore the file from a copy, or start a new project.",
        place=Place("file", file),
        details=error.details,
    )
