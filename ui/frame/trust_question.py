"""Asks whether a program may run: shows it whole, says what it can do, and takes no for granted."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.frame.code_view import CodeColours
from ui.theme import font
from ui.widgets import Button, Symbol, Text, identify
from workbench.trust import fingerprint

_WORDS: Final = (
    "Only by running it can be seen which layers it makes. A program can do everything that you "
    "can do on this computer: read and delete files, use the network. Run it only if it is yours "
    "or you trust where it is from."
)
_OTHERWISE: Final = "If you do not run it, nothing is imported and your project stays as it is."
_HIDDEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Characters that are not seen, or that change the order in which others are shown."""
_SHOWN: Final = 16


class TrustQuestion(QDialog):
    """The question before a text is run. Accepted means: run it.

    Args:
        text: The text that would run.
        name: What it is called.
        parent: The window.
    """

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "trust.question", "Run this program?")
        self.setWindowTitle("Run this program?")
        self.text = text
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Symbol("warning", "warning", 32), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(Text(_question(name), "heading", wrap=True, name="trust.heading"))
        words.addWidget(Text(_WORDS, wrap=True, name="trust.words"))
        words.addWidget(Text(_OTHERWISE, "secondary", wrap=True, name="trust.otherwise"))
        head.addLayout(words, 1)
        layout.addLayout(head)
        lines = text.count("\n") + (not text.endswith("\n"))
        self.about = Text(
            f"{name} – {lines} {'line' if lines == 1 else 'lines'} – "
            f"SHA-256 {fingerprint(text)[:_SHOWN]}…", "secondary", name="trust.about",
        )  # fmt: skip
        self.about.setToolTip(fingerprint(text))
        layout.addWidget(self.about)
        self.hidden_characters = Text(hidden_in(text), wrap=True, name="trust.hidden")
        self.hidden_characters.setVisible(bool(hidden_in(text)))
        layout.addWidget(self.hidden_characters)
        self.source = QPlainTextEdit(text)
        identify(self.source, "trust.source", "The program")
        self.source.setReadOnly(True)
        self.source.setTabChangesFocus(True)
        self.source.setFont(font("mono"))
        self.source.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._colours = CodeColours(self.source.document())
        layout.addWidget(self.source, 1)
        self.remember = QCheckBox("Do not ask again for exactly this text")
        identify(self.remember, "trust.remember", "Do not ask again for exactly this text")
        layout.addWidget(self.remember)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self.run_button = Button("Run it", self.accept, name="trust.run")
        self.refuse_button = Button("Do not run", self.reject, kind="primary", name="trust.refuse")
        self.refuse_button.setDefault(True)
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.refuse_button)
        layout.addLayout(buttons)
        self.resize(720, 560)
        self.refuse_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def done(self, result: int) -> None:
        """Close with an answer."""
        super().done(result)
        self.deleteLater()


def _question(name: str) -> str:
    what = name[:1].lower() + name[1:] if name.startswith("The ") else name
    return f"Run {what} to read its network?"


def hidden_in(text: str) -> str:
    """Return a sentence about characters that hide something, or ""."""
    found = _HIDDEN.search(text)
    if found is None:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return (
        f"Line {line} holds a character that is not seen or changes the order of others: what you "
        "read here may not be what runs."
    )
