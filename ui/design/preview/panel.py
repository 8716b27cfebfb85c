"""The inspector's part of the preview: values large, the activation function, the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ui.design.inspector.facts import Facts
from ui.design.preview.closeup import CloseUp
from ui.design.preview.words import (
    bad_words,
    drawn_words,
    percent,
    shape_words,
    statistics_words,
    value_words,
)
from ui.widgets import ElidedText, IconButton, NumberField, Section, Text, as_tip, identify
from workbench.graph.activation_curves import Curve
from workbench.graph.preview import Activation, Detail, NodePreview, WeightTensor
from workbench.wording import plural

if TYPE_CHECKING:
    from ui.design.preview.plots import CurvePlot

_MOST_WEIGHTS: Final = 16
_PAGE: Final = 64
"""Channels that one answer holds."""


class PreviewPanel(QWidget):
    """Sections "Preview", "Activation function" and "Weights" of the selected layer.

    Attributes:
        first_wanted: Emitted with the first channel that should be known.
    """

    first_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: NodePreview | None = None
        self._node = ""
        self._stale = False
        self.values = Section("Preview", name="design.preview.section")
        self.function = Section("Activation function", name="design.preview.function")
        self.weights = Section("Weights", name="design.preview.weights_section")
        self.port = QComboBox()
        identify(self.port, "design.preview.port", "Output")
        self.shape = Text("", "secondary", wrap=True, name="design.preview.shape")
        self.bad = Text("", "error", wrap=True, name="design.preview.bad")
        self.closeup = CloseUp()
        self.pointed = Text("", "secondary", name="design.preview.pointed")
        self.channel = NumberField(
            None, minimum=0, whole=True, optional=True, name="design.preview.channel",
            accessible="Channel",
        )  # fmt: skip
        self.channel.setPlaceholderText("All")
        self.channel.setFixedWidth(64)
        self._channel_row = QWidget()
        self.facts = Facts("design.preview.facts")
        self.dead = Text("", "warning", wrap=True, name="design.preview.dead")
        self._curves: list[tuple[Text, CurvePlot, Text]] = []
        self._tensors: list[_TensorView] = []
        self._whose = Text("", "secondary", wrap=True, name="design.preview.whose")
        self._more = Text("", "secondary")
        self._before = Text("", "secondary", wrap=True, name="design.preview.before")
        self._lay_out()
        self.port.currentIndexChanged.connect(self._port_chosen)
        self.closeup.pointed.connect(self._point)
        self.closeup.channel_chosen.connect(self.choose_channel)
        self.channel.value_changed.connect(self._channel_typed)
        self.hide_all()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._channel_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(Text("Channel", "secondary"))
        row.addWidget(
            IconButton("chevron_left", "Previous channel", lambda: self.step(-1), size=16,
                       name="design.preview.channel_previous")
        )  # fmt: skip
        row.addWidget(self.channel)
        row.addWidget(
            IconButton("chevron_right", "Next channel", lambda: self.step(1), size=16,
                       name="design.preview.channel_next")
        )  # fmt: skip
        row.addStretch(1)
        for widget in (self.shape, self.port, self.bad, self.closeup, self.pointed,
                       self._channel_row, self.facts, self.dead):  # fmt: skip
            self.values.content.addWidget(widget)
        self.weights.content.addWidget(self._whose)
        self.weights.content.addWidget(self._more)
        self.function.content.addWidget(self._before)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for section in (self.values, self.function, self.weights):
            layout.addWidget(section)
        layout.addStretch(1)

    # ---- showing ---------------------------------------------------------------------------

    def hide_all(self) -> None:
        """Show nothing: no single layer is selected."""
        for section in (self.values, self.function, self.weights):
            section.hide()
        self._node, self._found = "", None

    def show_layer(self, node_id: str, curves: list[Curve]) -> None:
        """Show what is known of a layer without a preview."""
        if node_id != self._node:
            self._node = node_id
            self._found = None
            self.closeup.show_channel(-1)
            self.values.hide()
            self.weights.hide()
            self.pointed.setText("")
        self._show_curves(curves, self._found.detail if self._found else None)

    def show_nothing(self) -> None:
        """The preview is off: leave only the function."""
        self._found = None
        self.values.hide()
        self.weights.hide()

    def show_found(self, found: NodePreview, curves: list[Curve], *, stale: bool) -> None:
        """Show what a preview says about the layer."""
        self._found, self._stale = found, stale
        with QSignalBlocker(self.port):
            ports = list(found.outputs)
            if [self.port.itemText(i) for i in range(self.port.count())] != ports:
                self.port.clear()
                self.port.addItems(ports)
        self.port.setVisible(len(ports) > 1)
        self.values.show()
        self._show_output()
        self._show_curves(curves, found.detail)
        self._show_weights(found)

    @property
    def output(self) -> Activation | None:
        """The output that is shown."""
        if self._found is None:
            return None
        return self._found.outputs.get(self.port.currentText()) or self._found.output

    def _show_output(self) -> None:
        found, output = self._found, self.output
        if found is None:
            return
        numbers = output is not None and output.kind != "text"
        for widget in (self.closeup, self.pointed, self.facts):
            widget.setVisible(output is not None)
        self._channel_row.setVisible(output is not None and output.channels > 1)
        if output is None:
            self.shape.setText(found.message)
            self.bad.hide()
            self.dead.hide()
            return
        words = f"{shape_words(output.shape)}, {output.dtype}"
        left_out = drawn_words(output)
        self.shape.setText(f"{words}. {left_out}" if left_out else words)
        bad = bad_words(output.statistics)
        self.bad.setText(f"Not finite: {bad}. The network cannot learn from this." if bad else "")
        self.bad.setVisible(bool(bad))
        self.closeup.show_values(found, output, stale=self._stale)
        facts = statistics_words(output.statistics) if numbers else []
        if found.user:
            facts.insert(0, ("In own units", ", ".join(value_words(v) for v in found.user[:6])))
        self.facts.show_facts(facts)
        self.channel.set_range(0, max(output.channels - 1, 0))
        self._show_dead(found.detail)

    def _show_dead(self, detail: Detail | None) -> None:
        shown = detail is not None and detail.dead is not None
        if shown and detail is not None and detail.dead is not None:
            share = detail.dead / max(detail.units, 1)
            rows = plural(detail.dead_rows, "row")
            self.dead.set_role("warning" if detail.dead else "secondary")
            self.dead.setText(
                f"{detail.dead:,} of {detail.units:,} units ({percent(share)}) gave zero for all "
                f"of {rows}: dead ReLU."
                if detail.dead
                else f"No unit gave zero for all of {rows}: no dead ReLU."
            )
        self.dead.setVisible(shown)

    def _show_curves(self, curves: list[Curve], detail: Detail | None) -> None:
        self.function.setVisible(bool(curves))
        while len(self._curves) < len(curves):
            title = Text("", "secondary", wrap=True)
            from ui.design.preview.plots import CurvePlot  # not before one is seen: 0.15 s

            plot = CurvePlot(f"design.preview.curve_{len(self._curves)}")
            note = Text("", "secondary", wrap=True)
            made: tuple[QWidget, ...] = (title, plot, note)
            for at, widget in enumerate(made):
                self.function.content.insertWidget(3 * len(self._curves) + at, widget)
            self._curves.append((title, plot, note))
        before = detail.before if detail else None
        for number, (title, plot, note) in enumerate(self._curves):
            shown = number < len(curves)
            for part in (title, plot, note):
                part.setVisible(shown)
            if shown:
                curve = curves[number]
                title.setText(f"{curve.title} — value (solid) and slope (dashed)")
                plot.show_curve(curve, before if number == 0 else None)
                note.setText(curve.note)
                note.setVisible(bool(curve.note))
        about = detail.before_statistics if detail else None
        self._before.setVisible(about is not None and bool(curves))
        if about is not None:
            self._before.setText(
                f"Grey: what comes to it for this row, {value_words(about.minimum)} … "
                f"{value_words(about.maximum)}."
            )

    def _show_weights(self, found: NodePreview) -> None:
        tensors = found.detail.weights if found.detail else ()
        self.weights.setVisible(bool(tensors))
        whose = {"trained": "Those of the run.", "fresh": "Fresh, as a training starts from."}
        self._whose.setText(whose.get(found.weights, ""))
        while len(self._tensors) < min(len(tensors), _MOST_WEIGHTS):
            view = _TensorView(len(self._tensors))
            self.weights.content.insertWidget(1 + len(self._tensors), view)
            self._tensors.append(view)
        for number, view in enumerate(self._tensors):
            view.setVisible(number < len(tensors))
            if number < len(tensors):
                view.show_tensor(tensors[number])
        more = len(tensors) - _MOST_WEIGHTS
        self._more.setText(f"and {more} more" if more > 0 else "")
        self._more.setVisible(more > 0)

    # ---- what the person does --------------------------------------------------------------

    def step(self, by: int) -> None:
        """Show the next or the previous channel."""
        output = self.output
        if output is not None:
            at = self.closeup.channel + by if self.closeup.channel >= 0 or by > 0 else -1
            self.choose_channel(at % output.channels if at >= 0 else output.channels - 1)

    @Slot(int)
    def choose_channel(self, channel: int) -> None:
        """Show one channel alone, or all with -1."""
        output = self.output
        self.closeup.show_channel(channel)
        with QSignalBlocker(self.channel):
            self.channel.set_value(channel if channel >= 0 else None)
        if output is None or channel < 0:
            return
        if not output.first <= channel < output.first + len(output.values):
            self.first_wanted.emit(channel // _PAGE * _PAGE)

    @Slot(object)
    def _channel_typed(self, value: object) -> None:
        self.choose_channel(int(value) if isinstance(value, int | float) else -1)

    @Slot(int)
    def _port_chosen(self, _index: int) -> None:
        self._show_output()

    @Slot(str)
    def _point(self, words: str) -> None:
        self.pointed.setText(words)


class _TensorView(QWidget):
    """One weight: name and shape, how its values are spread, numbers."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._title = ElidedText("", "body")
        from ui.design.preview.plots import SpreadPlot

        self.plot = SpreadPlot(f"design.preview.weight_{number}")
        self._numbers = Text("", "secondary", wrap=True)
        self._bad = Text("", "error", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(2)
        for widget in (self._title, self._bad, self.plot, self._numbers):
            layout.addWidget(widget)

    def show_tensor(self, tensor: WeightTensor) -> None:
        """Show a weight."""
        about = tensor.statistics
        frozen = "" if tensor.trainable else ", not trained"
        title = f"{tensor.name}  {shape_words(tensor.shape)}{frozen}"
        self._title.setText(title)
        self._title.setToolTip(as_tip(title))
        bad = bad_words(about)
        self._bad.setText(f"Not finite: {bad}." if bad else "")
        self._bad.setVisible(bool(bad))
        words = (
            f"{value_words(about.minimum)} … {value_words(about.maximum)}, mean "
            f"{value_words(about.mean)}, deviation {value_words(about.std)}"
        )
        if about.zeros:
            words += f", {percent(about.zeros)} zeros"
        if tensor.histogram is not None and tensor.histogram.every > 1:
            words += f"; every {tensor.histogram.every:,}th value is counted"
        self._numbers.setText(words)
        self.plot.setVisible(tensor.histogram is not None)
        if tensor.histogram is not None:
            self.plot.show_histogram(tensor.histogram, f"{tensor.name}: {words}")
