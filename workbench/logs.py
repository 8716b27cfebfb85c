"""The log: a file with rotation, and traces of native crashes.

The engines' error output joins it through the logger `workbench.engine`, line by line.

Data values never reach it. Messages of exceptions may quote a cell of a table, so only their type,
their place in the program and, for a `WorkbenchError`, its code are written.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from workbench.errors import WorkbenchError
from workbench.settings import log_folder

LOG_FILE = "keras-workbench.log"
CRASH_FILE = "crash.log"
MOST_BYTES = 1_000_000
KEPT = 3
"""Older log files that are kept beside the present one."""
MOST_CHARACTERS = 400
"""Longest message; the rest is cut off."""

_state: dict[str, RotatingFileHandler | IO[str]] = {}


class _PlainFormatter(logging.Formatter):
    """One line a record; exceptions without their messages."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = " ".join(record.getMessage().split())[:MOST_CHARACTERS]
        line = self.formatMessage(_with_message(record, text, self.formatTime(record)))
        if record.exc_info and record.exc_info[1] is not None:
            line += "\n" + trace_without_values(record.exc_info[1])
        return line


def _with_message(record: logging.LogRecord, text: str, time: str) -> logging.LogRecord:
    copy = logging.makeLogRecord(record.__dict__)
    copy.message, copy.asctime = text, time
    return copy


def trace_without_values(error: BaseException) -> str:
    """Return where an exception came from, without its message or any value.

    Args:
        error: The exception; those that caused it are included.
    """
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        code = f" [{current.code}]" if isinstance(current, WorkbenchError) else ""
        lines.append(f"  {type(current).__module__}.{type(current).__qualname__}{code}")
        lines += [
            f"    {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    return "\n".join(lines)


def start_logging(folder: Path | None = None, *, level: int = logging.INFO) -> Path | None:
    """Begin to log into a file; later calls change nothing.

    Args:
        folder: Where the log goes; the platform's own log folder when left out.
        level: Least level of the program's own messages; libraries log from WARNING on.

    Returns:
        The log file, or None when it cannot be written (no reason not to start).
    """
    target = folder or log_folder()
    present = _state.get("log")
    if isinstance(present, RotatingFileHandler):
        return Path(present.baseFilename)
    try:
        target.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            target / LOG_FILE, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8"
        )
        crash = (target / CRASH_FILE).open("a", encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(_PlainFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    for name in ("workbench", "ui"):
        logging.getLogger(name).setLevel(level)
    _state.update(log=handler)
    if faulthandler.is_enabled():  # somebody else (a test run, a debugger) listens already
        crash.close()
    else:
        faulthandler.enable(file=crash)
        _state.update(crash=crash)
    logging.getLogger("workbench").info("Started, process %d", os.getpid())
    return target / LOG_FILE


def stop_logging() -> None:
    """End what `start_logging` began."""
    handler, crash = _state.pop("log", None), _state.pop("crash", None)
    if isinstance(handler, RotatingFileHandler):
        logging.getLogger().removeHandler(handler)
        handler.close()
    if crash is not None and not isinstance(crash, RotatingFileHandler):
        faulthandler.disable()
        crash.close()


def log_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log an exception that nobody caught; has the form of `sys.excepthook`."""
    logging.getLogger("workbench").error("Unexpected error", exc_info=(kind, error, trace))
