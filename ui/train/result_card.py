"""What came of a run, in words, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.train.curves import RunCurves
from ui.train.words import how_it_ended, overfitting_hint, result_headline, test_line
from ui.widgets import Button, Symbol, Text


class ResultCard(QFrame):
    """The result of a run that left a network.

    Attributes:
        explain_requested: Emitted when the person wants to see why it predicts what it predicts.
    """

    explain_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.result")
        self.setAccessibleName("Result")
        self.setProperty("surface", "card")
        self._headline = Text("", "heading", wrap=True, name="train.result.headline")
        self._test = Text("", "secondary", wrap=True, name="train.result.test")
        self._ended = Text("", "secondary", wrap=True, name="train.result.ended")
        self._hint = Text("", wrap=True, name="train.result.hint")
        self._bulb = Symbol("bulb", "warning", 16)
        hint = QHBoxLayout()
        hint.setSpacing(8)
        hint.addWidget(self._bulb)
        hint.addWidget(self._hint, 1)
        words = QVBoxLayout()
        words.setSpacing(4)
        for text in (self._headline, self._ended, self._test):
            words.addWidget(text)
        words.addLayout(hint)
        self.explain = Button(
            "Explain predictions", self.explain_requested.emit, icon="explain",
            name="train.result.explain",
        )  # fmt: skip
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 12, 16, 12)
        line.setSpacing(16)
        line.addWidget(Symbol("target", "ok", 24))
        line.addLayout(words, 1)
        line.addWidget(self.explain)
        self.hide()

    def show_result(self, run: RunCurves, test: Mapping[str, float]) -> None:
        """Show the result of a finished run.

        Args:
            run: The run.
            test: Its metrics on the test part.
        """
        headline = result_headline(run, test)
        self._headline.setText(headline)
        self.setAccessibleDescription(headline)
        self._test.setText(test_line(test))
        self._test.setVisible(len(test) > 0)
        self._ended.setText(how_it_ended(run))
        hint = overfitting_hint(run)
        self._hint.setText(hint)
        for widget in (self._hint, self._bulb):
            widget.setVisible(bool(hint))
        self.show()
