"""Runs a text in a Python process of its own that is thrown away, and reads what it left.

The text can do what the person can do; what is kept from it is this process: its memory, its
pipes to the window, its working directory. The process has an empty folder, no input, a time
limit and a memory limit, and ends with everything it started when the caller says so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 60.0
"""How long a text may run, once Keras is loaded."""
STARTING: Final = 180.0
"""How long Python and Keras may take to load."""
MEMORY: Final = 8 * 2**30
"""Bytes of memory that a text may use, where the platform can limit it."""
_LARGEST_RESULT: Final = 64_000_000
_TAIL: Final = 8_000
_PAUSE: Final = 0.05


class Throwaway:
    """One text in one process. Use it in a `with`: its end is the end of the process.

    Args:
        text: The text.
        pick: The variable or function to take the model from, or "".
        seconds: How long it may run.

    Attributes:
        started: Whether Keras is loaded and the text runs.
        timed_out: Whether it was ended because it took too long.

    Raises:
        OSError: The process could not be started.
    """

    def __init__(self, text: str, pick: str = "", seconds: float = SECONDS) -> None:
        self.started = self.timed_out = False
        self._seconds = seconds
        self._root = Path(tempfile.mkdtemp(prefix="keras-workbench-code-"))
        self._tail = b""
        self._ended = False
        try:
            work = self._root / "work"
            work.mkdir()
            (self._root / "text.py").write_text(text, encoding="utf-8", newline="\n")
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", "workbench.importing.code_child",
                 str(self._root), pick],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                cwd=work, env=_environment(), start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except BaseException:
            shutil.rmtree(self._root, ignore_errors=True)
            raise
        self._reader = threading.Thread(target=self._read, name="code-output", daemon=True)
        self._reader.start()

    def __enter__(self) -> Throwaway:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        shutil.rmtree(self._root, ignore_errors=True)

    def wait(self, ask: Callable[[], object]) -> int | None:
        """Wait for the end of the process, or end it when its time is over.

        Args:
            ask: Called many times a second; what it raises ends the waiting.

        Returns:
            The exit code of the process, None when it was ended.
        """
        end = time.monotonic() + STARTING
        while self._popen.poll() is None:
            ask()
            if not self.started and (self._root / "started").exists():
                self.started = True
                end = time.monotonic() + self._seconds
            if time.monotonic() > end:
                self.timed_out = True
                break
            time.sleep(_PAUSE)
        code = self._popen.poll()
        self._end()
        return code

    @property
    def output(self) -> str:
        """The last of what the process has printed."""
        return self._tail.decode("utf-8", "replace").strip()

    def result(self) -> bytes:
        """Return what the process has written as its result; empty when there is none."""
        path = self._root / "result.json"
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with contextlib.suppress(OSError):
            file = os.open(path, flags | getattr(os, "O_BINARY", 0))
            with os.fdopen(file, "rb") as stream:
                if stat.S_ISREG(os.fstat(file).st_mode):
                    data = stream.read(_LARGEST_RESULT + 1)
                    return data if len(data) <= _LARGEST_RESULT else b""
        return b""

    def _end(self) -> None:
        """End the process and what it has started; the second time does nothing."""
        if self._ended:
            return
        self._ended = True
        for process in _family(self._popen.pid) if self._popen.poll() is None else ():
            with contextlib.suppress(Exception):  # it has ended by itself
                process.kill()
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._popen.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(5.0)
        self._reader.join(0.3)
        for pipe in (self._popen.stdin, self._popen.stdout):
            # What has left the group may hold the pipe: the reader waits for it, nobody else does.
            if pipe is not None and (pipe is self._popen.stdin or not self._reader.is_alive()):
                with contextlib.suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        stream = self._popen.stdout
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):
            while data := os.read(stream.fileno(), 65_536):
                self._tail = (self._tail + data)[-_TAIL:]


def _family(pid: int) -> list[Any]:
    """Return the processes that a process has started, also those with a group of their own."""
    import psutil

    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _environment() -> dict[str, str]:
    """Return this process's environment, with this package on the module path and no device."""
    root = str(Path(__file__).resolve().parents[2])
    environment = dict(os.environ)
    known = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]
    environment["PYTHONPATH"] = os.pathsep.join([root, *(p for p in known if p != root)])
    keras = sys.modules.get("keras")
    if keras is not None:
        environment["KERAS_BACKEND"] = str(keras.backend.backend())
    environment.update(
        PYTHONIOENCODING="utf-8", PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1",
        CUDA_VISIBLE_DEVICES="-1", JAX_PLATFORMS="cpu", KERAS_TORCH_DEVICE="cpu",
        TF_CPP_MIN_LOG_LEVEL="3",
    )  # fmt: skip
    return environment
