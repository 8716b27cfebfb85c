"""Replaces files whole or not at all: a kill or a full disk leaves the old one as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

REASONS: Final[Mapping[int, tuple[str, str]]] = {
    errno.ENOSPC: ("The disk is full.", "Free some space and try again; nothing is lost."),
    errno.EDQUOT: ("Your disk quota is used up.", "Free some space and try again."),
    errno.EROFS: ("This disk is read-only.", "Save the project to another folder."),
    errno.EACCES: ("You may not write here.", "Save the project to another folder."),
    errno.EPERM: ("You may not write here.", "Save the project to another folder."),
    errno.ENOENT: ("The folder does not exist any more.", "Save the project to another folder."),
    errno.EIO: ("The disk reports an error.", "Save the project to another disk."),
}
"""Number of an operating system's error → what happened, and what to do."""


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Replace a file whole or not at all.

    Temporary file in the same folder, flushed, renamed over the old one, folder flushed.

    Args:
        path: The file.
        write: Writes the content to the temporary file that it is given; that has the same
            ending as `path`.

    Raises:
        OSError: It could not be written; the old file is untouched.
    """
    first, dot, ending = path.name.partition(".")
    temporary = path.with_name(f".tmp-{first}-{secrets.token_hex(4)}{dot}{ending}")
    try:
        write(temporary)
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - tests stand in for exactly this call
        sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Replace a UTF-8 text file whole or not at all.

    Raises:
        OSError: It could not be written; the old file is untouched.
    """
    replace_file(path, lambda temporary: write_text(temporary, text))


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8 with the same line ends everywhere."""
    path.write_text(text, encoding="utf-8", newline="\n")


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, where the platform can (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(folder: Path, name: str) -> None:
    """Remove temporary files that a killed program left behind for a file."""
    first, dot, ending = name.partition(".")
    for pattern in (f".tmp-{first}-*{dot}{ending}", f".{name}.*.tmp"):
        for leftover in folder.glob(pattern):
            with contextlib.suppress(OSError):
                leftover.unlink()


def reason(error: OSError) -> tuple[str, str, str]:
    """Return why a file could not be written: what happened, what to do, the system's words.

    The system's words are "" where the first says it already.
    """
    known, remedy = REASONS.get(error.errno or 0, ("", "Try another folder."))
    return known, remedy, "" if known else str(error.strerror or error)
