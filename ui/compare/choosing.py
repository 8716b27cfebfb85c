"""Asks which network to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.compare.sources import Source, other_project
from ui.theme import TARGET
from ui.widgets import Button, PrimaryButton, Text, identify


class SourceDialog(QDialog):
    """A list of networks; another project's folder can be chosen.

    Args:
        sources: What can be compared with.
        parent: The window.

    Attributes:
        chosen: Emitted with the `Source`.
    """

    chosen = Signal(object)

    def __init__(self, sources: Sequence[Source], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "compare.choose", "Compare with")
        self.setWindowTitle("Compare with")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(480, 400)
        self._sources = list(sources)
        self.list = QListWidget()
        identify(self.list, "compare.sources", "Networks")
        for source in self._sources:
            item = QListWidgetItem(f"{source.title} – {source.detail}")
            item.setSizeHint(QSize(0, TARGET))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._accept)
        other = Button("Another project…", self._ask_folder, name="compare.other")
        cancel = Button("Cancel", self.close, name="compare.cancel")
        self.go = PrimaryButton("Compare", self._accept, name="compare.go")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(other)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(Text("Compare the network as it is now with:", wrap=True))
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _accept(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._sources):
            self.close()
            self.chosen.emit(self._sources[row])

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a project's folder")
        if folder:
            self.close()
            self.chosen.emit(other_project(Path(folder)))
