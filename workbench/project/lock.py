"""One writer per project: a lock that the operating system releases when its holder dies.

The lock file names the holder (process id, machine), for the message that a second opener gets.
The lock itself is the operating system's, so a lock file left behind by a killed program is stale
by itself and no process id has to be guessed about.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from pathlib import Path
from typing import IO

from workbench.errors import Place, ProjectError

LOCK_NAME = ".lock"
_BUSY = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK)


class ProjectLock:
    """Holds the right to write a project folder until `release`.

    Args:
        folder: The project folder.

    Raises:
        ProjectError: Another program (or another window) holds it.
        OSError: The folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._stream: IO[bytes] | None = None
        while self._stream is None:
            self._stream = self._take(folder)
        self._stream.truncate(0)
        self._stream.write(json.dumps({"pid": os.getpid(), "machine": platform.node()}).encode())
        self._stream.flush()

    def _take(self, folder: Path) -> IO[bytes] | None:
        stream = self._path.open("a+b")
        try:
            _lock(stream)
        except OSError as error:
            holder = _holder(self._path)
            stream.close()
            if error.errno not in _BUSY:
                raise
            raise ProjectError(
                f"This project is open already{holder}.",
                remedy="Close it there first, or open it read-only.",
                place=Place("file", str(folder)),
            ) from None
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == os.fstat(stream.fileno()).st_ino:
                return stream
        stream.close()  # its holder removed the file in between: try once more
        return None

    def release(self) -> None:
        """Give the right back. Twice does no harm."""
        if self._stream is None:
            return
        # Removed while still held: whoever opens it later makes a file of their own.
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._stream.close()
        self._stream = None


def _holder(path: Path) -> str:
    try:
        plain = json.loads(path.read_text())
        pid, machine = int(plain["pid"]), str(plain["machine"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    if machine != platform.node():
        return f" on the machine {machine}"
    return " in this program" if pid == os.getpid() else f" in another program (process {pid})"


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        # A byte far behind the text, so that the text stays readable for others.
        stream.seek(1 << 30)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        stream.seek(0)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Some network drives have no locks: better an unguarded project than none.
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise
