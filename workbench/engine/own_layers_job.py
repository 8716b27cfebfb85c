"""The job `describe_layers`: which layers a Python file defines, seen by running it.

The file runs in a process of its own that ends afterwards: whatever it does to that process, the
engine and the window go on. The caller has asked the person first.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from workbench.build.own_guard import at_line
from workbench.engine.environment import choose_backend, environment_for
from workbench.engine.own_watch import fault_of_own_code
from workbench.engine.process import with_this_package
from workbench.errors import GraphError, Place, WorkbenchError
from workbench.graph.own_layers import MOST_TEXT, OwnLayers
from workbench.jobs import Control, Emit

_SECONDS: Final = 90.0
_LOOK: Final = 0.1
_MOST_ANSWER: Final = 4_000_000


def describe_layers(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Run a file and describe its layers.

    Args:
        spec: `{"name": file name, "text": its text, "seconds": time limit (optional)}`.
        emit: Told what is being done.
        control: Asked whether to go on; a cancel kills the process.

    Returns:
        `{"specs": [plain …]}`; the keys are the names of the classes.

    Raises:
        GraphError: The file has a fault (place and message name the line), defines no layer,
            or did not come to an end.
        JobCancelled: The person cancelled.
    """
    name, text = str(spec["name"]), str(spec["text"])
    if len(text) > MOST_TEXT:
        raise GraphError(f"{name} is too long.", expected=f"at most {MOST_TEXT:,} characters")
    emit({"event": "phase", "text": f"Looking at {name}"})
    answer = _answer(name, text, float(spec.get("seconds", _SECONDS)), control)
    try:
        plain = json.loads(answer.decode("utf-8"))
    except ValueError as error:
        raise GraphError(
            f"What was found out about {name} cannot be read.",
            expected="a file that only defines classes and functions",
            place=Place("file", name),
        ) from error
    if "error" in plain:
        raise WorkbenchError.from_plain(plain["error"])
    return {"specs": list(plain["specs"])}


def _answer(name: str, text: str, seconds: float, control: Control) -> bytes:
    folder = tempfile.mkdtemp(prefix="keras-workbench-layers-")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "workbench.engine.own_describe_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=with_this_package(environment_for(choose_backend(), "cpu")),
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    given: bytes | None = json.dumps({"name": name, "text": text}).encode("utf-8")
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                answer = process.communicate(given, timeout=_LOOK)[0]
                if not answer:
                    raise _ended(name, text, Path(folder), process.returncode)
                return answer[:_MOST_ANSWER]
            except subprocess.TimeoutExpired:
                given = None
            control.check()
            if time.monotonic() > deadline:
                raise GraphError(
                    f"{name} did not come to an end within {seconds:.0f} seconds.",
                    expected="a file that only defines classes and functions",
                    place=Place("file", name),
                )
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _ended(name: str, text: str, folder: Path, code: int | None) -> GraphError:
    """Return what took the process along, with its line where that is known."""
    fault = fault_of_own_code(folder, code)
    if fault is None:
        return GraphError(
            f"{name} ended the process that looked at it.",
            expected="a file that only defines classes and functions",
            place=Place("file", name),
        )
    return at_line(OwnLayers("", name, text), int(str(fault["line"])), str(fault["what"]))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and on Linux and macOS whatever it has started."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait(10.0)
