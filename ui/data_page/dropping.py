"""Files dragged onto the Data page: opened in the project that is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.data_page.empty import DropVeil

if TYPE_CHECKING:
    from ui.data_page.area import DataArea
    from ui.session import ProjectSession


class TakesFiles(QWidget):
    """Mixed into the page: takes one file that is dropped on it."""

    if TYPE_CHECKING:
        session: ProjectSession | None
        area: DataArea

        def open_path(self, path: Path) -> None:
            """Open a file in this project."""

        def has_source(self) -> bool:
            """Whether the project names a file."""

    _veil: DropVeil | None = None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file that is dragged over the page."""
        if self.session is not None and dropped_file(event) is not None:
            event.acceptProposedAction()
            self._show_veil(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget it when it is dragged away."""
        super().dragLeaveEvent(event)
        self._show_veil(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a file that is dropped."""
        self._show_veil(False)
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_path(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the veil over the whole page."""
        super().resizeEvent(event)
        if self._veil is not None:
            self._veil.setGeometry(self.rect())

    def _show_veil(self, shown: bool) -> None:
        self.area.empty.set_hot(shown)
        if self._veil is None:
            self._veil = DropVeil(self)
            self._veil.setGeometry(self.rect())
        self._veil.setVisible(shown and self.has_source())
        self._veil.raise_()


def dropped_file(event: QDropEvent) -> Path | None:
    """Return the one file that is dragged; a project is the window's business."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.is_file() and path.name != "project.json" else None
