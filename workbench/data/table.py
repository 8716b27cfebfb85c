"""Table: what the rest of the program sees of a data file, whatever its format.

A table is read in windows (the data page scrolls through 10 million rows) or by column (the
encoder). Values that are costly to derive from a column (its distinct values, its statistics) are
kept with the table, in `derived`.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from workbench.errors import DataError, Place

T = TypeVar("T")

_DERIVED_BYTES = 256 * 1024**2


class Table(ABC):
    """A table in a file.

    Attributes:
        columns: Column names, unique, in the order of the file.
        rows: Number of rows.
        place: Where an error of this table belongs (its file).
    """

    def __init__(self, columns: Sequence[str], rows: int, place: Place) -> None:
        self.columns: tuple[str, ...] = tuple(columns)
        self.rows = rows
        self.place = place
        self._at = {name: index for index, name in enumerate(self.columns)}
        self._derived: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._derived_bytes = 0
        self._derived_lock = threading.RLock()

    @abstractmethod
    def read(self, start: int, stop: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows in [start, stop), clipped to the table.

        Args:
            start: First row, from 0.
            stop: Row after the last.
            columns: Columns to read; None for all.

        Raises:
            DataError: The file cannot be read any more, or there is no such column.
        """

    @abstractmethod
    def column(self, name: str) -> pa.ChunkedArray:
        """Return all values of a column.

        Raises:
            DataError: The file cannot be read any more, there is no such column, or the column
                does not fit into memory.
        """

    @abstractmethod
    def dtype(self, name: str) -> pa.DataType:
        """Return the Arrow type of a column.

        Raises:
            DataError: There is no such column.
        """

    def __contains__(self, name: object) -> bool:
        return name in self._at

    def index(self, name: str) -> int:
        """Return the place of a column in the table.

        Raises:
            DataError: There is no such column.
        """
        try:
            return self._at[name]
        except KeyError:
            raise DataError(
                f"The table has no column {name}.",
                expected=_listed(self.columns),
                remedy="Open the file again on the data page, or choose another column.",
                place=Place("column", name),
            ) from None

    def sample(self, name: str, most: int = 100_000) -> pa.ChunkedArray:
        """Return at most `most` values of a column, from the start and the end of the table."""
        self.index(name)
        if self.rows <= most:
            return self.column(name)
        half = most // 2
        parts = (self.read(0, half, [name]), self.read(self.rows - half, self.rows, [name]))
        chunks = [chunk for part in parts for chunk in part.column(0).chunks]
        return pa.chunked_array(chunks, type=self.dtype(name))

    def bounds(self, name: str) -> tuple[int, float, float] | None:
        """Return what the file itself states of a numeric column, without reading it.

        Returns:
            Number of nulls, smallest and largest value; None when the file states nothing.
            Values that are not a number (NaN) are not counted anywhere.
        """
        self.index(name)
        return None

    def derived(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return a value derived from this table, computed at the first call and then kept.

        The least recently used values are dropped when they take more than 256 MB in all.

        Args:
            key: What it is, for example `("codes", "species")`.
            compute: Computes it.
        """
        with self._derived_lock:
            if key in self._derived:
                self._derived.move_to_end(key)
                kept: T = self._derived[key][0]
                return kept
        value = compute()
        size = _size(value)
        with self._derived_lock:
            if key not in self._derived and size <= _DERIVED_BYTES:
                self._derived[key] = (value, size)
                self._derived_bytes += size
                while self._derived_bytes > _DERIVED_BYTES:
                    _, (_, dropped) = self._derived.popitem(last=False)
                    self._derived_bytes -= dropped
        return value


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return column names without surrounding space, empty ones named, repeated ones numbered.

    Example:
        `("a", "a", "")` becomes `("a", "a_2", "column_3")`.
    """
    cleaned = [name.strip() or f"column_{number}" for number, name in enumerate(names, start=1)]
    taken = set(cleaned)
    seen: set[str] = set()
    result: list[str] = []
    counts: dict[str, int] = {}
    for name in cleaned:
        unique = name
        if name in seen:
            count = counts.get(name, 1)
            while unique in taken:
                count += 1
                unique = f"{name}_{count}"
            counts[name] = count
            taken.add(unique)
        seen.add(unique)
        result.append(unique)
    return tuple(result)


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return f"one of {shown}" + (f" and {len(names) - most} more" if len(names) > most else "")


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, tuple):
        return sum(_size(part) for part in value) + 64
    return 256
