"""The place above the page where the window says what the person should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets import Button, ErrorBanner
from workbench.errors import WorkbenchError
from workbench.wording import plural

if TYPE_CHECKING:
    from workbench.project.document import ProjectDocument


class NoticeArea(QWidget):
    """Three places, so that one notice never hides another: errors, the engine, the project.

    Args:
        parent: Parent widget.

    Attributes:
        save_requested: Emitted by "Save now".
        restart_requested: Emitted by "Restart engine".
    """

    save_requested = Signal()
    restart_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error = ErrorBanner(name="notice.error")
        self.engine = ErrorBanner(name="notice.engine")
        self.project = ErrorBanner(name="notice.project")
        self._journal_shown = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        for banner in (self.error, self.engine, self.project):
            banner.dismissed.connect(self._fit)
            layout.addWidget(banner)
        self._fit()

    def clear(self) -> None:
        """Take all notices of the last project away."""
        self.error.clear()
        self.project.clear()
        self._journal_shown = False
        self._fit()

    def show_error(self, error: WorkbenchError) -> None:
        """Show an error until it is dismissed or another comes."""
        self.error.show_error(error)
        self._fit()

    @Slot(object)
    def show_engine_death(self, error: WorkbenchError) -> None:
        """Show why an engine ended."""
        buttons = [Button("Restart engine", self._restart, name="notice.restart")]
        given_up = error.place is not None and error.place.part == "given_up"
        self.engine.show_error(error, buttons if given_up else [])
        self._fit()

    def show_opening(self, document: ProjectDocument) -> None:
        """Show what was restored or went wrong when a project was opened."""
        if document.recovered:
            self.project.show_notice(
                f"{plural(document.recovered, 'change')} of the last session "
                f"{'was' if document.recovered == 1 else 'were'} restored.",
                " ".join(("They are not saved yet.", *document.notes)),
                buttons=[Button("Save now", self._save, name="notice.save")],
            )
        elif document.notes:
            self.project.show_notice(document.notes[0], " ".join(document.notes[1:]),
                                     tone="warning")  # fmt: skip
        elif document.read_only:
            self.project.show_notice(
                "This project is open read-only.",
                "You can look, change and try; Save as… keeps what you make of it.",
            )
        self._fit()

    def show_journal(self, error: WorkbenchError | None) -> None:
        """Show that changes are only in memory, or take that away."""
        if error is not None and not self._journal_shown:
            self.show_error(error)
            self._journal_shown = True
        elif error is None and self._journal_shown:
            self._journal_shown = False
            self.error.clear()
            self._fit()

    def _save(self) -> None:
        self.project.clear()
        self._fit()
        self.save_requested.emit()

    def _restart(self) -> None:
        self.engine.clear()
        self._fit()
        self.restart_requested.emit()

    @Slot()
    def _fit(self) -> None:
        shown = (self.error, self.engine, self.project)
        self.setVisible(not all(banner.isHidden() for banner in shown))
