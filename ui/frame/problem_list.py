"""The list of problems: what is wrong, where, and buttons that repair it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.frame.problem_rows import MOST, GroupRows, ProblemRow
from ui.jobs.slices import Slices
from ui.widgets import Button, Text
from workbench.graph.advice import Group, advice_title, grouped
from workbench.graph.ignoring import Ignored, show_again
from workbench.graph.problems import Fix, Problem
from workbench.wording import listing, plural

__all__ = ["ProblemList", "ProblemRow"]

_AT_ONCE: Final = 12
"""Rows that are made at once, as many as are seen; the others follow between events (1 ms each)."""


class ProblemList(QScrollArea):
    """All problems of the project, worst first; the same advice about many layers in one row.

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
        self._unfolded: set[str] = set()
        self._adding = Slices(self)
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
        self._adding.finish()
        body = self.widget()
        return body.findChildren(ProblemRow) if body else []

    @Slot()
    def _build(self) -> None:
        wanted = (list(self._problems), self._ignored)
        if wanted == self._shown:
            return
        self._shown = wanted
        shown = wanted[0]
        held, top = self._held_row(), self.verticalScrollBar().value()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(0)
        groups = grouped(shown)
        for number, group in enumerate(groups[:_AT_ONCE]):
            layout.addWidget(self._row(group, number))
        layout.addWidget(_tail(len(groups)))
        if self._ignored:
            layout.addWidget(self._aside())
        layout.addStretch(1)
        self.setWidget(body)
        self._adding.start(self._add_rows(layout, groups), partial(self._scroll_back, top))
        if held is not None:
            self._hold(body, held)

    def _add_rows(self, layout: QVBoxLayout, groups: Sequence[Group]) -> Iterator[float]:
        for number, group in enumerate(groups[_AT_ONCE:MOST], _AT_ONCE):
            row = self._row(group, number)
            layout.insertWidget(number, row)
            row.show()  # not later: it may be given the focus
            yield number / len(groups)

    def _held_row(self) -> int | None:
        """Return the place of the row that has the focus, or None."""
        focus, body = QApplication.focusWidget(), self.widget()
        if focus is None or body is None:
            return None
        rows = enumerate(_rows_of(body))
        return next((at for at, row in rows if row is focus or row.isAncestorOf(focus)), None)

    def _hold(self, body: QWidget, held: int) -> None:
        """Leave the keyboard at the place where it was in the list."""
        if held >= _AT_ONCE:
            self._adding.finish()
        rows = _rows_of(body)
        if rows:
            rows[min(held, len(rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _scroll_back(self, top: int) -> None:
        """Leave the list scrolled as far as it was."""
        bar = self.verticalScrollBar()
        QTimer.singleShot(0, bar, lambda: bar.setValue(top))  # once the rows are laid out

    def _row(self, group: Group, number: int) -> QWidget:
        row: ProblemRow | GroupRows
        if group.members:
            row = GroupRows(group, number)
            row.unfold(shown=group.problem.code in self._unfolded)
            row.folded.connect(self._note_folded)
        else:
            row = ProblemRow(group, number)
        row.chosen.connect(self.problem_chosen)
        row.fix_chosen.connect(self.fix_chosen)
        return row

    @Slot(str, bool)
    def _note_folded(self, code: str, shown: bool) -> None:
        """Keep unfolded what a person unfolded, when the list is built again."""
        if shown:
            self._unfolded.add(code)
        else:
            self._unfolded.discard(code)

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


def _rows_of(body: QWidget) -> list[ProblemRow]:
    return [row for row in body.findChildren(ProblemRow) if not row.isHidden()]


def _tail(number: int) -> Text:
    if number == 0:
        words = "No problems."
    elif number > MOST:
        words = f"And {number - MOST} more."
    else:
        words = ""
    text = Text(words, "secondary")
    text.setContentsMargins(12, 8, 12, 0)
    if not words:
        text.hide()
    return text
