"""What a gesture holds above the other figures while it drags."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF

from ui.design.canvas.figures import EdgeFigure, NodeFigure
from ui.design.canvas.index import Index
from workbench.graph import Edge


@dataclass(slots=True)
class Lifted:
    """Figures that a gesture holds above the others, shifted by `offset`.

    Attributes:
        nodes: The nodes that move.
        edges: Edges between them.
        borders: Edges with one end among them: the figure, and whether its start moves.
        offset: How far they have been moved, scene units.
    """

    nodes: Index[str, NodeFigure] = field(default_factory=Index)
    edges: Index[Edge, EdgeFigure] = field(default_factory=Index)
    borders: list[tuple[EdgeFigure, bool]] = field(default_factory=list)
    offset: QPointF = field(default_factory=QPointF)

    def border_figures(self) -> list[EdgeFigure]:
        """Return the edges to the rest of the network, bent to where the nodes are now."""
        still = QPointF()
        return [
            figure.shifted(self.offset, still) if starts else figure.shifted(still, self.offset)
            for figure, starts in self.borders
        ]
