"""Making and opening project folders."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from workbench.errors import JobCancelled, Place, ProjectError, WorkbenchError
from workbench.plain import PlainDict
from workbench.project.document import ProjectDocument
from workbench.project.documents import Documents, as_project_error
from workbench.project.files import (
    JOURNAL_FILE,
    PROJECT_FILE,
    OpenFolder,
    new_folder,
    sweep_folder,
)
from workbench.project.journal import Entry, read_journal
from workbench.project.lock import ProjectLock
from workbench.project.migrations import migrate
from workbench.project.storage import write_error
from workbench.project.watch import Watch, unwatched

MOST_BYTES = 64 * 2**20
"""Largest project file that is read; a network of 10,000 layers takes about 3 MB."""
_AT_ONCE = 100
"""Journaled changes between two looks whether the project is still wanted."""


def create_project(
    folder: Path, name: str = "", documents: Documents | None = None
) -> ProjectDocument:
    """Make a project in a new or empty folder and open it.

    Args:
        folder: Where to make it.
        name: What it is called; the folder's name when empty.
        documents: What it starts with; nothing when left out.

    Raises:
        ProjectError: The folder is in use or cannot be written.
    """
    target = new_folder(folder)
    documents = documents or Documents()
    documents.name = name.strip() or target.name or "Untitled"
    return start_in(target, documents)


def start_in(folder: Path, documents: Documents) -> ProjectDocument:
    """Write a first `project.json` into a folder that was made for it, and open it.

    Raises:
        ProjectError: The folder cannot be written.
    """
    try:
        files = OpenFolder(folder, ProjectLock(folder))
    except OSError as error:
        raise write_error("The project was not made", folder, error) from error
    document = ProjectDocument(documents, files)
    try:
        document.save()
    except ProjectError:
        document.close(discard=True)
        raise
    return document


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds a project (it may be damaged)."""
    return (folder / PROJECT_FILE).is_file()


def open_project(
    folder: Path, *, read_only: bool = False, watch: Watch = unwatched
) -> ProjectDocument:
    """Open a project and recover the changes since its last save.

    A folder that cannot be written is opened read-only by itself.

    Args:
        folder: The project folder, or its `project.json`.
        read_only: Only read it: needs no lock, so it works while another program has it open.
        watch: Told how far it is; may end it with an exception, which releases the folder.

    Returns:
        The document; `.recovered` and `.notes` tell what was recovered and what could not be.

    Raises:
        ProjectError: There is no project, it is damaged, of a newer version, or open elsewhere.
    """
    target = locate(folder)
    lock = None if read_only else _lock(target)
    try:
        document = _read(target, lock, watch)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return document


def locate(folder: Path) -> Path:
    """Return the absolute path of a project folder.

    Args:
        folder: The folder, or its `project.json`.

    Raises:
        ProjectError: There is no such folder, or no project in it.
    """
    target = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 - keeps links as typed
    if target.name == PROJECT_FILE and target.is_file():
        target = target.parent
    if not target.is_dir():
        raise ProjectError(
            "There is no such folder.",
            expected="the folder of a project",
            received=str(target),
            place=Place("file", str(target)),
        )
    if not is_project(target):
        raise ProjectError(
            "There is no project in this folder.",
            expected=f"a folder with a file {PROJECT_FILE}",
            remedy="Choose another folder, or make a new project.",
            place=Place("file", str(target)),
        )
    return target


def _lock(folder: Path) -> ProjectLock | None:
    if not os.access(folder, os.W_OK):
        return None
    try:
        return ProjectLock(folder)
    except OSError:
        return None


def _read(folder: Path, lock: ProjectLock | None, watch: Watch) -> ProjectDocument:
    path, journal = folder / PROJECT_FILE, folder / JOURNAL_FILE
    plain = migrate(read_plain(path), str(path))
    watch(0.3, _layers(plain))
    try:
        documents = Documents.from_plain(plain)
    except WorkbenchError as error:
        raise as_project_error(error, str(path)) from error
    saved = _revision(plain)
    watch(0.7)
    try:
        entries, length, rest = read_journal(journal)
    except OSError as error:
        raise _unreadable(journal, error) from error
    fresh = [entry for entry in entries if entry.revision > saved]
    files = OpenFolder(folder, lock, length)
    document = ProjectDocument(documents, files, saved, saved)
    note = _replay(document, fresh, saved, watch)
    if rest and not note:
        note = "The journal of unsaved changes was damaged; those before the damage were recovered."
    if note:
        if lock is not None:
            note += _set_aside(journal)
            with contextlib.suppress(OSError):
                files.restart_journal([entry.line() for entry in fresh[: document.recovered]])
        document.notes = (note,)
    if lock is not None:
        sweep_folder(folder)
    return document


def _replay(document: ProjectDocument, entries: list[Entry], saved: int, watch: Watch) -> str:
    """Make the journaled changes once more; return a note when some could not be made."""
    if not entries:
        return ""
    if any(entry.revision != saved + 1 + at for at, entry in enumerate(entries)):
        return "Unsaved changes belong to another version of this project and were left out."
    try:
        for at in range(0, len(entries), _AT_ONCE):
            watch(0.7 + 0.3 * at / len(entries))
            document.replay(entries[at : at + _AT_ONCE])
    except JobCancelled:
        raise
    except WorkbenchError:
        left = len(entries) - document.recovered
        return f"{left} of {len(entries)} unsaved changes no longer fit and were left out."
    return ""


def _set_aside(journal: Path) -> str:
    kept = journal.with_name(f"journal-{time.strftime('%Y%m%d-%H%M%S')}.jsonl")
    try:
        journal.replace(kept)
    except OSError:
        return ""
    return f" They are kept in {kept.name}."


def read_plain(path: Path) -> Any:
    """Read a JSON file of limited size.

    Raises:
        ProjectError: It cannot be read, is too large, or is no JSON.
    """
    place = Place("file", str(path))
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > MOST_BYTES:
        raise ProjectError(
            "This project file is too large.",
            expected=f"at most {MOST_BYTES // 2**20} MB",
            received=f"{size // 2**20} MB",
            place=place,
        )
    try:
        return json.loads(raw.decode("utf-8"), object_hook=_as_it_is)
    except (ValueError, RecursionError) as error:
        raise ProjectError(
            "The project file is damaged and cannot be read.",
            expected="JSON text",
            received="an empty file" if not raw.strip() else _where(error),
            remedy="Restore the file from a copy; your data and runs are untouched.",
            place=place,
            details=f"{type(error).__name__}: {error}"[:500],
        ) from error


def _as_it_is(found: PlainDict) -> PlainDict:
    """Return an object as it was read.

    That Python is called for each object lets the other threads run: the parser alone would keep
    them waiting until the end of the file.
    """
    return found


def _layers(plain: Any) -> int:
    graph = plain.get("graph")
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    return len(nodes) if isinstance(nodes, list) else 0


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"something else in line {error.lineno}, column {error.colno}"
    return "something else"


def _unreadable(path: Path, error: OSError) -> ProjectError:
    return ProjectError(
        "The project cannot be read.",
        received=error.strerror or str(error),
        remedy="Check that you may read this file.",
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )


def _revision(plain: Any) -> int:
    value = plain.get("revision", 0)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
