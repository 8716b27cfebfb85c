"""Opens `runs.sqlite` so that a kill loses nothing and a damaged or foreign file hurts nobody.

WAL mode: of 100 kills in the middle of a write none lost a committed row. A file that is damaged,
or holds anything but our own tables (triggers and views would run code of their maker), is moved
aside, never repaired in place.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path

from workbench.errors import Place, RunError

FILE = "runs.sqlite"
FORMAT = 1
_READ_ONLY = "This project folder cannot be written: no run will be recorded."
_TABLES = {
    "runs": """CREATE TABLE runs (
        run_id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
        created REAL NOT NULL, finished REAL, spec TEXT NOT NULL, result TEXT)""",
    "batches": """CREATE TABLE batches (
        run_id TEXT NOT NULL, name TEXT NOT NULL, first_step INTEGER NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (run_id, name, first_step)) WITHOUT ROWID""",
    "epochs": """CREATE TABLE epochs (
        run_id TEXT NOT NULL, epoch INTEGER NOT NULL, event TEXT NOT NULL,
        PRIMARY KEY (run_id, epoch)) WITHOUT ROWID""",
}


def open_database(folder: Path) -> tuple[sqlite3.Connection, str]:
    """Open the run store of a project, or make it.

    Args:
        folder: The project folder.

    Returns:
        The connection, and a message for the person when a damaged store was moved aside.

    Raises:
        RunError: It cannot be opened or made; says why.
    """
    path = folder / FILE
    try:
        try:
            return _connect(str(path)), ""
        except (sqlite3.DatabaseError, _ForeignError) as error:
            if not _is_damage(error):
                return _read_only(path), _READ_ONLY
            aside = _move_aside(path)
            return _connect(str(path)), (
                f"The record of runs was damaged and has been moved to {aside.name}. "
                "A new one was made from the runs' own folders; curves of old runs are lost."
            )
    except (sqlite3.Error, OSError) as error:
        raise store_error(path, error) from error


def store_error(path: Path, error: BaseException) -> RunError:
    """Say in the user's words why the store cannot be used."""
    text = str(error).lower()
    reason, remedy = "", "Close other programs that use the project, then try again."
    if "full" in text:
        reason, remedy = "The disk is full.", "Free some space, then try again; nothing is lost."
    elif "readonly" in text or "read-only" in text or "permission" in text:
        reason, remedy = "You may not write here.", "Save the project to another folder."
    elif "unable to open" in text:
        reason = "The project folder cannot be written."
        remedy = "Save the project to another folder."
    elif "locked" in text or "busy" in text:
        reason = "Another program keeps it locked."
    return RunError(
        f"The record of runs cannot be used. {reason}".strip(),
        received="" if reason else f"{error}",
        remedy=remedy,
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )


class _ForeignError(Exception):
    """The file is a database, but not ours."""


def _read_only(path: Path) -> sqlite3.Connection:
    """Open a store that cannot be written: as it is, or empty and in memory.

    Raises:
        sqlite3.Error: The reason is another one than that.
    """
    if not path.parent.is_dir() or os.access(path.parent, os.W_OK):
        return _connect(str(path))  # once more, for its error
    where = f"{path.resolve().as_uri()}?immutable=1" if path.exists() else ":memory:"
    return _connect(where)


def _connect(where: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        where, timeout=10.0, check_same_thread=False, uri=where.startswith("file:")
    )
    try:
        connection.isolation_level = None
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        _look(connection)
        with contextlib.suppress(sqlite3.OperationalError):  # a read-only folder is still read
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if not _names(connection):
            _make(connection)
        # Damage in the small tables shows itself now, not while a person looks at a run.
        connection.execute("SELECT count(length(spec)) FROM runs").fetchone()
        connection.execute("SELECT count(length(event)) FROM epochs").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _look(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > FORMAT:
        raise RunError(
            "The record of runs was made by a newer version of Keras Workbench.",
            remedy="Update Keras Workbench; nothing has been changed.",
        )
    strange = [
        name
        for name, kind in connection.execute("SELECT name, type FROM sqlite_master")
        if not (kind == "table" and name in _TABLES) and not name.startswith("sqlite_autoindex_")
    ]
    if strange:
        raise _ForeignError(f"unknown parts: {', '.join(strange[:5])}")
    missing = set(_TABLES) - _names(connection)
    if missing and len(missing) < len(_TABLES):
        raise _ForeignError("incomplete")


def _names(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {str(name) for (name,) in rows}


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _names(connection):  # another process may have been faster
            for statement in _TABLES.values():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _is_damage(error: BaseException) -> bool:
    if isinstance(error, _ForeignError):
        return True
    # An OperationalError is about the surroundings (locked, full, read-only) – mostly.
    return not isinstance(error, sqlite3.OperationalError) or "no such column" in str(error)


def _move_aside(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"runs.damaged-{stamp}.sqlite")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"runs.damaged-{stamp}-{number}.sqlite")
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside
