"""Everything that is wrong with a network, told without Keras.

Structure, parameters, names, connections and the fit to the data are checked here; what only
Keras can tell (shapes) comes from `workbench.build.shapes`, which asks here first. Codes are
stable: tests and help pages refer to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.catalog import Catalog
from workbench.graph.check_nodes import NodeChecks
from workbench.graph.check_structure import Structure, check_structure
from workbench.graph.check_target import input_problems, output_problems
from workbench.graph.expand import expand
from workbench.graph.inference import Inference
from workbench.graph.model import Graph
from workbench.graph.problems import Problem
from workbench.graph.regroup import regroup
from workbench.graph.steady import with_steady_ids

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

__all__ = ["GraphChecks", "check_graph"]


class GraphChecks:
    """Checks a network again and again; what did not change is not checked anew.

    Args:
        catalog: Where the layers are described.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._nodes = NodeChecks(catalog)

    def before_shapes(
        self, graph: Graph, signature: DataSignature | None
    ) -> tuple[list[Problem], Structure]:
        """Return the problems that can be told before shapes are known, and the structure."""
        structure = check_structure(graph, self._catalog, signature)
        problems = [
            *structure.problems,
            *self._nodes.check(graph),
            *self._nodes.connections(graph, structure.covered),
            *input_problems(graph, self._catalog, signature),
        ]
        return with_steady_ids(graph, problems), structure

    def after_shapes(
        self,
        graph: Graph,
        signature: DataSignature | None,
        structure: Structure,
        shapes: Inference | None,
    ) -> list[Problem]:
        """Return the problems of the output against the target.

        Args:
            graph: The network.
            signature: What the data offers.
            structure: What `before_shapes` returned.
            shapes: What is known about the tensors.
        """
        found = output_problems(graph, self._catalog, signature, structure.outputs, shapes)
        return with_steady_ids(graph, found)


def check_graph(
    graph: Graph,
    catalog: Catalog,
    signature: DataSignature | None = None,
    shapes: Inference | None = None,
) -> list[Problem]:
    """Return everything that is wrong with a network and can be told without Keras.

    Args:
        graph: The network.
        catalog: Where the layers are described.
        signature: What the data offers; None when there is no data yet.
        shapes: Tensors that are known, to check the output against the target.
    """
    checks = GraphChecks(catalog)
    expanded = expand(graph)
    flat = expanded.graph
    problems, structure = checks.before_shapes(flat, signature)
    problems += checks.after_shapes(flat, signature, structure, shapes)
    return list(regroup(graph, expanded, Inference({}, tuple(problems))).problems)
