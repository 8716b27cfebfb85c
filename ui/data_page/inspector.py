"""The right panel: what is wrong with the selected column, what it means, what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.data_page.choices_form import ChoicesForm
from ui.data_page.distribution import Distribution
from ui.widgets import Button, ElidedText, Section, Symbol, Text
from workbench.data.spec import ColumnSpec
from workbench.data.table import Table
from workbench.graph.problems import Fix, Problem
from workbench.wording import plural

_TONES = {"error": "error", "warning": "warning", "info": "accent"}


class ProblemNote(QFrame):
    """A problem in a few lines, with buttons that repair it.

    Args:
        problem: The problem.
        number: Its place, for the object names.
        parent: Parent widget.

    Attributes:
        fix_chosen: Emitted with the `Fix` to apply.
    """

    fix_chosen = Signal(object)

    def __init__(self, problem: Problem, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorBanner")
        self.setProperty("tone", problem.severity)
        self.setAccessibleName(problem.message)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(Text(problem.message, wrap=True))
        if problem.fixes:
            line = QHBoxLayout()
            line.setSpacing(8)
            for place, fix in enumerate(problem.fixes[:2]):
                button = Button(fix.label, name=f"data.problem.{number}.fix.{place}")
                button.clicked.connect(partial(self._chosen, fix))
                line.addWidget(button)
            line.addStretch(1)
            words.addLayout(line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        symbol = Symbol(problem.severity, _TONES[problem.severity], 16)
        top = QVBoxLayout()
        top.addSpacing(1)
        top.addWidget(symbol)
        top.addStretch(1)
        layout.addLayout(top)
        layout.addLayout(words, 1)

    def _chosen(self, fix: Fix, *_checked: bool) -> None:
        self.fix_chosen.emit(fix)


class Inspector(QWidget):
    """Everything about the selected columns.

    Args:
        parent: Parent widget.

    Attributes:
        form: The choices.
        distribution: What is in the column.
        fix_chosen: Emitted with the `Fix` to apply.
    """

    fix_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedText("", "heading", name="data.inspector_title")
        self._nothing = Text(
            "Select a column in the table or in the list to see what is in it and to say what it "
            "means.", "secondary", wrap=True,
        )  # fmt: skip
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        self.form = ChoicesForm()
        self._meaning = Section("Meaning", name="data.meaning")
        self._meaning.content.addWidget(self.form)
        self.distribution = Distribution()
        self._shown: tuple[Problem, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._nothing)
        layout.addLayout(self._notes)
        layout.addWidget(self._meaning)
        layout.addWidget(self.distribution)
        layout.addStretch(1)
        self.distribution.summarised.connect(self.summary_arrived)
        self.show_columns(None, ())

    def show_columns(
        self,
        table: Table | None,
        columns: Sequence[ColumnSpec],
        problems: Sequence[Problem] = (),
    ) -> None:
        """Show other columns.

        Args:
            table: The table.
            columns: The selected columns, the current one first.
            problems: Problems of the current one, worst first.
        """
        one = columns[0] if len(columns) == 1 else None
        self._nothing.setVisible(not columns)
        self._title.setVisible(bool(columns))
        self._title.setText(one.name if one else plural(len(columns), "column"))
        self._meaning.setVisible(bool(columns))
        self.distribution.setVisible(one is not None)
        self.form.show_columns(columns)
        self.distribution.show_column(table, one)
        summary = self.distribution.summary
        if one is not None and summary is not None and summary.name == one.name:
            self.form.show_gaps(summary.missing)
        self._show_problems(problems if one else ())

    @Slot()
    def summary_arrived(self) -> None:
        """Tell the form how many values are missing."""
        summary = self.distribution.summary
        self.form.show_gaps(summary.missing if summary else None)

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        if tuple(problems) == self._shown:
            return
        self._shown = tuple(problems)
        while self._notes.count():
            item = self._notes.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, problem in enumerate(self._shown):
            note = ProblemNote(problem, number)
            note.fix_chosen.connect(self.fix_chosen)
            self._notes.addWidget(note)
