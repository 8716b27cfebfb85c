"""A selected connection: its ends and what flows through it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.design.inspector.facts import Facts
from ui.widgets import Button, Text
from workbench.graph import Edge, Graph
from workbench.graph.inference import Inference, describe_axes
from workbench.wording import plural


class EdgePane(QWidget):
    """Facts about one connection, or how many are selected.

    Attributes:
        delete_wanted: Emitted when the person wants to delete what is selected.
    """

    delete_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = Text("", "heading")
        self._facts = Facts("design.edge.facts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._facts)
        layout.addWidget(
            Button("Delete connection", self._delete, icon="unlink", name="design.edge.delete")
        )
        layout.addStretch(1)

    def show_edges(self, graph: Graph, edges: tuple[Edge, ...], inference: Inference) -> None:
        """Show these connections."""
        one = len(edges) == 1
        self._title.setText("Connection" if one else plural(len(edges), "connection"))
        if not one:
            self._facts.show_facts([])
            return
        edge = edges[0]
        tensor = inference.tensor(edge.source.node, edge.source.port)
        axes = inference.axes(edge.source.node, edge.source.port)
        self._facts.show_facts(
            [
                ("From", _end(graph, edge.source.node, edge.source.port, "output")),
                ("To", _end(graph, edge.target.node, edge.target.port, "input")),
                ("Shape", describe_axes(tensor, axes) or "–"),
                ("Data type", tensor.dtype if tensor else "–"),
            ]
        )

    def _delete(self) -> None:
        self.delete_wanted.emit()


def _end(graph: Graph, node_id: str, port: str, usual: str) -> str:
    name = graph.node(node_id).name
    return name if port in (usual, f"{usual}s") else f"{name}, {port.replace('_', ' ')}"
