"""The strip above the canvas's footer: which row, whose weights, and what it says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.design.preview.words import sample_title, sample_words, weights_words
from ui.widgets import Button, ElidedText, IconButton, NumberField, Text, as_tip, identify
from workbench.graph.starting_weights import IMPORTED, PLACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.design.preview.asking import PreviewSync
    from workbench.errors import WorkbenchError

PARTS: Final = (
    ("all", "All rows"),
    ("train", "Training rows"),
    ("validation", "Validation rows"),
    ("test", "Test rows"),
)
_HEIGHT: Final = 66
_ROW: Final = 34
_NARROW: Final = 760
"""Width, px, below which the strip has three rows."""
_SHORT, _WIDE = 9, 18
"""Characters that the choice of weights has room for, without and with imported ones."""
_BUSY_AFTER: Final = 300
"""Work shorter than this (ms) is not announced."""


class PreviewBar(QFrame):
    """Chooses what is sent through the network.

    Args:
        sync: What is known.
        close: Switches the preview off.
        parent: Parent widget.

    Attributes:
        row_wanted: Emitted with the table row, from 0.
        step_wanted: Emitted with the part and the place in it.
        random_wanted: Emitted when any row is wanted.
        run_wanted: Emitted with the id of a run, "" for fresh weights.
        everywhere_wanted: Emitted with whether every layer in view should have a picture.
        weights_wanted: Emitted with whether pictures show weights instead of outputs.
        remedy_wanted: Emitted with the error whose remedy was clicked.
        taken: Id of the run whose weights were taken unasked, or "".
    """

    row_wanted = Signal(int)
    step_wanted = Signal(str, int)
    random_wanted = Signal()
    run_wanted = Signal(str)
    everywhere_wanted = Signal(bool)
    weights_wanted = Signal(bool)
    remedy_wanted = Signal(object)

    def __init__(
        self, sync: PreviewSync, close: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pageFooter")
        self.setAccessibleName("Preview")
        self._sync = sync
        self.part = QComboBox()
        identify(self.part, "design.preview.part", "Rows to choose from")
        for part, title in PARTS:
            self.part.addItem(title, part)
        self.row = NumberField(
            None, minimum=0, whole=True, optional=True, name="design.preview.row", accessible="Row"
        )
        self.row.setFixedWidth(64)
        self.row.setPlaceholderText("Row")
        self.row.setToolTip("Row of the table, from 0")
        self.weights = QComboBox()
        identify(self.weights, "design.preview.weights", "Weights")
        self.weights.setMinimumContentsLength(_SHORT)
        self.weights.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.everywhere = QCheckBox("Every layer")
        identify(self.everywhere, "design.preview.everywhere", "Under every layer")
        self.everywhere.setToolTip(
            "A picture under every layer in view, not only under selected and pinned ones"
        )
        self.shows = QComboBox()
        identify(self.shows, "design.preview.shows", "What the pictures show")
        self.shows.addItems(["Outputs", "Weights"])
        self.shows.setToolTip(
            "What each layer gives for the row, or how the values of its weights are spread"
        )
        self._choices, self._upper, self._narrow = QWidget(), QHBoxLayout(), False
        self.taken = ""
        self._hint = ""
        self.where = ElidedText("", "secondary", name="design.preview.where")
        self.values = ElidedText("", "secondary", name="design.preview.values")
        self.notice = ElidedText("", "warning", name="design.preview.notice")
        self.busy = Text("", "secondary", name="design.preview.busy")
        self._stop = Button("Cancel", sync.cancel, kind="quiet", name="design.preview.cancel")
        self.remedy = Button("", self._remedy, kind="link", name="design.preview.remedy")
        self._busy_later = QTimer(self)
        self._busy_later.setSingleShot(True)
        self._busy_later.setInterval(_BUSY_AFTER)
        self._busy_later.timeout.connect(self._show_busy)
        self._lay_out(close)
        self.show_runs([])
        self.part.currentIndexChanged.connect(self._part_chosen)
        self.row.value_changed.connect(self._row_typed)
        self.weights.currentIndexChanged.connect(self._run_chosen)
        self.everywhere.toggled.connect(self.everywhere_wanted)
        self.shows.currentIndexChanged.connect(self._shows_chosen)
        sync.changed.connect(self.refresh)
        sync.state_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self, close: Callable[[], object]) -> None:
        upper, lower = self._upper, QHBoxLayout()
        choices = QHBoxLayout(self._choices)
        choices.setContentsMargins(8, 0, 0, 0)
        choices.setSpacing(8)
        for widget in (Text("Weights", "secondary"), self.weights, self.shows, self.everywhere):
            choices.addWidget(widget)
        choices.addStretch(1)
        upper.setSpacing(4)
        lower.setSpacing(8)
        upper.addWidget(self.part)
        upper.addWidget(
            IconButton("chevron_left", "Previous row", lambda: self.step(-1), size=16,
                       name="design.preview.previous")
        )  # fmt: skip
        upper.addWidget(self.row)
        upper.addWidget(
            IconButton("chevron_right", "Next row", lambda: self.step(1), size=16,
                       name="design.preview.next")
        )  # fmt: skip
        upper.addWidget(
            IconButton("seed", "Any row", self.random_wanted.emit, size=16,
                       name="design.preview.random")
        )  # fmt: skip
        upper.addWidget(self.where, 2)
        upper.addWidget(self._choices)
        upper.addStretch(3)
        upper.addWidget(self.busy)
        upper.addWidget(self._stop)
        upper.addWidget(
            IconButton("close", "Close the preview", close, size=16, name="design.preview.close")
        )
        lower.addWidget(self.values, 3)
        lower.addWidget(self.notice, 2)
        lower.addWidget(self.remedy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(0)
        layout.addLayout(upper)
        layout.addLayout(lower)
        self.setFixedHeight(_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the choices a row of their own where one row has no room for all."""
        super().resizeEvent(event)
        narrow, layout = event.size().width() < _NARROW, self.layout()
        if narrow == self._narrow or not isinstance(layout, QVBoxLayout):
            return
        self._narrow = narrow
        if narrow:
            self._upper.removeWidget(self._choices)
            layout.insertWidget(1, self._choices)
        else:
            layout.removeWidget(self._choices)
            self._upper.insertWidget(self._upper.indexOf(self.where) + 1, self._choices)
        margins = (0, 0, 0, 0) if narrow else (8, 0, 0, 0)
        inner = self._choices.layout()
        if inner is not None:
            inner.setContentsMargins(*margins)
        self.setFixedHeight(_HEIGHT + (_ROW if narrow else 0))

    # ---- showing ---------------------------------------------------------------------------

    def show_runs(self, runs: list[tuple[str, str]], imported: str = "") -> None:
        """Offer runs: id and name, the latest first.

        Args:
            runs: The runs.
            imported: Name of the file that weights were imported from, or "".
        """
        with QSignalBlocker(self.weights):
            self.weights.clear()
            self.weights.addItem("Untrained", "")
            if imported:
                self.weights.addItem(f"Imported: {imported}", IMPORTED)
            self.weights.setMinimumContentsLength(_WIDE if imported else _SHORT)
            for run_id, name in runs:
                self.weights.addItem(name, run_id)
        self.show_chosen()
        self.weights.setToolTip(
            "Weights as the layers' initializers give them, imported ones, or those of a run"
        )

    def show_chosen(self) -> None:
        """Show the run whose weights are used."""
        with QSignalBlocker(self.weights):
            found = self.weights.findData(self._sync.question.run_id)
            self.weights.setCurrentIndex(max(found, 0))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is known now."""
        sync, sample = self._sync, self._sync.sample
        error = sync.error
        if not sync.busy:
            self._busy_later.stop()
        elif not self._busy_later.isActive() and not self._stop.isVisibleTo(self):
            self._busy_later.start()
        if not sync.busy or self._stop.isVisibleTo(self):
            self._show_busy()
        if error is not None:
            self._show_error(error)
        else:
            words = sample_words(sample) if sample else self._hint
            title = f"{sample_title(sample)}:  " if sample else ""
            self.values.set_role("secondary")
            self.values.setText(title + words)
            self.values.setToolTip(as_tip(_columns(words)))
            self._show_notice()
        if sample is not None and error is None:
            self.where.setText(f"{sample.index + 1:,} of {sample.count:,}")
            if not self.row.hasFocus():
                with QSignalBlocker(self.row):
                    self.row.set_value(sample.row)
        with QSignalBlocker(self.part):
            part = "all" if sync.question.row is not None else sync.question.part
            self.part.setCurrentIndex(self.part.findData(part))

    def show_hint(self, hint: str) -> None:
        """Say what to do where no picture is shown; "" where some are."""
        if hint != self._hint:
            self._hint = hint
            self.refresh()

    def _show_notice(self) -> None:
        """Say what to do, which layers the run's weights do not fit, or whose weights these are."""
        sync = self._sync
        asking = self._hint if sync.sample else ""  # without one it stands in the row's place
        about = weights_words(sync.preview) if sync.preview else ""
        taken = bool(self.taken) and self.taken == sync.question.run_id
        whose = (
            f"Trained: {self.weights.currentText()}, the newest of this network" if taken else ""
        )
        notice = asking or about or whose
        self.notice.set_role("warning" if about and not asking else "secondary")
        self.notice.setText(notice)
        self.notice.setToolTip(as_tip(notice))
        self.notice.setVisible(bool(notice))
        self.remedy.setText("Show for all")
        self.remedy.setVisible(bool(self._hint) and not self.everywhere.isChecked())

    def _show_error(self, error: WorkbenchError) -> None:
        self.values.set_role("error")
        self.values.setText(error.describe())
        self.values.setToolTip(as_tip(error.describe()))
        self.notice.hide()
        place = error.place
        data = place is not None and place != PLACE and place.kind in ("field", "file", "column")
        self.remedy.setText("Go to the data" if data else "Try again")
        self.remedy.show()

    @Slot()
    def _show_busy(self) -> None:
        busy, share = self._sync.busy, self._sync.progress
        self._stop.setVisible(busy)
        words = "Computing …" if share is None else f"Computing … {share:.0%}".replace("%", " %")
        self.busy.setText(words if busy else "")

    # ---- what the person does --------------------------------------------------------------

    def step(self, by: int) -> None:
        """Go to the next or the previous row of the part."""
        sample = self._sync.sample
        if sample is None:
            self._sync.ask_again()
            return
        self.step_wanted.emit(sample.part, (sample.index + by) % max(sample.count, 1))

    @Slot(int)
    def _part_chosen(self, _index: int) -> None:
        self.step_wanted.emit(str(self.part.currentData()), 0)

    @Slot(object)
    def _row_typed(self, row: object) -> None:
        if isinstance(row, int | float):
            self.row_wanted.emit(int(row))

    @Slot(int)
    def _run_chosen(self, _index: int) -> None:
        self.run_wanted.emit(str(self.weights.currentData() or ""))

    @Slot(int)
    def _shows_chosen(self, at: int) -> None:
        self.weights_wanted.emit(at == 1)

    def _remedy(self) -> None:
        if self._sync.error is None:
            self.everywhere_wanted.emit(True)
        else:
            self.remedy_wanted.emit(self._sync.error)


def _columns(words: str) -> str:
    return words.replace("  ·  ", "\n")
