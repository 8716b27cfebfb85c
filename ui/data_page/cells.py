"""Turns a window of a table into the texts of its cells (in a thread). No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from workbench.data.table import Table

_LONGEST = 200
_LONGEST_NUMBER = 8


def cell_texts(
    table: Table, start: int, stop: int, columns: Sequence[str]
) -> list[list[str | None]]:
    """Return the texts of a window, column by column; None where a value is missing.

    Args:
        table: The table.
        start: First row.
        stop: Row after the last.
        columns: The columns.

    Raises:
        DataError: The file cannot be read any more.
    """
    window = table.read(start, stop, columns)
    return [column_texts(column) for column in window.columns]


def column_texts(values: pa.ChunkedArray) -> list[str | None]:
    """Return the texts of a column: numbers with all their digits, see `shortened`."""
    if pa.types.is_floating(values.type):
        digits = 16 if pa.types.is_float64(values.type) else 7
        return [
            None if value is None or math.isnan(value) else f"{value:.{digits}g}"
            for value in values.to_pylist()
        ]
    return [None if value is None else _text(value) for value in values.to_pylist()]


def shortened(text: str) -> str:
    """Return the text of a number with six digits, as the table shows it.

    Digits before the point all stay: whoever reads 1234567.25 wants to see the millions.
    """
    if len(text) <= _LONGEST_NUMBER:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if "." not in text and "e" not in text:
        return text
    return f"{value:.6g}" if abs(value) < 1e5 else f"{value:.10g}"


def is_right_aligned(kind: pa.DataType) -> bool:
    """Return whether values of a type are numbers, which line up at the right."""
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).split()) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
