"""The strip below the canvas: size of the network at the left, zoom at the right."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from ui.design.blocks.counting import layers_in
from ui.design.costs import UNKNOWN
from ui.design.inspector.network_pane import totals
from ui.widgets import ActionButton, Text, identify
from workbench.graph import Graph
from workbench.graph.inference import Inference
from workbench.wording import plural


class Footer(QFrame):
    """Totals and zoom controls.

    Args:
        zoom_in: Action of the button with the plus.
        zoom_out: Action of the button with the minus.
        reset: Action of the button that shows the scale.
        fit: Action of the button that fits the view.
        minimap: Checkable action of the minimap.
        parent: Parent widget.
    """

    def __init__(
        self,
        zoom_in: QAction,
        zoom_out: QAction,
        reset: QAction,
        fit: QAction,
        minimap: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pageFooter")
        self.setFixedHeight(33)
        self.totals = Text("", "secondary", name="design.totals")
        self._scale = QToolButton()
        self._scale.clicked.connect(reset.trigger)
        self._scale.setToolTip(reset.toolTip())
        self._scale.setFixedWidth(56)
        identify(self._scale, "design.zoom.scale", "Zoom")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 8, 0)
        line.setSpacing(4)
        line.addWidget(self.totals, 1)
        line.addWidget(_small(minimap))
        line.addSpacing(8)
        line.addWidget(_small(zoom_out))
        line.addWidget(self._scale)
        line.addWidget(_small(zoom_in))
        line.addWidget(_small(fit))

    def show_network(self, graph: Graph, inference: Inference) -> None:
        """Show how large the network is, as far as it is known: not while an error exists."""
        facts = dict(totals(graph, inference))
        words = [plural(layers_in(graph), "layer")]
        if facts["Parameters"] == UNKNOWN:
            wrong = inference.has_errors
            words.append("size told once no error is left" if wrong else "size not known yet")
        else:
            words.append(f"{facts['Parameters']} parameters")
            words.append(f"{facts['Weights']} of weights")
        self.totals.setText("  ·  ".join(words))

    @Slot(float)
    def show_scale(self, scale: float) -> None:
        """Show the zoom."""
        percent = f"{scale * 100:.0f} %" if scale >= 0.095 else f"{scale * 100:.1f} %"
        self._scale.setText(percent)
        self._scale.setAccessibleName(f"Zoom {percent}")


def _small(action: QAction) -> ActionButton:
    button = ActionButton(action)
    button.setFixedHeight(26)
    return button
