"""Turns whatever a job raises into an error in the user's words, the traceback one click away."""

from __future__ import annotations

import re
import traceback

from workbench.errors import EngineError, JobCancelled, Place, WorkbenchError

_MEMORY = re.compile(
    r"out of memory|OutOfMemory|RESOURCE_EXHAUSTED|ResourceExhausted|\bOOM\b|bad_alloc"
    r"|(can'?t|cannot|unable to|failed to) allocate|not enough memory",
    re.IGNORECASE,
)
_FULL_DISK = 28  # errno ENOSPC; Windows reports ERROR_DISK_FULL as the same errno


def to_workbench_error(error: BaseException, title: str = "the job") -> WorkbenchError:
    """Return a `WorkbenchError` for anything that was raised.

    Args:
        error: What was raised; a `WorkbenchError` is returned itself.
        title: What was being done, after "while" ("training", "explaining").
    """
    details = "".join(traceback.format_exception(error))
    if isinstance(error, WorkbenchError):
        error.details = error.details or details
        return error
    if isinstance(error, KeyboardInterrupt):
        return JobCancelled("Cancelled.")
    if isinstance(error, MemoryError) or _MEMORY.search(f"{type(error).__name__}: {error}"):
        return EngineError(
            f"There was not enough memory for {title}.",
            remedy="Use a smaller batch size or smaller layers, or close other programs.",
            place=Place("engine"),
            details=details,
        )
    if isinstance(error, OSError) and error.errno == _FULL_DISK:
        return EngineError(
            "The disk is full.",
            remedy="Free some space, then try again; nothing that was saved before is lost.",
            place=Place("file", str(error.filename or "")),
            details=details,
        )
    return EngineError(
        f"Something unexpected went wrong during {title}.",
        received=f"{type(error).__name__}: {_first_line(error)}",
        remedy="The details tell more.",
        place=Place("engine"),
        details=details,
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return lines[0][:300].rstrip(".")
