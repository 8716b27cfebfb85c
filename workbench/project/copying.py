"""Copies what lies in a project folder beside its document: table, card, runs, weights.

It can be much; so it tells how far it is, can be given up, and may be run in another thread.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from workbench.errors import JobCancelled

_PIECE: Final = 2**20
_PAGES: Final = 1000


class Copying:
    """One copy of a project's files into a new folder.

    Args:
        source: The project folder.
        target: The new folder; it is there and empty.
        names: What to copy, relative to the folder; what is not there is passed over.
        store: Name of the SQLite file of runs, which may be in use.

    Attributes:
        share: What is done, 0 to 1; may be read in any thread.
        cancelled: Set it, in any thread, to give the copy up.
    """

    def __init__(self, source: Path, target: Path, names: Iterable[str], store: str) -> None:
        self._source, self._target = source, target
        self._names, self._store = tuple(names), store
        self._done = self._total = 0
        self.cancelled = False

    @property
    def share(self) -> float:
        """What is done, 0 to 1."""
        return min(1.0, self._done / self._total) if self._total else 0.0

    def run(self) -> None:
        """Copy.

        Raises:
            OSError, shutil.Error, sqlite3.Error: Something could not be read or written.
            JobCancelled: It was given up; what was copied so far is left where it is.
        """
        inside = [name for name in self._names if self._is_inside(self._source / name)]
        store = self._source / self._store
        self._total = sum(_size(self._source / name) for name in inside) + _size(store)
        for name in inside:
            source, target = self._source / name, self._target / name
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, copy_function=self._copy_file)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._copy_file(str(source), str(target))
        if store.exists():
            self._copy_store(store, self._target / self._store)

    def _is_inside(self, path: Path) -> bool:
        """Tell whether something is there and no link leads out of the project folder."""
        return path.exists() and path.resolve().is_relative_to(self._source.resolve())

    def _copy_file(self, source: str, target: str) -> str:
        with open(source, "rb") as old, open(target, "wb") as new:  # noqa: PTH123 - for copytree
            while piece := old.read(_PIECE):
                self._go_on()
                new.write(piece)
                self._done += len(piece)
        shutil.copystat(source, target)
        return target

    def _copy_store(self, source: Path, target: Path) -> None:
        import sqlite3  # not needed for the window's first picture

        before, size = self._done, _size(source)

        def told(_status: int, left: int, pages: int) -> None:
            self._go_on()
            self._done = before + round(size * (1 - left / max(pages, 1)))

        with (
            contextlib.closing(sqlite3.connect(source)) as old,
            contextlib.closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new, pages=_PAGES, progress=told)

    def _go_on(self) -> None:
        if self.cancelled:
            raise JobCancelled("Saving the copy was cancelled.")


def _size(path: Path) -> int:
    """Return the bytes of a file or of all files of a folder; links count as nothing."""
    files = [path]
    if path.is_dir():
        files = [Path(at) / name for at, _, names in os.walk(path) for name in names]
    total = 0
    for file in files:
        with contextlib.suppress(OSError):
            total += file.lstat().st_size
    return total
