"""The fixed part of a training script: reading, encoding, dividing, fitting, reporting.

These functions are never called here. `workbench.export.script` copies their source into the
script, after constants of the same names with the values of a project and after `build_model`
and `compile_model`, which it writes itself. What they use of the program is copied with them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from workbench.data.csv_table import MISSING_WORDS
from workbench.data.split import _divide, _keys, _shares
from workbench.data.table import unique_names
from workbench.data.values import FALSE_WORDS, TRUE_WORDS, as_codes, as_numbers, codes_in

DATA_FILE = "data.csv"
READING: dict[str, Any] = {}
FEATURES: list[dict[str, Any]] = []
TARGET: dict[str, Any] = {}
SPLIT: dict[str, Any] = {}
INPUTS: list[str] = []
EPOCHS = 1
BATCH_SIZE = 32
SEED = 0
BALANCED = False


def build_model() -> Any:
    """Stand for the function that the script defines."""
    raise RuntimeError


def compile_model(model: Any) -> None:
    """Stand for the function that the script defines."""
    raise RuntimeError(model)


def fit_callbacks() -> list[Any]:
    """Stand for the function that the script defines."""
    raise RuntimeError


def start(seed: int) -> None:
    """Stand for the function that the script defines."""
    raise RuntimeError(seed)


class Split(NamedTuple):
    """Positions of the rows of each part among the usable rows, ascending."""

    train: npt.NDArray[np.int64]
    validation: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]


def main() -> None:
    """Read the data, train, report on the test rows, keep the weights."""
    start(SEED)
    here = Path(__file__).resolve().parent
    columns = read_table(Path(sys.argv[1]) if len(sys.argv) > 1 else here / DATA_FILE)
    rows = usable_rows(columns)
    inputs = encode_inputs({name: values.take(rows) for name, values in columns.items()})
    target = encode_target(columns[TARGET["name"]].take(rows))
    train, validation, test = split_rows(rows, columns[TARGET["name"]])
    print(f"{len(train)} rows to train, {len(validation)} to validate, {len(test)} to test")
    model = build_model()
    compile_model(model)
    model.fit(
        choose(inputs, train),
        target[train],
        sample_weight=balanced_weights(target[train]) if BALANCED else None,
        validation_data=(choose(inputs, validation), target[validation])
        if len(validation)
        else None,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        callbacks=fit_callbacks(),
        verbose=2,
    )
    if len(test):
        report(model, choose(inputs, test), target[test])
    model.save_weights(here / "model.weights.h5")
    print(f"The weights are in {here / 'model.weights.h5'}")


def read_table(path: Path) -> dict[str, pa.ChunkedArray]:
    """Return the columns of a CSV (plain or gzip) or Parquet file by name."""
    if READING["format"] == "parquet":
        table = pq.read_table(path)
    else:
        with path.open("rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
        with pa.input_stream(str(path), compression="gzip" if is_gzip else None) as stream:
            table = pacsv.read_csv(
                stream,
                read_options=pacsv.ReadOptions(
                    encoding=READING["encoding"],
                    skip_rows=READING["skip_lines"],
                    autogenerate_column_names=not READING["header"],
                    block_size=1 << 28,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=READING["delimiter"], newlines_in_values=True
                ),
                convert_options=pacsv.ConvertOptions(
                    null_values=list(MISSING_WORDS),
                    strings_can_be_null=True,
                    decimal_point=READING["decimal"],
                ),
            )
    names = table.column_names if READING["header"] else [""] * table.num_columns
    return dict(zip(unique_names(names), table.columns, strict=True))


def usable_rows(columns: dict[str, pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """Return the rows that no missing value drops, ascending."""
    mask = np.ones(len(columns[TARGET["name"]]), bool)
    for column in [*FEATURES, TARGET]:
        values = columns[column["name"]]
        if column["missing"] == "drop_row":
            if column["kind"] == "number":
                mask &= ~np.isnan(as_numbers(values))
            else:
                mask &= as_codes(values).codes >= 0
    return np.flatnonzero(mask)


def encode_inputs(columns: dict[str, pa.ChunkedArray]) -> dict[str, npt.NDArray[Any]]:
    """Return the inputs of the network: one array of encoded columns, codes for embeddings."""
    main_parts = []
    inputs: dict[str, npt.NDArray[Any]] = {}
    for column in FEATURES:
        values = columns[column["name"]]
        if column["kind"] == "number":
            main_parts.append(encode_number(column, values))
        elif column["kind"] == "boolean":
            main_parts.append(encode_boolean(column, values))
        elif column["encoding"] == "one_hot":
            codes = encode_category(column, values)
            count = len(column["categories"]) + (column["missing"] == "own_category")
            main_parts.append(codes[:, None] == np.arange(count))
        else:  # code 0 is for categories that the training rows did not have
            codes = encode_category(column, values) + 1
            inputs[column["input"]] = codes.reshape(-1, 1).astype(np.int32)
    if main_parts:
        inputs["features"] = np.concatenate(main_parts, axis=1).astype(np.float32)
    return inputs


def encode_number(column: dict[str, Any], values: Any) -> npt.NDArray[np.float32]:
    """Return a number, filled and scaled, shape (rows, 1)."""
    numbers = as_numbers(values)
    filled = np.where(np.isnan(numbers), column["fill"], numbers)
    largest = float(np.finfo(np.float32).max)
    scaled = np.clip((filled - column["offset"]) / column["scale"], -largest, largest)
    return np.asarray(scaled, np.float32).reshape(-1, 1)


def encode_boolean(column: dict[str, Any], values: Any) -> npt.NDArray[np.float32]:
    """Return 0 for no, 1 for yes, the fill value for missing, shape (rows, 1)."""
    no, yes = column["texts"]
    usual = no.lower() in FALSE_WORDS and yes.lower() in TRUE_WORDS
    coded = as_codes(values)
    numbers = []
    for text in coded.texts:
        if text in (no, yes):
            numbers.append(float(text == yes))
        elif usual and text.lower() in FALSE_WORDS | TRUE_WORDS:
            numbers.append(float(text.lower() in TRUE_WORDS))
        else:
            numbers.append(column["fill"])
    return np.array([*numbers, column["fill"]], np.float32)[coded.codes].reshape(-1, 1)


def encode_category(column: dict[str, Any], values: Any) -> npt.NDArray[np.int32]:
    """Return the code of each category from 0, -1 where it is not known, shape (rows,)."""
    codes, missing = codes_in(values, column["categories"])
    if column["missing"] == "own_category":
        return np.where(missing, len(column["categories"]), codes).astype(np.int32)
    if column["missing"] == "most_frequent":
        return np.where(missing, column["fill"], codes).astype(np.int32)
    return codes


def encode_target(values: Any) -> npt.NDArray[Any]:
    """Return the target: scaled numbers, 0 and 1, or the codes of several classes."""
    if TARGET["kind"] == "number":
        scaled = (as_numbers(values) - TARGET["offset"]) / TARGET["scale"]
        return np.asarray(scaled, np.float32).reshape(-1, 1)
    codes = codes_in(values, TARGET["classes"])[0]
    return codes if len(TARGET["classes"]) > 2 else np.asarray(codes, np.float32).reshape(-1, 1)


def split_rows(rows: npt.NDArray[np.int64], target: Any) -> Split:
    """Return the rows to train, validate and test: the same every time."""
    held_out = [round(len(rows) * SPLIT["validation"]), round(len(rows) * SPLIT["test"])]
    keys = _keys(SPLIT["seed"], int(rows.max()) + 1)[rows]
    members, counts = [np.arange(len(rows))], np.array([held_out])
    if TARGET["kind"] != "number" and SPLIT["stratify"]:
        classes = np.unique(as_codes(target).codes[rows], return_inverse=True)[1]
        sizes = np.bincount(classes)
        members = np.split(np.argsort(classes, kind="stable"), np.cumsum(sizes)[:-1])
        counts = _shares(sizes, held_out)
    parts = _divide(keys, members, counts)
    return Split(parts.train, parts.validation, parts.test)


def choose(inputs: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64]) -> Any:
    """Return some rows as the network takes them: one array, or a dictionary of several."""
    if len(INPUTS) == 1:
        return inputs[INPUTS[0]][rows]
    return {name: inputs[name][rows] for name in INPUTS}


def balanced_weights(target: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return a weight per row such that every class weighs the same in all."""
    codes = target.reshape(-1).astype(np.int64)
    counts = np.bincount(codes)
    weights = len(codes) / ((counts > 0).sum() * np.maximum(counts, 1))
    return np.asarray(weights[codes], np.float32)


def report(model: Any, inputs: Any, target: npt.NDArray[Any]) -> None:
    """Print loss and metrics on the test rows, and errors in the target's own units."""
    for name, value in model.evaluate(inputs, target, verbose=0, return_dict=True).items():
        print(f"test {name}: {value:.6g}")
    if TARGET["kind"] == "number":
        errors = (model.predict(inputs, verbose=0) - target).astype(np.float64) * TARGET["scale"]
        print(f"mean absolute error in units of {TARGET['name']}: {np.abs(errors).mean():.6g}")
