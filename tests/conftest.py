"""What holds for every test: its own settings folder, no leaked threads or processes.

`KERAS_WORKBENCH_TEST_WITHOUT_QT=1` (set by `make test` for tests/engine, together with
`-p no:pytest-qt`) makes every import of Qt fail, so that the engine side is known to need none.
"""

from __future__ import annotations

import importlib.abc
import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

WITHOUT_QT = os.environ.get("KERAS_WORKBENCH_TEST_WITHOUT_QT") == "1"
_QT = {"PySide6", "shiboken6", "pyqtgraph", "pytestqt", "PyQt5", "PyQt6", "PySide2"}

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


class _NoQt(importlib.abc.MetaPathFinder):
    """Stands before every other finder and refuses Qt."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in _QT:
            raise ModuleNotFoundError(f"No module named {name!r} (tests/engine run without Qt)")


if WITHOUT_QT:
    sys.meta_path.insert(0, _NoQt())


def pytest_addoption(parser):
    if WITHOUT_QT:  # the options in pyproject.toml that pytest-qt, when loaded, declares
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "unused: pytest-qt is not loaded")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch) -> Path:
    """Settings, logs and documents of this test in a folder of its own."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    monkeypatch.setenv("KERAS_WORKBENCH_HOME", str(home))
    return home


# ---- leaks ---------------------------------------------------------------------------------

_LASTING_THREADS = (
    "ThreadPoolExecutor",  # Keras and joblib keep pools for the life of the process
    "asyncio_",
    "Dummy-",  # a native thread that once called Python
    "execnet",
    "pytest_timeout",
    "tqdm_monitor",  # SHAP's progress bars
    "QueueFeederThread",
    "ExecutorManagerThread",
)
_LASTING_PROCESSES = ("resource_tracker", "forkserver", "semaphore_tracker", "loky")
_GRACE_SECONDS = 3.0


@pytest.fixture(autouse=True)
def no_leaks(request):
    """Fail a test that leaves a thread or a child process behind.

    Fixtures of a wider scope are set up before this one and are not counted. A test that
    must leave something says so with `@pytest.mark.leaks("why")`.
    """
    if request.node.get_closest_marker("leaks"):
        yield
        return
    threads, children = set(threading.enumerate()), _children()
    yield
    limit = time.monotonic() + _GRACE_SECONDS
    while True:
        left = [f"thread {t.name}" for t in threading.enumerate() if _counts(t, threads)]
        left += [
            f"process {pid} {name}" for pid, name in _children().items() if pid not in children
        ]
        if not left:
            return
        if time.monotonic() > limit:
            pytest.fail("The test left behind: " + "; ".join(left), pytrace=False)
        time.sleep(0.02)


def _counts(thread: threading.Thread, before: set[threading.Thread]) -> bool:
    return (
        thread not in before and thread.is_alive() and not thread.name.startswith(_LASTING_THREADS)
    )


def _children() -> dict[int, str]:
    found = {}
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            if child.status() != psutil.STATUS_ZOMBIE and not any(
                word in command for word in _LASTING_PROCESSES
            ):
                found[child.pid] = command[-120:]
        except psutil.Error:
            continue
    return found
