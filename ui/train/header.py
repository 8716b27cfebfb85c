"""The head of the Train page: what the run is doing, in figures that do not jump."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.theme import font
from ui.train.curves import RunCurves
from ui.train.words import INTERRUPTED, STATES, metric_title
from ui.widgets import Button, ElidedText, Symbol, Text, as_tip
from workbench.runs.spec import RunState
from workbench.wording import duration, number

_SYMBOLS: Final = {
    RunState.RUNNING: ("train", "accent"),
    RunState.DONE: ("ok", "ok"),
    RunState.STOPPED: ("stop", "text_secondary"),
    RunState.CANCELLED: ("cancel", "text_secondary"),
    RunState.FAILED: ("error", "error"),
}


class Figure(QWidget):
    """A value under its caption.

    Args:
        caption: What the value is.
        name: Object name of the value.
        width: Smallest width, px, so that the row does not move with every digit.
    """

    def __init__(self, caption: str, name: str, width: int) -> None:
        super().__init__()
        self._caption = Text(caption, "secondary")
        self._value = Text("–", name=name)
        self._value.setFont(font("heading"))
        self.setMinimumWidth(width)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._caption)
        layout.addWidget(self._value)
        self.show_value("")

    def show_value(self, value: str, caption: str = "") -> None:
        """Show another value; "" for none."""
        if caption and caption != self._caption.text():
            self._caption.setText(caption)
        shown = value or "–"
        if shown != self._value.text():
            self._value.setText(shown)
            self._value.setAccessibleName(f"{self._caption.text()}: {shown}")

    @property
    def text(self) -> str:
        """The value shown."""
        return self._value.text()


class RunHeader(QFrame):
    """State, epoch, speed, times, best value and patience of a run.

    Attributes:
        go_on_requested: Emitted when the person wants to go on with a run that broke off.
    """

    go_on_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.header")
        self.setAccessibleName("Progress of the training")
        self.setProperty("surface", "card")
        self._symbol = Symbol("train", "text_secondary", 20)
        self._state = Text("", "heading", name="train.state")
        self._name = Text("", "secondary", name="train.run_name")
        self.epoch = Figure("Epoch", "train.epoch", 96)
        self.speed = Figure("Speed", "train.speed", 96)
        self.elapsed = Figure("Elapsed", "train.elapsed", 80)
        self.left = Figure("Time left", "train.left", 80)
        self.best = Figure("Best validation loss", "train.best", 160)
        self.patience = Figure("Patience", "train.patience", 72)
        self._bar = QProgressBar()
        self._bar.setObjectName("train.progress")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addLayout(self._state_layout())
        for figure in (
            self.epoch, self.best, self.patience, self.speed, self.elapsed, self.left,
        ):  # fmt: skip
            line.addWidget(figure)
        line.addStretch(1)
        self._go_on = Button("Continue", self.go_on_requested.emit, icon="resume")
        self._go_on.setObjectName("train.header.go_on")
        self._go_on.setToolTip("Go on with this run from where it was when it broke off")
        self._go_on.hide()
        line.addWidget(self._go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        self._begins = ElidedText("", "secondary", name="train.begins")
        self._begins.hide()
        layout.addLayout(line)
        layout.addWidget(self._begins)
        layout.addWidget(self._bar)

    def _state_layout(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._state)
        box = QHBoxLayout()
        box.setSpacing(8)
        box.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(words)
        self._state.setMinimumWidth(112)
        return box

    def offer_going_on(self, offered: bool) -> None:
        """Offer, or not, to go on with the run that is shown."""
        self._go_on.setVisible(offered)
        if offered:
            self._state.setText(INTERRUPTED)
            self._symbol.show_icon("pause", "warning")

    def show_run(self, run: RunCurves) -> None:
        """Show the figures of a run as they are now; cheap enough for four times a second."""
        running = not run.state.is_finished
        self._state.setText(_state_words(run))
        self._name.setText(run.name or run.run_id)
        self._symbol.show_icon(*(_SYMBOLS[run.state] if not run.paused else ("pause", "warning")))
        total = f" of {run.planned_epochs:,}" if run.planned_epochs else ""
        at = min(run.epoch + 1, run.planned_epochs) if running and run.step else run.epoch
        self.epoch.show_value(f"{at:,}{total}" if at or total else "")
        self.speed.show_value(_speed(run) if running else "")
        spent = run.elapsed()
        words = f"{spent:.0f} s" if running and spent < 60 else duration(spent)
        self.elapsed.show_value(words if run.step else "", "Elapsed" if running else "Took")
        left = run.seconds_left()
        self.left.show_value("" if left is None or run.paused else _calm_duration(left))
        for figure in (self.speed, self.left):
            figure.setVisible(running)
        self._begins.setText(run.begins)
        self._begins.setToolTip(as_tip(run.begins))
        self._begins.setVisible(bool(run.begins))
        self._show_best(run)
        self._bar.setVisible(running)
        if running:
            self._bar.setRange(0, 0 if not run.step and not run.paused else 1000)
            self._bar.setValue(round(1000 * run.progress))

    def _show_best(self, run: RunCurves) -> None:
        caption = f"Best {_lower_first(metric_title(run.monitor))}" if run.monitor else "Best"
        value = ""
        if run.best_epoch and math.isfinite(run.best_value):
            value = f"{number(run.best_value)} (epoch {run.best_epoch})"
        self.best.show_value(value, caption)
        self.patience.setVisible(run.patience is not None and not run.state.is_finished)
        if run.patience is not None:
            self.patience.show_value(f"{run.patience[0]} of {run.patience[1]}")
            self.patience.setToolTip(
                "Epochs without improvement, and how many are allowed before training ends"
            )


def _state_words(run: RunCurves) -> str:
    if run.paused:
        return "Paused"
    if run.state is RunState.RUNNING and not run.step:
        return run.phase or "Starting"
    return STATES[run.state]


def _speed(run: RunCurves) -> str:
    speed = run.steps_per_second
    if speed is None or run.paused:
        return ""
    return f"{speed:,.0f} steps/s" if speed >= 10 else f"{speed:.1f} steps/s"


def _calm_duration(seconds: float) -> str:
    """Return a remaining time without digits that change all the time."""
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 60 else duration(round(seconds / 5) * 5)


def _lower_first(title: str) -> str:
    return title if title[:2].isupper() else title[0].lower() + title[1:]
