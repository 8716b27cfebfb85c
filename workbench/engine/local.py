"""Runs a job in the calling process, for the command line and the tests: same jobs, same errors."""

from __future__ import annotations

import os
import sqlite3  # noqa: F401 - TensorFlow exports its own SQLite symbols: load Python's first
import sys
from typing import Any

from workbench.engine.environment import choose_backend, device_variables, quiet_variables
from workbench.engine.failures import to_workbench_error
from workbench.engine.registry import do_job, title_of
from workbench.errors import EngineError, Place
from workbench.jobs import Control, Emit, ignore


def run_local(
    kind: str, spec: dict[str, Any], emit: Emit = ignore, control: Control | None = None
) -> dict[str, Any]:
    """Do a job here and now.

    Args:
        kind: A kind of `workbench.engine.registry`.
        spec: The job's spec.
        emit: Receives the events, on this thread.
        control: To cancel, stop or pause it from another thread.

    Returns:
        The job's result.

    Raises:
        WorkbenchError: The job failed; anything unexpected has become one.
    """
    try:
        return do_job(kind, spec, emit, control or Control())
    except BaseException as error:
        failure = to_workbench_error(error, title_of(kind))
        if failure is error:
            raise
        raise failure from error


def prepare_process(backend: str = "auto", device: str = "auto") -> str:
    """Choose backend and device for this process; call it before anything imports Keras.

    Returns:
        The backend.

    Raises:
        EngineError: The backend is not installed, or Keras runs with another one already.
    """
    keras = sys.modules.get("keras")
    if keras is not None:
        running = str(keras.backend.backend())
        if backend not in ("auto", running):
            raise EngineError(
                f"Keras runs with {running} in this process already.",
                expected=backend,
                remedy="Choose the backend before the first job.",
                place=Place("field", "backend"),
            )
        return running
    chosen = choose_backend(backend)
    os.environ["KERAS_BACKEND"] = chosen
    for name, value in quiet_variables().items():
        os.environ.setdefault(name, value)
    os.environ.update(device_variables(device))
    return chosen
