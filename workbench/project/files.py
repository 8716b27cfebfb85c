"""An open project folder: lock, journal and `project.json`, without knowing what they say."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from workbench.atomic import replace_text, sweep
from workbench.errors import JobCancelled, Place, ProjectError
from workbench.plain import PlainDict
from workbench.project.copying import Copying
from workbench.project.documents import Documents
from workbench.project.journal import Journal
from workbench.project.layout import render
from workbench.project.lock import ProjectLock
from workbench.project.migrations import FORMAT
from workbench.project.storage import write_error

PROJECT_FILE = "project.json"
JOURNAL_FILE = "journal.jsonl"
_ALONG = ("card.md", "runs", "weights")
_STORE = "runs.sqlite"

Copy: TypeAlias = Callable[[Copying], None]
"""Runs a copy to its end; raises what it raises."""


class OpenFolder:
    """The files of one open project.

    Args:
        folder: The project folder, absolute.
        lock: The right to write it; None when it is only read.
        journal_length: Length of the whole part of the journal.
    """

    def __init__(self, folder: Path, lock: ProjectLock | None, journal_length: int = 0) -> None:
        self.folder = folder
        self._lock = lock
        self._journal = Journal(folder / JOURNAL_FILE, journal_length)
        self._closed = False

    @property
    def read_only(self) -> bool:
        """Whether the folder is only read."""
        return self._lock is None

    def append(self, line: bytes) -> None:
        """Write a journal line; nothing when the folder is only read.

        Raises:
            OSError: It cannot be written now; it is kept and tried again with the next one.
        """
        if self._lock is None or self._closed:
            return
        self._journal.append(line)

    def restart_journal(self, lines: list[bytes]) -> None:
        """Begin the journal anew with the given lines.

        Raises:
            OSError: It cannot be written now.
        """
        self._journal.clear()
        for line in lines:
            self.append(line)

    def save(self, documents: PlainDict, revision: int) -> None:
        """Write `project.json` whole, then empty the journal.

        Raises:
            ProjectError: It could not be written; the old file is whole.
        """
        path = self.folder / PROJECT_FILE
        if self._lock is None:
            raise ProjectError(
                "This project is open read-only.",
                remedy="Save it to another folder with “Save as”.",
                place=Place("file", str(self.folder)),
            )
        try:
            replace_text(path, render({"format": FORMAT, "revision": revision, **documents}))
        except OSError as error:
            raise write_error("The project was not saved", path, error) from error
        # From here on the journal is out of date, not wrong: its lines carry older revisions.
        with contextlib.suppress(OSError):
            self._journal.clear()

    def save_as(
        self, folder: Path, documents: Documents, revision: int, copy: Copy = Copying.run
    ) -> OpenFolder:
        """Write the project into another folder and return that folder opened.

        Args:
            folder: A folder that does not exist or is empty.
            documents: What to write.
            revision: Its revision.
            copy: Runs the copying of the files along, possibly in another thread.

        Raises:
            ProjectError: The folder is taken or cannot be written; this one stays open.
            JobCancelled: Copying was given up; this one stays open.
        """
        import sqlite3  # not needed for the window's first picture

        target = new_folder(folder)
        source = documents.data.source.path
        table = (source,) if source and not Path(source).is_absolute() else ()
        opened: OpenFolder | None = None
        try:
            copy(Copying(self.folder, target, (*table, *_ALONG), _STORE))
            opened = OpenFolder(target, ProjectLock(target))
            opened.save(documents.to_plain(), revision)
        except (OSError, sqlite3.Error, shutil.Error, ProjectError, JobCancelled) as error:
            if opened is not None:
                opened.close(empty_journal=True)
            for leftover in target.iterdir():
                _remove(leftover)
            if isinstance(error, ProjectError | JobCancelled):
                raise
            raise write_error("The project was not saved", target, _as_os_error(error)) from error
        self.close(empty_journal=True)
        return opened

    def close(self, *, empty_journal: bool) -> None:
        """Release journal and lock. Twice does no harm.

        Args:
            empty_journal: Whether the changes since the last save are to be forgotten.
        """
        if self._closed:
            return
        self._closed = True
        if self._lock is None:
            return
        if empty_journal:
            with contextlib.suppress(OSError):
                self._journal.clear()
        self._journal.close()
        self._lock.release()


def new_folder(folder: Path) -> Path:
    """Make a folder for a new project and return its absolute path.

    Args:
        folder: A folder that does not exist yet or holds nothing.

    Raises:
        ProjectError: It holds something already, or cannot be made.
    """
    target = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 - keeps links as typed
    try:
        target.mkdir(parents=True, exist_ok=True)
        taken = next((entry.name for entry in target.iterdir()), None)
    except OSError as error:
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise ProjectError(
                "There is a file where the project folder should be.",
                remedy="Choose another name.",
                place=Place("file", str(target)),
            ) from error
        raise write_error("The project folder was not made", target, error) from error
    if taken is not None:
        raise ProjectError(
            "This folder is in use already.",
            expected="a new or an empty folder",
            received=f"a folder that holds {taken}",
            remedy="Choose another name, or open the project that is there.",
            place=Place("file", str(target)),
        )
    return target


def sweep_folder(folder: Path) -> None:
    """Remove what a killed program left of half-written files."""
    sweep(folder, PROJECT_FILE)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _as_os_error(error: Exception) -> OSError:
    return error if isinstance(error, OSError) else OSError(0, str(error))
