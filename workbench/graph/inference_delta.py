"""What changed between two inferences, so that an edit of a large network sends little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from workbench.errors import Place
from workbench.graph.inference import Inference, NodeInfo
from workbench.graph.problems import Problem
from workbench.plain import PlainDict

SINCE: Final = "since"
"""Key of the revision that a difference starts from."""


def difference(before: Inference, after: Inference) -> PlainDict:
    """Return what makes one inference of another, as plain data.

    Args:
        before: An inference that the receiver has.
        after: The inference it shall have.
    """
    plain: PlainDict = {
        SINCE: before.revision,
        "revision": after.revision,
        "nodes": _changed(before.nodes, after.nodes),
        "gone": [at for at in before.nodes if at not in after.nodes],
    }
    if after.inside or before.inside:
        plain["inside"] = _changed(before.inside, after.inside)
        plain["gone_inside"] = [at for at in before.inside if at not in after.inside]
    if after.problems != before.problems:
        plain["problems"] = _parts(before.problems, after.problems)
    return plain


def _parts(before: Sequence[Problem], after: Sequence[Problem]) -> list[Any]:
    """Return problems as pieces: `[start, end]` of those before, or one as plain data."""
    places: dict[tuple[str, Place], list[int]] = {}
    for number, problem in enumerate(before):
        places.setdefault((problem.code, problem.place), []).append(number)
    parts: list[Any] = []
    for problem in after:
        known = places.get((problem.code, problem.place), ())
        at = next((n for n in known if before[n] is problem or before[n] == problem), None)
        if at is None:
            parts.append(problem.to_plain())
        elif parts and isinstance(parts[-1], list) and parts[-1][1] == at:
            parts[-1][1] = at + 1
        else:
            parts.append([at, at + 1])
    return parts


def _put_together(before: Sequence[Problem], parts: Iterable[Any]) -> tuple[Problem, ...]:
    """Return the problems that `_parts` was made of."""
    found: list[Problem] = []
    for part in parts:
        if isinstance(part, (list, tuple)):
            found += before[part[0] : part[1]]
        else:
            found.append(Problem.from_plain(part))
    return tuple(found)


def _changed(before: Mapping[str, NodeInfo], after: Mapping[str, NodeInfo]) -> PlainDict:
    return {
        at: info.plain
        for at, info in after.items()
        if (old := before.get(at)) is not info and old != info
    }


def joined(before: Inference, plain: Any) -> Inference:
    """Return the inference that a difference makes of an earlier one.

    Args:
        before: The inference that the difference starts from.
        plain: What `difference` returned.

    Raises:
        ValueError: It starts from another one.
    """
    if plain[SINCE] != before.revision:
        raise ValueError("The difference starts from another inference.")
    problems = before.problems
    if "problems" in plain:
        problems = _put_together(before.problems, plain["problems"])
    return Inference(
        _joined(before.nodes, plain["nodes"], plain["gone"]),
        problems,
        cast(int, plain["revision"]),
        _joined(before.inside, plain.get("inside", {}), plain.get("gone_inside", ())),
    )


def _joined(
    before: Mapping[str, NodeInfo], changed: Mapping[str, Any], gone: Any
) -> Mapping[str, NodeInfo]:
    if not changed and not gone:
        return before
    made = {**before, **{at: NodeInfo.from_plain(info) for at, info in changed.items()}}
    for at in gone:
        made.pop(at, None)
    return made
