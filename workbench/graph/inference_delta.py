"""What changed between two inferences, so that an edit of a large network sends little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

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
        plain["problems"] = [problem.to_plain() for problem in after.problems]
    return plain


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
        problems = tuple(Problem.from_plain(problem) for problem in plain["problems"])
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
