"""What the page says when there is nothing to show, when something failed, while it works."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.theme import active_theme, color, font, icon_pixmap
from ui.widgets.buttons import Button, IconButton, identify
from ui.widgets.labels import ElidedText, Text, restyle
from workbench.errors import WorkbenchError
from workbench.wording import duration

Tone = Literal["error", "warning", "info", "ok"]


class Symbol(QLabel):
    """An icon as a picture, right in both themes.

    Args:
        name: Name of the icon.
        role: Colour role.
        size: Edge, px.
        parent: Parent widget.
    """

    def __init__(
        self, name: str, role: str = "text", size: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._role, self._edge = name, role, size
        self.setFixedSize(size, size)
        active_theme().changed.connect(self._draw)
        self._draw()

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self._draw()

    @Slot()
    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self.setPixmap(icon_pixmap(self._name, color(self._role), self._edge, ratio))


class EmptyState(QWidget):
    """Says what goes here and offers the likeliest ways to fill it.

    Args:
        title: What is missing ("No data yet").
        text: What to do, one or two sentences.
        buttons: The ways, the likeliest first.
        icon: Name of an icon, or "".
        name: Object name.
        parent: Parent widget.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        buttons: Sequence[QPushButton] = (),
        *,
        icon: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, name, title)
        self._title = Text(title, "heading", wrap=True)
        self._text = Text(text, "body", wrap=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMaximumWidth(480)
        self._text.setMinimumWidth(160)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        if icon:
            symbol = Symbol(icon, "text_secondary", 40)
            layout.addWidget(symbol, 0, Qt.AlignmentFlag.AlignHCenter)
            layout.addSpacing(8)
        layout.addWidget(self._title)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._text, 100)
        row.addStretch(1)
        layout.addLayout(row)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch(1)
        for button in buttons:
            line.addWidget(button)
        line.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(line)
        layout.addStretch(3)

    def set_text(self, title: str, text: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)


class ErrorBanner(QFrame):
    """An error or notice where it happened: message, remedy, Details, Copy, ways out.

    Args:
        error: The error to show at once, or None (hidden until `show_error`).
        closable: Whether it can be dismissed.
        name: Object name.
        parent: Parent widget.

    Attributes:
        dismissed: Emitted when the person closed it.
    """

    dismissed = Signal()

    def __init__(
        self,
        error: WorkbenchError | None = None,
        *,
        closable: bool = True,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("errorBanner")
        self._copy_text = ""
        self._symbol = Symbol("error", "error")
        self._message = Text("", wrap=True, name=f"{name}.message" if name else "")
        self._message.setFont(font(bold=True))
        self._remedy = Text("", wrap=True, name=f"{name}.remedy" if name else "")
        for label in (self._message, self._remedy):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFont(font("mono"))
        self._details.setFixedHeight(160)
        self._details.setAccessibleName("Technical details")
        self._toggle = Button("Details", self._toggle_details, kind="link")
        self._copy = Button("Copy", self._copy_all, kind="link")
        self._close = IconButton("close", "Dismiss", self._dismiss, size=16)
        if not closable:
            self._close.hide()
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        self._extra: list[QWidget] = []
        self._actions.addWidget(self._toggle)
        self._actions.addWidget(self._copy)
        self._actions.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._message)
        words.addWidget(self._remedy)
        words.addLayout(self._actions)
        words.addWidget(self._details)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        if error is None:
            self.hide()
        else:
            self.show_error(error)

    def show_error(self, error: WorkbenchError, buttons: Sequence[QPushButton] = ()) -> None:
        """Show an error.

        Args:
            error: The error.
            buttons: Ways out, beside Details and Copy.
        """
        lines = []
        if error.expected:
            lines.append(f"Expected: {error.expected}.")
        if error.received:
            lines.append(f"Received: {error.received}.")
        if error.remedy:
            lines.append(error.remedy)
        self._copy_text = "\n".join(filter(None, (error.message, *lines, error.details)))
        self._fill("error", error.message, "\n".join(lines), error.details, buttons)

    def show_notice(
        self, message: str, text: str = "", *, tone: Tone = "info", details: str = "",
        buttons: Sequence[QPushButton] = (),
    ) -> None:  # fmt: skip
        """Show a notice that is no error.

        Args:
            message: What there is to know.
            text: A second sentence.
            tone: Its weight.
            details: Technical details, one click away.
            buttons: What can be done about it.
        """
        self._copy_text = "\n".join(filter(None, (message, text, details)))
        self._fill(tone, message, text, details, buttons)

    def clear(self) -> None:
        """Take the banner away."""
        self.hide()

    @property
    def message(self) -> str:
        """What the banner says now."""
        return self._message.text()

    def _fill(
        self, tone: Tone, message: str, text: str, details: str, buttons: Sequence[QPushButton]
    ) -> None:
        self.setProperty("tone", tone)
        restyle(self)
        role = "accent" if tone == "info" else tone
        self._symbol.show_icon(tone, role)
        self._message.setText(message)
        self._remedy.setText(text)
        self._remedy.setVisible(bool(text))
        self._details.setPlainText(details)
        self._details.hide()
        self._toggle.setText("Details")
        self._toggle.setVisible(bool(details))
        self._copy.setVisible(tone in ("error", "warning"))
        for old in self._extra:
            self._actions.removeWidget(old)
            old.deleteLater()
        self._extra = list(buttons)
        for place, button in enumerate(buttons):
            self._actions.insertWidget(place, button)
        self.setAccessibleName(message)
        self.setAccessibleDescription(text)
        if self.parentWidget() is not None:  # else it would flash up as a window of its own
            self.show()

    def _toggle_details(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._toggle.setText("Hide details" if shown else "Details")

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._copy_text)
        self._copy.setText("Copied")
        QTimer.singleShot(1500, self._copy, self._copy_again)

    def _copy_again(self) -> None:
        self._copy.setText("Copy")

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()


class StatusProgress(QWidget):
    """What is being done, how far it is, how long it will take, and a way to cancel.

    Args:
        name: Object name; the cancel button is `name + ".cancel"`.
        parent: Parent widget.

    Attributes:
        cancel_requested: Emitted when the person cancels.
    """

    cancel_requested = Signal()

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, "Progress")
        self._started = 0.0
        self._text = ElidedText("")
        self._text.setMinimumWidth(160)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._bar.setAccessibleName("Progress")
        self._left = Text("", "secondary")
        self._cancel = IconButton(
            "close", "Cancel", self.cancel_requested.emit, size=16,
            name=f"{name}.cancel" if name else "",
        )  # fmt: skip
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._left)
        layout.addWidget(self._cancel)
        self.hide()

    def start(self, text: str, *, cancellable: bool = True) -> None:
        """Show that something began."""
        self._started = time.monotonic()
        self._cancel.setVisible(cancellable)
        self.set_progress(text, 0, 0)
        self.show()

    def set_progress(
        self, text: str, done: float, total: float, seconds_left: float | None = None
    ) -> None:
        """Show how far it is.

        Args:
            text: What is being done; "" leaves it.
            done: Steps done.
            total: All steps; 0 when unknown (the bar then moves to and fro).
            seconds_left: Time left, or None when unknown.
        """
        if text:
            self._text.setText(text)
        self._bar.setRange(0, 1000 if total else 0)
        if total:
            self._bar.setValue(round(1000 * min(1.0, done / total)))
        self._left.setText("" if seconds_left is None else f"{duration(seconds_left)} left")

    def finish(self) -> None:
        """Take it away."""
        self.hide()
