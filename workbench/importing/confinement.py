"""What a throwaway process does to itself: limits, an end with the other one, the result it leaves.

Started by `workbench.importing.throwaway` with a folder of its own: the module writes `started`
when Keras is there and the work begins, `result.json` when it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

_LARGEST_FILE: Final = 2 * 2**30
_PROCESSOR_SECONDS: Final = 1800


def confine(root: Path, memory: int) -> None:
    """Take limits, and end when the process that started this one has gone.

    Args:
        root: The folder of this process; removed at the end.
        memory: Bytes of memory that may be used, where the platform can limit it.
    """
    _end_with_the_other(root)
    _limit(memory)


def write_result(root: Path, result: dict[str, Any]) -> None:
    """Write a result; it counts if the process ends without another one."""
    root.joinpath("result.new").write_text(json.dumps(result), encoding="utf-8")
    root.joinpath("result.new").replace(root / "result.json")


def leave(root: Path, result: dict[str, Any]) -> NoReturn:
    """Write the result and end, whatever threads and exit functions are left."""
    write_result(root, result)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _limit(memory: int) -> None:
    """Limit memory, time, files and core dumps, where the platform has limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    # On Linux the data limit counts what is used; TensorFlow reserves far more address space.
    kind_of_memory = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    limits = (
        (kind_of_memory, memory),
        (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _end_with_the_other(root: Path) -> None:
    """Keep the pipe from the other process to oneself; its end is the end of this process."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    remove, end = shutil.rmtree, _end  # the text may put others in their places

    def watch(read: Callable[[int, int], bytes] = os.read) -> None:
        with contextlib.suppress(OSError):
            while read(pipe, 4096):
                pass
        remove(root, ignore_errors=True)
        end()

    threading.Thread(target=watch, name="watch", daemon=True).start()


def _end() -> None:
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(3)
