"""What an explanation is, without Keras: made by the job, shown by the window, written to files."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from workbench.errors import ExplainError
from workbench.plain import PlainDict

Floats = npt.NDArray[np.float64]
Space = Literal["logit", "probability", "value"]
Quantity = Literal["shapley", "aumann_shapley"]

_ARRAYS = ("values", "base", "output", "rows", "spread", "standard_error", "probability",
           "base_probability")  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """Contributions of columns to the network's output, for some rows.

    Attributes:
        columns: Names of the person's columns.
        values: Contributions, float64, shape (rows, columns, outputs).
        base: Output that stands for "nothing known", shape (outputs,); contributions of a row
            and the base add up to the row's output.
        output: The network's output, shape (rows, outputs).
        rows: Row numbers in the table, int64, shape (rows,).
        raw: The columns' values as in the table, one list per row.
        output_names: Class labels, or the target's name for regression.
        space: What is explained: logits, probabilities, or values in the target's own units.
        additivity: Largest |sum + base - output| relative to `spread`.
        spread: Standard deviation of the output over the background, shape (outputs,).
        explainer: Name of the explainer, one of `choices.TITLES`.
        quantity: Shapley values, or Aumann-Shapley values (expected gradients).
        background_size: Rows of the background.
        seconds: Time the explanation took, without loading.
        standard_error: Of each value, shape of `values`; None where nothing was sampled.
        probability: Class probabilities of each row, shape (rows, outputs); None for regression.
        base_probability: Mean class probabilities over the background; None for regression.
        run_id: The run that was explained.
        seed: Seed of background and sampling.
    """

    columns: tuple[str, ...]
    values: Floats
    base: Floats
    output: Floats
    rows: npt.NDArray[np.int64]
    raw: list[list[Any]]
    output_names: tuple[str, ...]
    space: Space
    additivity: float
    spread: Floats
    explainer: str
    quantity: Quantity = "shapley"
    background_size: int = 0
    seconds: float = 0.0
    standard_error: Floats | None = None
    probability: Floats | None = None
    base_probability: Floats | None = None
    run_id: str = ""
    seed: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def largest_error(self) -> float | None:
        """Largest standard error relative to the output's spread; None where not sampled."""
        if self.standard_error is None or not self.standard_error.size:
            return None
        return float((self.standard_error / self.spread).max())

    def importance(self, output: int) -> Floats:
        """Return the mean absolute contribution of each column, shape (columns,)."""
        return cast(Floats, np.abs(self.values[:, :, output]).mean(0))

    def take(self, at: Sequence[int] | npt.NDArray[np.integer]) -> Explanation:
        """Return the explanation of some of the rows, in the given order.

        Args:
            at: Positions of the rows in this explanation.
        """
        error, probability = self.standard_error, self.probability
        return replace(
            self,
            values=self.values[at],
            output=self.output[at],
            rows=self.rows[at],
            raw=[self.raw[position] for position in at],
            standard_error=None if error is None else error[at],
            probability=None if probability is None else probability[at],
        )

    def to_plain(self) -> PlainDict:
        """Return plain data with numpy arrays, for a message."""
        plain = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        plain["columns"], plain["output_names"] = list(self.columns), list(self.output_names)
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> Explanation:
        """Read what `to_plain` or `to_json` wrote.

        Raises:
            ExplainError: The data does not describe an explanation.
        """
        try:
            known = {entry.name: plain[entry.name] for entry in fields(cls) if entry.name in plain}
            for name in _ARRAYS:
                if known.get(name) is not None:
                    kind = np.int64 if name == "rows" else np.float64
                    known[name] = np.asarray(known[name], kind)
            known["columns"] = tuple(str(name) for name in known["columns"])
            known["output_names"] = tuple(str(name) for name in known["output_names"])
            known["raw"] = [list(row) for row in known["raw"]]
            return cls(**known)
        except (KeyError, TypeError, ValueError) as error:
            raise ExplainError(
                "This explanation cannot be read.",
                received=f"{type(error).__name__}: {error}",
            ) from error

    def to_json(self) -> str:
        """Return everything as a JSON document."""
        return json.dumps({"format": 1, **_json_ready(self.to_plain())}, indent=1)

    def to_csv(self) -> str:
        """Return the contributions as a table: one line per row and output.

        For each column the line holds its value in the table and its contribution.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        heads = [part for name in self.columns for part in (name, f"{name} (contribution)")]
        writer.writerow(["row", "output", "space", "base", "f(x)", *map(_safe_text, heads)])
        for at, row in enumerate(self.rows):
            for output, name in enumerate(self.output_names):
                cells: list[Any] = []
                for raw, value in zip(self.raw[at], self.values[at, :, output], strict=True):
                    cells += [_cell(raw), repr(float(value))]
                known = [repr(float(self.base[output])), repr(float(self.output[at, output]))]
                writer.writerow([int(row), _safe_text(name), self.space, *known, *cells])
        return text.getvalue()


def joined(parts: Sequence[Explanation]) -> Explanation:
    """Return explanations of different rows, made alike, as one.

    Args:
        parts: At least one; same run, columns, background and explainer.

    Returns:
        All rows in order; the largest additivity error, the sum of the seconds.
    """
    if len(parts) == 1:
        return parts[0]

    def along(name: str) -> Floats | None:
        arrays = [getattr(part, name) for part in parts]
        return None if arrays[0] is None else np.concatenate(arrays)

    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        output=np.concatenate([part.output for part in parts]),
        rows=np.concatenate([part.rows for part in parts]),
        raw=[row for part in parts for row in part.raw],
        standard_error=along("standard_error"),
        probability=along("probability"),
        additivity=max(part.additivity for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


def for_both_classes(values: Floats, space: Space) -> Floats:
    """Return outputs of a one-unit binary network for both classes.

    Args:
        values: Outputs for the second class, shape (..., 1).
        space: `"logit"` or `"probability"`.

    Returns:
        Shape (..., 2): outputs for the first and the second class.
    """
    other = -values if space == "logit" else 1 - values
    return np.concatenate([other, values], axis=-1)


def _cell(value: Any) -> Any:
    return _safe_text(value) if isinstance(value, str) else "" if value is None else value


def _safe_text(text: str) -> str:
    """Return text that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _json_ready(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _json_ready(value.tolist())
    if isinstance(value, np.generic):
        return _json_ready(value.item())
    if isinstance(value, dict):
        return {key: _json_ready(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
