"""Layers that are no part of the network: they lead only into inputs that their block ignores.

Keras leaves them out of the model, so that they must not count. They stand on the canvas like
any other layer; why they do not count is told at them.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.errors import Place
from workbench.graph.inference import Inference
from workbench.graph.model import Graph
from workbench.graph.problems import Problem
from workbench.graph.scopes import Expanded
from workbench.wording import listing


def without_outside(graph: Graph, expanded: Expanded, found: Inference) -> Inference:
    """Return an inference in which such layers of the outermost network cost nothing.

    Args:
        graph: The network with blocks.
        expanded: What it became.
        found: What is known about the expanded network.
    """
    if not expanded.unused:
        return found
    outside = [at for at in found.nodes if at in expanded.unused and at in graph]
    if not outside:
        return found
    nodes = dict(found.nodes)
    for at in outside:
        nodes[at] = replace(
            nodes[at], parameters=0, trainable=0, weight_bytes=0, states=0, macs=0, kept_bytes=0
        )
    return Inference(nodes, (*found.problems, *_told(graph, outside)), found.revision)


def _told(graph: Graph, outside: list[str]) -> list[Problem]:
    """Tell it at the layers that lead into a use, with those that lead to them alone."""
    told = []
    for at in outside:
        targets = {edge.target.node for edge in graph.leaving(at)}
        uses = [graph.node(target).name for target in targets - set(outside)]
        if uses:
            name = graph.node(at).name
            text = (
                f"{name} leads only into an input that {listing(uses)} does not read, so that it "
                "is no part of the network: it is not trained, and counts nowhere."
            )
            told.append(Problem("not_read", "warning", text, Place("node", at)))
    return told
