"""The journal: every change since the last save, one JSON line each, safe at any moment.

A line is handed to the operating system before `append` returns, so that killing the program
loses nothing; it is flushed to the disk in the background at most a second later, so that a power
cut loses no edit older than that. Lines carry the document's revision, so that a crash between
writing `project.json` and emptying the journal makes no change twice.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import GraphError
from workbench.graph.changes import Change, change_from_plain
from workbench.plain import Plain

SYNC_SECONDS = 1.0
"""Longest time that a change is only in the operating system's memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    Attributes:
        revision: Revision of the documents after the change.
        change: The change.
        merge: Key under which it joined the step before it, or "".
        text: The change as it is written, where it is known already.
    """

    revision: int
    change: Change
    merge: str = ""
    text: str = ""

    def line(self) -> bytes:
        """Return the line that stands in the file, newline included."""
        change = self.text or as_text(self.change.to_plain())
        merge = f',"merge":{as_text(self.merge)}' if self.merge else ""
        return f'{{"r":{self.revision},"change":{change}{merge}}}\n'.encode()


def as_text(plain: Plain) -> str:
    """Return plain data as the journal writes it.

    Raises:
        TypeError: It is not plain data.
        ValueError: A number is not finite.
    """
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_journal(path: Path) -> tuple[list[Entry], int, bool]:
    """Read a journal as far as it is whole.

    Args:
        path: The journal file; it may be absent.

    Returns:
        The entries, the length in bytes of the part they stand in, and whether anything but a
        torn last line followed it (then the rest should be set aside, not thrown away).
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return [], 0, False
    entries: list[Entry] = []
    good = 0
    while (end := raw.find(b"\n", good)) >= 0:
        entry = _read_line(raw[good:end])
        if entry is None:
            return entries, good, True
        entries.append(entry)
        good = end + 1
    return entries, good, False


def _read_line(line: bytes) -> Entry | None:
    try:
        plain = json.loads(line)
        return Entry(
            int(plain["r"]), change_from_plain(plain["change"]), str(plain.get("merge", ""))
        )
    except (ValueError, KeyError, TypeError, RecursionError, GraphError):
        return None


class Journal:
    """Writes the journal of one open project. The file is made at the first change.

    Args:
        path: The file.
        length: Length of its whole part; what follows is cut off at the first change.
    """

    def __init__(self, path: Path, length: int = 0) -> None:
        self.path = path
        self._descriptor = -1
        self._length = length
        self._pending: list[bytes] = []
        self._guard = threading.Lock()
        self._timer: threading.Timer | None = None

    def append(self, line: bytes) -> None:
        """Write one line, and any earlier one that could not be written.

        Args:
            line: The line with its newline.

        Raises:
            OSError: The disk is full or gone. The line is kept in memory and written with the
                next one; the file holds whole lines only.
        """
        self._pending.append(line)
        chunk = b"".join(self._pending)
        if self._descriptor < 0:
            self._open()
        try:
            _write_all(self._descriptor, chunk)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._length)
            raise
        self._length += len(chunk)
        self._pending.clear()
        self._sync_soon()

    def clear(self) -> None:
        """Empty the journal: its changes are in `project.json` now, or are to be forgotten.

        Raises:
            OSError: The file cannot be changed.
        """
        self._length = 0
        self._pending.clear()
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
        else:
            self.path.unlink(missing_ok=True)

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.path, flags, 0o644)
        try:
            os.ftruncate(descriptor, self._length)
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def close(self) -> None:
        """Flush to the disk and close; the file is removed when it is empty."""
        with self._guard:
            timer, self._timer = self._timer, None
            opened, self._descriptor = self._descriptor, -1
            if timer is not None:
                timer.cancel()
            if opened >= 0:
                with contextlib.suppress(OSError):
                    os.fsync(opened)
                os.close(opened)
        if timer is not None:
            timer.join()
        if opened >= 0 and self._length == 0:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _sync_soon(self) -> None:
        with self._guard:
            if self._timer is not None:
                return
            self._timer = threading.Timer(SYNC_SECONDS * 0.8, self._sync)
            self._timer.name = "journal-sync"
            self._timer.daemon = True
            self._timer.start()

    def _sync(self) -> None:
        with self._guard:
            self._timer = None
            # A duplicate, so that the write of the next change need not wait for the disk.
            copy = os.dup(self._descriptor) if self._descriptor >= 0 else -1
        if copy >= 0:
            with contextlib.suppress(OSError):
                os.fsync(copy)
            os.close(copy)


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
