"""What the job `predict` found out, ready for a table: prediction, certainty and error per row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Predictions:
    """Predictions of held-out rows.

    Attributes:
        run_id: The run that made them.
        rows: Row numbers in the table.
        classes: Class labels; empty for regression.
        output: Probabilities, shape (rows, classes), or values, shape (rows, 1).
        predicted: Code of the predicted class; empty for regression.
        actual: Code of the actual class, -1 where unknown; empty for regression.
        target: Actual values; NaN where unknown; empty for classification.
        error: Regression: prediction - target. Classification: 1 - probability of the actual
            class. NaN where the target is unknown.
    """

    run_id: str
    rows: Ints
    classes: tuple[str, ...]
    output: Floats
    predicted: Ints
    actual: Ints
    target: Floats
    error: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which rows are classified wrongly; none of a regression."""
        if not self.classes:
            return np.zeros(len(self), bool)
        return np.asarray((self.actual >= 0) & (self.actual != self.predicted))

    @classmethod
    def from_result(cls, result: dict[str, Any]) -> Predictions:
        """Read the result of the job `predict`."""
        classes = tuple(str(label) for label in result.get("classes") or ())
        rows = np.asarray(result["rows"], np.int64)
        output = np.asarray(result["output"], np.float64).reshape(len(rows), -1)
        target = result.get("target")
        if not classes:
            known = _numbers(target, len(rows))
            none = np.empty(0, np.int64)
            return cls(
                str(result["run_id"]), rows, (), output, none, none, known, output[:, 0] - known
            )
        if output.shape[1] == 1:
            output = np.concatenate([1 - output, output], axis=1)
        actual = _codes(target, classes, len(rows))
        chance = output[np.arange(len(rows)), np.maximum(actual, 0)]
        return cls(
            run_id=str(result["run_id"]),
            rows=rows,
            classes=classes,
            output=output,
            predicted=output.argmax(1).astype(np.int64),
            actual=actual,
            target=np.empty(0),
            error=np.where(actual >= 0, 1 - chance, np.nan),
        )


def _numbers(target: Any, rows: int) -> Floats:
    if target is None:
        return np.full(rows, np.nan)
    values = [np.nan if v is None else float(v) for v in list(target)]
    return np.asarray(values, np.float64).reshape(rows)


def _codes(target: Any, classes: tuple[str, ...], rows: int) -> Ints:
    """Return class codes of targets given as labels; -1 where unknown."""
    if target is None:
        return np.full(rows, -1, np.int64)
    at = {label: code for code, label in enumerate(classes)}
    return np.array([at.get(str(label), -1) for label in list(target)], np.int64)
