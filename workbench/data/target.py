"""The target column: what task it asks for, its classes, and how it is encoded and read back.

Conventions of the whole program: binary targets are float32 of shape (n, 1) for one output unit,
multi-class targets int32 of shape (n,) for as many units as classes, numeric targets float32 of
shape (n, 1), scaled, and predictions are scaled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.data.columns import NumberEncoding, encoding_from_plain, fit_number, two_texts
from workbench.data.spec import ColumnSpec, Task
from workbench.data.summary import facts_of
from workbench.data.table import Table
from workbench.data.values import (
    Codes,
    as_numbers,
    codes_in,
    column_codes,
    column_numbers,
    ordered,
)
from workbench.errors import DataError, Place
from workbench.plain import PlainDict


@dataclass(frozen=True, slots=True)
class TargetEncoding:
    """The target, fitted.

    Attributes:
        name: The column.
        task: What it asks for.
        classes: Class labels in code order; empty for regression. The second of two is "yes".
        number: Scale of a numeric target.
    """

    name: str
    task: Task
    classes: tuple[str, ...] = ()
    number: NumberEncoding | None = None

    @property
    def units(self) -> int:
        """Units that the output layer needs."""
        return len(self.classes) if self.task == "multiclass" else 1

    def encode(self, values: Any) -> npt.NDArray[np.generic]:
        """Return the target as the network is trained on it.

        Returns:
            binary: float32 (rows, 1); multiclass: int32 (rows,); regression: float32 (rows, 1).
            A missing or unknown label is NaN, or -1 for several classes.
        """
        if self.number is not None:
            numbers = as_numbers(values)
            scaled = (numbers - self.number.offset) / self.number.scale
            return scaled.astype(np.float32).reshape(-1, 1)
        codes = self.codes(values)
        if self.task == "multiclass":
            return codes
        return np.where(codes < 0, np.nan, codes).astype(np.float32).reshape(-1, 1)

    def codes(self, values: Any) -> Codes:
        """Return class codes, -1 where missing or unknown, shape (rows,)."""
        return codes_in(values, self.classes)[0]

    def decode(self, encoded: npt.NDArray[np.generic]) -> list[str] | list[float]:
        """Return encoded targets as a person knows them: labels, or numbers in user units."""
        flat = np.asarray(encoded, np.float64).reshape(-1)
        if self.number is not None:
            numbers: list[float] = self.number.back(flat).tolist()
            return numbers
        # NaN and codes out of range stand for a label that the training data did not have.
        codes = np.nan_to_num(flat, nan=-1).round().astype(int)
        return [self.classes[c] if 0 <= c < len(self.classes) else "" for c in codes]

    def to_user_units(self, output: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Return network outputs in user units; probabilities and logits are left alone."""
        if self.number is None:
            return output
        return self.number.back(output).astype(np.asarray(output).dtype)

    def to_plain(self) -> PlainDict:
        """Return the encoding as plain data."""
        return {
            "name": self.name,
            "task": self.task,
            "classes": list(self.classes),
            "number": self.number.to_plain() if self.number else None,
        }

    @classmethod
    def from_plain(cls, plain: Any) -> TargetEncoding:
        """Read an encoding written by `to_plain`."""
        number = encoding_from_plain(plain["number"]) if plain["number"] else None
        return cls(
            str(plain["name"]),
            plain["task"],
            tuple(str(label) for label in plain["classes"]),
            number if isinstance(number, NumberEncoding) else None,
        )


def target_layout(column: ColumnSpec, table: Table) -> tuple[Task, tuple[str, ...]]:
    """Return task and classes of a target column, from all its rows.

    Raises:
        DataError: It has no value at all, one class only, or does not fit its kind.
    """
    place = Place("column", column.name)
    if column.kind == "numeric":
        facts = facts_of(table, column.name, "numeric")
        if facts.distinct == 0:
            raise _all_missing(column)
        if facts.distinct == 1:
            raise DataError(
                f"The target {column.name} is {facts.only} in every row.",
                expected="at least two different values",
                remedy="Choose another target, or a file with more rows.",
                place=place,
            )
        return "regression", ()
    texts = column_codes(table, column.name).texts
    if not texts:
        raise _all_missing(column)
    if len(texts) == 1:
        raise DataError(
            f"The target {column.name} has one class only: {texts[0]}.",
            expected="at least two classes",
            remedy="Choose another target, or a file with more rows.",
            place=place,
        )
    if column.kind == "boolean":
        pair = two_texts(texts)
        if pair is None or len(texts) > 2:
            raise DataError(
                f"The target {column.name} is set to yes / no but has {len(texts):,} values.",
                expected="two different values",
                remedy="Set its type to category or number.",
                place=place,
            )
    classes = tuple(ordered(texts))
    return ("binary" if len(classes) == 2 else "multiclass"), classes


def fit_target(column: ColumnSpec, table: Table, rows: npt.NDArray[np.int64]) -> TargetEncoding:
    """Fit the target: classes from the whole table, the scale from the training rows.

    Args:
        column: The target column.
        table: The table.
        rows: Table rows that train.

    Raises:
        DataError: See `target_layout`.
    """
    task, classes = target_layout(column, table)
    if task != "regression":
        return TargetEncoding(column.name, task, classes)
    numbers = column_numbers(table, column.name)[rows]
    number = fit_number(column.name, "drop_row", column.scaling, numbers)
    return TargetEncoding(column.name, task, (), number)


def _all_missing(column: ColumnSpec) -> DataError:
    what = "number" if column.kind == "numeric" else "value"
    return DataError(
        f"The target {column.name} has no {what} in any row.",
        expected="a target value in most rows",
        remedy="Choose another target"
        + (", or set its type to category." if column.kind == "numeric" else "."),
        place=Place("column", column.name),
    )
