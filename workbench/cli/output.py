"""What every verb prints the same way: errors, tables, progress, exit codes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from workbench.errors import WorkbenchError
from workbench.wording import duration

OK = 0
PROBLEM = 1
USAGE = 2
STOPPED = 130


def show_error(
    error: WorkbenchError, *, prefix: str = "Error", details: bool | None = None
) -> None:
    """Print an error on stderr: what happened, where, expected, received, what to do.

    Args:
        error: The error.
        prefix: Word in front of it.
        details: Whether to print the technical details too; None does not mention them.
    """
    lines = [f"{prefix}: {error.message}"]
    if error.place is not None and error.place.id:
        where = error.place.id + (f", {error.place.part}" if error.place.part else "")
        lines.append(f"  Where:    {error.place.kind} {where}")
    if error.expected:
        lines.append(f"  Expected: {error.expected}")
    if error.received:
        lines.append(f"  Received: {error.received}")
    if error.remedy:
        lines.append(f"  What to do: {error.remedy}")
    if error.details and details:
        lines += ["  Details:", *(f"    {line}" for line in error.details.splitlines())]
    elif error.details and details is not None:
        lines.append("  The same command with --details tells more.")
    print("\n".join(lines), file=sys.stderr)


def show_unexpected(error: Exception) -> None:
    """Log an error of the program itself and say on stderr where its details are."""
    from workbench.logs import log_unexpected, start_logging

    path = start_logging()
    log_unexpected(type(error), error, error.__traceback__)
    show_error(
        WorkbenchError(
            "Something went wrong in Keras Workbench itself.",
            received=f"{type(error).__name__}: {str(error)[:200]}",
            remedy=f"The details are in {path}." if path else "",
        )
    )


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
) -> None:
    """Print a table with aligned columns.

    Args:
        head: Titles.
        rows: Cells, as many in each row as titles.
        right: Numbers of the columns to align to the right.
    """
    widths = [max(len(line[at]) for line in (head, *rows)) for at in range(len(head))]
    for number, line in enumerate((head, *rows)):
        cells = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("─" * width for width in widths))


class ProgressLine:
    """One line on stderr that is written over, on a terminal; nothing otherwise.

    Args:
        enabled: Write nothing at all when False.
    """

    _EVERY = 0.1

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled and sys.stderr.isatty()
        self._last = 0.0
        self._shown = 0

    def show(self, done: float, total: float, text: str, *, left: float | None = None) -> None:
        """Draw the bar.

        Args:
            done: How much is done.
            total: Of how much; 0 when unknown.
            text: What stands behind the bar.
            left: Seconds left, None when unknown.
        """
        now = time.monotonic()
        if not self._enabled or (now - self._last < self._EVERY and done < total):
            return
        self._last = now
        share = min(max(done / total, 0.0), 1.0) if total else 0.0
        full = round(share * 24)
        time_left = f"  {duration(left)} left" if left is not None else ""
        line = f"{'█' * full}{'░' * (24 - full)} {share:4.0%}  {text}{time_left}"
        print("\r" + line.ljust(self._shown), end="", file=sys.stderr, flush=True)
        self._shown = len(line)

    def end(self) -> None:
        """Remove the line."""
        if self._enabled and self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
        self._shown = 0
