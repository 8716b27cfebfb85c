"""The system libraries that Qt needs on Linux, and the packages they come in.

Needs nothing but Python itself: the Makefile asks it before anything is installed
(`python3 -m workbench.cli.system_libraries`), and `doctor` asks it when Qt does not load.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import WorkbenchError


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library and the package it comes in.

    Attributes:
        file: Name that the loader looks for.
        apt: Debian and Ubuntu package.
        dnf: Fedora and RHEL package.
        always: True when it is needed without a display too.
    """

    file: str
    apt: str
    dnf: str
    always: bool = False


LIBRARIES = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", always=True),
    Library("libGL.so.1", "libgl1", "libglvnd-glx", always=True),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", always=True),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", always=True),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", always=True),
    Library("libfreetype.so.6", "libfreetype6", "freetype", always=True),
    Library("libX11.so.6", "libx11-6", "libX11", always=True),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", always=True),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
)


def missing_libraries(*, display: bool = True) -> list[Library]:
    """Return the libraries that do not load here; empty where Qt brings its own.

    Args:
        display: False for those only that are needed without a display too.
    """
    if not sys.platform.startswith("linux"):
        return []
    needed = [library for library in LIBRARIES if display or library.always]
    return [library for library in needed if not _loads(library.file)]


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def install_command(missing: list[Library], *, sudo: bool | None = None) -> str:
    """Return the one command that installs what is missing here.

    Args:
        missing: The libraries, at least one.
        sudo: Whether to put `sudo` in front; None: when not root.
    """
    if sudo is None:
        sudo = hasattr(os, "geteuid") and os.geteuid() != 0
    front = "sudo " if sudo else ""
    if shutil.which("apt-get"):
        names = " ".join(dict.fromkeys(library.apt for library in missing))
        return f"{front}apt-get update && {front}apt-get install -y --no-install-recommends {names}"
    names = " ".join(dict.fromkeys(library.dnf for library in missing))
    if shutil.which("dnf"):
        return f"{front}dnf install -y {names}"
    return f"Install with your package manager: {names}"


def check_qt() -> None:
    """Make sure that the window can start as far as can be told without importing Qt.

    Raises:
        WorkbenchError: PySide6 or a system library is missing, or there is no display; the
            remedy is the command to type.
    """
    if importlib.util.find_spec("PySide6") is None:
        raise WorkbenchError(
            "The window needs PySide6, which is not installed.",
            remedy="Install it with: python -m pip install PySide6-Essentials pyqtgraph",
        )
    if not sys.platform.startswith("linux"):
        return
    offscreen = os.environ.get("QT_QPA_PLATFORM", "") in _WITHOUT_DISPLAY
    missing = missing_libraries(display=not offscreen)
    if missing:
        raise WorkbenchError(
            "The window cannot start: system libraries that Qt needs are missing.",
            received=", ".join(library.file for library in missing),
            remedy=f"Install them with: {install_command(missing)}",
        )
    if not has_display() and not offscreen:
        raise WorkbenchError(
            "There is no display to open the window on.",
            expected="an environment variable DISPLAY or WAYLAND_DISPLAY",
            remedy="Work headless with keras-workbench train, predict and explain, or connect "
            "with a display (ssh -X).",
        )


_WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def has_display() -> bool:
    """Whether a window can be shown (always on Windows and macOS)."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> int:
    """Print the Debian packages that are missing; exit 1 when there are any.

    With `--command`: the one command that installs them, for any system.
    """
    missing = missing_libraries()
    if "--xvfb" in sys.argv and sys.platform.startswith("linux") and not shutil.which("Xvfb"):
        missing.append(Library("Xvfb", "xvfb", "xorg-x11-server-Xvfb"))
    if not missing:
        return 0
    if "--command" in sys.argv:
        print(install_command(missing))
    else:
        print(" ".join(dict.fromkeys(library.apt for library in missing)))
    return 1


def library_folder() -> Path | None:
    """Folder of the installed PySide6, or None."""
    spec = importlib.util.find_spec("PySide6")
    return Path(spec.origin).parent if spec and spec.origin else None


if __name__ == "__main__":
    sys.exit(main())
