"""The watch over own code in an engine, and what the window's side reads when it ended the engine.

An endless loop, a crash in native code and `os._exit` cannot be caught: they take the process with
them. So the engine writes into its own folder what it is about to run, and a timer writes where it
is and ends the process when it takes too long. There are two: a thread, which looks at the frames
while nothing else runs; and, for code that does not let go of the interpreter, a timer of
`faulthandler` a little later, which needs no turn of it (it could trip over frames that come and
go, but then there are none). The side that started the process reads both files.

Files in the engine's folder: `own-code.json` (what runs, or ran last) and `own-code.trace`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from os import _exit as _end_process  # own code may find another in its place
from pathlib import Path
from typing import IO, Any, Final

from workbench.plain import PlainDict

NOTE: Final = "own-code.json"
TRACE: Final = "own-code.trace"
AFTERWARDS: Final = 2.0
"""Seconds after own code within which an end of the process is its doing (its threads)."""
_LATER: Final = 2.0
"""Seconds that the second timer waits longer."""
_KILLED: Final = 9
"""The number of the signal with which a system that is short of memory ends a process."""
_LARGEST: Final = 1_000_000
_FRAME: Final = re.compile(r'File "<own layers ([0-9a-f]{16})>", line (\d+) in (\S+)')


class OwnCodeWatch:
    """Watches the own code of one engine process.

    Args:
        folder: The engine's own folder, which the side that started it reads afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self._note = folder / NOTE
        self._trace: IO[bytes] = (folder / TRACE).open("wb", buffering=0)  # open for life

    @contextlib.contextmanager
    def running(self, key: str, digest: str, seconds: float) -> Iterator[None]:
        """Run own code in here; the process ends when it takes longer.

        Args:
            key: What is told apart by it: the text, the class, its settings.
            digest: The first 16 digits of the text's SHA-256, as in its tracebacks.
            seconds: How long it may run.
        """
        note = {"key": key, "digest": digest, "seconds": seconds}
        self._write({**note, "left": 0.0})
        self._trace.seek(0)
        self._trace.truncate()
        faulthandler.enable(self._trace, all_threads=True)
        faulthandler.dump_traceback_later(seconds + _LATER, exit=True, file=self._trace)
        timer = threading.Timer(seconds, self._end, (threading.get_ident(),))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            faulthandler.cancel_dump_traceback_later()
            with contextlib.suppress(RuntimeError, OSError, ValueError):
                faulthandler.enable(2)  # as before: crashes go to stderr
            self._write({**note, "left": time.time()})

    def _end(self, thread: int) -> None:
        """Write where a thread is, and end the process."""
        frame = sys._current_frames().get(thread)
        lines = ["Timeout", "Thread (most recent call first):"]
        while frame is not None:
            code = frame.f_code
            lines.append(f'  File "{code.co_filename}", line {frame.f_lineno} in {code.co_name}')
            frame = frame.f_back
        with contextlib.suppress(OSError):
            self._trace.write("\n".join([*lines, ""]).encode("utf-8", "replace"))
        _end_process(1)

    def _write(self, note: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._note.write_text(json.dumps(note), encoding="utf-8")


def fault_of_own_code(folder: Path, code: int | None) -> PlainDict | None:
    """Return what own code did to an engine that has ended by itself, or None when nothing.

    Args:
        folder: The engine's folder.
        code: Exit code of the process; negative: minus the number of a signal (POSIX).

    Returns:
        `{"key", "line", "what"}`: line 0 when it is not known; `what` goes on after the line:
        "call did not end within 10 s".
    """
    try:
        note = json.loads(_read(folder / NOTE))
        key, digest = str(note["key"]), str(note["digest"])
        seconds, left = float(note["seconds"]), float(note["left"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if left and time.time() - left > AFTERWARDS:
        return None
    try:
        trace = _read(folder / TRACE)
    except OSError:
        trace = ""
    line, function = _where(trace, digest)
    if left:
        what = "the process that computes shapes ended right after it ran"
    elif trace.startswith("Timeout"):
        what = f"{function or 'it'} did not end within {seconds:.0f} s"
    elif trace:
        what = f"{function or 'it'} crashed in native code ({_crash(trace)})"
    elif code == -_KILLED:
        what = "it needed more memory than there is, or was ended by the system"
    else:
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        what = f"it ended the process ({how})"
    return {"key": key, "line": line, "what": what}


def _crash(trace: str) -> str:
    return trace.splitlines()[0].removeprefix("Fatal Python error: ")[:80]


def _read(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(_LARGEST).decode("utf-8", "replace")


def _where(trace: str, digest: str) -> tuple[int, str]:
    """Return the innermost line of a text in a dump of all threads, and the method it is in.

    The main thread stands last in a dump; the innermost call stands first in a thread.
    """
    for thread in reversed(trace.split("\n\n")):
        frames = [f for f in _FRAME.findall(thread) if f[0] == digest]
        if frames:
            outer = frames[-1][2]
            return int(frames[0][1]), outer if outer.isidentifier() else ""
    return 0, ""
