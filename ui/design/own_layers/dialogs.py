"""Shows a Python file: before it may run, and where it has a fault."""

from __future__ import annotations

import difflib

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.frame.code_view import CodeColours
from ui.frame.trust_question import hidden_in
from ui.theme import active_theme, font
from ui.widgets import Button, PrimaryButton, Symbol, Text, identify
from workbench.errors import WorkbenchError
from workbench.trust import fingerprint

_MEANS = (
    "Layers in Python are a program. When it runs, it can do whatever you can do on this computer: "
    "read and change your files, use the network. It runs while its layers are looked at, while "
    "shapes are computed, and in training, predicting and explaining.\n\n"
    "Say yes only if you wrote this text or know who did. The answer holds for exactly this text, "
    "on this computer; it does not travel with the project."
)


class _NumberedColours(CodeColours):
    """Colours Python behind line numbers.

    Args:
        document: The text.
        wide: Characters before the text of a line.
    """

    def __init__(self, document: QTextDocument, wide: int) -> None:
        super().__init__(document)
        self._wide = wide

    def highlightBlock(self, text: str) -> None:
        """Colour one line; its number is no number of the program."""
        super().highlightBlock(text)
        self.setFormat(0, self._wide, active_theme().color("text_secondary"))


class SourceView(QPlainTextEdit):
    """A text with line numbers, to read.

    Args:
        text: The text.
        name: Object name.
    """

    def __init__(self, text: str, name: str) -> None:
        lines = text.splitlines()
        wide = len(str(len(lines)))
        super().__init__("\n".join(f"{at:>{wide}}  {line}" for at, line in enumerate(lines, 1)))
        identify(self, name, "Text of the file")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(font("mono"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMinimumSize(640, 240)
        self._colours = _NumberedColours(self.document(), wide + 2)

    def mark(self, line: int) -> None:
        """Colour a line, counted from 1, and bring it into view."""
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor
        mark.format.setBackground(active_theme().color("error_soft"))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.setExtraSelections([mark])
        self.setTextCursor(cursor)
        self.centerCursor()


class ChangesView(QPlainTextEdit):
    """What differs between two texts, a few lines of what is equal around it.

    Args:
        before: The text that was trusted.
        after: The text that is asked about.
        name: Object name.
    """

    def __init__(self, before: str, after: str, name: str) -> None:
        lines = list(
            difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
        )[2:]
        super().__init__("\n".join(map(_in_words, lines)) or "Only the ends of lines differ.")
        identify(self, name, "What changed")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(font("mono"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMinimumSize(640, 240)
        self._lines = lines
        active_theme().changed.connect(self._colour)
        self._colour()

    @Slot()
    def _colour(self) -> None:
        marks = []
        for at, line in enumerate(self._lines):
            role = {"+": "ok_soft", "-": "error_soft"}.get(line[:1])
            if role is not None:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(self.document().findBlockByNumber(at))
                mark.format.setBackground(active_theme().color(role))
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                marks.append(mark)
        self.setExtraSelections(marks)


def _in_words(line: str) -> str:
    """Return a line of a difference; those that say where it is, as a person would."""
    if line.startswith("@@"):
        return f"line {line.split('+')[1].split(',', maxsplit=1)[0].split(maxsplit=1)[0]}"
    return f"{line[:1]} {line[1:]}"


class TrustQuestion(QDialog):
    """Asks whether a text may be run; No is what Enter and Escape say.

    Args:
        name: Name of the file.
        text: Its text.
        parent: The window.
        before: The text of the file that the project has; "" for a file that is new to it.
    """

    def __init__(
        self, name: str, text: str, parent: QWidget | None = None, before: str = ""
    ) -> None:
        super().__init__(parent)
        self.setObjectName("own_layers.trust")
        self.setWindowTitle("Run this code?")
        self.setAccessibleName(f"Run the code in {name}?")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        changed = bool(before) and before != text
        asked = f"{name} has changed. Run the new code?" if changed else f"Run the code in {name}?"
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Symbol("warning", "warning", 32), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(Text(asked, "heading", wrap=True))
        words.addWidget(Text(_MEANS, wrap=True))
        head.addLayout(words, 1)
        layout.addLayout(head)
        layout.addSpacing(8)
        lines = len(text.splitlines())
        about = Text(
            f"{name} – {lines} {'line' if lines == 1 else 'lines'} – "
            f"SHA-256 {fingerprint(text)[:16]}…", "secondary", name="own_layers.trust.about",
        )  # fmt: skip
        about.setToolTip(fingerprint(text))
        layout.addWidget(about)
        if hidden := hidden_in(text):
            line = QHBoxLayout()
            line.addWidget(Symbol("error", "error", 16), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Text(hidden, wrap=True, name="own_layers.trust.hidden"), 1)
            layout.addLayout(line)
        self.source = SourceView(text, "own_layers.trust.source")
        if changed:
            tabs = QTabWidget()
            identify(tabs, "own_layers.trust.tabs", "What is shown")
            self.changes = ChangesView(before, text, "own_layers.trust.changes")
            tabs.addTab(self.changes, "What changed")
            tabs.addTab(self.source, "Whole file")
            layout.addWidget(tabs, 1)
        else:
            layout.addWidget(self.source, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self.yes = Button("Trust and run it", kind="danger", name="own_layers.trust.yes")
        self.yes.clicked.connect(self.accept)
        self.yes.setAutoDefault(False)
        self.no = PrimaryButton("No", self.reject, name="own_layers.trust.no")
        self.no.setDefault(True)
        buttons.addWidget(self.yes)
        buttons.addWidget(self.no)
        layout.addLayout(buttons)
        self.resize(760, 620)
        self.no.setFocus()

    def ask(self) -> bool:
        """Show the question; True when the person said yes."""
        return self.exec() == QDialog.DialogCode.Accepted


class FaultDialog(QDialog):
    """Shows what is wrong with a file, at its line.

    Args:
        error: The fault; its place names the line.
        text: Text of the file.
        parent: The window.
    """

    def __init__(self, error: WorkbenchError, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("own_layers.fault")
        self.setWindowTitle("The file has a fault")
        self.setAccessibleName(error.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        self.message = Text(error.message, "heading", wrap=True, name="own_layers.fault.message")
        layout.addWidget(self.message)
        words = [f"Expected: {error.expected}."] if error.expected else []
        layout.addWidget(Text(" ".join([*words, error.remedy]).strip(), wrap=True))
        self.source = SourceView(text, "own_layers.fault.source")
        layout.addWidget(self.source, 1)
        line = QHBoxLayout()
        line.addStretch(1)
        close = PrimaryButton("Close", self.accept, name="own_layers.fault.close")
        close.setDefault(True)
        line.addWidget(close)
        layout.addLayout(line)
        self.resize(760, 560)
        close.setFocus()
        self._line = fault_line(error)

    def showEvent(self, event: QShowEvent) -> None:
        """Mark the line once the text has its size."""
        super().showEvent(event)
        self._mark()

    @Slot()
    def _mark(self) -> None:
        if self._line:
            self.source.mark(self._line)


def fault_line(error: WorkbenchError) -> int:
    """Return the line of a file that an error names; 0 when it names none."""
    part = error.place.part if error.place is not None and error.place.kind == "file" else ""
    return int(part) if part.isdigit() else 0
