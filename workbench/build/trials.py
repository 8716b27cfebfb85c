"""Tries repairs on a copy of the network, so that only those that repair are offered.

A repair puts its own connection right; the layers behind may then not fit any more. What follows
from a repair is computed as an edit would be: only what it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from workbench.errors import GraphError
from workbench.graph.model import Graph, Node
from workbench.graph.order import topology
from workbench.graph.problems import Fix, Problem

MOST_LAYERS: Final = 2000
"""Networks of more layers are not copied for trials: the repairs are offered untried."""
MOST_PROBLEMS: Final = 5
"""Of so many problems at a time the repairs are tried."""

Compute = Callable[[Graph, Node, bool], "str | None"]
"""Computes a node of the trial; `(trial, node, touched)` → what went wrong, "" for nothing, None
where the node follows from nothing that changed."""


def sound(
    graph: Graph,
    problem: Problem,
    failing: Mapping[str, str],
    computer: Callable[[Graph], Compute],
) -> tuple[Fix, ...]:
    """Return the repairs of a problem that repair it and break nothing.

    A layer behind that was not known before and fails after a repair may have been wrong all
    along: such a repair is offered only while no other one ends all errors.

    Args:
        graph: The network without blocks.
        problem: A problem of one of its layers.
        failing: Id → what is wrong, of the layers that fail now; "" for those that were computed.
        computer: Begins a trial on a changed copy.
    """
    clean, rest = [], []
    for fix in problem.fixes:
        after = _after(graph, fix, computer)
        if after is None or after.get(problem.place.id):
            continue
        wrong = [at for at, message in after.items() if message]
        if not wrong:
            clean.append(fix)
        elif not any(failing.get(at) == "" for at in wrong):
            rest.append(fix)
    return tuple(clean or rest)


def _after(graph: Graph, fix: Fix, computer: Callable[[Graph], Compute]) -> dict[str, str] | None:
    """Return what is wrong with the layers that a repair touches; None when it does not fit."""
    trial = graph.copy()
    try:
        trial.apply(fix.change)
    except GraphError:
        return None
    compute = computer(trial)
    found: dict[str, str] = {}
    for node_id in topology(trial).order:
        node = trial.node(node_id)
        touched = (
            node_id not in graph
            or graph.node(node_id) is not node
            or graph.owner(graph.node(node_id)) is not trial.owner(node)
            or tuple(graph.entering(node_id)) != tuple(trial.entering(node_id))
        )
        message = compute(trial, node, touched)
        if message is not None:
            found[node_id] = message
    return found
