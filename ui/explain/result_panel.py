"""The right side of the Explain page: the pictures of an explanation, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ui.explain.bars import Bars
from ui.explain.beeswarm import Beeswarm
from ui.explain.figure import Figure
from ui.explain.figure_view import FigureView
from ui.explain.waterfall import Waterfall
from ui.explain.words import SPACE_TITLES, quality_text, quality_tip
from ui.widgets import (
    Button,
    ElidedText,
    EmptyState,
    ErrorBanner,
    IconButton,
    Line,
    StatusProgress,
)
from ui.widgets.labels import as_tip
from workbench.explain.results import Explanation
from workbench.wording import count

PictureName = Literal["waterfall", "beeswarm", "bars"]
_TITLES: dict[PictureName, str] = {
    "waterfall": "Waterfall", "beeswarm": "Beeswarm", "bars": "Bars",
}  # fmt: skip
_TIPS: dict[PictureName, str] = {
    "waterfall": "How one row's prediction comes about, column by column",
    "beeswarm": "Contributions of every selected row, coloured by the column's value",
    "bars": "Mean size of each column's contributions over the selected rows",
}
PREDICTED = -1
"""Stands for the class that each row is predicted to have."""


class ResultPanel(QWidget):
    """Pictures of an explanation.

    Args:
        parent: Parent widget.

    Attributes:
        copy_requested: Emitted when the picture is to be copied.
        picture_requested: Emitted when the picture is to be saved.
        values_requested: Emitted when the values are to be saved.
        cancel_requested: Emitted when the running job is to be cancelled.
    """

    copy_requested = Signal()
    picture_requested = Signal()
    values_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.found: Explanation | None = None
        self._output = 0
        self._titles: tuple[str, str] = ("", "")
        self._several = False
        self._makers: dict[PictureName, Callable[[], Figure]] = {}
        self._figures: dict[PictureName, Figure] = {}
        self.banner = ErrorBanner(name="explain.error")
        self._title = ElidedText("", "heading", name="explain.headline")
        self._tabs: dict[PictureName, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._all = Button("Show all columns", self._toggle_all, kind="link",
                           name="explain.show_all")  # fmt: skip
        self._quality = ElidedText("", "secondary", name="explain.quality")
        self.progress = StatusProgress("explain.progress")
        self.progress.cancel_requested.connect(self.cancel_requested)
        self.view = FigureView("explain.picture")
        self.view.arranged.connect(self._offer_all)
        self.empty = EmptyState("", name="explain.hint")
        self._exports = [
            IconButton("copy", "Copy picture", self.copy_requested.emit, name="explain.copy"),
            IconButton("picture", "Save picture (PNG, SVG) …", self.picture_requested.emit,
                       name="explain.save_picture"),
            IconButton("export", "Save values (CSV, JSON) …", self.values_requested.emit,
                       name="explain.save_values"),
        ]  # fmt: skip
        self._arrange()
        self._refresh()

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 0)
        bar.setSpacing(4)
        for name, title in _TITLES.items():
            tab = Button(title, kind="normal", name=f"explain.tab.{name}")
            tab.setProperty("kind", "tab")
            tab.setCheckable(True)
            tab.setToolTip(_TIPS[name])
            self._group.addButton(tab)
            self._tabs[name] = tab
            bar.addWidget(tab)
        self._tabs["waterfall"].setChecked(True)
        self._group.buttonClicked.connect(self._tab_clicked)
        bar.addStretch(1)
        bar.addWidget(self._all)
        for button in self._exports:
            bar.addWidget(button)
        stack = QWidget()
        stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 6)
        foot.setSpacing(16)
        foot.addWidget(self._quality, 1)
        foot.addWidget(self.progress)
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 16, 4)
        head.setSpacing(8)
        head.addWidget(self.banner)
        head.addWidget(self._title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(Line())
        layout.addLayout(head)
        layout.addWidget(stack, 1)
        layout.addWidget(Line())
        layout.addLayout(foot)

    # ---- content -------------------------------------------------------------------------

    @property
    def current(self) -> PictureName:
        """The picture that is shown."""
        return next(name for name, tab in self._tabs.items() if tab.isChecked())

    @property
    def quality(self) -> str:
        """The quiet line."""
        return quality_text(self.found) if self.found else ""

    def show_explanation(self, found: Explanation, output: int, row: str, rows: str) -> None:
        """Show an explanation.

        Args:
            found: Its first row is the current one.
            output: Class to show; `PREDICTED` for each row's own.
            row: The current row, in words.
            rows: What is selected, in words.
        """
        several = len(found) > 1
        if several != self._several:
            self._several = several
            self._tabs["beeswarm" if several else "waterfall"].setChecked(True)
        self.found, self._output = found, output
        self._titles = (row, rows)
        outputs = self._outputs(found)
        contributions = found.values[np.arange(len(found)), :, outputs]
        first = int(outputs[0])
        words = self._words(found, first)
        over = words if output != PREDICTED else f"{_space(found)} of the predicted class"
        self._figures.clear()
        self._makers = {
            "waterfall": lambda: Waterfall(found, 0, first, words),
            "beeswarm": lambda: Beeswarm(found, contributions, over),
            "bars": lambda: Bars(found.columns, contributions, over),
        }
        self._refresh()

    def show_hint(self, title: str, text: str) -> None:
        """Show words instead of a picture."""
        self.found = None
        self._makers.clear()
        self._figures.clear()
        self._titles = ("", "")
        self.empty.set_text(title, text)
        self._refresh()

    # ---- private -------------------------------------------------------------------------

    def _outputs(self, found: Explanation) -> np.ndarray:
        if self._output != PREDICTED:
            return np.full(len(found), self._output)
        scores = found.output if found.probability is None else found.probability
        return np.asarray(scores.argmax(1))

    @staticmethod
    def _words(found: Explanation, output: int) -> str:
        name = found.output_names[output]
        return name if found.space == "value" else f"{_space(found)} of {name}"

    def _figure(self) -> Figure | None:
        name = self.current
        if name not in self._figures and name in self._makers:
            self._figures[name] = self._makers[name]()
        return self._figures.get(name)

    def _refresh(self) -> None:
        figure = self._figure()
        shown = self.found is not None and figure is not None
        self._stack.setCurrentIndex(0 if shown else 1)
        self._title.setVisible(shown)
        self._title.setText(self._titles[0 if self.current == "waterfall" else 1])
        self.view.show_figure(figure)
        for name, tab in self._tabs.items():
            tab.setEnabled(shown and (name != "beeswarm" or self._several))
        for button in self._exports:
            button.setEnabled(shown)
        self._quality.setText(self.quality)
        self._quality.setToolTip(as_tip(quality_tip(self.found)) if self.found else "")
        if not self._several and self.current == "beeswarm":
            self._tabs["waterfall"].setChecked(True)
            self._refresh()
            return
        self._offer_all()

    @Slot()
    def _offer_all(self) -> None:
        figure = self.view.figure
        more = figure is not None and (self.view.expanded or not self.view.fits())
        self._all.setVisible(more)
        if figure is not None:
            fold = "Show what fits"
            self._all.setText(
                fold if self.view.expanded else f"Show all {count(figure.columns)} columns"
            )

    def _toggle_all(self) -> None:
        self.view.set_expanded(not self.view.expanded)
        self._offer_all()

    @Slot(object)
    def _tab_clicked(self, _tab: object) -> None:
        self._refresh()


def _space(found: Explanation) -> str:
    return SPACE_TITLES[found.space].lower()
