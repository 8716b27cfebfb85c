"""Puts the same advice about many layers together: one row, one repair for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workbench.errors import Place
from workbench.graph.advice.titles import advice_title
from workbench.graph.changes import Batch, Change, SetParam, SetTrainable
from workbench.graph.ignoring import can_be_ignored, ignore
from workbench.graph.problems import Fix, Problem
from workbench.graph.record_changes import InBlock

FEWEST: Final = 3
"""Layers with the same advice from which on they share a row."""


@dataclass(frozen=True, slots=True)
class Group:
    """The same advice about several layers, or a single problem.

    Attributes:
        problem: What the row says; the problem itself where it stands alone.
        members: The problems that it stands for; empty where it stands alone.
    """

    problem: Problem
    members: tuple[Problem, ...] = ()

    @property
    def ignoring(self) -> Change:
        """The change that puts all of the advice aside, in one step."""
        if not self.members:
            return ignore(self.problem)
        changes = dict.fromkeys(ignore(problem) for problem in self.members)
        return Batch(tuple(changes), "Ignore advice")


def grouped(problems: Iterable[Problem]) -> list[Group]:
    """Return the rows that problems are shown in, each where its first problem stands.

    Advice of one code about at least `FEWEST` layers shares a row. Errors never do: each is to
    be seen at its place.

    Args:
        problems: The problems, worst first.
    """
    told = list(problems)
    alike: dict[str, list[Problem]] = {}
    for problem in told:
        if can_be_ignored(problem) and problem.place.kind == "node":
            alike.setdefault(problem.code, []).append(problem)
    rows: list[Group] = []
    for problem in told:
        members = alike.get(problem.code, [])
        if len(members) < FEWEST or problem.place.kind != "node":
            rows.append(Group(problem))
        elif problem is members[0]:
            rows.append(_together(members))
    return rows


def _together(members: Sequence[Problem]) -> Group:
    first = members[0]
    title = advice_title(first.code) or first.code
    text = f"{title}: {len(members)} layers. {first.message}"
    fix = fix_for_all(members)
    fixes = () if fix is None else (fix,)
    return Group(
        Problem(first.code, first.severity, text, Place("graph"), fixes, "", first.why),
        tuple(members),
    )


def fix_for_all(members: Sequence[Problem]) -> Fix | None:
    """Return the repair that makes the first repair of every problem, in one step.

    Only repairs that set parameters are put together: those that take layers out or put some in
    could meet each other. Uses of one block bring the same repair, which is made once.

    Args:
        members: Problems of one code.

    Returns:
        The repair, or None where fewer than two problems have one that can be put together.
    """
    usable = [p.fixes[0] for p in members if p.fixes and _sets_only(p.fixes[0].change)]
    if len(usable) < 2:
        return None
    changes: dict[str | int, Change] = {}
    for number, fix in enumerate(usable):
        change = fix.change
        key = str(change.to_plain()) if isinstance(change, InBlock) else number
        changes[key] = change
    label = f"Fix all ({len(usable)})"
    text = usable[0].label if len({fix.label for fix in usable}) == 1 else "Follow advice"
    return Fix(label, Batch(tuple(changes.values()), text))


def _sets_only(change: Change) -> bool:
    if isinstance(change, Batch):
        return all(map(_sets_only, change.changes))
    if isinstance(change, InBlock):
        return _sets_only(change.change)
    return isinstance(change, (SetParam, SetTrainable))
