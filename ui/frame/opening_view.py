"""What is shown in place of the page while a large project is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.widgets import Button, Text, identify

if TYPE_CHECKING:
    from ui.frame.opening import Opening
    from ui.frame.page_host import PageHost
    from ui.frame.project_flow import ProjectFlow
    from ui.frame.status_bar import StatusBar

_AFTER: Final = 200
"""Wait (ms) before it is shown: small projects are there sooner, and a flash would only disturb."""
_WIDTH: Final = 320


class OpeningView(QFrame):
    """Lies over the pages, says what is being opened and how far it is, and offers to cancel.

    The project that was open lies unchanged below; it takes no edits meanwhile.

    Args:
        pages: What it covers.
    """

    def __init__(self, pages: QWidget) -> None:
        super().__init__(pages)
        identify(self, "opening", "Opening a project")
        self.setAutoFillBackground(True)
        self._pages = pages
        self._opening: Opening | None = None
        self._back: QWidget | None = None
        self.title = Text("", "heading", name="opening.title")
        self.words = Text("", "secondary", name="opening.words")
        for label in (self.title, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_WIDTH)
        self.bar.setAccessibleName("Progress")
        self.button = Button("Cancel", self.cancel, name="opening.cancel")
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(2)
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        for widget in (self.bar, self.button):
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(widget)
            row.addStretch(1)
            layout.addLayout(row)
        layout.addStretch(3)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER)
        self._later.timeout.connect(self._appear)
        pages.installEventFilter(self)
        self.hide()

    @Slot(object)
    def follow(self, opening: Opening) -> None:
        """Show this one, unless it is over soon."""
        self._opening = opening
        opening.progressed.connect(self._tell)
        self._tell(0.0)
        self._later.start()

    @Slot(bool)
    def busy_changed(self, busy: bool) -> None:
        """Go away when nothing is opened any more."""
        if not busy:
            self._opening = None
            self._later.stop()
            back, self._back = self._back, None
            if self.button.hasFocus():  # hidden, it would give the keyboard to any button
                at = back if back is not None and isValid(back) else self._pages
                at.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()

    def cancel(self) -> None:
        """Give it up; the project that was open comes back."""
        if self._opening is not None:
            self.words.setText("Cancelling …")
            self._opening.job.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the pages whatever size they have."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    @Slot()
    def _appear(self) -> None:
        self._cover()
        self.raise_()
        self.show()
        self._back = QApplication.focusWidget()
        self.button.setFocus()

    def _cover(self) -> None:
        self.setGeometry(self._pages.rect())

    @Slot(float)
    def _tell(self, share: float) -> None:
        opening = self._opening
        if opening is None:
            return
        self.title.setText(f"{opening.job.title} …")
        if not opening.job.cancelling:
            self.words.setText(f"{opening.layers:,} layers" if opening.layers else "Reading …")
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))


def follow_openings(flow: ProjectFlow, pages: PageHost, status: StatusBar) -> OpeningView:
    """Have pages and status bar follow the opening of projects; return the view over the pages."""
    view = OpeningView(pages)
    flow.prepare = pages.prepare
    flow.opening.connect(view.follow)
    flow.opening.connect(lambda opening: status.watch(opening.job))
    flow.busy_changed.connect(view.busy_changed)
    return view
