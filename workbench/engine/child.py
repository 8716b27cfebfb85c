"""The engine process: `python -P -m workbench.engine.child`, frames on stdin and stdout.

Main thread: one job after another – all Keras calls of a job on one thread. Control thread: reads
frames, so that stop, pause and cancel arrive while a job runs; when stdin ends, the window is
gone and the process ends at once, whatever it is doing. A third thread sends a heartbeat.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sqlite3  # noqa: F401 - TensorFlow exports its own SQLite symbols: load Python's first
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from workbench.build import own_guard
from workbench.engine.failures import to_workbench_error
from workbench.engine.own_watch import OwnCodeWatch
from workbench.engine.protocol import ProtocolError, read_frame, write_frame
from workbench.engine.registry import do_job, title_of
from workbench.errors import EngineError
from workbench.jobs import Control, Event
from workbench.runs.versions import library_versions

HEARTBEAT_SECONDS = 1.0
_STOP = None


class Pipe:
    """The way back to the window: frames, one at a time, from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            ProtocolError: The message cannot be sent.
        """
        with self._lock:
            try:
                write_frame(self._stream, message)
            except (OSError, ValueError):
                # Nobody listens any more: there is nobody left to work for.
                os._exit(0)


class Engine:
    """The jobs of this process and the threads around them."""

    def __init__(self, pipe: Pipe, role: str) -> None:
        self._pipe = pipe
        self._role = role
        self._inbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._controls: dict[str, Control] = {}
        self._lock = threading.Lock()

    def read(self, stream: BinaryIO) -> None:
        """Read frames until the stream ends, then end the process. Runs in its own thread."""
        code = 0
        try:
            while (message := read_frame(stream)) is not None:
                self._receive(message)
        except (ProtocolError, OSError, KeyError, TypeError, AttributeError) as error:
            sys.stderr.write(f"The engine received something unreadable: {error}\n")
            code = 4
        sys.stderr.flush()
        os._exit(code)

    def _receive(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "submit":
            with self._lock:
                self._controls[str(message["job"])] = Control()
            self._inbox.put(message)
        elif kind == "control":
            with self._lock:
                control = self._controls.get(str(message["job"]))
            if control is not None:
                control.obey(str(message["action"]), message.get("name"), message.get("value"))
        elif kind == "close":
            self._inbox.put(_STOP)

    def beat(self) -> None:
        """Send heartbeats for ever. Runs in its own thread."""
        while True:
            time.sleep(HEARTBEAT_SECONDS)
            self._pipe.send({"type": "heartbeat"})

    def run(self) -> None:
        """Get ready, then do jobs until the window says close."""
        started = time.monotonic()
        backend = ""
        devices: list[str] = []
        if self._role != "bare":
            from workbench.engine.warmup import import_backend, warm_up

            backend, devices = import_backend()
            warm_up(self._role, lambda: not self._inbox.empty())
        self._pipe.send(
            {
                "type": "ready",
                "versions": library_versions(),
                "backend": backend,
                "devices": devices,
                "seconds": time.monotonic() - started,
            }
        )
        while (message := self._inbox.get()) is not _STOP:
            self._do(str(message["job"]), str(message["kind"]), message["spec"])

    def _do(self, job_id: str, kind: str, spec: dict[str, Any]) -> None:
        control = self._controls[job_id]

        def emit(event: Event) -> None:
            self._pipe.send({"type": "event", "job": job_id, "event": event})

        try:
            control.check()
            result = do_job(kind, spec, emit, control)
            self._pipe.send({"type": "done", "job": job_id, "result": result})
        except BaseException as error:
            failure = to_workbench_error(error, title_of(kind))
            self._pipe.send({"type": "failed", "job": job_id, "error": failure.to_plain()})
        finally:
            with self._lock:
                self._controls.pop(job_id, None)


def take_pipe() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout for frames; what anything prints from now on goes to stderr."""
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdout = sys.stderr
    return os.fdopen(incoming, "rb", buffering=0), os.fdopen(outgoing, "wb", buffering=0)


def main(arguments: list[str] | None = None) -> None:
    """Be an engine until the window closes the pipe."""
    parser = argparse.ArgumentParser(prog="workbench.engine.child")
    parser.add_argument("--role", choices=["design", "run", "bare"], default="run")
    role = parser.parse_args(arguments).role
    incoming, outgoing = take_pipe()
    # Ctrl+C in the terminal is for the window; the engine ends when the pipe does.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if role == "design":  # a training may take as long as it takes; the person can cancel it
        own_guard.watch(OwnCodeWatch(Path.cwd()))
    pipe = Pipe(outgoing)
    engine = Engine(pipe, role)
    threading.Thread(target=engine.read, args=(incoming,), name="control", daemon=True).start()
    threading.Thread(target=engine.beat, name="heartbeat", daemon=True).start()
    try:
        engine.run()
    except BaseException as error:
        failure = to_workbench_error(error, "the start of the engine")
        if not isinstance(failure, EngineError):
            failure = EngineError(failure.message, details=failure.details)
        pipe.send({"type": "fatal", "error": failure.to_plain()})
        sys.stderr.write(failure.details)
        sys.stderr.flush()
        os._exit(1)
    # Not sys.exit: native teardown of a backend can take seconds, or crash.
    os._exit(0)


if __name__ == "__main__":
    main()
