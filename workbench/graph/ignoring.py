"""Advice that a person does not want to see again at a layer: a record of the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from workbench.graph.changes import Batch, Change
from workbench.graph.model import Graph
from workbench.graph.problems import Problem
from workbench.graph.record_changes import DropRecord, PutRecord
from workbench.graph.records import Record, Records, register_kind
from workbench.plain import PlainDict


@dataclass(frozen=True, slots=True)
class Ignored:
    """Advice that is not shown.

    Attributes:
        code: Which advice.
        at: Id of the layer, in a block as the block's own network has it, or "" for the whole
            network.
    """

    code: str
    at: str = ""
    kind: ClassVar[str] = "ignored"

    @property
    def id(self) -> str:
        """Code and layer together."""
        return f"{self.code}@{self.at}"

    def to_plain(self) -> PlainDict:
        """Return the record as plain data."""
        return {"code": self.code, "at": self.at}

    def bound(self, records: Records) -> Record:
        """Return itself: it is a value."""
        del records
        return self


register_kind(
    Ignored.kind, "ignored", lambda plain, _: Ignored(str(plain["code"]), str(plain["at"]))
)


def can_be_ignored(problem: Problem) -> bool:
    """Tell whether a problem is advice that a person may put aside."""
    return bool(problem.why) and problem.severity != "error"


def ignore(problem: Problem) -> Change:
    """Return the change that puts an advice aside, for this layer."""
    text = "Ignore advice"
    return PutRecord(Ignored(problem.code, _layer(problem)), text)


def _layer(problem: Problem) -> str:
    return problem.place.id.rpartition("/")[2]


def ignored(graph: Graph) -> list[Ignored]:
    """Return what is put aside, in the order of putting."""
    return [r for r in graph.records.of(Ignored.kind).values() if isinstance(r, Ignored)]


def show_again(entries: Iterable[Ignored]) -> Change:
    """Return the change that shows advice again."""
    drops = tuple(DropRecord(Ignored.kind, entry.id, "Show advice again") for entry in entries)
    return drops[0] if len(drops) == 1 else Batch(drops, "Show advice again")


def without_ignored(graph: Graph, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without the advice that is put aside."""
    aside = graph.records.of(Ignored.kind)
    return tuple(
        p for p in problems
        if not (aside and can_be_ignored(p) and f"{p.code}@{_layer(p)}" in aside)
    )  # fmt: skip
