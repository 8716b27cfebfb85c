"""Controls in the page's toolbar: train, pause, stop, cancel; how much curves are smoothed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from ui.theme import set_icon
from ui.widgets import Button, PrimaryButton, Text
from workbench.wording import count

_PER_TENFOLD: Final = 25
"""Slider steps that make the reach of smoothing ten times longer."""


class RunButtons(QWidget):
    """Train while nothing runs; Pause, Cancel and Stop while something does.

    Args:
        start: Action that trains.
        pause: Action that pauses.
        resume: Action that goes on.
        stop: Action that ends and keeps the best.
        cancel: Action that ends and discards.
    """

    def __init__(
        self, start: QAction, pause: QAction, resume: QAction, stop: QAction, cancel: QAction
    ) -> None:
        super().__init__()
        self.train = PrimaryButton("Train", icon="play", name="train.start.button")
        self.train.follow(start)
        self.stop = PrimaryButton("Stop", icon="stop", name="train.stop.button")
        self.stop.setToolTip(stop.toolTip())
        self.stop.clicked.connect(stop.trigger)
        self._buttons: list[tuple[QPushButton, QAction]] = []
        self.pause = self._button("Pause", "pause", pause, "train.pause.button")
        self.resume = self._button("Resume", "resume", resume, "train.resume.button")
        self.cancel = self._button("Cancel", "", cancel, "train.cancel.button")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for button in (self.pause, self.resume, self.cancel, self.stop, self.train):
            line.addWidget(button)
        self.show_state(running=False, paused=False, ending=False)

    def _button(self, text: str, icon: str, action: QAction, name: str) -> Button:
        button = Button(text, action.trigger, icon=icon, name=name)
        button.setToolTip(action.toolTip())
        return button

    def show_state(self, *, running: bool, paused: bool, ending: bool) -> None:
        """Show what can be done now.

        Args:
            running: Whether a training goes on.
            paused: Whether it waits.
            ending: Whether it has been asked to end.
        """
        self.train.setVisible(not running)
        for button in (self.stop, self.cancel):
            button.setVisible(running)
        self.pause.setVisible(running and not paused)
        self.resume.setVisible(running and paused)
        self.stop.setEnabled(not ending)
        self.pause.setEnabled(not ending)
        self.stop.setText("Stopping" if ending else "Stop")
        set_icon(self.stop, "stop", "text_disabled" if ending else "accent_text")


class SmoothingBox(QWidget):
    """A slider from no smoothing to a reach of ten thousand steps.

    Args:
        value: Slider position at first, 0 … 100.

    Attributes:
        changed: Emitted with (slider position, share of the past in [0, 1)).
    """

    changed = Signal(int, float)

    def __init__(self, value: int = 0) -> None:
        super().__init__()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("train.smoothing")
        self._slider.setAccessibleName("Smoothing")
        self._slider.setRange(0, 4 * _PER_TENFOLD)
        self._slider.setPageStep(_PER_TENFOLD)
        self._slider.setFixedWidth(120)
        self._slider.setToolTip(
            "Averages over about so many steps; what was measured stays visible behind"
        )
        self._words = Text("", "secondary", name="train.smoothing.words")
        self._words.setMinimumWidth(84)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(Text("Smoothing", "secondary"))
        line.addWidget(self._slider)
        line.addWidget(self._words)
        self._slider.valueChanged.connect(self._moved)
        self._slider.setValue(value)
        self._say(value)

    @property
    def weight(self) -> float:
        """Share of the past, in [0, 1)."""
        return smoothing_weight(self._slider.value())

    @Slot(int)
    def _moved(self, value: int) -> None:
        self._say(value)
        self.changed.emit(value, smoothing_weight(value))

    def _say(self, value: int) -> None:
        reach = round(10 ** (value / _PER_TENFOLD))
        self._words.setText(f"{count(reach)} steps" if reach > 1 else "off")


def smoothing_weight(position: int) -> float:
    """Return the share of the past for a slider position, 0 … 100."""
    reach = 10.0 ** (position / _PER_TENFOLD)
    return 1.0 - 1.0 / reach if round(reach) > 1 else 0.0
