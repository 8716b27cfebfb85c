"""What a training works on: the rows of each part, checked, and the network, built and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.data.encoder import Encoder
from workbench.data.prepare import Part, Prepared, prepare
from workbench.data.spec import DataSignature
from workbench.errors import DataError, GraphError, Place, RecipeError, RunError
from workbench.graph.inference import Inference
from workbench.graph.model import Graph
from workbench.graph.order import output_nodes
from workbench.jobs import Emit
from workbench.recipe.presets import check_recipe
from workbench.recipe.spec import RecipeSpec
from workbench.runs.files import ENCODER, read_json
from workbench.training.arrays import Arrays, balanced_weights, network_inputs

_EVALUATION_BYTES = 256 << 20
_EVALUATION_ROWS = 2048


def refuse_bad_recipe(recipe: RecipeSpec, signature: DataSignature, graph: Graph) -> None:
    """Raise the first error of a recipe.

    Raises:
        RecipeError: The recipe has one.
    """
    for problem in check_recipe(recipe, signature, graph):
        if problem.severity == "error":
            raise RecipeError(problem.message, place=problem.place, details=problem.details)


@dataclass(frozen=True, slots=True)
class Rows:
    """The table, encoded and divided.

    Attributes:
        prepared: All of it.
        train: Training rows; at least one.
        validation: Rows to watch; may be none.
        test: Rows for the very end; may be none.
    """

    prepared: Prepared
    train: Part
    validation: Part
    test: Part

    @property
    def encoder(self) -> Encoder:
        """The fitted encoder."""
        return self.prepared.encoder

    @property
    def signature(self) -> DataSignature:
        """What the network sees."""
        return self.prepared.encoder.signature

    @property
    def bytes(self) -> int:
        """Memory of the encoded rows."""
        arrays = [*self.prepared.inputs.values(), self.prepared.target]
        return sum(array.nbytes for array in arrays if array is not None)


def read_rows(run: Any, emit: Emit) -> Rows:
    """Read, encode and divide the table of a run.

    Args:
        run: The `RunSpec`.
        emit: Told the phases.

    Raises:
        DataError: The data cannot be used.
        RecipeError: There is no target.
    """
    if run.data.target is None:
        raise RecipeError(
            "There is no target to train for.",
            remedy="Choose a target column on the data page.",
            place=Place("field", "columns"),
        )
    prepared = prepare(run.data, Path(run.project), emit)
    rows = Rows(
        prepared, prepared.part("train"), prepared.part("validation"), prepared.part("test")
    )
    if not len(rows.train.row_ids):
        raise DataError(
            "There are no training rows.",
            expected="at least one row that is neither for validation nor for the test",
            remedy="Make the validation and test parts smaller.",
            place=Place("field", "split"),
        )
    _refuse_infinite(rows)
    return rows


def refuse_other_data(folder: Path, encoder: Encoder) -> None:
    """Refuse to go on with a training when its rows became others in the meantime.

    Args:
        folder: The run's folder.
        encoder: What was fitted on the training rows just now.

    Raises:
        DataError: The same rows would have given what is in the folder.
        RunError: The folder's files cannot be read.
    """
    if read_json(folder / ENCODER) != json.loads(json.dumps(encoder.to_plain())):
        raise DataError(
            "The data changed since this training began, so it cannot go on.",
            expected="the same rows and columns as then",
            remedy="Bring the old file back, or train again.",
            place=Place("run", folder.name),
        )


def _refuse_infinite(rows: Rows) -> None:
    encoder = rows.encoder
    for group in encoder.groups:
        values = rows.prepared.inputs[group.input][:, group.start : group.stop]
        if not np.isfinite(values).all():
            raise DataError(
                f"The column {group.column} has values that are not finite.",
                expected="finite numbers after scaling",
                remedy="Ignore the column, or replace its infinite and extreme values.",
                place=Place("column", group.column),
            )
    target = rows.prepared.target
    if target is None or not np.isfinite(target.astype(np.float64)).all():
        raise DataError(
            "The target has values that are not finite.",
            expected="a finite number or a known class in every row",
            place=Place("column", encoder.target.name if encoder.target else ""),
        )


def infer_shapes(graph: Graph, signature: DataSignature) -> Inference:
    """Return what is known about a network, without giving it memory.

    Raises:
        GraphError: The network has an error; place and message are those of the first.
    """
    shapes = ShapeInference(load_catalog()).infer(graph, signature)
    for problem in shapes.problems:
        if problem.severity == "error":
            raise GraphError(problem.message, place=problem.place, details=problem.details)
    return shapes


def build_network(graph: Graph, signature: DataSignature, shapes: Inference | None = None) -> Any:
    """Return the Keras model of a run's network, checked against the target.

    Its output is float32 whatever the precision: probabilities near 0 and 1 do not survive
    16 bits.

    Args:
        graph: The network.
        signature: What the data offers and asks for.
        shapes: What `infer_shapes` said about them; asked for when None.

    Raises:
        GraphError: The network has an error.
        RunError: Its output does not fit the target.
    """
    shapes = shapes or infer_shapes(graph, signature)
    network = build_model(graph, load_catalog(), signature, shapes=shapes)
    outputs = output_nodes(graph)
    place = Place("node", outputs[0]) if len(outputs) == 1 else Place("graph")
    if len(network.outputs) != 1:
        raise RunError(
            f"The network has {len(network.outputs)} outputs; the target needs one.",
            remedy="Join or delete the layers that lead nowhere.",
            place=place,
        )
    shape = tuple(network.outputs[0].shape)
    if len(shape) != 2 or shape[1] != signature.units:
        units = signature.units
        raise RunError(
            "The network's output does not fit the target.",
            expected=f"{units} {'value' if units == 1 else 'values'} per row",
            received=" × ".join(str(n) for n in shape[1:]) or "a single number",
            remedy=f"End with a Dense layer of {units} unit{'s' if units != 1 else ''}.",
            place=place,
        )
    last = network.outputs[0]._keras_history.operation
    if hasattr(last, "dtype_policy"):
        last.dtype_policy = "float32"
    return network


def part_arrays(network: Any, part: Part, encoder: Encoder, weight: str = "none") -> Arrays:
    """Return a part as the network takes it.

    Args:
        network: The Keras model.
        part: The rows.
        encoder: Knows the classes.
        weight: `"balanced"` to weigh rare classes up.
    """
    assert part.target is not None
    weights: npt.NDArray[np.float32] | None = None
    if weight == "balanced" and encoder.task != "regression":
        codes = part.target.reshape(-1).astype(np.int64)
        weights = balanced_weights(codes, max(2, len(encoder.classes)))
    return Arrays(network_inputs(network, part.inputs), part.target, weights)


def evaluation_rows(shapes: Inference, batch_size: int) -> int:
    """Return how many rows to evaluate at a time: many, but not more than memory bears."""
    per_row = sum(info.row_bytes for info in shapes.everywhere.values())
    return max(
        min(batch_size, _EVALUATION_ROWS),
        min(_EVALUATION_ROWS, _EVALUATION_BYTES // max(per_row, 1)),
    )
