"""Guesses what the columns of a table mean, so that a file opens ready to train.

Every guess is shown on the data page and can be changed there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from workbench.data.choices import default_missing, effective_missing
from workbench.data.spec import ColumnKind, ColumnSpec, Missing, Task
from workbench.data.table import Table
from workbench.data.values import FALSE_WORDS, TRUE_WORDS, Floats, as_codes, as_numbers

FEW_CATEGORIES = 20
"""Up to this many categories become one-hot inputs, more an embedding."""

_MOST_CLASSES = 20
_SAMPLE = 50_000

_TARGET_NAMES = re.compile(
    r"^(target|label|labels|class|classes|y|outcome|result|diagnosis|species|survived|response|"
    r"default|churn|quality|price|salary|income|progression|cultivar|variety|medv|saleprice)$",
    re.IGNORECASE,
)
_ID_NAMES = re.compile(
    r"^(id|index|idx|row|rownames|row_?id|row_?number|unnamed(: ?\d+)?|uuid|guid|key|column_1|"
    r".+[_ ]id|.+Id|.+ID)$"
)


def infer_columns(table: Table) -> tuple[ColumnSpec, ...]:
    """Guess role, kind and treatment of every column.

    Row numbers, identifiers, dates, free text and empty columns are ignored; one of the columns
    becomes the target: one that is called like a target, else the last that is not ignored.

    Args:
        table: The table.

    Raises:
        DataError: The file cannot be read.
    """
    columns = [_infer_column(table, name) for name in table.columns]
    target = _guess_target(columns)
    if target is not None:
        columns[target] = as_target(columns[target], table)
    return tuple(columns)


def merge_columns(old: Sequence[ColumnSpec], table: Table) -> tuple[ColumnSpec, ...]:
    """Return columns for a table, keeping what a person has chosen where the name is the same.

    Args:
        old: Columns of the document so far.
        table: The table that is read now.

    Raises:
        DataError: The file cannot be read.
    """
    known = {column.name: column for column in old}
    if not any(name in known for name in table.columns):
        return infer_columns(table)
    merged = [known.get(name) or _infer_column(table, name) for name in table.columns]
    if not any(column.role == "target" for column in merged):
        target = _guess_target(merged)
        if target is not None:
            merged[target] = as_target(merged[target], table)
    return tuple(merged)


def as_target(column: ColumnSpec, table: Table) -> ColumnSpec:
    """Return a column as the target: whole numbers with few different values become classes."""
    kind: ColumnKind = "categorical" if column.kind == "boolean" else column.kind
    if kind == "numeric":
        numbers = as_numbers(table.sample(column.name, _SAMPLE))
        known = numbers[~np.isnan(numbers)]
        distinct = np.unique(known[:5000])
        if len(distinct) and _are_whole(distinct) and len(distinct) <= _MOST_CLASSES:
            distinct = np.unique(known)
            spread = distinct[-1] - distinct[0]
            # Labels are consecutive whole numbers; counts and prices have gaps.
            if len(distinct) <= _MOST_CLASSES and spread == len(distinct) - 1:
                kind = "categorical"
    return replace(column, role="target", kind=kind, missing="drop_row")


def as_feature(column: ColumnSpec) -> ColumnSpec:
    """Return a column as a feature, with a treatment of missing values that fits its kind."""
    feature = replace(column, role="feature")
    keep = column.role != "target" and effective_missing(feature) == column.missing
    return feature if keep else replace(feature, missing=default_missing(column.kind))


def infer_task(column: ColumnSpec, table: Table) -> Task:
    """Return what a column would ask for as the target."""
    if column.kind == "numeric":
        return "regression"
    return "binary" if len(as_codes(table.column(column.name)).texts) <= 2 else "multiclass"


def _infer_column(table: Table, name: str) -> ColumnSpec:
    kind = table.dtype(name)
    if pa.types.is_nested(kind) and not pa.types.is_dictionary(kind):
        return ColumnSpec(name, "ignore", "categorical", default_missing("categorical"))
    if pa.types.is_null(kind):
        return ColumnSpec(name, "ignore")
    if pa.types.is_temporal(kind):
        return ColumnSpec(name, "ignore", "numeric")
    if pa.types.is_boolean(kind):
        return ColumnSpec(name, kind="boolean", missing=default_missing("boolean"))
    sample = table.sample(name, _SAMPLE)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _infer_number(name, as_numbers(sample), pa.types.is_integer(kind))
    return _infer_text(name, sample)


def _infer_number(name: str, numbers: Floats, whole: bool) -> ColumnSpec:
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ColumnSpec(name, "ignore")
    low, high = known.min(), known.max()
    if low == 0 and high == 1 and bool(((known == 0) | (known == 1)).all()):
        return ColumnSpec(name, kind="boolean", missing=default_missing("boolean"))
    if whole and len(known) > 20 and _is_identifier(name, known):
        return ColumnSpec(name, "ignore")
    return ColumnSpec(name)


def _is_identifier(name: str, known: Floats) -> bool:
    """Return whether whole numbers count the rows, or are called and behave like an identifier."""
    if known[0] in (0, 1) and bool((np.diff(known[: len(known) // 2]) == 1).all()):
        return True
    return bool(_ID_NAMES.match(name)) and len(np.unique(known)) == len(known)


def _infer_text(name: str, sample: pa.ChunkedArray) -> ColumnSpec:
    coded = as_codes(sample)
    texts = coded.texts
    known = int((coded.codes >= 0).sum())
    if not texts:
        return ColumnSpec(name, "ignore", "categorical", default_missing("categorical"))
    words = {text.lower() for text in texts}
    if len(words) == 2 and words & TRUE_WORDS and words & FALSE_WORDS:
        return ColumnSpec(name, kind="boolean", missing=default_missing("boolean"))
    if len(texts) > FEW_CATEGORIES:
        numbers = as_numbers(sample)
        if (~np.isnan(numbers)).sum() >= 0.9 * known:
            return ColumnSpec(name)  # numbers with a few words between them
    missing: Missing = "own_category" if known < len(coded.codes) else "most_frequent"
    free_text = len(texts) > max(50, 0.5 * known)
    identifier = bool(_ID_NAMES.match(name)) and len(texts) == known > 20
    return ColumnSpec(
        name,
        "ignore" if free_text or identifier else "feature",
        "categorical",
        missing,
        encoding="one_hot" if len(texts) <= FEW_CATEGORIES else "embedding",
    )


def _guess_target(columns: Sequence[ColumnSpec]) -> int | None:
    usable = [i for i, column in enumerate(columns) if column.role != "ignore"]
    if len(usable) < 2:
        return None
    named = [i for i in usable if _TARGET_NAMES.match(columns[i].name)]
    return named[-1] if named else usable[-1]


def _are_whole(numbers: Floats) -> bool:
    return bool((numbers == np.round(numbers)).all())
