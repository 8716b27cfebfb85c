"""`keras-workbench check FOLDER`: the layer table with shapes and sizes, and every problem."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
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
    parser.add_argument("--format", choices=("table", "csv", "markdown"), default="table",
                        help="how the layers are written (default: table); CSV and Markdown "
                        "hold the layers only, problems go to stderr")  # fmt: skip


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
        elif arguments.format != "table":
            _write_layers(document, inference, arguments.format)
            with redirect_stdout(sys.stderr):
                _print_problems(document, problems)
        else:
            _print_layers(document, inference)
            _print_problems(document, problems)
    return PROBLEM if any(problem.severity == "error" for problem in problems) else OK


def _print_layers(document: ProjectDocument, inference: Inference) -> None:
    from workbench.cli.output import print_table
    from workbench.graph.analysis import COLUMNS, rows_of, totals_of

    batch = document.recipe.batch_size
    rows = [row.texts for row in rows_of(document.graph, inference, batch)]
    print_table(
        [column.title.lower() for column in COLUMNS],
        [*rows, totals_of(inference, batch)],
        right=[at for at, column in enumerate(COLUMNS) if column.numeric],
    )
    print(f"\n{_memory_words(document, inference)}")


def _write_layers(document: ProjectDocument, inference: Inference, form: str) -> None:
    from workbench.graph.analysis import as_csv, as_markdown, rows_of, totals_of

    batch = document.recipe.batch_size
    write = as_csv if form == "csv" else as_markdown
    print(write(rows_of(document.graph, inference, batch), totals_of(inference, batch)), end="")


def _memory_words(document: ProjectDocument, inference: Inference) -> str:
    from workbench.graph.costs.memory import layers_of, range_words, training_memory
    from workbench.wording import count

    recipe = document.recipe
    if inference.parameters is None or not inference.nodes:
        return "In all: — (there are errors)"
    needed = training_memory(
        layers_of(inference), recipe.batch_size, recipe.optimizer.name, recipe.precision
    )
    return (
        f"In all: {count(inference.parameters)} parameters; training takes about "
        f"{range_words(needed.low, needed.high)} of memory at {recipe.batch_size} rows a batch"
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
            **_costs(inference, node.id),
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


def _costs(inference: Inference, node_id: str) -> dict[str, object]:
    info = inference.nodes.get(node_id)
    if info is None:
        return {}
    return {
        "axes": {port: list(names) for port, names in info.axes.items()},
        "trainable": info.trainable,
        "states": info.states,
        "weight_bytes": info.weight_bytes,
        "kept_bytes_per_row": info.kept_bytes,
        "multiply_adds_per_row": info.macs,
        "receptive_field": list(info.receptive) if info.receptive is not None else None,
    }
