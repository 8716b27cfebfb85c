"""How one column becomes numbers: fitted on the training rows, stored as JSON, applied to any row.

Three encodings: a number (fill, scale), a yes/no value (two texts, 0 and 1), a category (one-hot
or a code for an Embedding layer). Floats are stored by their shortest exact text, so that an
encoder that is read back gives the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from workbench.data.choices import effective_missing
from workbench.data.limits import MAX_ONE_HOT
from workbench.data.spec import CategoryEncoding, ColumnSpec, Missing, Scaling
from workbench.data.table import Table
from workbench.data.values import (
    FALSE_WORDS,
    TRUE_WORDS,
    Coded,
    Codes,
    Floats,
    as_codes,
    as_numbers,
    codes_in,
    column_codes,
    column_numbers,
    ordered,
)
from workbench.errors import DataError, Place
from workbench.plain import PlainDict

Matrix: TypeAlias = npt.NDArray[np.float32]

_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class NumberEncoding:
    """A number: missing values filled, then `(x - offset) / scale`.

    Attributes:
        name: The column.
        missing: What happens to missing values.
        fill: Value that stands in for a missing one.
        offset: Subtracted: the mean, the minimum, or 0.
        scale: Divisor, > 0: the standard deviation, the range, or 1.
    """

    name: str
    missing: Missing
    fill: float = 0.0
    offset: float = 0.0
    scale: float = 1.0

    @property
    def width(self) -> int:
        """Number of float inputs it takes."""
        return 1

    def usable(self, values: Any) -> npt.NDArray[np.bool_]:
        """Return which rows have a value."""
        return ~np.isnan(as_numbers(values))

    def write(self, values: Any, out: Matrix) -> None:
        """Write the encoded column to `out`, shape (rows, 1)."""
        numbers = as_numbers(values)
        filled = np.where(np.isnan(numbers), self.fill, numbers)
        out[:, 0] = np.clip((filled - self.offset) / self.scale, -_FLOAT32_MAX, _FLOAT32_MAX)

    def back(self, encoded: npt.NDArray[np.floating]) -> Floats:
        """Return encoded numbers in the units of the column."""
        return np.asarray(encoded, np.float64) * self.scale + self.offset

    def to_plain(self) -> PlainDict:
        """Return the encoding as plain data."""
        return {"kind": "number", "name": self.name, "missing": self.missing, "fill": self.fill,
                "offset": self.offset, "scale": self.scale}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BooleanEncoding:
    """A yes/no value: the first text is 0, the second 1.

    Attributes:
        name: The column.
        missing: What happens to missing values.
        texts: Texts of no and yes.
        fill: Value that stands in for a missing or unknown one.
    """

    name: str
    missing: Missing
    texts: tuple[str, str] = ("false", "true")
    fill: float = 0.0

    @property
    def width(self) -> int:
        """Number of float inputs it takes."""
        return 1

    def usable(self, values: Any) -> npt.NDArray[np.bool_]:
        """Return which rows have a value."""
        return ~np.isnan(self.numbers(values))

    def write(self, values: Any, out: Matrix) -> None:
        """Write the encoded column to `out`, shape (rows, 1)."""
        numbers = self.numbers(values)
        out[:, 0] = np.where(np.isnan(numbers), self.fill, numbers)

    def numbers(self, values: Any) -> Floats:
        """Return 0 for no, 1 for yes, NaN for missing or unknown, shape (rows,)."""
        codes, texts = as_codes(values)
        table = np.array([*(self._number(text) for text in texts), np.nan])
        return table[codes]

    def _number(self, text: str) -> float:
        if text in self.texts:
            return float(self.texts.index(text))
        word = text.lower()  # a file that writes 1 where the training file wrote yes
        if self.texts[0].lower() in FALSE_WORDS and self.texts[1].lower() in TRUE_WORDS:
            return 0.0 if word in FALSE_WORDS else 1.0 if word in TRUE_WORDS else np.nan
        return np.nan

    def to_plain(self) -> PlainDict:
        """Return the encoding as plain data."""
        return {"kind": "boolean", "name": self.name, "missing": self.missing,
                "texts": list(self.texts), "fill": self.fill}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CategoryEncodingFitted:
    """A category: one-hot inputs, or a code for an Embedding layer.

    A category that the training rows did not have is all zeros (one-hot) or code 0 (embedding).

    Attributes:
        name: The column.
        missing: What happens to missing values; `own_category` adds one category at the end.
        encoding: One-hot or embedding.
        categories: Texts in code order.
        fill: Code that stands in for a missing value (with `most_frequent`).
    """

    name: str
    missing: Missing
    encoding: CategoryEncoding
    categories: tuple[str, ...]
    fill: int = 0

    @property
    def width(self) -> int:
        """Number of float inputs it takes; 0 for an embedding."""
        return self.codes if self.encoding == "one_hot" else 0

    @property
    def codes(self) -> int:
        """Number of categories, the one for missing values included."""
        return len(self.categories) + (self.missing == "own_category")

    @property
    def cardinality(self) -> int:
        """Number of codes of an embedding: code 0 is for unknown categories."""
        return self.codes + 1

    def usable(self, values: Any) -> npt.NDArray[np.bool_]:
        """Return which rows have a value (an unknown category is one)."""
        return as_codes(values).codes >= 0

    def write(self, values: Any, out: Matrix) -> None:
        """Write the one-hot columns to `out`, shape (rows, width)."""
        codes = self.code(values)
        out[:] = 0
        known = np.flatnonzero(codes >= 0)
        out[known, codes[known]] = 1

    def embedded(self, values: Any) -> Codes:
        """Return the codes for an Embedding layer, 0 for unknown, shape (rows, 1)."""
        return (self.code(values) + 1).reshape(-1, 1).astype(np.int32)

    def code(self, values: Any) -> Codes:
        """Return codes from 0, -1 for unknown (and for missing in a row that is dropped)."""
        codes, missing = codes_in(values, self.categories)
        if self.missing == "own_category":
            return np.where(missing, len(self.categories), codes).astype(np.int32)
        if self.missing == "most_frequent":
            return np.where(missing, self.fill, codes).astype(np.int32)
        return codes

    def to_plain(self) -> PlainDict:
        """Return the encoding as plain data."""
        return {"kind": "category", "name": self.name, "missing": self.missing,
                "encoding": self.encoding, "categories": list(self.categories),
                "fill": self.fill}  # fmt: skip


ColumnEncoding: TypeAlias = NumberEncoding | BooleanEncoding | CategoryEncodingFitted


def fit_column(column: ColumnSpec, table: Table, rows: npt.NDArray[np.integer]) -> ColumnEncoding:
    """Fit the encoding of a feature column.

    Args:
        column: What the column means.
        table: The table.
        rows: Table rows that train.

    Raises:
        DataError: The values do not fit the chosen kind.
    """
    missing = effective_missing(column)
    if column.kind == "numeric":
        numbers = column_numbers(table, column.name)[rows]
        return fit_number(column.name, missing, column.scaling, numbers)
    coded = column_codes(table, column.name).take(rows)
    if column.kind == "boolean":
        return fit_boolean(column.name, missing, coded)
    return fit_category(column.name, missing, column.encoding, coded)


def fit_category(
    name: str, missing: Missing, encoding: CategoryEncoding, coded: Coded
) -> CategoryEncodingFitted:
    """Fit the categories of a column to its training values.

    Raises:
        DataError: There are too many for one-hot inputs.
    """
    categories = tuple(ordered(coded.texts))
    if encoding == "one_hot" and len(categories) > MAX_ONE_HOT:
        raise DataError(
            f"{name} has {len(categories):,} categories, too many for one-hot inputs.",
            expected=f"at most {MAX_ONE_HOT:,} categories",
            remedy="Use an embedding, or ignore the column.",
            place=Place("column", name),
        )
    fill = 0
    if categories:
        counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.texts))
        by_text = dict(zip(coded.texts, counts.tolist(), strict=True))
        # The first in reading order among equals: the order of the rows must not matter.
        fill = max(range(len(categories)), key=lambda code: by_text[categories[code]])
    return CategoryEncodingFitted(name, missing, encoding, categories, fill)


def fit_number(name: str, missing: Missing, scaling: Scaling, numbers: Floats) -> NumberEncoding:
    """Fit fill value and scale of a numeric column.

    Args:
        name: The column.
        missing: What happens to missing values.
        scaling: How to scale.
        numbers: Its training values, NaN where missing.
    """
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return NumberEncoding(name, missing)
    fill = _number_fill(missing, known)
    if scaling == "none":
        return NumberEncoding(name, missing, fill)
    # The moments of the filled column: what the network sees has mean 0 and spread 1.
    filled = known if missing == "drop_row" else np.where(np.isnan(numbers), fill, numbers)
    low, high = float(filled.min()), float(filled.max())
    with np.errstate(over="ignore"):
        offset = float(filled.mean()) if scaling == "standard" else low
        scale = float(filled.std()) if scaling == "standard" else high - low
    if not (np.isfinite(offset) and np.isfinite(scale)):  # numbers near the end of float64
        half = max(abs(low), abs(high))
        return NumberEncoding(name, missing, fill, 0.0, half)
    # Rounding alone can leave a constant column a tiny spread, which would blow it up.
    if low == high or scale <= 1e-12 * max(abs(low), abs(high)):
        scale = 1.0
    return NumberEncoding(name, missing, fill, offset, scale)


def encoding_from_plain(plain: Any) -> ColumnEncoding:
    """Read an encoding written by `to_plain`.

    Raises:
        KeyError, TypeError, ValueError: The data does not describe an encoding.
    """
    kind: Literal["number", "boolean", "category"] = plain["kind"]
    name, missing = str(plain["name"]), plain["missing"]
    if kind == "number":
        values = [float(plain[key]) for key in ("fill", "offset", "scale")]
        return NumberEncoding(name, missing, *values)
    if kind == "boolean":
        no, yes = plain["texts"]
        return BooleanEncoding(name, missing, (str(no), str(yes)), float(plain["fill"]))
    return CategoryEncodingFitted(
        name, missing, plain["encoding"], tuple(str(c) for c in plain["categories"]),
        int(plain["fill"]),
    )  # fmt: skip


def yes_no_texts(name: str, texts: Sequence[str]) -> tuple[str, str]:
    """Return the texts of no and yes of a yes/no column.

    Raises:
        DataError: It has more than two different values.
    """
    pair = two_texts(texts)
    if pair is None:
        raise DataError(
            f"{name} is set to yes / no but has {len(texts):,} different values.",
            expected="two different values",
            remedy="Set its type to category or number.",
            place=Place("column", name),
        )
    return pair


def two_texts(texts: Sequence[str]) -> tuple[str, str] | None:
    """Return the texts of no and yes of a yes/no column; None when it has more than two."""
    if len(texts) > 2:
        words = [text.lower() for text in texts]
        if not all(word in FALSE_WORDS | TRUE_WORDS for word in words):
            return None
        return "no", "yes"
    if len(texts) == 2:
        no, yes = ordered(texts)
        return no, yes
    if len(texts) == 1:
        word = texts[0].lower()
        return (texts[0], "true") if word in FALSE_WORDS else ("false", texts[0])
    return "false", "true"


def fit_boolean(name: str, missing: Missing, coded: Coded) -> BooleanEncoding:
    """Fit a yes/no column to its training values.

    Raises:
        DataError: It has more than two different values.
    """
    pair = yes_no_texts(name, coded.texts)
    encoding = BooleanEncoding(name, missing, pair)
    numbers = encoding.numbers(coded)
    known = numbers[~np.isnan(numbers)]
    share = float(known.mean()) if len(known) else 0.0
    fill = {"mean": share, "most_frequent": float(share > 0.5)}.get(missing, 0.0)
    return BooleanEncoding(name, missing, pair, fill)


def _number_fill(missing: Missing, known: Floats) -> float:
    if missing == "zero":
        return 0.0
    if missing == "median":
        return _median(known)
    if missing == "most_frequent":
        distinct, counts = np.unique(known, return_counts=True)
        return float(distinct[counts.argmax()])
    with np.errstate(over="ignore"):
        mean = float(known.mean())
    return mean if np.isfinite(mean) else _median(known)


def _median(known: Floats) -> float:
    with np.errstate(over="ignore"):
        median = float(np.median(known))
    # Of two numbers near the end of float64 the sum is none; halves are exact there.
    return median if np.isfinite(median) else 2.0 * float(np.median(known / 2.0))
