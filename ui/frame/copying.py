"""Copies the files of a project in a thread while the window waits, with progress and Cancel."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEventLoop, QTimer, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.jobs import run_in_thread
from ui.widgets import Button, StatusProgress, Text
from workbench.project.copying import Copying

_QUIET: Final = 200
"""Milliseconds that a copy may take before anything is shown; keys and clicks wait meanwhile."""
_LOOK_EVERY: Final = 100
_TELL_FROM: Final = 0.5
"""Seconds after which the time that is left can be told."""


def run_apart(copying: Copying, window: QWidget) -> None:
    """Run a copy in a thread and come back when it has ended; the window goes on drawing.

    Args:
        copying: The copy.
        window: What a dialog stands in front of when it takes long; edits wait until the end.

    Raises:
        OSError, shutil.Error, sqlite3.Error: Something could not be read or written.
        JobCancelled: The person did not want it any more.
    """
    loop, errors, ended = QEventLoop(), list[Exception](), list[bool]()

    def end() -> None:
        ended.append(True)
        loop.quit()

    task = run_in_thread(copying.run)
    task.failed.connect(errors.append)
    task.failed.connect(end)
    task.done.connect(end)
    QTimer.singleShot(_QUIET, loop, loop.quit)
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    if not ended:
        dialog = _CopyDialog(copying, window)
        dialog.open()
        loop.exec()
        dialog.end()
    if errors:
        raise errors[0]


class _CopyDialog(QDialog):
    """Says how far a copy is."""

    def __init__(self, copying: Copying, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("copying")
        self.setWindowTitle("Keras Workbench")
        self.setAccessibleName("Saving a copy of the project")
        self._copying, self._began = copying, time.monotonic()
        self._progress = StatusProgress("copying.progress")
        self._progress.start("Table, runs and weights", cancellable=False)
        self._cancel = Button("Cancel", self.reject, name="copying.cancel")
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(Text("Saving a copy of the project", "heading"))
        layout.addWidget(self._progress)
        layout.addSpacing(8)
        layout.addLayout(line)
        self.setMinimumWidth(480)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY)
        self._look.timeout.connect(self._tell)
        self._look.start()

    def reject(self) -> None:
        """Give the copy up; the dialog goes when the thread has noticed."""
        self._copying.cancelled = True
        self._cancel.setEnabled(False)
        self._progress.set_progress("Cancelling …", 0, 0)

    def end(self) -> None:
        """Go away."""
        self._look.stop()
        self.hide()
        self.deleteLater()

    @Slot()
    def _tell(self) -> None:
        share, took = self._copying.share, time.monotonic() - self._began
        if self._copying.cancelled or not share:
            return
        left = took * (1 - share) / share if took > _TELL_FROM else None
        self._progress.set_progress("", share, 1.0, left)
