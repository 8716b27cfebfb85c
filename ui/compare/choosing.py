"""Asks which network to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.compare.reading import ENDINGS
from ui.compare.sources import Source
from ui.theme import TARGET
from ui.widgets import Button, PrimaryButton, Text, identify


class SourceDialog(QDialog):
    """A list of networks; a file or another project's folder can be chosen or dropped.

    Args:
        sources: What can be compared with.
        folder: Where files are looked for first.
        parent: The window.

    Attributes:
        chosen: Emitted with the `Source`.
        file_chosen: Emitted with a path.
    """

    chosen = Signal(object)
    file_chosen = Signal(object)

    def __init__(
        self, sources: Sequence[Source], folder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        identify(self, "compare.choose", "Compare with")
        self.setWindowTitle("Compare with")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.resize(520, 400)
        self._sources: list[Source] = []
        self._folder = folder
        self.list = QListWidget()
        identify(self.list, "compare.sources", "Networks")
        self.add(sources)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._accept)
        file = Button("File…", self._ask_file, name="compare.file")
        other = Button("Project folder…", self._ask_folder, name="compare.folder")
        cancel = Button("Cancel", self.close, name="compare.cancel")
        self.go = PrimaryButton("Compare", self._accept, name="compare.go")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(file)
        buttons.addWidget(other)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(Text("Compare the network as it is now with:", wrap=True))
        layout.addWidget(self.list, 1)
        layout.addWidget(
            Text("Or drop a project, a Keras model or a Python file here.", "secondary", wrap=True)
        )
        layout.addLayout(buttons)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def add(self, sources: Sequence[Source]) -> None:
        """Offer further networks."""
        for source in sources:
            item = QListWidgetItem(f"{source.title} – {source.detail}")
            item.setSizeHint(QSize(0, TARGET))
            self.list.addItem(item)
            self._sources.append(source)

    @Slot()
    def _accept(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._sources):
            self.close()
            self.chosen.emit(self._sources[row])

    def _ask_file(self) -> None:
        path = ask_file(self, self._folder)
        if path is not None:
            self.close()
            self.file_chosen.emit(path)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a project's folder", self._folder)
        if folder:
            self.close()
            self.file_chosen.emit(Path(folder))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file or folder."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Compare with what was dropped."""
        event.acceptProposedAction()
        self.close()
        self.file_chosen.emit(Path(event.mimeData().urls()[0].toLocalFile()))


def ask_file(parent: QWidget, folder: str) -> Path | None:
    """Ask for a file that holds a network; None when the person thought better of it."""
    pattern = " ".join(f"*{ending}" for ending in ENDINGS)
    name, _ = QFileDialog.getOpenFileName(
        parent, "Compare with file", folder, f"Networks ({pattern});;All files (*)"
    )
    return Path(name) if name else None
