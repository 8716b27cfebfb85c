"""Runs own code so that the rest is not harmed: its time, its memory, its prints, Keras's settings.

What cannot be caught (an endless loop, a crash) ends the engine that is watched
(`workbench.engine.own_watch`); the next engine is told of it under `"faulty_code"` and leaves that
code alone until its text or its settings are others.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from workbench.errors import GraphError, Place
from workbench.graph.own_layers import OwnLayers
from workbench.plain import Plain, PlainDict
from workbench.trust import fingerprint

FAULTY: Final = "faulty_code"
"""Key of a job's spec: what ended an engine before, as `fault_of_own_code` returns it."""
CALL_SECONDS: Final = 10.0
"""How long making and calling one layer may take."""
AGAIN_SECONDS: Final = 3.0
"""The same for a class that did not end before, with other settings."""
LOAD_SECONDS: Final = 60.0
"""How long running a file may take; it may import large packages."""
_MEMORY: Final = 4 * 2**30
"""Bytes that own code may take on top of what the engine has, where the platform can limit it."""
_PRINTED: Final = 20_000
"""Characters that one run may print; the rest goes nowhere."""
_SETTERS: Final = {
    "floatx": r"set_floatx",
    "epsilon": r"set_epsilon",
    "image_data_format": r"set_image_data_format",
    "dtype policy": r"set_(?:global_)?(?:dtype_)?policy",
}


class Watch(Protocol):
    """Ends this process when own code takes too long."""

    def running(
        self, key: str, digest: str, seconds: float
    ) -> contextlib.AbstractContextManager[None]:
        """Run own code in here."""


_watches: list[Watch] = []
_faulty: dict[str, PlainDict] = {}


def watch(by: Watch) -> None:
    """Have all own code of this process watched from now on."""
    _watches[:] = [by]


def avoid(faults: Iterable[Any]) -> None:
    """Say which code has ended an engine before; it is not run again."""
    _faulty.clear()
    for fault in faults:
        _faulty[str(fault["key"])] = {
            "line": int(fault.get("line", 0)), "what": str(fault.get("what", ""))[:300],
        }  # fmt: skip


def asked_to_end(error: BaseException) -> bool:
    """Tell whether an exception is the person's Ctrl+C; an engine hears of none."""
    return isinstance(error, KeyboardInterrupt) and not _watches


def avoided() -> tuple[str, ...]:
    """Return the keys of what is not run."""
    return tuple(sorted(_faulty))


def key_of(text: str, class_name: str, settings: Plain = None, purpose: str = "") -> str:
    """Return what tells one piece of own code from another: its text, class and settings."""
    given = json.dumps([purpose, settings], sort_keys=True)
    return (
        f"{fingerprint(text)[:32]}.{class_name}.{hashlib.sha256(given.encode()).hexdigest()[:16]}"
    )


@contextlib.contextmanager
def guarded(file: OwnLayers, key: str, seconds: float) -> Iterator[None]:
    """Run code of a file in here.

    Args:
        file: The file.
        key: What `key_of` returned.
        seconds: How long it may take, where this process is watched.

    Raises:
        GraphError: This code ended an engine before, or changes Keras's settings.
        MemoryError: It needed too much memory.
    """
    known = _faulty.get(key)
    if known is not None:
        raise at_line(file, int(str(known["line"])), str(known["what"]))
    head = key.rpartition(".")[0]
    if any(other.startswith(f"{head}.") for other in _faulty):
        seconds = min(seconds, AGAIN_SECONDS)
    digest = fingerprint(file.text)[:16]
    watched = _watches[0].running(key, digest, seconds) if _watches else contextlib.nullcontext()
    with _settings_kept(file), _quiet(), watched, _limited_memory(bool(_watches)), _no_exit():
        yield


def at_line(file: OwnLayers, line: int, what: str) -> GraphError:
    """Return an error about a line of a file, with the line's text."""
    lines = file.text.splitlines()
    if not 0 < line <= len(lines):
        return GraphError(f"{file.name}: {what}.", place=Place("file", file.name))
    source = lines[line - 1].strip()[:120]
    return GraphError(
        f"{file.name}, line {line}: {what} ({source})." if source
        else f"{file.name}, line {line}: {what}.",
        place=Place("file", file.name, str(line)),
    )  # fmt: skip


@contextlib.contextmanager
def _no_exit() -> Iterator[None]:
    """Make `os._exit` an exception, which has a line; only on this thread."""
    end, own = os._exit, threading.get_ident()

    def refuse(status: int) -> NoReturn:
        if threading.get_ident() != own:
            end(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = end


class _Bounded(io.TextIOBase):
    """Passes on the first characters that are printed; the rest goes nowhere."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = stream, _PRINTED

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left > 0 and self._stream is not None:
            self._stream.write(text[: self._left])
            self._left -= len(text)
        return len(text)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    out, errors = _Bounded(sys.stdout), _Bounded(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        yield


@contextlib.contextmanager
def _settings_kept(file: OwnLayers) -> Iterator[None]:
    """Put Keras's global settings back, and say that they were changed."""
    import keras

    config = keras.config
    before = {
        "floatx": config.floatx(),
        "epsilon": config.epsilon(),
        "image_data_format": config.image_data_format(),
        "dtype policy": config.dtype_policy(),
    }
    try:
        yield
    finally:
        changed = [
            name
            for name, now in (
                ("floatx", config.floatx()),
                ("epsilon", config.epsilon()),
                ("image_data_format", config.image_data_format()),
                ("dtype policy", config.dtype_policy()),
            )
            if now != before[name]
        ]
        config.set_floatx(before["floatx"])
        config.set_epsilon(before["epsilon"])
        config.set_image_data_format(before["image_data_format"])
        config.set_dtype_policy(before["dtype policy"])
    if changed:
        raise at_line(file, _setter(file.text, changed[0]),
                      f"it changes Keras's {changed[0]}, which holds for every layer; "
                      "the project sets it")  # fmt: skip


def _setter(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        imported = re.match(r"\s*(?:from|import)\b", line)
        if imported is None and re.search(_SETTERS[name], line.partition("#")[0]):
            return number
    return 0


@contextlib.contextmanager
def _limited_memory(wanted: bool) -> Iterator[None]:
    """Let allocations fail before the computer runs out of memory; Linux alone can do that."""
    if not wanted or sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            data = next(line for line in status if line.startswith("VmData"))
        used = int(data.split()[1]) * 1024
        limit = used + _MEMORY
        if before[1] != resource.RLIM_INFINITY:
            limit = min(limit, before[1])
        resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
    except (OSError, StopIteration, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
