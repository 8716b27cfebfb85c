"""What is in the selected column: histogram or bars, and the figures below it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ui.data_page.bars import ValueBars
from ui.data_page.figures import Figures
from ui.data_page.histogram import HistogramView
from ui.data_page.words import figure, rows_figure
from ui.jobs.background import Task, run_in_thread
from ui.services import as_workbench_error
from ui.widgets import ErrorBanner, Section, Text
from workbench.data.spec import ColumnSpec
from workbench.data.summary import ColumnSummary, summarise
from workbench.data.table import Table
from workbench.wording import count

_PATIENCE_MS: Final = 150
"""A summary that takes longer than this says that it is being read."""


class Distribution(Section):
    """Summary of one column, computed in a thread.

    Args:
        parent: Parent widget.

    Attributes:
        summary: The summary that is shown, or None.
        summarised: Emitted when another summary is shown.
    """

    summarised = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Values", name="data.distribution", parent=parent)
        self._task: Task | None = None
        self._asked: tuple[Table, str, str] | None = None
        self._target = False
        self.summary: ColumnSummary | None = None
        self._histogram = HistogramView()
        self._bars = ValueBars()
        self._note = Text("", "secondary", wrap=True, name="data.distribution_note")
        self._banner = ErrorBanner(closable=False, name="data.distribution_error")
        self._figures = Figures()
        for part in (self._banner, self._histogram, self._bars, self._note, self._figures):
            self.content.addWidget(part)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_PATIENCE_MS)
        self._waiting.timeout.connect(self._show_waiting)
        self._clear()

    def figure(self, name: str) -> str:
        """Return a figure by its name ("Mean"); "" when it is not shown."""
        return self._figures.value(name)

    @property
    def settled(self) -> bool:
        """Whether what is shown is what was asked for."""
        return self._task is None

    def show_column(self, table: Table | None, column: ColumnSpec | None) -> None:
        """Show another column, or none.

        Args:
            table: The table.
            column: What the column means.
        """
        if table is None or column is None or column.name not in table:
            self._drop()
            self._asked = None
            self._clear()
            return
        self._target = column.role == "target"
        asked = (table, column.name, column.kind)
        if self._asked is not None and self._asked[0] is table and self._asked[1:] == asked[1:]:
            self._name_section()
            return
        self._drop()
        self._asked = asked
        self._task = run_in_thread(summarise, table, column.name, column.kind)
        self._task.done.connect(self._summarised)
        self._task.failed.connect(self._failed)
        self._waiting.start()

    def _drop(self) -> None:
        self._waiting.stop()
        if self._task is not None:
            self._task.drop()
            self._task = None

    def _clear(self) -> None:
        self.summary = None
        for part in (self._banner, self._histogram, self._bars, self._note, self._figures):
            part.hide()

    @Slot()
    def _show_waiting(self) -> None:
        self._clear()
        self._note.setText("Reading the column …")
        self._note.show()

    @Slot(object)
    def _failed(self, error: Any) -> None:
        self._drop()
        self._clear()
        self._banner.show_error(as_workbench_error(error))

    @Slot(object)
    def _summarised(self, summary: ColumnSummary) -> None:
        self._drop()
        self._clear()
        self.summary = summary
        self._name_section()
        if summary.histogram is not None:
            self._histogram.show_histogram(summary.histogram, summary.numbers)
            self._histogram.show()
        if summary.top:
            self._bars.show_values(summary.top, summary.rows - summary.missing)
            self._bars.show()
        self._note.setText(_note(summary))
        self._note.setVisible(bool(self._note.text()))
        self._figures.show_figures(_figures(summary))
        self._figures.show()
        self.summarised.emit()

    def _name_section(self) -> None:
        classes = self.summary is not None and self.summary.kind != "numeric"
        self.set_title("Class balance" if self._target and classes else "Values")


def _note(summary: ColumnSummary) -> str:
    if summary.distinct == 0:
        return "This column has no value in any row."
    if summary.sampled:
        return "Almost every value differs. Shown are some of the first and last rows."
    shown = len(summary.top)
    if summary.other:
        return f"The {shown} most frequent of {count(summary.distinct)} values."
    return ""


def _figures(summary: ColumnSummary) -> list[tuple[str, str]]:
    share = 100 * summary.missing / max(summary.rows, 1)
    percent = (
        "" if not summary.missing else f" ({share:.1f} %)" if share < 10 else f" ({share:.0f} %)"
    )
    figures = [
        ("Rows", rows_figure(summary.rows)),
        ("Missing", rows_figure(summary.missing) + percent),
        ("Different", ("about " if summary.sampled else "") + rows_figure(summary.distinct)),
    ]
    numbers = summary.numbers
    if numbers is not None:
        figures += [
            ("Mean", figure(numbers.mean)),
            ("Spread", figure(numbers.std)),
            ("Median", figure(numbers.median)),
            ("Minimum", figure(numbers.minimum)),
            ("Maximum", figure(numbers.maximum)),
            ("25 %", figure(numbers.q1)),
            ("75 %", figure(numbers.q3)),
        ]
    return figures
