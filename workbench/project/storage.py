"""Writing files so that a kill or a full disk leaves the old one whole; errors in words."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from workbench.errors import Place, ProjectError

_REASONS = {
    errno.ENOSPC: ("The disk is full.", "Free some space and save again; nothing is lost."),
    errno.EDQUOT: ("Your disk quota is used up.", "Free some space and save again."),
    errno.EROFS: ("This disk is read-only.", "Save the project to another folder."),
    errno.EACCES: ("You may not write here.", "Save the project to another folder."),
    errno.EPERM: ("You may not write here.", "Save the project to another folder."),
    errno.ENOENT: ("The folder does not exist any more.", "Save the project to another folder."),
    errno.EIO: ("The disk reports an error.", "Save the project to another disk."),
}


def write_atomically(path: Path, text: str) -> None:
    """Replace a file whole or not at all.

    Temporary file in the same folder, flushed, renamed over the old one, folder flushed.

    Args:
        path: The file.
        text: Its new content, written as UTF-8.

    Raises:
        OSError: It could not be written; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - tests stand in for exactly this call
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries, where the platform can (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(folder: Path, name: str) -> None:
    """Remove temporary files that a killed program left behind for a file."""
    for leftover in folder.glob(f".{name}.*.tmp"):
        with contextlib.suppress(OSError):
            leftover.unlink()


def write_error(action: str, path: Path, error: OSError) -> ProjectError:
    """Say in the user's words why a file could not be written.

    Args:
        action: What failed, a sentence without its full stop ("The project was not saved").
        path: The file.
        error: What the operating system said.
    """
    reason, remedy = _REASONS.get(error.errno or 0, ("", "Try another folder."))
    return ProjectError(
        f"{action}. {reason}".strip(),
        received="" if reason else f"{error.strerror or error}",
        remedy=remedy,
        place=Place("file", str(path)),
        details=f"{type(error).__name__}: {error}",
    )
