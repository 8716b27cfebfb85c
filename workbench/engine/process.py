"""The operating system's side of an engine: one child process, its pipes and its threads.

Three threads per process: one writes frames (so that a deaf engine never blocks the window), one
reads them, one keeps the last lines of stderr. Works the same on Windows: no fork, no signals.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import queue
import shutil
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.engine.messages import ExitReason
from workbench.engine.own_watch import fault_of_own_code
from workbench.engine.protocol import ProtocolError, encode, read_frame

_TAIL_LINES = 60
_log = logging.getLogger("workbench.engine")


def command(role: str) -> list[str]:
    """Return the command line of an engine.

    `-P` keeps the working directory out of the module search path: no file in a project's folder
    can pretend to be a module.
    """
    return [sys.executable, "-P", "-m", "workbench.engine.child", "--role", role]


class EngineProcess:
    """A started engine process.

    Args:
        arguments: Command line.
        environment: Environment variables.

    Raises:
        OSError: The process could not be started.
    """

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.heard = time.monotonic()
        self.note = ""
        self._asked = False
        self._tail: collections.deque[str] = collections.deque(maxlen=_TAIL_LINES)
        # An empty folder of its own: nothing a project holds is found by a relative path.
        self._folder = tempfile.mkdtemp(prefix="keras-workbench-engine-")
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            self._popen = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                env=with_this_package(environment),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.pid = self._popen.pid
        self._ended = threading.Event()

    def listen(
        self, on_message: Callable[[dict[str, Any]], None], on_end: Callable[[ExitReason], None]
    ) -> None:
        """Start the threads; the functions are called from one of them."""
        errors = threading.Thread(target=self._read_errors, name="engine-stderr", daemon=True)
        errors.start()
        threading.Thread(target=self._write, name="engine-write", daemon=True).start()
        threading.Thread(
            target=self._read, args=(on_message, on_end, errors), name="engine-read", daemon=True
        ).start()

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._popen.poll() is None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, later if the engine is busy reading another.

        Raises:
            ProtocolError: The message cannot be sent.
        """
        self._outgoing.put(encode(message))

    def kill(self) -> None:
        """End the process at once."""
        if self.running:
            self._asked = True
        self._outgoing.put(None)
        with contextlib.suppress(OSError):
            self._popen.kill()

    def hang_up(self) -> None:
        """Close the pipe: an engine ends when nobody is left to work for."""
        self._asked = True
        self._outgoing.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for the end; kill the process when it takes longer."""
        if not self._ended.wait(seconds):
            self.kill()
            self._ended.wait(seconds)

    def _write(self) -> None:
        stream = self._popen.stdin
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):
            while (frame := self._outgoing.get()) is not None:
                stream.write(frame)
                stream.flush()
        with contextlib.suppress(OSError, ValueError):
            stream.close()

    def _read(
        self,
        on_message: Callable[[dict[str, Any]], None],
        on_end: Callable[[ExitReason], None],
        errors: threading.Thread,
    ) -> None:
        stream = self._popen.stdout
        try:
            while stream is not None and (message := read_frame(stream)) is not None:
                self.heard = time.monotonic()
                if message.get("type") != "heartbeat":
                    on_message(message)
        except OSError:
            _log.debug("The pipe of engine %d broke", self.pid)
        except (ProtocolError, KeyError, TypeError, AttributeError, ValueError) as error:
            # An end inside a frame is how a killed process looks: the exit code tells more.
            if "ended inside" not in str(error):
                self.note = f"The engine sent something unreadable ({error})."
        try:
            self._finish(errors)
            # Before `wait` returns: who starts another process has heard of the end of this one.
            code = self._popen.poll()
            own = None if self._asked else fault_of_own_code(Path(self._folder), code)
            shutil.rmtree(self._folder, ignore_errors=True)
            on_end(ExitReason(code, "\n".join(self._tail), self._asked, self.note, own))
        finally:
            self._ended.set()

    def _finish(self, errors: threading.Thread) -> None:
        try:
            self._popen.wait(2.0)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(5.0)
        self._outgoing.put(None)
        errors.join(1.0)
        for stream in (self._popen.stdout, self._popen.stderr):
            if stream is not None and not errors.is_alive():
                with contextlib.suppress(OSError):
                    stream.close()

    def _read_errors(self) -> None:
        stream = self._popen.stderr
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):
            for line in stream:
                text = line.decode("utf-8", "replace").rstrip()[:2000]
                self._tail.append(text)
                _log.info("engine %d: %s", self.pid, text)


def with_this_package(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with this checkout on the module path, unless it is installed."""
    root = str(Path(__file__).resolve().parents[2])
    result = dict(environment)
    if root not in (str(Path(p).resolve()) for p in site.getsitepackages()):
        result["PYTHONPATH"] = os.pathsep.join(
            part for part in (root, result.get("PYTHONPATH", "")) if part
        )
    return result
