"""The job `echo`: shows that an engine answers, or fails in a chosen way. No Keras.

`doctor` runs it to tell whether engines work on this machine; the tests use it to make an engine
slow, deaf, noisy or dead without waiting for Keras.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from workbench.jobs import Control, Emit


def echo(spec: dict[str, Any], emit: Emit, control: Control) -> dict[str, Any]:
    """Return the spec's value after some steps.

    Args:
        spec: `value` (anything plain), `steps` (events to emit, 0), `seconds` (time per step, 0)
            and `behaviour`: "polite" polls its control, "deaf" does not, "noisy" prints, "raise"
            fails, "memory" fails for lack of memory, "exit" and "abort" end the process.
        emit: Receives a progress event per step.
        control: Polled after each step by the polite behaviours.

    Returns:
        `value`, `pid`, `stopped`, and `settings`: those that were set while it ran.
    """
    behaviour = spec.get("behaviour", "polite")
    steps, seconds = int(spec.get("steps", 0)), float(spec.get("seconds", 0.0))
    _misbehave(str(behaviour))
    settings: dict[str, Any] = {}
    for step in range(steps):
        time.sleep(seconds)
        emit({"event": "progress", "done": step + 1, "total": steps, "seconds_left": None})
        if behaviour == "deaf":
            continue
        control.wait_while_paused()
        control.check()
        settings.update(control.take_settings())
        if control.stopped.is_set():
            break
    return {
        "value": spec.get("value"),
        "pid": os.getpid(),
        "stopped": control.stopped.is_set(),
        "settings": settings,
    }


def _misbehave(behaviour: str) -> None:
    if behaviour == "noisy":
        sys.stdout.write("printed by a library\n")
        sys.stdout.flush()
        os.write(1, b"written by native code\n")
        sys.stderr.write("a warning\n")
    elif behaviour == "raise":
        raise ValueError("made to fail")
    elif behaviour == "memory":
        raise MemoryError
    elif behaviour == "exit":
        sys.stderr.write("last words\n")
        sys.stderr.flush()
        os._exit(3)
    elif behaviour == "abort":
        os.abort()
