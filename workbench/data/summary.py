"""Summaries of a column: what the data page's inspector shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.data.spec import ColumnKind
from workbench.data.table import Table
from workbench.data.values import (
    Coded,
    Floats,
    as_codes,
    as_numbers,
    column_codes,
    number_text,
    ordered,
    unique_share,
)

_TOP = 12
_MOST_BINS = 40
_LARGE = 500_000


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of values in bins of equal width.

    Attributes:
        counts: Rows per bin.
        edges: Limits of the bins, one more than counts, in the column's units.
    """

    counts: tuple[int, ...]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """Statistics of the values that are there.

    Attributes:
        minimum: Smallest value.
        q1: A quarter of the values is at most this.
        median: Half of the values is at most this.
        q3: Three quarters of the values are at most this.
        maximum: Largest value.
        mean: Mean.
        std: Standard deviation (divisor n).
    """

    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float
    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """What is in a column.

    Attributes:
        name: The column.
        kind: As what it was understood.
        rows: Rows of the table.
        missing: Rows without a value.
        distinct: Different values.
        numbers: Statistics; None unless numeric and not empty.
        histogram: For numeric columns; None when empty.
        top: Most frequent values as text with their counts, for categories and yes/no (all
            of them up to 12, in reading order when all are shown, else the most frequent first).
        other: Rows of the values that `top` leaves out.
        sampled: True when almost every value differs in a large table: then `missing`, `distinct`
            and `top` are of the first rows, scaled up.
    """

    name: str
    kind: ColumnKind
    rows: int
    missing: int
    distinct: int
    numbers: NumberSummary | None = None
    histogram: Histogram | None = None
    top: tuple[tuple[str, int], ...] = ()
    other: int = 0
    sampled: bool = False


def summarise(table: Table, column: str, kind: ColumnKind) -> ColumnSummary:
    """Summarise a column; kept with the table.

    Args:
        table: The table.
        column: Name of the column.
        kind: How its values are understood.

    Raises:
        DataError: There is no such column, or it cannot be read.
    """
    table.index(column)
    numeric = kind == "numeric"
    return table.derived(
        ("summary", column, numeric),
        lambda: _of_numbers(table, column) if numeric else _of_codes(table, column, kind),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """The little that checks need to know of a column, in a few numbers.

    Attributes:
        missing: Rows without a value, as the column's kind understands it.
        distinct: Different values; for numbers 0, 1 or 2 ("two or more").
        only: The value of a column that has one only, as text.
        unparsed: Rows whose text is no number, in a column that is read as numbers.
    """

    missing: int
    distinct: int
    only: str = ""
    unparsed: int = 0


def facts_of(table: Table, column: str, kind: ColumnKind) -> Facts:
    """Return facts of a column; kept with the table.

    Raises:
        DataError: There is no such column, or it cannot be read.
    """
    table.index(column)
    if kind == "numeric":
        return table.derived(("facts", column), lambda: _facts_of_numbers(table, column))
    if _is_mostly_unique(table, column):
        share = unique_share(table, column)
        return Facts(0, int(share * table.rows))
    coded = column_codes(table, column)
    only = coded.texts[0] if len(coded.texts) == 1 else ""
    return Facts(int((coded.codes < 0).sum()), len(coded.texts), only)


def class_balance(coded: Coded) -> list[tuple[str, int]]:
    """Return the values of a coded column in reading order, with their counts."""
    counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.texts))
    by_text = dict(zip(coded.texts, counts.tolist(), strict=True))
    return [(text, by_text[text]) for text in ordered(coded.texts)]


def histogram_of(values: Floats) -> Histogram:
    """Return a histogram with bins by the rule of Freedman and Diaconis (1981), at most 40.

    Whole numbers with few different values get one bin each, centred on the value.

    Args:
        values: Sorted values without NaN, at least one.
    """
    low, high = float(values[0]), float(values[-1])
    if low == high:
        pad = max(abs(low) * 0.05, 0.5)
        return Histogram((len(values),), (low - pad, low + pad))
    if high - low <= _MOST_BINS - 1 and bool((values == np.round(values)).all()):
        edges: npt.NDArray[np.float64] = np.arange(low, high + 2) - 0.5
    else:
        q1, q3 = np.quantile(values, [0.25, 0.75])
        width = 2 * (q3 - q1) / len(values) ** (1 / 3)
        bins = int(np.ceil((high - low) / width)) if width > 0 else _MOST_BINS
        edges = np.linspace(low, high, min(max(bins, 8), _MOST_BINS) + 1)
    # The values are sorted: counting is a binary search per edge.
    inner = np.searchsorted(values, edges[1:-1], side="left")
    counts = np.diff(np.concatenate([[0], inner, [len(values)]]))
    return Histogram(tuple(counts.tolist()), tuple(edges.tolist()))


def _of_numbers(table: Table, column: str) -> ColumnSummary:
    numbers = as_numbers(table.column(column))
    known = np.sort(numbers[~np.isnan(numbers)])
    missing = len(numbers) - len(known)
    if not len(known):
        return ColumnSummary(column, "numeric", table.rows, missing, 0)
    q1, median, q3 = np.quantile(known, [0.25, 0.5, 0.75]).tolist()
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(known.mean()), float(known.std())
    statistics = NumberSummary(float(known[0]), q1, median, q3, float(known[-1]), mean, std)
    distinct = 1 + int((known[1:] != known[:-1]).sum())
    return ColumnSummary(
        column, "numeric", table.rows, missing, distinct, statistics, histogram_of(known)
    )


def _of_codes(table: Table, column: str, kind: ColumnKind) -> ColumnSummary:
    sampled = _is_mostly_unique(table, column)
    coded = as_codes(table.sample(column, 20_000)) if sampled else column_codes(table, column)
    missing = int((coded.codes < 0).sum())
    if len(coded.texts) <= _TOP:
        top = class_balance(coded)
    else:
        counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.texts))
        largest = np.argsort(-counts, kind="stable")[:_TOP]
        top = [(coded.texts[i], int(counts[i])) for i in largest]
    other = len(coded.codes) - missing - sum(count for _, count in top)
    distinct = len(coded.texts)
    if sampled:
        scale = table.rows / len(coded.codes)
        missing, distinct = round(missing * scale), round(distinct * scale)
        other = table.rows - missing - sum(count for _, count in top)
    return ColumnSummary(
        column, kind, table.rows, missing, distinct, top=tuple(top), other=other, sampled=sampled
    )


def _is_mostly_unique(table: Table, column: str) -> bool:
    return table.rows > _LARGE and unique_share(table, column) > 0.5


def _facts_of_numbers(table: Table, column: str) -> Facts:
    stated = table.bounds(column) if table.rows > _LARGE else None
    if stated is not None and stated[1] < stated[2]:
        # The footer does not count NaN: when the sample has some, the column is read after all.
        sample = table.sample(column, 20_000)
        if int(np.isnan(as_numbers(sample)).sum()) == sample.null_count:
            return Facts(stated[0], 2)
    array = table.column(column)
    numbers = as_numbers(array)
    known = ~np.isnan(numbers)
    missing = int(len(numbers) - known.sum())
    unparsed = missing - array.null_count if _may_hold_words(table, column) else 0
    if missing == len(numbers):
        return Facts(missing, 0, unparsed=unparsed)
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    only = number_text(float(low)) if low == high else ""
    return Facts(missing, 1 if low == high else 2, only, unparsed)


def _may_hold_words(table: Table, column: str) -> bool:
    return any(word in str(table.dtype(column)) for word in ("string", "dictionary", "utf8"))
