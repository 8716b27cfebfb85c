"""The encoder: raw columns in, network inputs out, and back again.

Fitted on the training rows only and stored with the model as JSON, so that predicting needs
nothing but a raw row. Every column stays traceable: `groups` says which inputs belong to it,
which is what explanations on the user's own columns stand on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.data.columns import (
    CategoryEncodingFitted,
    ColumnEncoding,
    encoding_from_plain,
    fit_column,
)
from workbench.data.spec import (
    MAIN_INPUT,
    ColumnSpec,
    DataSignature,
    DataSpec,
    InputSignature,
    Task,
)
from workbench.data.table import Table
from workbench.data.target import TargetEncoding, fit_target
from workbench.data.values import as_arrow
from workbench.errors import DataError, Place
from workbench.plain import PlainDict

FORMAT = 1


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """The encoded inputs of one raw column.

    Attributes:
        column: Name of the raw column.
        input: Name of the network input it is in.
        start: First position along the last axis of that input.
        stop: Position after the last.
    """

    column: str
    input: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Encoder:
    """Fitted encodings of all features and of the target.

    Attributes:
        features: One encoding per feature column, in table order.
        target: Encoding of the target; None without one.
        rows: Number of usable rows that the data had when it was fitted.
    """

    features: tuple[ColumnEncoding, ...]
    target: TargetEncoding | None = None
    rows: int = 0

    @classmethod
    def fit(
        cls, table: Table, spec: DataSpec, rows: npt.NDArray[np.int64], usable: int = 0
    ) -> Encoder:
        """Fit on the training rows.

        Args:
            table: The table.
            spec: What its columns mean.
            rows: Table rows that train, int64 array.
            usable: Number of usable rows in all parts, for the signature.

        Raises:
            DataError: A column is missing or does not fit its kind; the target cannot be used.
        """
        features = tuple(fit_column(column, table, rows) for column in spec.features)
        target = fit_target(spec.target, table, rows) if spec.target else None
        return cls(features, target, usable or len(rows))

    # ---- what the network sees -----------------------------------------------------------

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the raw feature columns, in table order."""
        return tuple(encoding.name for encoding in self.features)

    @property
    def width(self) -> int:
        """Number of positions of the main input."""
        return sum(encoding.width for encoding in self.features)

    @property
    def groups(self) -> tuple[ColumnGroup, ...]:
        """Which inputs belong to which raw column, in table order."""
        groups: list[ColumnGroup] = []
        start = 0
        for encoding in self.features:
            if _is_embedded(encoding):
                groups.append(ColumnGroup(encoding.name, input_name(encoding.name), 0, 1))
            else:
                groups.append(ColumnGroup(encoding.name, MAIN_INPUT, start, start + encoding.width))
                start += encoding.width
        return tuple(groups)

    @property
    def signature(self) -> DataSignature:
        """Inputs, task, units and classes."""
        embedded = {
            encoding.name: encoding.cardinality
            for encoding in self.features
            if isinstance(encoding, CategoryEncodingFitted) and _is_embedded(encoding)
        }
        return make_signature(self.width, embedded, self.task, self.classes, self.rows)

    @property
    def task(self) -> Task | None:
        """What the target asks for; None without a target."""
        return self.target.task if self.target else None

    @property
    def classes(self) -> tuple[str, ...]:
        """Class labels in code order; empty for regression and without a target."""
        return self.target.classes if self.target else ()

    # ---- encoding ------------------------------------------------------------------------

    def transform(self, columns: Mapping[str, Any]) -> dict[str, npt.NDArray[np.generic]]:
        """Encode raw columns.

        Args:
            columns: Column name → Arrow or numpy array or list, all equally long. Columns that
                the network does not use are ignored.

        Returns:
            Input name → array: `MAIN_INPUT` float32 (rows, width), each embedded column int32
            (rows, 1). Rows that `usable` refuses hold fill values.

        Raises:
            DataError: A feature column is missing.
        """
        self._require(columns, self.columns)
        rows = _length(columns[self.features[0].name]) if self.features else 0
        main = np.zeros((rows, self.width), np.float32)
        inputs: dict[str, npt.NDArray[np.generic]] = {MAIN_INPUT: main} if self.width else {}
        for encoding, group in zip(self.features, self.groups, strict=True):
            values = columns[encoding.name]
            if isinstance(encoding, CategoryEncodingFitted) and _is_embedded(encoding):
                inputs[group.input] = encoding.embedded(values)
            else:
                encoding.write(values, main[:, group.start : group.stop])
        return inputs

    def usable(self, columns: Mapping[str, Any], target: bool = False) -> npt.NDArray[np.bool_]:
        """Return which rows can be used: no value is missing where its row is to be dropped.

        Args:
            columns: As for `transform`.
            target: Whether a row without a (known) target value is refused too.
        """
        self._require(columns, self.columns)
        rows = _length(next(iter(columns.values()))) if columns else 0
        mask = np.ones(rows, bool)
        for encoding in self.features:
            if encoding.missing == "drop_row":
                mask &= encoding.usable(columns[encoding.name])
        if target and self.target:
            encoded = self.encode_target(columns[self.target.name])
            flat = encoded.reshape(len(encoded))
            known = np.nan_to_num(flat.astype(np.float64), nan=-1.0)
            mask &= (known >= 0) if self.classes else ~np.isnan(flat.astype(np.float64))
        return mask

    def encode_target(self, values: Any) -> npt.NDArray[np.generic]:
        """Encode target values; see `TargetEncoding.encode`.

        Raises:
            DataError: There is no target.
        """
        return self._target().encode(values)

    def decode_target(self, encoded: npt.NDArray[np.generic]) -> list[str] | list[float]:
        """Return encoded targets as labels, or as numbers in user units.

        Raises:
            DataError: There is no target.
        """
        return self._target().decode(encoded)

    def to_user_units(self, output: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Return network outputs in user units (regression); others are left alone."""
        return self.target.to_user_units(output) if self.target else output

    def raw_values(self, columns: Mapping[str, Any]) -> list[list[Any]]:
        """Return the raw feature values row by row, in the order of `columns`, as plain values."""
        lists = [as_arrow(columns[name]).to_pylist() for name in self.columns]
        return [[_plain(value) for value in row] for row in zip(*lists, strict=True)]

    # ---- storing -------------------------------------------------------------------------

    def to_plain(self) -> PlainDict:
        """Return the encoder as plain data (floats by their shortest exact text in JSON)."""
        return {
            "format": FORMAT,
            "features": [encoding.to_plain() for encoding in self.features],
            "target": self.target.to_plain() if self.target else None,
            "rows": self.rows,
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Encoder:
        """Read an encoder written by `to_plain`.

        Raises:
            DataError: The data does not describe an encoder, or a newer program wrote it.
        """
        try:
            if plain["format"] > FORMAT:
                raise DataError(
                    "The encoder of this run was written by a newer version.",
                    remedy="Update Keras Workbench.",
                )
            return cls(
                tuple(encoding_from_plain(entry) for entry in plain["features"]),
                TargetEncoding.from_plain(plain["target"]) if plain["target"] else None,
                int(plain["rows"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                "The encoder of this run cannot be read.",
                received=f"{type(error).__name__}: {error}",
                remedy="Train again.",
            ) from error

    def to_json(self) -> str:
        """Return the encoder as the text of `encoder.json`."""
        return json.dumps(self.to_plain(), ensure_ascii=False, allow_nan=False)

    # ---- private -------------------------------------------------------------------------

    def _target(self) -> TargetEncoding:
        if self.target is None:
            raise no_target()
        return self.target

    def _require(self, columns: Mapping[str, Any], names: Sequence[str]) -> None:
        absent = [name for name in names if name not in columns]
        if absent:
            listed = ", ".join(absent[:5]) + (" …" if len(absent) > 5 else "")
            raise DataError(
                f"The data lacks {'a column' if len(absent) == 1 else f'{len(absent)} columns'} "
                f"that the network was trained on: {listed}.",
                expected="the columns " + ", ".join(names[:8]) + (" …" if len(names) > 8 else ""),
                remedy="Use a file with the same column names.",
                place=Place("column", absent[0]),
            )


def make_signature(
    width: int,
    embedded: Mapping[str, int],
    task: Task | None,
    classes: tuple[str, ...],
    rows: int,
) -> DataSignature:
    """Return a signature.

    Args:
        width: Positions of the main input; 0 leaves it out.
        embedded: Embedded column → number of codes.
        task: What the target asks for.
        classes: Class labels.
        rows: Usable rows.
    """
    inputs = [InputSignature(MAIN_INPUT, (width,))] if width else []
    inputs += [InputSignature(input_name(c), (1,), "int32", n) for c, n in embedded.items()]
    units = len(classes) if task == "multiclass" else 1 if task else 0
    return DataSignature(tuple(inputs), task, units, classes, rows)


def input_name(column: str) -> str:
    """Return the name of the network input of an embedded column."""
    return f"{column} (column)" if column == MAIN_INPUT else column


def no_target() -> DataError:
    """Return the error for a document without a target column."""
    return DataError(
        "No column is the target.",
        expected="one column that the network learns to predict",
        remedy="Choose the target on the data page.",
        place=Place("field", "columns"),
    )


def used_columns(spec: DataSpec) -> list[ColumnSpec]:
    """Return the feature columns and the target."""
    return [column for column in spec.columns if column.role != "ignore"]


def _is_embedded(encoding: ColumnEncoding) -> bool:
    return isinstance(encoding, CategoryEncodingFitted) and encoding.encoding == "embedding"


def _length(values: Any) -> int:
    return len(values.codes) if hasattr(values, "codes") else len(values)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
