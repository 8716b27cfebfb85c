"""What an empty canvas says, with the two likeliest ways to fill it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets import Button, EmptyState


class EmptyCanvas(QWidget):
    """Lies over the canvas while the network has no layers; drags and clicks go through.

    Args:
        parent: The canvas.

    Attributes:
        template_wanted: Emitted when the person wants to begin with a template.
        input_wanted: Emitted when the person wants an input layer.
    """

    template_wanted = Signal()
    input_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._buttons = (
            Button("Start from a template", self._template, kind="primary", icon="template",
                   name="design.empty.template"),
            Button("Add an input layer", self._input, icon="family_input",
                   name="design.empty.input"),
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(
            EmptyState(
                "Draw your network here",
                "Drag layers from the left, or just type a name such as “dense” and press Enter.",
                self._buttons,
                name="design.empty",
            )
        )

    def _template(self) -> None:
        self.template_wanted.emit()

    def _input(self) -> None:
        self.input_wanted.emit()
