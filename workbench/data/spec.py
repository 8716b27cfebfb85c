"""The data document: where the table is, what its columns mean, how it is split.

Plain data in `project.json`; says nothing about values. The values are read by
`workbench.data.source`, fitted and encoded by `workbench.data.encoder`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from workbench.errors import DataError
from workbench.plain import PlainDict

Role = Literal["feature", "target", "ignore"]
ColumnKind = Literal["numeric", "categorical", "boolean"]
Missing = Literal["mean", "median", "zero", "most_frequent", "own_category", "drop_row"]
Scaling = Literal["standard", "minmax", "none"]
CategoryEncoding = Literal["one_hot", "embedding"]
Task = Literal["binary", "multiclass", "regression"]

MAIN_INPUT = "features"
"""Name of the encoded input that holds every feature that is not embedded."""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where the table is and how to read it.

    Attributes:
        path: Relative to the project folder when inside it, else absolute; "" for no data.
        format: `"csv"` (any delimited text) or `"parquet"`.
        encoding: Text encoding of a CSV file.
        delimiter: One character that separates the fields of a CSV file.
        decimal: `"."` or `","`.
        header: True when the first line of a CSV file holds the column names.
    """

    path: str = ""
    format: Literal["csv", "parquet"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    header: bool = True


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """What one column means.

    Attributes:
        name: Column name, unique (duplicates in the file get a suffix on reading).
        role: Feature, target (exactly one column) or ignored.
        kind: How its values are understood.
        missing: What happens to missing values; `own_category` only for categories.
        scaling: For numeric columns (a numeric regression target is scaled too and its
            predictions are scaled back).
        encoding: For categorical features.
    """

    name: str
    role: Role = "feature"
    kind: ColumnKind = "numeric"
    missing: Missing = "mean"
    scaling: Scaling = "standard"
    encoding: CategoryEncoding = "one_hot"


@dataclass(frozen=True, slots=True)
class SplitSpec:
    """How rows are divided. Fractions of all rows; the rest is for training.

    Attributes:
        validation: Fraction held out to watch training, in [0, 1).
        test: Fraction held out to the very end, in [0, 1).
        seed: Seed of the division.
        stratify: Keep the class shares in every part (classification only).
    """

    validation: float = 0.15
    test: float = 0.15
    seed: int = 0
    stratify: bool = True


@dataclass(frozen=True, slots=True)
class DataSpec:
    """The whole data document.

    Attributes:
        source: Where the table is.
        columns: One entry per column of the table, in table order.
        split: How rows are divided.
    """

    source: SourceSpec = field(default_factory=SourceSpec)
    columns: tuple[ColumnSpec, ...] = ()
    split: SplitSpec = field(default_factory=SplitSpec)

    @property
    def features(self) -> list[ColumnSpec]:
        """The feature columns in table order."""
        return [c for c in self.columns if c.role == "feature"]

    @property
    def target(self) -> ColumnSpec | None:
        """The target column, or None."""
        return next((c for c in self.columns if c.role == "target"), None)

    def to_plain(self) -> PlainDict:
        """Return the document as plain data; columns are keyed by name."""
        return {
            "source": _fields(self.source),
            "columns": {c.name: {k: v for k, v in _fields(c).items() if k != "name"}
                        for c in self.columns},
            "split": _fields(self.split),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> DataSpec:
        """Read a document written by `to_plain`; unknown keys are ignored.

        Raises:
            DataError: The data does not describe a data document.
        """
        try:
            return cls(
                source=_read(SourceSpec, plain.get("source", {})),
                columns=tuple(
                    _read(ColumnSpec, {**entry, "name": name})
                    for name, entry in plain.get("columns", {}).items()
                ),
                split=_read(SplitSpec, plain.get("split", {})),
            )
        except (TypeError, AttributeError, ValueError) as error:
            raise DataError(
                "The data settings of this project cannot be read.",
                received=f"{type(error).__name__}: {error}",
            ) from error


def _fields(value: Any) -> PlainDict:
    return cast(PlainDict, {name: getattr(value, name) for name in value.__dataclass_fields__})


def _read(kind: Any, plain: Any) -> Any:
    return kind(**{name: plain[name] for name in kind.__dataclass_fields__ if name in plain})


@dataclass(frozen=True, slots=True)
class InputSignature:
    """One encoded input that the table offers to the network.

    Attributes:
        name: `MAIN_INPUT`, or the name of an embedded column.
        shape: Shape of one row, without the batch axis.
        dtype: `"float32"`, or `"int32"` for an embedded column.
        cardinality: Number of codes of an embedded column (code 0 is "unknown"); 0 otherwise.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    cardinality: int = 0


@dataclass(frozen=True, slots=True)
class DataSignature:
    """What a network sees of a table: its inputs and its target. Known before training.

    Attributes:
        inputs: Encoded inputs, the main one first.
        task: What the target asks for; None without a target.
        units: Units the output layer needs: 1 for binary and regression, else the class count.
        classes: Class labels in code order, as text; empty for regression.
        rows: Number of usable rows.
    """

    inputs: tuple[InputSignature, ...] = ()
    task: Task | None = None
    units: int = 0
    classes: tuple[str, ...] = ()
    rows: int = 0

    def input(self, name: str) -> InputSignature | None:
        """Return the input of that name, or None."""
        return next((i for i in self.inputs if i.name == name), None)

    def to_plain(self) -> PlainDict:
        """Return the signature as plain data."""
        return {
            "inputs": [
                {"name": i.name, "shape": list(i.shape), "dtype": i.dtype,
                 "cardinality": i.cardinality}
                for i in self.inputs
            ],
            "task": self.task,
            "units": self.units,
            "classes": list(self.classes),
            "rows": self.rows,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Any) -> DataSignature:
        """Read a signature written by `to_plain`."""
        return cls(
            inputs=tuple(
                InputSignature(i["name"], tuple(i["shape"]), i["dtype"], i["cardinality"])
                for i in plain["inputs"]
            ),
            task=plain["task"],
            units=plain["units"],
            classes=tuple(plain["classes"]),
            rows=plain["rows"],
        )
