"""Reads Parquet lazily: opening reads the footer only, a window decodes only what it shows.

Decoded column chunks (one column of one row group) are kept, the least recently used dropped, so
that scrolling stays within what is decoded already.

Text needs care: a few stored bytes can stand for gigabytes of repeated text. Text that is stored
compactly is read dictionary-encoded (its size in memory is then bounded by its stored size plus
four bytes a row); other text, for which building a dictionary would be slow, is read in small
batches that stop as soon as the memory would not suffice.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.data.limits import MAX_COLUMNS, memory_for_data
from workbench.data.sniff import empty_file, unreadable_file
from workbench.data.table import Table, unique_names
from workbench.errors import DataError, Place
from workbench.wording import bytes_

_CACHE_BYTES = 384 * 1024**2
_TEXT_BATCH = 2048


class ParquetTable(Table):
    """A Parquet file that is read row group by row group, column by column."""

    def __init__(self, file: pq.ParquetFile, place: Place) -> None:
        schema: pa.Schema = file.schema_arrow
        super().__init__(unique_names(schema.names), file.metadata.num_rows, place)
        self._file = file
        self._types = list(schema.types)
        self._names = list(schema.names)
        seen: Counter[str] = Counter()
        self._occurrence: list[int] = []
        for name in self._names:
            self._occurrence.append(seen[name])
            seen[name] += 1
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[int, int], pa.Array] = OrderedDict()
        self._cache_bytes = 0
        counts = [file.metadata.row_group(g).num_rows for g in range(file.metadata.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self._leaves = _leaves_by_column(file)

    def read(self, start: int, stop: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows in [start, stop); see `Table.read`."""
        start = min(max(start, 0), self.rows)
        stop = max(min(stop, self.rows), start)
        names = self.columns if columns is None else tuple(columns)
        indices = [self.index(name) for name in names]
        pieces: list[list[pa.Array]] = [[] for _ in names]
        first = int(np.searchsorted(self._starts, start, side="right")) - 1
        group = max(first, 0)
        while group < len(self._starts) - 1 and self._starts[group] < stop:
            low = max(start - int(self._starts[group]), 0)
            high = min(stop, int(self._starts[group + 1])) - int(self._starts[group])
            if high > low:
                chunks = self._chunks(group, indices)
                for piece, index in zip(pieces, indices, strict=True):
                    piece.append(chunks[index].slice(low, high - low))
            group += 1
        arrays = [
            pa.chunked_array(piece, type=self._types[index])
            for piece, index in zip(pieces, indices, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=list(names))

    def column(self, name: str) -> pa.ChunkedArray:
        """Return all values of a column; see `Table.column`."""
        index = self.index(name)
        groups = list(range(len(self._starts) - 1))
        self._refuse_large(sum(self._decoded_bytes(group, index) for group in groups), name)
        with self._lock:
            if self.rows == int(self._starts[1]) and (0, index) in self._cache:
                return pa.chunked_array([self._cache[0, index]])
            return self._decode(groups, [index])[index]

    def sample(self, name: str, most: int = 100_000) -> pa.ChunkedArray:
        """Return at most `most` values of a column; see `Table.sample`.

        Decodes the first rows of the first and of the last row group only.
        """
        index = self.index(name)
        last = len(self._starts) - 2
        if self.rows <= most:
            return self.column(name)
        with self._lock:
            pieces = [
                batch.column(self._occurrence[index])
                for group in dict.fromkeys((0, last))
                for batch in self._first_batch(group, index, most // 2)
            ]
        return pa.chunked_array(pieces, type=self.dtype(name))

    def bounds(self, name: str) -> tuple[int, float, float] | None:
        """Return nulls, smallest and largest value from the footer; see `Table.bounds`."""
        index = self.index(name)
        if len(self._leaves[index]) != 1 or not _is_number(self._types[index]):
            return None
        nulls, low, high = 0, np.inf, -np.inf
        for group in range(len(self._starts) - 1):
            stated = self._file.metadata.row_group(group).column(self._leaves[index][0]).statistics
            if stated is None or not stated.has_min_max or stated.null_count is None:
                return None
            nulls += stated.null_count
            low, high = min(low, float(stated.min)), max(high, float(stated.max))
        return nulls, low, high

    def dtype(self, name: str) -> pa.DataType:
        """Return the Arrow type of a column; see `Table.dtype`."""
        return self._types[self.index(name)]

    def _chunks(self, group: int, indices: Sequence[int]) -> dict[int, pa.Array]:
        """Return decoded column chunks of a row group, from the cache where they are there."""
        with self._lock:
            found = {i: self._cache[group, i] for i in indices if (group, i) in self._cache}
            for index in found:
                self._cache.move_to_end((group, index))
            wanted = [index for index in dict.fromkeys(indices) if index not in found]
            if not wanted:
                return found
            self._refuse_large(sum(self._decoded_bytes(group, i) for i in wanted))
            for index, column in self._decode([group], wanted).items():
                found[index] = chunk = _one_chunk(column)
                self._cache[group, index] = chunk
                self._cache_bytes += chunk.nbytes
            while self._cache_bytes > _CACHE_BYTES and len(self._cache) > len(indices):
                _, dropped = self._cache.popitem(last=False)
                self._cache_bytes -= dropped.nbytes
            return found

    def _decode(self, groups: list[int], indices: list[int]) -> dict[int, pa.ChunkedArray]:
        """Decode columns of row groups; the lock is held."""
        columns: dict[int, pa.ChunkedArray] = {}
        try:
            for index in [i for i in indices if self._is_plain_text(i)]:
                columns[index] = self._decode_text(groups, index)
            names = list(dict.fromkeys(self._names[i] for i in indices if i not in columns))
            if names:
                table = self._file.read_row_groups(groups, columns=names)
                by_name: dict[str, list[pa.ChunkedArray]] = {}
                for name, column in zip(table.column_names, table.columns, strict=True):
                    by_name.setdefault(name, []).append(column)
                for index in indices:
                    if index not in columns:
                        same = by_name[self._names[index]]
                        columns[index] = same[self._occurrence[index]]
        except (OSError, pa.ArrowException) as error:
            raise damaged_parquet(Path(self.place.id), error) from error
        return columns

    def _decode_text(self, groups: list[int], index: int) -> pa.ChunkedArray:
        allowed = memory_for_data()
        size = 0
        pieces: list[pa.Array] = []
        for batch in self._file.iter_batches(
            _TEXT_BATCH, row_groups=groups, columns=[self._names[index]]
        ):
            pieces.append(batch.column(self._occurrence[index]))
            size += batch.nbytes
            if size > allowed:
                self._refuse_large(size, self.columns[index])
        return pa.chunked_array(pieces, type=self._types[index])

    def _first_batch(self, group: int, index: int, rows: int) -> list[pa.RecordBatch]:
        rows = min(rows, _TEXT_BATCH if self._is_plain_text(index) else rows)
        try:
            batches = self._file.iter_batches(
                rows, row_groups=[group], columns=[self._names[index]]
            )
            return list(itertools.islice(batches, 1))
        except (OSError, pa.ArrowException) as error:
            raise damaged_parquet(Path(self.place.id), error) from error

    def _is_plain_text(self, index: int) -> bool:
        return _is_text(self._types[index])

    def _decoded_bytes(self, group: int, index: int) -> int:
        metadata = self._file.metadata.row_group(group)
        total: int = 0
        for leaf in self._leaves[index]:
            chunk = metadata.column(leaf)
            total += int(chunk.num_values) * 8 + int(chunk.total_uncompressed_size)
        return total

    def _refuse_large(self, size: int, name: str = "") -> None:
        allowed = memory_for_data()
        if size > allowed:
            what = f"The column {name}" if name else "A part of this file"
            raise DataError(
                f"{what} is too large to be read into memory.",
                expected=f"at most {bytes_(allowed)} on this machine now",
                received=f"about {bytes_(size)}",
                remedy="Take fewer rows, or write the file with smaller row groups.",
                place=Place("column", name) if name else self.place,
            )


def open_parquet(path: Path) -> ParquetTable:
    """Open a Parquet file; reads its footer only.

    Raises:
        DataError: The file is missing, empty, cut off or no Parquet file.
    """
    place = Place("file", str(path))
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise empty_file(path)
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
        # With nested columns, which leaf belongs to a column is not worth finding out here.
        nested = metadata.num_columns != len(schema)
        compact = [
            field.name
            for i, field in enumerate(schema)
            if _is_text(field.type) and (nested or _is_compact(metadata, i))
        ]
        file = pq.ParquetFile(path, metadata=metadata, read_dictionary=compact)
    except OSError as error:
        if error.errno is not None or isinstance(error, FileNotFoundError | PermissionError):
            raise unreadable_file(path, error) from error
        raise damaged_parquet(path, error) from error
    except pa.ArrowException as error:
        raise damaged_parquet(path, error) from error
    if len(schema) > MAX_COLUMNS:
        raise DataError(
            f"{path.name} has {len(schema):,} columns.",
            expected=f"at most {MAX_COLUMNS:,} columns",
            place=place,
        )
    if metadata.num_rows == 0 or len(schema) == 0:
        raise DataError(
            f"{path.name} has no rows.",
            expected="at least one row",
            remedy="Choose another file.",
            place=place,
        )
    return ParquetTable(file, place)


def damaged_parquet(path: Path, error: Exception) -> DataError:
    """Return the error for a Parquet file that cannot be decoded."""
    return DataError(
        f"{path.name} is cut off or not a Parquet file.",
        expected="a complete Parquet file",
        remedy="Copy or download it again, or write it again.",
        place=Place("file", str(path)),
        details=str(error),
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)
    )


def _is_compact(metadata: pq.FileMetaData, leaf: int) -> bool:
    """Return whether text takes so few stored bytes that it must be dictionary-encoded.

    Plain text takes four bytes for the length of each value and those of its letters.
    """
    values = stored = 0
    for group in range(metadata.num_row_groups):
        chunk = metadata.row_group(group).column(leaf)
        values += chunk.num_values
        stored += chunk.total_uncompressed_size
    return stored < 5 * values


def _leaves_by_column(file: pq.ParquetFile) -> list[list[int]]:
    """Return, for every top-level column, the indices of its stored leaf columns."""
    leaves: list[list[int]] = []
    leaf = 0
    total = file.metadata.num_columns
    for field in file.schema_arrow:
        count = _leaf_count(field.type)
        leaves.append([i for i in range(leaf, leaf + count) if i < total])
        leaf += count
    return leaves


def _leaf_count(kind: pa.DataType) -> int:
    if pa.types.is_dictionary(kind) or not pa.types.is_nested(kind):
        return 1
    if pa.types.is_map(kind):
        return _leaf_count(kind.key_type) + _leaf_count(kind.item_type)
    if pa.types.is_struct(kind):
        return sum(_leaf_count(kind.field(i).type) for i in range(kind.num_fields))
    return _leaf_count(kind.value_type)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return column.combine_chunks()
