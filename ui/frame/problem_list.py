"""The list of problems: what is wrong, where, and buttons that repair it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.frame.why import advice_buttons, open_why
from ui.widgets import Button, Symbol, Text, as_tip
from workbench.errors import Place
from workbench.graph.advice import advice_title
from workbench.graph.ignoring import Ignored, show_again
from workbench.graph.problems import Fix, Problem
from workbench.wording import listing, plural

_MOST: Final = 200
"""Rows that are shown; a person repairs the first ones first."""
_ROLE: Final = {"error": "error", "warning": "warning", "info": "accent"}


class ProblemRow(QFrame):
    """One problem. Double click or Enter goes to it.

    Args:
        problem: The problem.
        number: Its place in the list, for the object name.
        parent: Parent widget.
    """

    chosen = Signal(object)
    fix_chosen = Signal(object)

    def __init__(self, problem: Problem, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        self.setObjectName(f"problem.{number}")
        self.setProperty("row", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{problem.severity}: {problem.message}")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 12, 4)
        line.setSpacing(8)
        symbol = Symbol(problem.severity, _ROLE[problem.severity], 16)
        line.addWidget(symbol, 0, Qt.AlignmentFlag.AlignVCenter)
        message = Text(problem.message, wrap=True)
        message.setMinimumWidth(120)
        line.addWidget(message, 1)
        for place, fix in enumerate(problem.fixes[:3]):
            button = Button(fix.label, name=f"problem.{number}.fix.{place}")
            button.clicked.connect(partial(self._fix, fix))
            line.addWidget(button)
        for extra in advice_buttons(problem, self.fix_chosen.emit, f"problem.{number}"):
            line.addWidget(extra)
        go = Button("Go to", lambda: self.chosen.emit(self.problem), kind="link",
                    name=f"problem.{number}.go")  # fmt: skip
        go.setAccessibleName(f"Go to: {problem.message}")
        line.addWidget(go)
        if problem.place == Place("project"):
            go.hide()
        if problem.details:
            self.setToolTip(as_tip(problem.details))

    def _fix(self, fix: Fix, *_checked: bool) -> None:
        self.fix_chosen.emit(fix)

    def event(self, event: QEvent) -> bool:
        """Keep F1 from the window where there is a reason to show."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_F1
            and self.problem.why
        ):
            event.accept()
            return True
        return super().event(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Go to the problem."""
        self.chosen.emit(self.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the problem with Enter; F1 tells why an advice matters."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.problem)
        elif event.key() == Qt.Key.Key_F1 and open_why(self.problem, self):
            event.accept()
        else:
            super().keyPressEvent(event)


class ProblemList(QScrollArea):
    """All problems of the project, worst first.

    Args:
        parent: Parent widget.

    Attributes:
        problem_chosen: Emitted with the `Problem` to go to.
        fix_chosen: Emitted with the `Fix` to apply.
    """

    problem_chosen = Signal(object)
    fix_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer.problems")
        self.setAccessibleName("Problems")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._problems: list[Problem] = []
        self._shown: tuple[list[Problem], tuple[Ignored, ...]] | None = None
        self._ignored: tuple[Ignored, ...] = ()
        self.show_problems([])

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show another list; it is built only while it can be seen."""
        self._problems = list(problems)
        if self.isVisible():
            self._build()

    def show_ignored(self, entries: Sequence[Ignored]) -> None:
        """Say how much advice is put aside, and offer to show it again."""
        self._ignored = tuple(entries)
        if self.isVisible():
            self._build()

    def showEvent(self, _event: object) -> None:
        """Build the list when it comes into view."""
        self._build()

    def rows(self) -> list[ProblemRow]:
        """Return the rows that are shown."""
        body = self.widget()
        return body.findChildren(ProblemRow) if body else []

    @Slot()
    def _build(self) -> None:
        wanted = (list(self._problems), self._ignored)
        if wanted == self._shown:
            return
        self._shown = wanted
        shown = wanted[0]
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(0)
        for number, problem in enumerate(shown[:_MOST]):
            row = ProblemRow(problem, number)
            row.chosen.connect(self.problem_chosen)
            row.fix_chosen.connect(self.fix_chosen)
            layout.addWidget(row)
        layout.addWidget(_tail(len(shown)))
        if self._ignored:
            layout.addWidget(self._aside())
        layout.addStretch(1)
        self.setWidget(body)

    def _aside(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(12, 4, 12, 0)
        row.setSpacing(8)
        names = [advice_title(entry.code) or entry.code for entry in self._ignored]
        count = plural(len(names), "piece of advice", "pieces of advice")
        words = Text(f"{count} ignored: {listing(list(dict.fromkeys(names)))}.", "secondary")
        row.addWidget(words)
        again = Button("Show ignored advice again", kind="link", name="problem.show_again")
        fix = Fix("Show again", show_again(self._ignored))
        again.clicked.connect(lambda: self.fix_chosen.emit(fix))
        row.addWidget(again)
        row.addStretch(1)
        return line


def _tail(number: int) -> Text:
    if number == 0:
        words = "No problems."
    elif number > _MOST:
        words = f"And {number - _MOST} more."
    else:
        words = ""
    text = Text(words, "secondary")
    text.setContentsMargins(12, 8, 12, 0)
    if not words:
        text.hide()
    return text
