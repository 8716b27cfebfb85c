"""Turns the values of a column, of whatever type the file gave them, into numbers or codes.

Both the encoder (which fits and transforms) and the summaries use these functions, so that a
column means the same everywhere. All of them are vectorised: Python code runs once per distinct
value, never once per row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.limits import MAX_CATEGORIES
from workbench.data.table import Table
from workbench.errors import DataError, Place

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int32]


class Coded(NamedTuple):
    """A column as codes into its distinct values.

    Attributes:
        codes: int32 array of shape (rows,), -1 where the value is missing.
        texts: The distinct values as text, in no promised order (see `ordered`).
    """

    codes: Codes
    texts: tuple[str, ...]

    def take(self, rows: npt.NDArray[np.integer]) -> Coded:
        """Return the column of some rows, with the texts that occur in them."""
        return _used(self.codes[rows], self.texts)


FALSE_WORDS = frozenset({"0", "false", "no", "n", "f", "off"})
TRUE_WORDS = frozenset({"1", "true", "yes", "y", "t", "on"})

_US_PER_DAY = 86_400_000_000


def as_arrow(values: Any) -> pa.ChunkedArray:
    """Return values (Arrow, numpy or a list) as a chunked Arrow array."""
    if isinstance(values, pa.ChunkedArray):
        return values
    if isinstance(values, pa.Array):
        return pa.chunked_array([values])
    if isinstance(values, np.ndarray):
        return pa.chunked_array([pa.array(values, from_pandas=True)])
    try:
        return pa.chunked_array([pa.array(values, from_pandas=True)])
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a list that mixes numbers and text
        texts = [_text_of(value) for value in values]
        return pa.chunked_array([pa.array(texts, type=pa.string())])


def as_numbers(values: Any) -> Floats:
    """Return a column as numbers; what is missing, infinite or no number becomes NaN.

    Dates and times become days since 1970, times of day and durations become seconds.

    Args:
        values: Arrow or numpy array, or a list.

    Returns:
        float64 array of shape (rows,).
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return _finite_or_nan(values.astype(np.float64, copy=False))
    array = as_arrow(values)
    kind = array.type
    if pa.types.is_null(kind) or _has_no_number(kind):
        return np.full(len(array), np.nan)
    if pa.types.is_dictionary(kind):
        return _numbers_of_codes(array)
    if _is_text(kind):
        return _numbers_of_codes(array.dictionary_encode())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        whole = array.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return _floats(whole) / _US_PER_DAY
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        seconds = _per_second(kind)
        width = pa.int32() if pa.types.is_time32(kind) else pa.int64()
        return _floats(array.cast(width)) / seconds
    if pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    return _finite_or_nan(_floats(array))


def as_codes(values: Any) -> Coded:
    """Return a column as codes into its distinct values, written as text.

    Whole numbers are written without a fraction (`1`, not `1.0`), truth values as `true` and
    `false`, text without surrounding space; blank text and NaN are missing.

    Args:
        values: Arrow or numpy array, a list, or what this function returned.
    """
    if isinstance(values, Coded):
        return values
    array = as_arrow(values)
    if pa.types.is_null(array.type):
        return Coded(np.full(len(array), -1, np.int32), ())
    if pa.types.is_boolean(array.type):
        bits = pc.fill_null(array.cast(pa.int8()), -1).to_numpy()
        return _used(bits.astype(np.int32), ("false", "true"))
    if pa.types.is_nested(array.type):
        array = as_arrow([None if v is None else str(v) for v in array.to_pylist()])
    if not pa.types.is_dictionary(array.type):
        if pa.types.is_float16(array.type):
            array = array.cast(pa.float32())
        array = array.dictionary_encode()
    raw, distinct = _split_dictionary(array)
    texts: dict[str, int] = {}
    renumber = np.empty(len(distinct) + 1, np.int32)
    renumber[-1] = -1
    for position, text in enumerate(_texts(distinct)):
        renumber[position] = -1 if text is None else texts.setdefault(text, len(texts))
    # A value that no row has (a Parquet dictionary may hold some) must not become a category.
    return _used(renumber[raw], tuple(texts))


def ordered(texts: Sequence[str]) -> list[str]:
    """Return distinct values in reading order: numbers by size, truth values no before yes."""
    lowered = {text.lower() for text in texts}
    if len(texts) == 2 and lowered & FALSE_WORDS and lowered & TRUE_WORDS:
        return sorted(texts, key=lambda text: text.lower() in TRUE_WORDS)
    numbers = [_number(text) for text in texts]
    if all(number is not None for number in numbers):
        return sorted(texts, key=lambda text: (_number(text), text))
    return sorted(texts, key=lambda text: (text.casefold(), text))


def codes_in(values: Any, categories: Sequence[str]) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Return a column as codes into given categories, and which values are missing.

    Args:
        values: Arrow or numpy array, or a list.
        categories: Categories in code order.

    Returns:
        int32 codes of shape (rows,), -1 where missing or unknown; and a mask of the missing.
    """
    codes, texts = as_codes(values)
    at = {category: code for code, category in enumerate(categories)}
    renumber = np.array([*(at.get(text, -1) for text in texts), -1], np.int32)
    return renumber[codes], codes < 0


def missing_mask(values: Any, numeric: bool) -> npt.NDArray[np.bool_]:
    """Return which values are missing, as `as_numbers` or `as_codes` understands it."""
    return np.isnan(as_numbers(values)) if numeric else as_codes(values).codes < 0


def column_codes(table: Table, name: str) -> Coded:
    """Return `as_codes` of a table's column, kept with the table.

    Raises:
        DataError: The column has more than a million different values.
    """

    def compute() -> Coded:
        # In a sample first: a dictionary of ten million identifiers takes gigabytes.
        if table.rows > 2 * MAX_CATEGORIES and unique_share(table, name) > 0.9:
            raise _too_many(name)
        array = as_arrow(table.column(name))
        kind = array.type
        if not (pa.types.is_null(kind) or pa.types.is_nested(kind) or pa.types.is_boolean(kind)):
            array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
            if (
                array.num_chunks
                and len(array.unify_dictionaries().chunk(0).dictionary) > MAX_CATEGORIES
            ):
                raise _too_many(name)
        return as_codes(array)

    return table.derived(("codes", name), compute)


def unique_share(table: Table, name: str) -> float:
    """Return different values per value in a sample of a column, from 0 to 1; kept."""

    def compute() -> float:
        coded = as_codes(table.sample(name, 20_000))
        return len(coded.texts) / max(int((coded.codes >= 0).sum()), 1)

    return table.derived(("unique", name), compute)


def _too_many(name: str) -> DataError:
    return DataError(
        f"{name} has more than {MAX_CATEGORIES:,} different values, too many for categories.",
        remedy="Ignore the column, or set its type to number.",
        place=Place("column", name),
    )


def column_numbers(table: Table, name: str) -> Floats:
    """Return `as_numbers` of a table's column, kept with the table."""
    return table.derived(("numbers", name), lambda: as_numbers(table.column(name)))


def number_text(number: float) -> str:
    """Return the text that `as_codes` gives a number."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _used(codes: Codes, texts: tuple[str, ...]) -> Coded:
    """Leave out texts that no row has."""
    used = np.zeros(len(texts), bool)
    used[codes[codes >= 0]] = True
    if used.all():
        return Coded(codes, texts)
    renumber = np.append(np.where(used, np.cumsum(used) - 1, -1), -1).astype(np.int32)
    kept = tuple(text for text, keep in zip(texts, used, strict=True) if keep)
    return Coded(renumber[codes], kept)


def _finite_or_nan(numbers: Floats) -> Floats:
    finite = np.isfinite(numbers)
    return numbers if finite.all() else np.where(finite, numbers, np.nan)


def _floats(array: pa.ChunkedArray) -> Floats:
    cast = array if array.type == pa.float64() else array.cast(pa.float64(), safe=False)
    return np.asarray(cast.to_numpy(), np.float64)


def _numbers_of_codes(array: pa.ChunkedArray) -> Floats:
    raw, distinct = _split_dictionary(array)
    if _is_text(distinct.type):
        numbers = [_number(text) for text in distinct.to_pylist()]
        table = np.array([np.nan if n is None else n for n in [*numbers, None]], np.float64)
    else:
        table = np.append(as_numbers(distinct), np.nan)
    return table[raw]


def _split_dictionary(array: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Return indices (-1 where null) and the dictionary of a dictionary-encoded column."""
    if array.num_chunks == 0:
        return np.empty(0, np.int32), pa.array([], type=array.type.value_type)
    whole = array.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    indices = whole.indices.cast(pa.int32(), safe=False)
    codes = np.asarray(pc.fill_null(indices, -1).to_numpy(zero_copy_only=False), np.int32)
    return codes, whole.dictionary


def _texts(distinct: pa.Array) -> list[str | None]:
    if pa.types.is_floating(distinct.type):
        return [
            None if number is None or not math.isfinite(number) else number_text(number)
            for number in distinct.to_pylist()
        ]
    if _is_text(distinct.type):
        return [text.strip() or None if text else None for text in distinct.to_pylist()]
    return [None if value is None else _decoded(value) for value in distinct.to_pylist()]


def _text_of(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return number_text(value) if isinstance(value, float) else _decoded(value)


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _has_no_number(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return False
    return bool(pa.types.is_nested(kind) or "binary" in str(kind) or "interval" in str(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind)
                or pa.types.is_string_view(kind))  # fmt: skip


def _per_second(kind: pa.DataType) -> int:
    return {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[str(kind.unit)]
