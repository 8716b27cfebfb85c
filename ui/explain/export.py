"""Takes what the page shows to other programs: values as CSV or JSON, pictures as PNG or SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.explain.picture import image_of, save_picture, write_bytes
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from ui.explain.result_panel import ResultPanel
    from ui.services import Services


class Export(QObject):
    """Saves and copies what a result panel shows.

    Args:
        result: The panel.
        services: The window's services, for notices.
        parent: Widget that dialogs belong to.

    Attributes:
        folder: Where the dialogs begin; None for the person's own folder.
    """

    def __init__(self, result: ResultPanel, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self._result, self._services, self._window = result, services, parent

    @Slot()
    def copy(self) -> None:
        """Copy the picture to the clipboard."""
        view = self._result.view
        if view.figure is not None:
            image = image_of(view.figure, view.picture_size(), self._result.quality)
            QGuiApplication.clipboard().setImage(image)
            self._services.show_message("Picture copied")

    @Slot()
    def ask_picture_file(self) -> None:
        """Ask where the picture goes, and write it."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save picture", self._suggest(f"{self._result.current}.png"),
            "PNG picture (*.png);;SVG picture (*.svg)",
        )  # fmt: skip
        if name:
            self.save_picture(Path(name))

    @Slot()
    def ask_values_file(self) -> None:
        """Ask where the values go, and write them."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save values", self._suggest("explanation.csv"),
            "Table (*.csv);;All details (*.json)",
        )  # fmt: skip
        if name:
            self.save_values(Path(name))

    def save_picture(self, path: Path) -> None:
        """Write the picture that is shown: SVG or PNG by the name's ending."""
        view, quality = self._result.view, self._result.quality
        figure = view.figure
        if figure is not None:
            self._write(path, lambda: save_picture(path, figure, view.picture_size(), quality))

    def save_values(self, path: Path) -> None:
        """Write the values that are shown: JSON or CSV by the name's ending."""
        found = self._result.found
        if found is not None:
            text = found.to_json() if path.suffix.lower() == ".json" else found.to_csv()
            self._write(path, lambda: write_bytes(path, text.encode()))

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except WorkbenchError as error:
            self._result.banner.show_error(error)
        else:
            self._services.show_message(f"{path.name} written")

    def _suggest(self, name: str) -> str:
        return str((self.folder or Path.home()) / name)
