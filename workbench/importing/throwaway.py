"""Runs a module in a Python process of its own that is thrown away, and reads what it left.

It looks at what comes from elsewhere: a person's Python, which can do what the person can do, or a
file that may be made to harm. What is kept from it is this process: its memory, its pipes to the
window, its working directory. The process has an empty folder, no input, a time limit and a
memory limit, and ends with everything it started when the caller says so.
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
"""How long the work may take, once Keras is loaded."""
STARTING: Final = 180.0
"""How long Python and Keras may take to load."""
MEMORY: Final = 8 * 2**30
"""Bytes of memory that the process may use."""
_LARGEST_RESULT: Final = 64_000_000
_TAIL: Final = 8_000
_PAUSE: Final = 0.05
_LOOK: Final = 0.25
"""Seconds between two looks at the memory: some platforms have no limit of their own."""


class Throwaway:
    """One piece of work in one process. Use it in a `with`: its end is the end of the process.

    Args:
        module: The module that is run: `main(folder, argument)`, see `confinement`.
        argument: Told to the module.
        text: Written to `text.py` in the folder.
        seconds: How long the work may take, once `started` is in the folder.
        memory: Bytes of memory it may take.

    Attributes:
        started: Whether Keras is loaded and the work goes on.
        timed_out: Whether it was ended because it took too long.
        too_large: Whether it was ended because it took too much memory.

    Raises:
        OSError: The process could not be started.
    """

    def __init__(
        self,
        module: str,
        argument: str = "",
        text: str = "",
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self.started = self.timed_out = self.too_large = False
        self._seconds, self._memory = seconds, memory
        self._looked = time.monotonic()
        self._root = Path(tempfile.mkdtemp(prefix="keras-workbench-code-"))
        self._tail = b""
        self._ended = False
        try:
            work = self._root / "work"
            work.mkdir()
            (self._root / "text.py").write_text(text, encoding="utf-8", newline="\n")
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", module, str(self._root), argument],
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
            self.timed_out = time.monotonic() > end
            self.too_large = self._takes_too_much()
            if self.timed_out or self.too_large:
                break
            time.sleep(_PAUSE)
        code = self._popen.poll()
        self._end()
        return code

    @property
    def folder(self) -> Path:
        """The folder of the process; it goes when the `with` ends."""
        return self._root

    def _takes_too_much(self) -> bool:
        """Look at the memory now and then; what the process started counts with it."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return False
        self._looked = now
        import psutil

        taken = 0
        for process in [*_family(self._popen.pid), self._popen.pid]:
            with contextlib.suppress(psutil.Error):
                one = psutil.Process(process) if isinstance(process, int) else process
                taken += one.memory_info().rss
        return taken > self._memory

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
