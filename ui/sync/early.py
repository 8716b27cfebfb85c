"""What is wrong with a network, as long as no engine has told it of the network as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.services import Services
    from workbench.data.spec import DataSignature
    from workbench.graph.model import Graph
    from workbench.graph.problems import Problem

_MANY: Final = 2000
"""Number of layers from which only the engine checks a network."""


def early_problems(
    graph: Graph, services: Services, signature: DataSignature | None
) -> list[Problem]:
    """Return what can be found in the window itself.

    Nothing for a large network while there is an engine: that finds the same and more, and the
    window would stand still meanwhile.

    Args:
        graph: The network.
        services: The window's services.
        signature: What the network sees of the data, or None.
    """
    if len(graph) > _MANY and services.engines.design is not None:
        return []
    from workbench.graph.checks import check_graph  # not needed for the window's first picture

    return list(check_graph(graph, services.catalog, signature))


def still_there(problems: Iterable[Problem], graph: Graph) -> list[Problem]:
    """Return the problems of an earlier answer whose layers have not been removed since."""
    return [
        problem
        for problem in problems
        if problem.place.kind != "node"
        or problem.place.id in graph.nodes
        or "/" in problem.place.id
    ]
