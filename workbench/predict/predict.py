"""The job `predict`: what a run's network says about rows of the table, or of another file.

Spec: `{"project", "run_id" | None, "part": "test" | "validation" | "train" | "all",
"csv": path | None}`; a path stands for the rows of that file (CSV or Parquet), read as it is, with
the encoder of the run. Result: `run_id`, `rows` (int64: rows of the table or file), `output`
(float32 (rows, units): probabilities, or values in user units), `labels` (predicted class of each
row, or None), `target` (true label or value, None where it is unknown, or None for all),
`classes`, `task`, and `skipped`: how many rows of the file a missing value made unusable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from workbench.data.encoder import Encoder
from workbench.data.prepare import prepare
from workbench.data.sniff import sniff
from workbench.data.source import open_table
from workbench.errors import DataError, Place
from workbench.jobs import Control, Emit
from workbench.training.arrays import network_inputs
from workbench.training.load import LoadedRun, load_run
from workbench.training.outputs import class_codes, raw_outputs, user_outputs

_ROWS = 65_536


def predict(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Predict; see the module.

    Raises:
        WorkbenchError: The run or the rows cannot be read.
    """
    project = Path(spec["project"])
    emit({"event": "phase", "text": "Opening the run"})
    loaded = load_run(project, spec.get("run_id"))
    control.check()
    if spec.get("csv"):
        rows, inputs, target = _file_rows(loaded, Path(str(spec["csv"])), emit)
    else:
        rows, inputs, target = _part_rows(loaded, project, str(spec.get("part") or "test"), emit)
    output = predict_rows(loaded, inputs, len(rows), emit, control)
    encoder = loaded.encoder
    return {
        "run_id": loaded.spec.run_id,
        "rows": rows,
        "output": output,
        "labels": _labels(output, encoder),
        "target": target,
        "classes": list(encoder.classes),
        "task": encoder.task,
    }


def predict_rows(
    loaded: LoadedRun,
    inputs: dict[str, Any],
    rows: int,
    emit: Emit,
    control: Control,
) -> Any:
    """Return a run's outputs for encoded rows.

    Args:
        loaded: The run.
        inputs: Input name → array.
        rows: Number of rows.
        emit: Hears the progress.
        control: To cancel.

    Returns:
        float32 array (rows, units): probabilities, or values in user units.
    """
    parts = [np.zeros((0, loaded.encoder.signature.units), np.float32)]
    for start in range(0, rows, _ROWS):
        control.check()
        emit({"event": "progress", "done": start, "total": rows, "seconds_left": None})
        some = {name: values[start : start + _ROWS] for name, values in inputs.items()}
        raw = raw_outputs(loaded.model, network_inputs(loaded.model, some))
        parts.append(user_outputs(raw, loaded.encoder, loaded.from_logits))
    emit({"event": "progress", "done": rows, "total": rows, "seconds_left": 0.0})
    return np.concatenate(parts)


def _part_rows(loaded: LoadedRun, project: Path, part: str, emit: Emit) -> tuple[Any, ...]:
    prepared = prepare(loaded.spec.data, project, emit)
    rows = prepared.split.part(part)
    table_rows = prepared.row_ids[rows]
    raw = prepared.raw_columns(table_rows)
    # With the run's own encoder: the table may have changed since it was trained.
    inputs = loaded.encoder.transform(raw)
    return table_rows, inputs, _targets(loaded.encoder, raw)


def _file_rows(loaded: LoadedRun, path: Path, emit: Emit) -> tuple[Any, ...]:
    emit({"event": "phase", "text": "Reading the file"})
    path = path.resolve()
    table = open_table(sniff(path), path.parent)
    missing = [name for name in loaded.encoder.columns if name not in table.columns]
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise DataError(
            f"{path.name} lacks {'a column' if len(missing) == 1 else f'{len(missing)} columns'} "
            f"that the network was trained on: {shown}.",
            expected="the columns " + ", ".join(loaded.encoder.columns[:8])
            + (" …" if len(loaded.encoder.columns) > 8 else ""),
            remedy="Use a file with the same column names.",
            place=Place("file", str(path)),
        )  # fmt: skip
    names = [*loaded.encoder.columns]
    target = loaded.encoder.target
    if target is not None and target.name in table.columns:
        names.append(target.name)
    raw = {name: table.column(name) for name in names}
    usable = np.flatnonzero(loaded.encoder.usable(raw)).astype(np.int64)
    if len(usable) < table.rows:
        raw = {name: values.take(usable) for name, values in raw.items()}
    return usable, loaded.encoder.transform(raw), _targets(loaded.encoder, raw)


def _targets(encoder: Encoder, raw: dict[str, Any]) -> list[Any] | None:
    """Return true labels or values as the table has them; None where unknown."""
    if encoder.target is None or encoder.target.name not in raw:
        return None
    encoded = encoder.encode_target(raw[encoder.target.name])
    if not encoder.classes:
        exact = _numbers(raw[encoder.target.name])
        return [None if np.isnan(value) else float(value) for value in exact]
    return [label or None for label in encoder.decode_target(encoded)]


def _numbers(values: Any) -> Any:
    from workbench.data.values import as_numbers

    return as_numbers(values)


def _labels(output: Any, encoder: Encoder) -> list[str] | None:
    if not encoder.classes:
        return None
    return [encoder.classes[code] for code in class_codes(output)]
