"""Checks of the network as a whole: an input, one output, no cycle, one piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.catalog import Catalog
from workbench.errors import Place
from workbench.graph.changes import AddNode, Batch, Change, Connect
from workbench.graph.edits import add_layer, delete, new_node
from workbench.graph.fixes import ROW
from workbench.graph.model import INPUT_LAYER, Edge, Endpoint, Graph
from workbench.graph.order import (
    find_cycles,
    input_nodes,
    output_nodes,
    topology,
    upstream,
)
from workbench.graph.problems import Fix, Problem
from workbench.graph.specs import spec_of
from workbench.plain import Plain
from workbench.wording import listing

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_MOST_CYCLES = 10


@dataclass
class Structure:
    """What the checks of the whole network found.

    Attributes:
        problems: In the order of their weight.
        covered: Nodes whose missing connections these problems tell already (an ordered set).
        outputs: Ids of the network's outputs.
        order: Ids in topological order; nodes in and behind cycles are missing.
    """

    problems: list[Problem]
    covered: dict[str, None]
    outputs: list[str]
    order: list[str]


def check_structure(graph: Graph, catalog: Catalog, signature: DataSignature | None) -> Structure:
    """Return what is wrong with the network as a whole."""
    known = topology(graph)
    problems: list[Problem] = []
    covered: dict[str, None] = {}
    if not known.inputs:
        problem, heads = _no_input(graph, catalog)
        problems.append(problem)
        covered.update(dict.fromkeys(heads))
    if len(known.order) < len(graph):
        problems += _cycles(graph)
    if known.inputs:
        problems += _separate_parts(graph, covered)
        problems += _ends(graph, catalog, signature, known.outputs)
    return Structure(problems, covered, known.outputs, known.order)


def _no_input(graph: Graph, catalog: Catalog) -> tuple[Problem, list[str]]:
    """Offer an input that leads into everything nothing leads into."""
    if not len(graph):
        add, _ = add_layer(graph, catalog, INPUT_LAYER, (0.0, 0.0))
        text = "The network is empty."
        return Problem("empty", "error", text, Place("graph"), (Fix("Add an input", add),)), []
    heads = [
        (node, spec.inputs[0].id)
        for node in graph
        if not graph.incoming(node.id)
        and (spec := spec_of(graph, catalog, node.layer)) is not None
        and spec.inputs
    ]
    x = heads[0][0].position[0] if heads else 0.0
    y = min((node.position[1] for node, _ in heads), default=0.0) - ROW
    entry = new_node(graph, catalog, INPUT_LAYER, (x, y))
    changes: list[Change] = [AddNode(entry)]
    changes += [
        Connect(Edge(Endpoint(entry.id, "output"), Endpoint(node.id, port))) for node, port in heads
    ]
    problem = Problem(
        "no_input",
        "error",
        "The network has no input, so that no data reaches it.",
        Place("graph"),
        (Fix("Add an input", Batch(tuple(changes), "Add an input")),),
    )
    return problem, [node.id for node, _ in heads]


def _cycles(graph: Graph) -> list[Problem]:
    found = []
    for cycle in find_cycles(graph)[:_MOST_CYCLES]:
        names = [graph.node(node_id).name for node_id in cycle]
        way = " → ".join([*names[:6], *(["…"] if len(names) > 6 else []), names[0]])
        back = [e for e in graph.outgoing(cycle[-1]) if e.target.node == cycle[0]]
        fix = Fix(f"Delete {names[-1]} → {names[0]}", delete(graph, [], back))
        text = f"The connections go in a circle: {way}. A layer cannot wait for its own result."
        found.append(Problem("cycle", "error", text, Place("node", cycle[0]), (fix,)))
    return found


def _separate_parts(graph: Graph, covered: dict[str, None]) -> list[Problem]:
    """Find pieces that do not belong to the piece with the (first) input and the most nodes."""
    parts = topology(graph).parts
    if len(parts) < 2:
        return []
    entries = set(input_nodes(graph))
    main = max(parts, key=lambda part: (len(part) > 1, not entries.isdisjoint(part), len(part)))
    found = []
    for part in parts:
        if part is main:
            continue
        names = [graph.node(node_id).name for node_id in part]
        verb = "is" if len(names) == 1 else "are"
        label = f"Delete {names[0]}" if len(names) == 1 else f"Delete these {len(names)} layers"
        found.append(
            Problem(
                "separate_part",
                "error",
                f"{listing(names)} {verb} not connected with the rest of the network.",
                Place("node", part[0]),
                (Fix(label, delete(graph, part)),),
            )
        )
        if entries.isdisjoint(part):
            covered.update(dict.fromkeys(part))
    return found


def _ends(
    graph: Graph, catalog: Catalog, signature: DataSignature | None, outputs: list[str]
) -> list[Problem]:
    real = [node_id for node_id in outputs if graph.node(node_id).layer != INPUT_LAYER]
    if not real:
        if any(graph.feeds(node_id) for node_id in input_nodes(graph)):
            return []  # a cycle swallows everything, and says so itself
        entry = graph.node(input_nodes(graph)[0])
        text = f"The network ends at {entry.name}: nothing is computed."
        fix = _add_output(graph, catalog, signature, entry.id)
        return [Problem("no_output", "error", text, Place("node", entry.id), (fix,))]
    if len(real) == 1:
        return []
    names = [graph.node(node_id).name for node_id in real]
    severity = "error" if signature is not None and signature.task is not None else "info"
    if severity == "info":
        return []
    return [
        Problem(
            "several_outputs",
            "error",
            f"The network has {len(names)} outputs, {listing(names)}, but the data has one target.",
            Place("node", real[-1]),
            tuple(
                Fix(f"Delete the branch to {graph.node(node_id).name}", _branch(graph, node_id))
                for node_id in reversed(real[-3:])
            ),
        )
    ]


def _branch(graph: Graph, output: str) -> Change:
    """Delete an output and everything that leads to it alone."""
    others = [node_id for node_id in output_nodes(graph) if node_id != output]
    keep = upstream(graph, others)
    alone = [node_id for node_id in upstream(graph, [output]) if node_id not in keep]
    return delete(graph, alone)


def _add_output(graph: Graph, catalog: Catalog, signature: DataSignature | None, after: str) -> Fix:
    x, y = graph.node(after).position
    params: dict[str, Plain] = {"units": max(1, signature.units) if signature else 1}
    activation = {"binary": "sigmoid", "multiclass": "softmax"}.get(
        str(signature.task) if signature else ""
    )
    if activation:
        params["activation"] = activation
    node = new_node(graph, catalog, "Dense", (x, y + ROW), params)
    edge = Edge(Endpoint(after, "output"), Endpoint(node.id, "input"))
    return Fix("Add a Dense layer", Batch((AddNode(node), Connect(edge)), "Add Dense"))
