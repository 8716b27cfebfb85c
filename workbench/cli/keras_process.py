"""Makes this process ready for Keras: backend, device, and no chatter of native libraries.

TensorFlow writes a dozen lines to the error output before any setting can stop it. They go to a
file beside the log, so that a terminal shows what the command has to say and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings

NATIVE_FILE = "native.log"
_MOST_BYTES = 1_000_000


def prepare(backend: str, device: str) -> None:
    """Choose backend and device, before anything imports Keras, and divert native messages.

    Args:
        backend: A Keras backend or `"auto"`.
        device: `"auto"`, `"cpu"`, `"gpu"`, `"gpu:1"` …

    Raises:
        EngineError: The backend is not installed or the device is unknown.
    """
    from workbench.engine.local import prepare_process

    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, for programmers; -W brings them back
    prepare_process(backend, device)
    divert_native_messages()


def divert_native_messages() -> None:
    """Send what native code writes to file descriptor 2 into a file; `sys.stderr` stays.

    Does nothing where `sys.stderr` is not that descriptor (in tests, in a notebook), or where
    the file cannot be written.
    """
    from workbench.settings import log_folder

    try:
        if sys.stderr.fileno() != 2:
            return
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / NATIVE_FILE
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > _MOST_BYTES:
                path.unlink()
        sys.stderr.flush()
        terminal = os.dup(2)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, 2)
        os.close(file)
    except (OSError, ValueError, AttributeError):
        return
    sys.stderr = os.fdopen(terminal, "w", buffering=1, encoding="utf-8", errors="replace")
