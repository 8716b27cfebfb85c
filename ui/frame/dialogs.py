"""Dialogs of the window: an error nobody expected, questions before work would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.theme import font
from ui.widgets import Button, PrimaryButton, Symbol, Text
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    pass

Answer = Literal["save", "discard", "cancel"]


class ErrorDialog(QDialog):
    """An error in words, what to do, and its technical details with a way to copy them.

    Args:
        error: The error.
        parent: The window.
    """

    def __init__(self, error: WorkbenchError, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error.dialog")
        self.setWindowTitle("Something went wrong")
        self.setAccessibleName(error.message)
        self._text = "\n".join(
            filter(None, (error.message, *_lines(error), "", error.details.rstrip()))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Symbol("error", "error", 32), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        self.message = Text(error.message, "heading", wrap=True, name="error.message")
        words.addWidget(self.message)
        for line in _lines(error):
            text = Text(line, wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(text)
        head.addLayout(words, 1)
        layout.addLayout(head)
        self.details = QPlainTextEdit(error.details)
        self.details.setObjectName("error.details")
        self.details.setAccessibleName("Technical details")
        self.details.setReadOnly(True)
        self.details.setFont(font("mono"))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setMinimumHeight(200)
        self.details.hide()
        layout.addWidget(self.details, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.toggle = Button("Show details", self._toggle, name="error.toggle")
        if not error.details:
            self.toggle.hide()
        self.copy = Button("Copy details", self._copy, icon="copy", name="error.copy")
        close = PrimaryButton("Close", self.accept, name="error.close")
        close.setDefault(True)
        buttons.addWidget(self.toggle)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        self.setMinimumWidth(560)
        close.setFocus()

    def _toggle(self) -> None:
        shown = self.details.isHidden()
        self.details.setVisible(shown)
        self.toggle.setText("Hide details" if shown else "Show details")
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.copy.setText("Copied")


def _lines(error: WorkbenchError) -> list[str]:
    lines = []
    if error.expected:
        lines.append(f"Expected: {error.expected}.")
    if error.received:
        lines.append(f"Received: {error.received}.")
    if error.remedy:
        lines.append(error.remedy)
    return lines


class Question(QDialog):
    """A question before work would be lost.

    Args:
        title: The question, one sentence.
        text: What hangs on it.
        answers: Answer → words on its button; the first is the default.
        danger: The answer that loses something, or "".
        parent: The window.
    """

    def __init__(
        self,
        title: str,
        text: str,
        answers: dict[str, str],
        *,
        danger: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWindowTitle("Keras Workbench")
        self.setAccessibleName(title)
        self.answer = "cancel"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(Text(title, "heading", wrap=True))
        layout.addWidget(Text(text, wrap=True))
        layout.addSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch(1)
        for place, (answer, words) in enumerate(answers.items()):
            button = Button(
                words,
                kind="primary" if place == 0 else "danger" if answer == danger else "normal",
                name=f"question.{answer}",
            )
            button.setProperty("answer", answer)
            button.clicked.connect(self._answered)
            if place == 0:
                button.setDefault(True)
                button.setFocus()
                first = button
            else:
                line.addWidget(button)
        line.addWidget(first)
        layout.addLayout(line)
        self.setMinimumWidth(480)

    def ask(self) -> str:
        """Show the question and return the answer; `"cancel"` when it was closed."""
        self.exec()
        self.deleteLater()
        return self.answer

    @Slot()
    def _answered(self) -> None:
        self.answer = str(self.sender().property("answer"))
        self.accept()


def ask_to_save(name: str, parent: QWidget) -> Answer:
    """Ask what to do with unsaved changes."""
    question = Question(
        f"Save the changes to “{name}”?",
        "Without saving, everything since the last save is lost.",
        {"save": "Save", "cancel": "Keep editing", "discard": "Do not save"},
        danger="discard",
        parent=parent,
    )
    answer = question.ask()
    return "save" if answer == "save" else "discard" if answer == "discard" else "cancel"
