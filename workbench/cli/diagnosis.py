"""The findings of `doctor`. Nothing that may be broken is imported here: it is tried in a child.

So a Qt that aborts, a TensorFlow that does not load or a driver that hangs becomes a finding, not
the end of `doctor`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench import __version__
from workbench.cli.system_libraries import has_display, install_command, missing_libraries

Level = Literal["ok", "note", "problem"]
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: Heading it stands under.
        level: `"ok"`, `"note"` (worth knowing) or `"problem"` (something will not work).
        text: What was found.
        remedy: What to do about it; "" when nothing is to be done.
    """

    topic: str
    level: Level
    text: str
    remedy: str = ""


def examine(*, quick: bool = False) -> Iterator[Finding]:
    """Yield the findings one by one, the quick ones first.

    Args:
        quick: Leave out what starts a backend (10 to 60 seconds each).
    """
    yield from _machine()
    yield from _libraries()
    yield from _folders()
    yield from _qt()
    yield from _backends(quick=quick)


# ---- machine -------------------------------------------------------------------------------


def _machine() -> Iterator[Finding]:
    topic = "Machine"
    yield Finding(topic, "ok", f"Keras Workbench {__version__}, {platform.platform()}")
    yield Finding(topic, "ok", f"Python {platform.python_version()}, {sys.executable}")
    try:
        import psutil
    except ImportError:
        return
    memory = psutil.virtual_memory()
    text = (
        f"{os.cpu_count()} cores, {memory.total / GIB:.1f} GiB memory, "
        f"{memory.available / GIB:.1f} GiB free"
    )
    if memory.available < 2 * GIB:
        yield Finding(
            topic, "note", text, "Close other programs: training needs 1 to 2 GiB at least."
        )
    else:
        yield Finding(topic, "ok", text)


# ---- libraries -----------------------------------------------------------------------------

_NEEDED = {
    "keras": "keras",
    "numpy": "numpy",
    "pyarrow": "pyarrow",
    "scikit-learn": "scikit-learn",
    "shap": "shap",
    "igraph": "igraph",
    "msgpack": "msgpack",
    "psutil": "psutil",
    "platformdirs": "platformdirs",
    "pyqtgraph": "pyqtgraph",
    "PySide6-Essentials": "PySide6-Essentials",
}
BACKENDS = {"tensorflow": "tensorflow", "torch": "torch", "jax": "jax"}


def version_of(package: str) -> str:
    """Return the installed version of a package, "" when it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _libraries() -> Iterator[Finding]:
    topic = "Libraries"
    present = {package: version_of(package) for package in _NEEDED}
    for package, version in present.items():
        if not version:
            yield Finding(
                topic,
                "problem",
                f"{package} is not installed.",
                f"Install it with: python -m pip install {_NEEDED[package]}",
            )
    listed = ", ".join(f"{name} {version}" for name, version in present.items() if version)
    yield Finding(topic, "ok", listed or "none installed")
    if present["PySide6-Essentials"] == "6.12.0":
        yield Finding(
            topic,
            "problem",
            "PySide6 6.12.0 ends the program after some repaints of a plot.",
            "Install another version with: python -m pip install 'PySide6-Essentials<6.12'",
        )


# ---- folders -------------------------------------------------------------------------------


def _folders() -> Iterator[Finding]:
    topic = "Folders"
    try:
        from workbench.settings import documents_folder, log_folder, settings_folder
    except ImportError:
        return
    try:
        folders = {
            "Settings": settings_folder(),
            "Log": log_folder(),
            "New projects": documents_folder(),
        }
    except ImportError:  # platformdirs is missing, which was said above
        return
    for name, folder in folders.items():
        existing = next((f for f in (folder, *folder.parents) if f.exists()), folder)
        if os.access(existing, os.W_OK):
            yield Finding(topic, "ok", f"{name}: {folder}")
        else:
            yield Finding(
                topic, "problem", f"{name}: {folder} cannot be written.",
                f"Give yourself the right to write {existing}.",
            )  # fmt: skip
    free = shutil.disk_usage(Path.cwd()).free
    if free < GIB:
        yield Finding(topic, "note", f"{free / GIB:.1f} GiB of disk left here.", "Free some space.")


# ---- Qt ------------------------------------------------------------------------------------

_QT_PROBE = """
import json, os, sys
from PySide6 import QtCore, QtGui, QtWidgets
app = QtWidgets.QApplication([])
print(json.dumps({"qt": QtCore.qVersion(), "platform": app.platformName(),
                  "screens": len(app.screens())}))
"""


def _qt() -> Iterator[Finding]:
    topic = "Window"
    if not version_of("PySide6-Essentials") and not version_of("PySide6"):
        yield Finding(
            topic,
            "problem",
            "PySide6 is not installed: there is no window, but every other verb works.",
            "Install it with: python -m pip install PySide6-Essentials pyqtgraph",
        )
        return
    missing = missing_libraries()
    if missing:
        yield Finding(
            topic,
            "problem",
            "System libraries are missing: " + ", ".join(library.file for library in missing),
            f"Install them with: {install_command(missing)}",
        )
    probe = try_child(_QT_PROBE, {"QT_QPA_PLATFORM": "offscreen"}, seconds=60)
    if not isinstance(probe, dict):
        remedy = (
            "Install the libraries named above."
            if missing
            else "Install it anew with: python -m pip install --force-reinstall "
            "PySide6-Essentials shiboken6"
        )
        yield Finding(topic, "problem", f"Qt does not start: {probe}", remedy)
        return
    yield Finding(topic, "ok", f"Qt {probe['qt']} starts")
    if missing:
        return
    if not has_display():
        yield Finding(
            topic,
            "note",
            "There is no display (DISPLAY and WAYLAND_DISPLAY are not set).",
            "Work headless with keras-workbench train, predict, explain and screenshot.",
        )
        return
    shown = try_child(_QT_PROBE, {}, seconds=60)
    if isinstance(shown, dict):
        yield Finding(topic, "ok", f"A window can be shown (platform {shown['platform']})")
    else:
        yield Finding(
            topic,
            "problem",
            f"No window can be shown on this display: {shown}",
            "Check DISPLAY, and that you may use that display.",
        )


# ---- backends ------------------------------------------------------------------------------

_BACKEND_PROBE = """
import sqlite3, json, os
name = os.environ["KERAS_BACKEND"]
import keras
if name == "tensorflow":
    import tensorflow as tf
    devices = [d.name.replace("/physical_device:", "") for d in tf.config.list_physical_devices()]
elif name == "torch":
    import torch
    devices = ["CPU:0"] + [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    if getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
        devices.append("Apple GPU")
else:
    import jax
    devices = [str(d) for d in jax.devices()]
value = float(keras.ops.sum(keras.ops.ones((2, 2))))
assert value == 4.0, value
print(json.dumps({"keras": keras.__version__, "devices": devices}))
"""


def _backends(*, quick: bool) -> Iterator[Finding]:
    topic = "Backends"
    installed = {name: version_of(name) or version_of(f"{name}-cpu") for name in BACKENDS}
    if not any(installed.values()):
        yield Finding(
            topic,
            "problem",
            "No Keras backend is installed.",
            "Install one with: python -m pip install tensorflow (or torch, or jax)",
        )
        return
    gpu_seen = False
    for name, version in installed.items():
        if not version:
            yield Finding(topic, "ok", f"{name}: not installed (optional)")
        elif quick:
            yield Finding(topic, "ok", f"{name} {version}: installed, not tried")
        else:
            probe = try_child(_BACKEND_PROBE, {"KERAS_BACKEND": name}, seconds=180)
            if isinstance(probe, dict):
                devices = [str(device) for device in probe["devices"]]
                gpu_seen = gpu_seen or len(devices) > 1 or not _is_cpu(devices[0])
                yield Finding(topic, "ok", f"{name} {version}: works, devices {', '.join(devices)}")
            else:
                yield Finding(
                    topic,
                    "problem",
                    f"{name} {version}: does not work: {probe}",
                    f"Install it anew with: python -m pip install --force-reinstall {name}",
                )
    if not quick and not gpu_seen and shutil.which("nvidia-smi"):
        yield Finding(
            topic,
            "note",
            "This machine has an NVIDIA driver, but no backend sees a GPU.",
            "Install the GPU libraries with: python -m pip install 'tensorflow[and-cuda]'",
        )


def _is_cpu(device: str) -> bool:
    return "cpu" in device.lower()


def try_child(code: str, environment: dict[str, str], *, seconds: float) -> dict[str, Any] | str:
    """Run Python code in a child process that prints one JSON object.

    Args:
        code: The code.
        environment: Variables to add to the present ones.
        seconds: Time after which it is killed.

    Returns:
        The object, or in words why there is none.
    """
    variables = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    with tempfile.TemporaryDirectory() as empty:
        try:
            child = subprocess.run(
                [sys.executable, "-P", "-c", code], env=variables, cwd=empty, text=True,
                capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False,
                errors="replace",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"no answer within {seconds:.0f} seconds"
        except OSError as error:
            return str(error)
    if child.returncode == 0:
        try:
            answer: dict[str, Any] = json.loads(child.stdout.strip().splitlines()[-1])
        except (ValueError, IndexError):
            return "an answer that cannot be read"
        return answer
    lines = [line.strip() for line in child.stderr.splitlines() if line.strip()]
    reason = lines[-1][:300] if lines else "no message"
    if child.returncode < 0:
        return f"ended by signal {-child.returncode} ({reason})"
    return reason
