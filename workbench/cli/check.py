"""`keras-workbench check FOLDER`: the layer table with shapes and sizes, and every problem."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.graph.inference import Inference
    from workbench.graph.problems import Problem
    from workbench.project import ProjectDocument

NAME = "check"
HELP = "Show the layers with their shapes and sizes, and every problem."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="the project")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def run(arguments: argparse.Namespace) -> int:
    """Print the table and the problems; 1 when one of them is an error."""
    from workbench.cli.keras_process import prepare
    from workbench.cli.loading import look_at, opened
    from workbench.cli.output import OK, PROBLEM

    with opened(arguments.folder) as document:
        prepare(document.recipe.backend, "cpu")
        inference, problems = look_at(document)
        if arguments.json:
            _print_json(document, inference, problems)
        else:
            _print_layers(document, inference)
            _print_problems(document, problems)
    return PROBLEM if any(problem.severity == "error" for problem in problems) else OK


def _print_layers(document: ProjectDocument, inference: Inference) -> None:
    from workbench.cli.output import print_table
    from workbench.graph.inference import describe_shape
    from workbench.graph.order import topological_order
    from workbench.wording import bytes_, count

    rows = []
    for node_id in topological_order(document.graph):
        node, info = document.graph.node(node_id), inference.nodes.get(node_id)
        shapes = [describe_shape(tensor) for tensor in info.outputs.values()] if info else ["—"]
        rows.append(
            (node.name, node.layer, ", ".join(shapes), count(info.parameters) if info else "—")
        )
    print_table(("layer", "type", "output", "parameters"), rows, right=(3,))
    if inference.parameters is None:
        print("\nIn all: — (there are errors)")
    else:
        assert inference.trainable is not None and inference.weight_bytes is not None
        print(
            f"\nIn all: {count(inference.parameters)} parameters, {count(inference.trainable)} "
            f"trainable, {bytes_(inference.weight_bytes)} of weights"
        )


def _print_problems(document: ProjectDocument, problems: list[Problem]) -> None:
    from workbench.cli.loading import where

    if not problems:
        print("No problems.")
    for problem in problems:
        print(f"\n{problem.severity} · {where(document, problem)}\n  {problem.message}")
        for fix in problem.fixes:
            print(f"  In the window, one click: {fix.label}")


def _print_json(document: ProjectDocument, inference: Inference, problems: list[Problem]) -> None:
    layers = [
        {
            "name": node.name,
            "layer": node.layer,
            "outputs": {
                port: list(tensor.shape)
                for port, tensor in inference.nodes[node.id].outputs.items()
            }
            if node.id in inference.nodes
            else None,
            "parameters": inference.nodes[node.id].parameters
            if node.id in inference.nodes
            else None,
        }
        for node in document.graph
    ]
    print(
        json.dumps(
            {
                "layers": layers,
                "parameters": inference.parameters,
                "problems": [problem.to_plain() for problem in problems],
            },
            ensure_ascii=False,
            indent=1,
        )
    )
