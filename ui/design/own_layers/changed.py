"""Notices that a file of own layers changed on disk, and says so over the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.design.canvas.view import Canvas
from ui.widgets import Button, IconButton, Symbol, Text, identify

_SETTLE_MS: Final = 300
"""Editors write a file in several steps, or put a new one in its place."""
_WIDEST: Final = 560


class FileWatch(QObject):
    """Watches files; only those that the person added or trusted on this computer are given to it.

    Args:
        parent: Parent object.

    Attributes:
        touched: Emitted when any of the files may have changed.
    """

    touched = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watcher: QFileSystemWatcher | None = None
        self._wanted: set[str] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SETTLE_MS)
        self._later.timeout.connect(self._settled)

    def watch(self, paths: Iterable[str]) -> None:
        """Watch these files and no others; the folders too, as editors replace files."""
        self._wanted = {path for path in paths if path}
        if not self._wanted and self._watcher is None:
            return
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(self._later.start)
            self._watcher.directoryChanged.connect(self._later.start)
        wanted = self._wanted | {str(Path(path).parent) for path in self._wanted}
        had = {*self._watcher.files(), *self._watcher.directories()}
        if had - wanted:
            self._watcher.removePaths(sorted(had - wanted))
        there = sorted(path for path in wanted - had if Path(path).exists())
        if there:
            self._watcher.addPaths(there)

    def stop(self) -> None:
        """Watch nothing any more."""
        self._later.stop()
        self.watch(())

    @Slot()
    def _settled(self) -> None:
        self.watch(self._wanted)
        self.touched.emit()


class ChangedNotice(QFrame):
    """Says over the canvas that files changed on disk, and offers to look at them.

    Args:
        area: The canvas, in whose upper middle it stands.

    Attributes:
        review_wanted: Emitted by "Review and trust again".
        dismissed: Emitted when it was put aside.
    """

    review_wanted = Signal()
    dismissed = Signal()

    def __init__(self, area: Canvas) -> None:
        super().__init__(area)
        self._area = area
        identify(self, "palettePopup", "A file of your layers changed")
        self.words = Text("", wrap=True, name="own_layers.changed.words")
        self.review = Button(
            "Review and trust again…", self.review_wanted.emit, name="own_layers.changed.review"
        )
        close = IconButton(
            "close", "Not now", self._close, size=16, name="own_layers.changed.close"
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(8)
        line.addWidget(Symbol("info", "accent", 16), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.words, 1)
        line.addWidget(self.review)
        line.addWidget(close)
        self._free = QRect()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._place)
        area.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a text until it is put aside; "" takes it away."""
        self.words.setText(text)
        self.setAccessibleDescription(text)
        self.setVisible(bool(text))
        if text:
            self._place()
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the middle of what is free of the canvas, which is drawn anew then."""
        painted = watched is self._area and event.type() == QEvent.Type.Paint
        if painted and not self.isHidden() and self._free != self._area.free_rect().toRect():
            self._later.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _place(self) -> None:
        self._free = free = self._area.free_rect().toRect()
        words = self.words.fontMetrics().horizontalAdvance(self.words.text())
        width = min(words + self.review.sizeHint().width() + 100, _WIDEST, free.width() - 32)
        width = max(width, self.minimumSizeHint().width())
        self.resize(width, max(self.heightForWidth(width), 44))
        self.move(max((free.width() - width) // 2, 8), 16)

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.dismissed.emit()
