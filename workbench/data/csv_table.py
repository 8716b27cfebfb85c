"""Reads delimited text (plain or gzip) into an Arrow table in memory.

A row of a wrong width, an unclosed quote or a letter in another encoding is an error with its
place: leaving rows out silently would change what a network learns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from workbench.data.limits import MAX_COLUMNS, memory_for_data
from workbench.data.sniff import (
    damaged_gzip,
    declared_separator,
    decode_sample,
    empty_file,
    is_gzip,
    unreadable_file,
)
from workbench.data.spec import SourceSpec
from workbench.data.table import Table, unique_names
from workbench.errors import DataError, Place
from workbench.wording import bytes_

MISSING_WORDS = (
    "", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "Null", "null", "None", "none",
    "?", "-", "<NA>",
)  # fmt: skip
"""What stands for a missing value in a CSV file."""

_BLOCK = 16 << 20
_LONGEST_LINE = 512 << 20
_ROUGH_GROWTH = 3
"""A CSV file rarely takes more than this many times its size once it is read."""


class MemoryTable(Table):
    """A table that is held in memory as Arrow arrays."""

    def __init__(self, data: pa.Table, place: Place) -> None:
        super().__init__(data.column_names, data.num_rows, place)
        self.data = data

    def read(self, start: int, stop: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows in [start, stop); see `Table.read`."""
        start = min(max(start, 0), self.rows)
        window = self.data.slice(start, max(min(stop, self.rows) - start, 0))
        return window if columns is None else window.select([self.index(c) for c in columns])

    def column(self, name: str) -> pa.ChunkedArray:
        """Return all values of a column; see `Table.column`."""
        return self.data.column(self.index(name))

    def dtype(self, name: str) -> pa.DataType:
        """Return the Arrow type of a column; see `Table.dtype`."""
        return self.data.schema.field(self.index(name)).type


def read_csv(source: SourceSpec, path: Path) -> MemoryTable:
    """Read a whole CSV file.

    Args:
        source: Encoding, separator, decimal mark, header.
        path: The file.

    Raises:
        DataError: The file is missing, empty, no text, in another encoding, cut off, ragged, or
            larger than the memory.
    """
    place = Place("file", str(path))
    head = _head(path)
    _refuse_large(path, head)
    skip = _lines_to_skip(source, head, path)
    block = _BLOCK
    while True:
        try:
            table = _parse(source, path, skip, block)
            _check_text(table, source, path)
            break
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block < _LONGEST_LINE:
                block *= 8
                continue
            raise _parse_error(source, path, skip, error) from error
        except UnicodeError as error:
            raise _wrong_encoding(path, source.encoding) from error
        except LookupError as error:
            raise DataError(
                f"There is no encoding {source.encoding!r}.",
                expected="for example utf-8 or cp1252",
                remedy="Choose another encoding.",
                place=place,
            ) from error
        except OSError as error:
            if is_gzip(head):
                raise damaged_gzip(path) from error
            raise unreadable_file(path, error) from error
    _check_ending(source, path, head)
    if table.num_columns > MAX_COLUMNS:
        raise DataError(
            f"{path.name} has {table.num_columns:,} columns.",
            expected=f"at most {MAX_COLUMNS:,} columns",
            remedy="Check the separator, or turn rows and columns around.",
            place=place,
        )
    if table.num_rows == 0:
        raise DataError(
            f"{path.name} has column names but no rows.",
            expected="at least one row",
            remedy="Choose another file, or say that it has no header line.",
            place=place,
        )
    names = table.column_names if source.header else [""] * table.num_columns
    return MemoryTable(table.rename_columns(list(unique_names(names))), place)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise unreadable_file(path, error) from error
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise empty_file(path)
    return head


def _open(path: Path) -> Any:
    compression = "gzip" if is_gzip(_head(path)[:2]) else None
    return pa.input_stream(str(path), compression=compression, buffer_size=1 << 20)


def _refuse_large(path: Path, head: bytes) -> None:
    """Refuse a file that would not fit; a gzip file is unpacked once, in passing, to know."""
    allowed = memory_for_data() // _ROUGH_GROWTH
    size = path.stat().st_size
    if is_gzip(head):
        size = 0
        try:
            with _open(path) as stream:
                while size <= allowed and (chunk := stream.read(8 << 20)):
                    size += len(chunk)
        except OSError as error:
            raise damaged_gzip(path) from error
    if size > allowed:
        more = "more than " if is_gzip(head) else ""
        raise DataError(
            f"{path.name} is too large to be read into memory.",
            expected=f"at most {bytes_(allowed)} of text on this machine now",
            received=f"{more}{bytes_(size)}",
            remedy="Convert it to Parquet, which is read piece by piece, or take fewer rows.",
            place=Place("file", str(path)),
        )


def _lines_to_skip(source: SourceSpec, head: bytes, path: Path) -> int:
    if is_gzip(head):
        with _open(path) as stream:
            head = stream.read(1 << 12)
    try:
        text = decode_sample(head[: 1 << 12], source.encoding)
    except (UnicodeError, LookupError):
        return 0
    return 1 if declared_separator(text) else 0


def _parse(
    source: SourceSpec, path: Path, skip: int, block: int, *, on_bad: Any = None
) -> pa.Table:
    with _open(path) as stream:
        return pacsv.read_csv(
            stream,
            read_options=pacsv.ReadOptions(
                encoding=_codec(source.encoding),
                block_size=block,
                use_threads=on_bad is None,
                skip_rows=skip,
                autogenerate_column_names=not source.header,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=source.delimiter, newlines_in_values=True, invalid_row_handler=on_bad
            ),
            convert_options=pacsv.ConvertOptions(
                null_values=list(MISSING_WORDS),
                strings_can_be_null=True,
                decimal_point=source.decimal,
            ),
        )


def _codec(encoding: str) -> str:
    # Arrow reads UTF-8 itself, a byte order mark included; Python's codecs serve the rest.
    return (
        "utf8" if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig") else encoding
    )


def _parse_error(source: SourceSpec, path: Path, skip: int, error: pa.ArrowInvalid) -> DataError:
    place = Place("file", str(path))
    if "Empty CSV" in str(error):
        return empty_file(path)
    if b"\x00" in _head(path) and not _is_wide(source.encoding):
        return _wrong_encoding(path, source.encoding)
    bad = _first_bad_row(source, path, skip)
    if bad is None:
        return DataError(
            f"{path.name} cannot be read as a table.",
            received=str(error).splitlines()[0],
            remedy="Check the separator and the encoding.",
            place=place,
        )
    line, expected, actual, is_last = bad
    cut = is_last and actual < expected
    return DataError(
        f"{path.name} seems to be cut off: its last row has {_fields(actual)}."
        if cut
        else f"Row {line} of {path.name} has {_fields(actual)}.",
        expected=f"{_fields(expected)}, as in the first line",
        remedy="Copy or download the file again, or delete its last row."
        if cut
        else "Check the separator, or correct this row in the file.",
        place=Place("file", str(path), str(line)),
    )


def _first_bad_row(source: SourceSpec, path: Path, skip: int) -> tuple[int, int, int, bool] | None:
    """Return number, expected and actual fields of the first bad row, and whether it is last."""
    bad: list[tuple[int, int, int]] = []

    def note(row: Any) -> str:
        if not bad:
            bad.append((int(row.number or 0) + skip, row.expected_columns, row.actual_columns))
        return "skip"

    try:
        table = _parse(source, path, skip, _LONGEST_LINE // 8, on_bad=note)
    except (pa.ArrowInvalid, UnicodeError, OSError):
        return None
    if not bad:
        return None
    line, expected, actual = bad[0]
    rows_before = line - 1 - skip - (1 if source.header else 0)
    return line, expected, actual, rows_before >= table.num_rows


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count:,} fields"


def _check_text(table: pa.Table, source: SourceSpec, path: Path) -> None:
    if any("\x00" in name or "\ufffd" in name for name in table.column_names):
        raise _wrong_encoding(path, source.encoding)
    for field in table.schema:
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            raise _wrong_encoding(path, source.encoding, field.name)


def _wrong_encoding(path: Path, encoding: str, column: str = "") -> DataError:
    where = f" (column {column})" if column else ""
    return DataError(
        f"{path.name} is not written in {encoding}{where}.",
        expected=f"text in the encoding {encoding}",
        received="letters that this encoding does not have",
        remedy="Choose another encoding; cp1252 is usual for files from Windows.",
        place=Place("file", str(path), "encoding"),
    )


def _is_wide(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))


def _check_ending(source: SourceSpec, path: Path, head: bytes) -> None:
    """Refuse a file whose last quote was never closed: the rest went into one value."""
    if is_gzip(head) or _is_wide(source.encoding):
        return
    before, after = _around_last_quote(path)
    separators = source.delimiter + "\r\n"
    opens = before in ("", *separators) and not re.match(f"[{re.escape(separators)}]", after)
    if opens and before + after:
        raise DataError(
            f"{path.name} seems to be cut off: a quoted value at its end is not closed.",
            expected='a closing "',
            remedy="Copy or download the file again, or close the quote.",
            place=Place("file", str(path)),
        )


def _around_last_quote(path: Path) -> tuple[str, str]:
    """Return the characters before and after the last quote; ("x", "") when there is none."""
    step = 4 << 20
    with path.open("rb") as file:
        end = file.seek(0, 2)
        while end > 0:
            start = max(end - step, 0)
            file.seek(start)
            at = file.read(end - start).rfind(b'"')
            if at >= 0:
                position = start + at
                file.seek(max(position - 1, 0))
                around = file.read(3 if position else 2).decode("latin-1")
                return (around[0], around[2:3]) if position else ("", around[1:2])
            end = start
    return "x", ""
