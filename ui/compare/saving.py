"""Copies and saves the list of differences."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from workbench.atomic import replace_text
from workbench.graph.differences import Difference, as_csv, as_markdown
from workbench.project.storage import write_error

Form = Literal["markdown", "csv"]


class ListSaver(QObject):
    """Knows the list and brings it out of the program.

    Args:
        widget: Dialogs stand over its window.

    Attributes:
        rows: What differs.
        names: What the two networks are called.
        failed: Emitted with the error when the list could not be saved.
        said: Emitted with a sentence when something was done.
    """

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.rows: tuple[Difference, ...] = ()
        self.names = ("", "")

    def fill(self, menu: QMenu) -> None:
        """Add what can be done to a menu."""
        menu.addAction("Copy list as Markdown", self.copy_markdown)
        menu.addAction("Copy list as CSV", self.copy_csv)
        menu.addAction("Save list…", self.ask)

    def text(self, form: Form) -> str:
        """Return the list as text."""
        return as_csv(self.rows) if form == "csv" else as_markdown(self.rows, *self.names)

    @Slot()
    def copy_markdown(self) -> None:
        """Put the list on the clipboard as Markdown."""
        QGuiApplication.clipboard().setText(self.text("markdown"))
        self.said.emit("The list of differences is on the clipboard.")

    @Slot()
    def copy_csv(self) -> None:
        """Put the list on the clipboard as CSV."""
        QGuiApplication.clipboard().setText(self.text("csv"))
        self.said.emit("The list of differences is on the clipboard.")

    @Slot()
    def ask(self) -> None:
        """Ask for a file and save the list."""
        name, _ = QFileDialog.getSaveFileName(
            self._widget, "Save list of differences", "differences.md",
            "Markdown (*.md);;CSV (*.csv)",
        )  # fmt: skip
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Save the list; the ending of the name says how."""
        try:
            replace_text(path, self.text("csv" if path.suffix.lower() == ".csv" else "markdown"))
        except OSError as error:
            self.failed.emit(write_error("The list was not saved", path, error))
        else:
            self.said.emit(f"Saved: {path.name}")
