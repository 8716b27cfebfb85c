"""Versions of the program, of Qt and of what the engines run."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets import PrimaryButton, Symbol, Text
from workbench import __version__

if TYPE_CHECKING:
    from ui.jobs import Engines


class AboutDialog(QDialog):
    """What runs here.

    Args:
        engines: The engine processes.
        parent: The window.
    """

    def __init__(self, engines: Engines, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about.dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Keras Workbench")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Symbol("app", "text", 48))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(Text(f"Keras Workbench {__version__}", "title"))
        words.addWidget(Text("Works offline. Your data stays on this machine.", "secondary"))
        head.addLayout(words, 1)
        layout.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, (name, value) in enumerate(facts(engines)):
            grid.addWidget(Text(name, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            shown = Text(value, wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(shown, row, 1)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        line = QHBoxLayout()
        line.addStretch(1)
        close = PrimaryButton("Close", self.accept, name="about.close")
        close.setDefault(True)
        line.addWidget(close)
        layout.addLayout(line)
        self.setMinimumWidth(480)


def facts(engines: Engines) -> list[tuple[str, str]]:
    """Return names and values: Python, Qt, and what the design engine reported."""
    found = [("Python", platform.python_version()), ("Qt for Python", PySide6.__version__)]
    ready: Any = engines.design.ready if engines.design else None
    if ready is None:
        found.append(("Engine", engines.last_reason or "not started yet"))
        return found
    for name, version in dict(ready.versions).items():
        if str(name).lower() != "python":
            found.append((str(name), str(version)))
    devices = ", ".join(str(device) for device in ready.devices)
    found.append(("Devices", devices or "CPU"))
    return found
