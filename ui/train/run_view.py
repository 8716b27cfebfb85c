"""The content of the Train page once there are runs: header, result, plots, list of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ui.train.curves import RunCurves
from ui.train.header import RunHeader
from ui.train.plot_grid import PlotGrid
from ui.train.result_card import ResultCard
from ui.train.run_table import RunTable
from ui.widgets import ErrorBanner, Text
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.widgets import LayoutMemory

_MEMORY = "train.runs_height"


class RunView(QWidget):
    """Shows one run, or several on top of each other.

    Args:
        memory: Where the height of the list is remembered.
        parent: Parent widget.

    Attributes:
        explain_requested: Emitted when the person wants explanations.
        banner: Shows what went wrong with the run that is shown.
    """

    explain_requested = Signal()

    def __init__(self, memory: LayoutMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.banner = ErrorBanner(name="train.banner")
        self.banner.hide()
        self.header = RunHeader()
        self.result = ResultCard()
        self.result.explain_requested.connect(self.explain_requested)
        self.plots = PlotGrid()
        self.table = RunTable()
        self._count = Text("Runs", name="train.runs.title")
        self._hint = Text("Select several to compare them", "secondary")
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._upper())
        self._splitter.addWidget(self._lower())
        self._splitter.setStretchFactor(0, 1)
        self._splitter.splitterMoved.connect(self._moved)
        height = int(memory.recall(_MEMORY, 168))
        self._splitter.setSizes([10_000, height])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _upper(self) -> QWidget:
        upper = QWidget()
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(16, 16, 16, 8)
        layout.setSpacing(8)
        for widget in (self.banner, self.header, self.result):
            layout.addWidget(widget)
        layout.addWidget(self.plots, 1)
        return upper

    def _lower(self) -> QWidget:
        lower = QWidget()
        lower.setProperty("surface", "surface")
        lower.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 0)
        head.setSpacing(16)
        head.addWidget(self._count)
        head.addWidget(self._hint)
        head.addStretch(1)
        layout = QVBoxLayout(lower)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        lower.setMinimumHeight(96)
        return lower

    def show_runs(
        self, runs: Sequence[RunCurves], test: Mapping[str, float], hues: Mapping[str, int]
    ) -> None:
        """Show runs.

        Args:
            runs: One run, or several to compare.
            test: Test metrics of the run, when it is one.
            hues: Number of the colour of each run, when they are several.
        """
        self.plots.show_runs(runs, dict(hues))
        self.table.runs.show_hues(dict(hues) if len(runs) > 1 else {})
        alone = len(runs) == 1
        self.header.setVisible(alone)
        self.result.hide()
        if alone:
            self.header.show_run(runs[0])
            if runs[0].state.has_weights:
                self.result.show_result(runs[0], test)

    def show_count(self, runs: int, compared: int) -> None:
        """Say how many runs there are and how many are compared."""
        self._count.setText(plural(runs, "run"))
        self._hint.setText(
            f"{compared} compared" if compared > 1 else "Select several to compare them"
        )
        self._hint.setVisible(runs > 1)

    @Slot()
    def _moved(self) -> None:
        self._memory.remember(_MEMORY, self._splitter.sizes()[1])
