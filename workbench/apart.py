"""Work in a process of its own that can be given up at once: `python -m MODULE`.

For work in compiled code that neither lets other threads of its process run nor can be interrupted.
The message goes in as one JSON value; out come lines: how far it is, and at last the answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

Tell: TypeAlias = Callable[[float], None]
"""Told which share is done, 0 to 1."""

_SHARE: Final = b"share "
_ANSWER: Final = b"answer "
_LONGEST_COMPLAINT: Final = 400


class ApartError(Exception):
    """The process could not be started, or failed; the text says why in the system's words."""


class Apart:
    """One piece of work in a process of its own.

    Args:
        module: Name of the module that is run; it calls `serve`.
        environment: Additions to the environment of the process.
    """

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._module, self._environment = module, dict(environment or {})
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether it was given up."""
        return self._cancelled.is_set()

    def run(self, message: Mapping[str, Any], tell: Tell | None = None) -> Any:
        """Do it; called in a thread that may wait.

        Args:
            message: Plain data.
            tell: Told how far it is, in this thread.

        Returns:
            The answer, plain data; None after `cancel`.

        Raises:
            ApartError: The process could not be started, or failed.
        """
        pieces = list(encoded(message))
        with tempfile.TemporaryFile() as complaints:
            with self._lock:
                if self.cancelled:
                    return None
                try:
                    process = self._process = subprocess.Popen(
                        [sys.executable, "-m", self._module],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=complaints,
                        env=child_environment(self._environment),
                        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                    )
                except OSError as error:
                    raise ApartError(str(error)) from error
            answer = self._talk(process, pieces, tell)
            if self._cancelled.is_set():
                return None
            if answer is None or process.returncode != 0:
                complaints.seek(0)
                last = complaints.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
                raise ApartError(last[:_LONGEST_COMPLAINT])
            return json.loads(answer)

    def cancel(self) -> None:
        """Give it up; from any thread, at any time."""
        with self._lock:
            self._cancelled.set()
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()

    def _talk(
        self, process: subprocess.Popen[bytes], pieces: list[bytes], tell: Tell | None
    ) -> bytes | None:
        answer: bytes | None = None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(OSError):  # it ended early; its complaint says why
                for piece in pieces:
                    process.stdin.write(piece)
            with contextlib.suppress(OSError):
                process.stdin.close()
            for line in process.stdout:
                if line.startswith(_ANSWER):
                    answer = line[len(_ANSWER) :]
                elif line.startswith(_SHARE) and tell is not None:
                    with contextlib.suppress(ValueError):
                        tell(float(line[len(_SHARE) :]))
        finally:
            process.stdout.close()
            process.wait()
        return answer


def serve(answer: Callable[[Any, Tell], Any]) -> None:
    """Be the process: read the message, do the work, write the answer.

    Args:
        answer: Takes the message and a function to tell how far it is; returns plain data.
    """
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever else is printed is no answer
    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if share - told >= 0.01:
            told = share
            out.write(_SHARE + f"{share:.3f}\n".encode())
            out.flush()

    result = answer(json.load(sys.stdin), tell)
    out.write(_ANSWER + json.dumps(result).encode() + b"\n")
    out.flush()


def encoded(value: Any) -> Iterator[bytes]:
    """Return a value as JSON in pieces.

    Between them the other threads of this process get their turn; the encoder alone would keep
    them waiting until it has all.
    """
    if isinstance(value, Mapping):
        yield b"{"
        for number, (key, inner) in enumerate(value.items()):
            yield (", " if number else "").encode() + json.dumps(str(key)).encode() + b": "
            yield from encoded(inner) if isinstance(inner, Mapping | list) else _whole(inner)
        yield b"}"
    elif isinstance(value, list):
        yield b"["
        for number, inner in enumerate(value):
            yield (b", " if number else b"") + json.dumps(inner).encode()
        yield b"]"
    else:
        yield from _whole(value)


def _whole(value: Any) -> Iterator[bytes]:
    yield json.dumps(value).encode()


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment, in which its child finds this package too."""
    here = str(Path(__file__).resolve().parents[1])
    before = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join(p for p in (here, before) if p)
    return {**os.environ, "PYTHONPATH": path, **more}
