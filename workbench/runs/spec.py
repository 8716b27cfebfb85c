"""RunSpec: a frozen copy of everything a training depends on, stored with the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workbench.data.spec import DataSpec
from workbench.graph.model import Graph
from workbench.plain import PlainDict
from workbench.recipe.spec import RecipeSpec


class RunState(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    DONE = "done"  # ran to its end or ended early by itself
    STOPPED = "stopped"  # the person stopped it; the best weights are kept
    CANCELLED = "cancelled"  # the person discarded it
    FAILED = "failed"  # an error, or the engine died

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come."""
        return self is not RunState.RUNNING

    @property
    def has_weights(self) -> bool:
        """Whether the run left weights that can predict."""
        return self in (RunState.DONE, RunState.STOPPED)


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Frozen copy of graph, data and recipe.

    Attributes:
        run_id: Name of the run's folder under `runs/`; sorts by time.
        project: Absolute path of the project folder.
        graph: The network.
        data: The data document.
        recipe: The recipe.
        versions: Library name → version, filled in by the engine.
    """

    run_id: str
    project: str
    graph: Graph
    data: DataSpec
    recipe: RecipeSpec
    versions: dict[str, str] = field(default_factory=dict)

    def to_plain(self) -> PlainDict:
        """Return the spec as plain data."""
        return {
            "run_id": self.run_id,
            "project": self.project,
            "graph": self.graph.to_plain(),
            "data": self.data.to_plain(),
            "recipe": self.recipe.to_plain(),
            "versions": dict(self.versions),
        }

    @classmethod
    def from_plain(cls, plain: Any) -> RunSpec:
        """Read a spec written by `to_plain`."""
        return cls(
            run_id=str(plain["run_id"]),
            project=str(plain["project"]),
            graph=Graph.from_plain(plain["graph"]),
            data=DataSpec.from_plain(plain["data"]),
            recipe=RecipeSpec.from_plain(plain["recipe"]),
            versions=dict(plain.get("versions", {})),
        )
