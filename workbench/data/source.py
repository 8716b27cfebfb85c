"""Opens the table of a data document: the one way from a `SourceSpec` to values.

An opened table is kept (the last two), so that a signature, a summary and a training of the same
unchanged file read it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from workbench.data.csv_table import MemoryTable, read_csv
from workbench.data.parquet_table import ParquetTable, open_parquet
from workbench.data.sniff import sniff, unreadable_file
from workbench.data.spec import SourceSpec
from workbench.data.table import Table
from workbench.errors import DataError, Place

__all__ = ["MemoryTable", "ParquetTable", "Table", "Version", "file_version", "open_table",
           "path_for_document", "resolve", "sniff"]  # fmt: skip

Version: TypeAlias = tuple[str, int, int]

_KEPT = 2
_tables: OrderedDict[tuple[Version, SourceSpec], Table] = OrderedDict()
_lock = threading.Lock()
_opening = threading.Lock()


def open_table(source: SourceSpec, base: Path) -> Table:
    """Open a table.

    Args:
        source: Where it is and how to read it.
        base: Folder that a relative path starts from: the project folder.

    Returns:
        The table; the same object as long as neither the file nor the source changes.

    Raises:
        DataError: No file is chosen, or the file cannot be read as a table.
    """
    path = resolve(source, base)
    key = (file_version(path), replace(source, path=""))
    with _opening:  # two threads that want the same large file read it once
        with _lock:
            if key in _tables:
                _tables.move_to_end(key)
                return _tables[key]
        table: Table = open_parquet(path) if source.format == "parquet" else read_csv(source, path)
        with _lock:
            _tables[key] = table
            while len(_tables) > _KEPT:
                _tables.popitem(last=False)
    return table


def resolve(source: SourceSpec, base: Path) -> Path:
    """Return the file of a source as an absolute path.

    Raises:
        DataError: No file is chosen.
    """
    if not source.path:
        raise DataError(
            "No data file is chosen.",
            remedy="Open a CSV or Parquet file on the data page.",
            place=Place("file", ""),
        )
    return (base / source.path).resolve()


def path_for_document(path: Path, base: Path) -> str:
    """Return how a document names a file: relative when inside the project folder."""
    absolute = path.resolve()
    folder = base.resolve()
    if absolute.is_relative_to(folder):
        return absolute.relative_to(folder).as_posix()
    return str(absolute)


def file_version(path: Path) -> Version:
    """Return what changes when a file is written again: path, time of change, size.

    Raises:
        DataError: The file does not exist or may not be looked at.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable_file(path, error) from error
    return str(path), status.st_mtime_ns, status.st_size
