"""The picture of a graph: its figures, kept in step with the documents change by change.

Everything here follows from the documents. `touch` redraws what a change concerns, `redraw` makes
all anew; both give the same picture (a property test compares them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from ui.design.canvas.figures import (
    EdgeFigure,
    NodeFigure,
    flow_words,
    make_edge_figures,
    make_node_figure,
    size_words,
)
from ui.design.canvas.index import Index
from ui.design.canvas.touched import touched_nodes
from workbench.catalog import Catalog
from workbench.graph import Change, Edge, Graph, MoveNodes

if TYPE_CHECKING:
    from workbench.graph import Problem
    from workbench.graph.inference import Inference
    from workbench.graph.problems import Severity

Facts = dict[str, tuple[tuple["Severity", str], ...]]


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


class Picture(QObject):
    """Figures of the whole graph, found by id and by place.

    Args:
        catalog: The layers that exist.
        parent: Qt parent.

    Attributes:
        changed: Emitted after figures changed.
        nodes: Figures of the nodes, in the order of the document.
        edges: Figures of the edges.
        lifted: What a gesture holds above the rest, or None.
        around: Box of what else is on the canvas (notes); part of the whole.
    """

    changed = Signal()

    def __init__(self, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalog = catalog
        self.graph = Graph()
        self.nodes: dict[str, NodeFigure] = {}
        self.edges: dict[Edge, EdgeFigure] = {}
        self.node_index: Index[str, NodeFigure] = Index()
        self.edge_index: Index[Edge, EdgeFigure] = Index()
        self.lifted: Lifted | None = None
        self.around = QRectF()
        self._hidden: Edge | None = None
        self._inference: Inference | None = None
        self._facts: Facts = {}
        self._into: dict[str, list[Edge]] = {}
        self._lenders: dict[str, set[str]] = {}

    # ---- following the documents -----------------------------------------------------------

    def show_graph(self, graph: Graph) -> None:
        """Draw another graph."""
        self.graph = graph
        self._inference, self._facts = None, {}
        self.redraw()

    def redraw(self) -> None:
        """Make all figures anew."""
        self.lifted = None
        for index in (self.node_index, self.edge_index):
            index.clear()
        self.nodes.clear()
        self.edges.clear()
        self._into.clear()
        self._lenders.clear()
        for node_id in self.graph.nodes:
            self._draw_node(node_id)
        for node_id in self.graph.nodes:
            self._draw_edges_into(node_id)
        self.changed.emit()

    def touch(self, change: Change) -> None:
        """Redraw what a change of the graph concerns."""
        self.land()
        ids = touched_nodes(change)
        if isinstance(change, MoveNodes):
            self._move(ids)
        elif ids:
            self._refresh(ids)
        self.changed.emit()

    def redraw_nodes(self, ids: Iterable[str]) -> None:
        """Redraw nodes of which something outside the network is different."""
        known = [i for i in ids if i in self.graph]
        if known:
            self.land()
            self._refresh(known)
            self.changed.emit()

    @property
    def inference(self) -> Inference | None:
        """What is known about the network, or None."""
        return self._inference

    def redraw_edges(self) -> None:
        """Draw all edges anew, in the style that is chosen now."""
        self.land()
        for node_id in self.graph.nodes:
            self._draw_edges_into(node_id)
        self.changed.emit()

    def set_inference(self, inference: Inference | None) -> None:
        """Show the shapes and sizes that inference found."""
        before, self._inference = self._inference, inference
        old = before.nodes if before else {}
        new = inference.nodes if inference else {}
        for node_id, figure in self.nodes.items():
            info = new.get(node_id)
            if old.get(node_id) == info:
                continue
            figure.shape, figure.count = size_words(info)
            for edge in self.graph.outgoing(node_id):
                drawn = self.edges.get(edge)
                if drawn is not None:
                    drawn.shape, drawn.dtype = flow_words(inference, edge.source)
        self.changed.emit()

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong at the nodes where it is wrong."""
        found: dict[str, list[tuple[Severity, str]]] = {}
        for problem in problems:
            if problem.place.kind in ("node", "port", "param"):
                found.setdefault(problem.place.id, []).append((problem.severity, problem.message))
        facts: Facts = {node_id: tuple(reasons) for node_id, reasons in found.items()}
        before, self._facts = self._facts, facts
        ids = {i for i in (*before, *facts) if before.get(i) != facts.get(i)}
        for node_id in ids & self.nodes.keys() & self.graph.nodes.keys():
            self._draw_node(node_id)
        self.changed.emit()

    def _refresh(self, ids: Iterable[str]) -> None:
        wanted = set(ids)
        for node_id in list(wanted):
            wanted |= self._lenders.get(node_id, set())
        gone = {i for i in wanted if i not in self.graph.nodes}
        if gone:
            wanted |= self._neighbours(gone)
            gone = {i for i in wanted if i not in self.graph.nodes}
        for node_id in gone:
            self._erase_node(node_id)
        for node_id in wanted - gone:
            self._draw_node(node_id)
        targets = set(wanted)
        for node_id in wanted - gone:
            targets |= {edge.target.node for edge in self.graph.outgoing(node_id)}
        for node_id in targets:
            self._draw_edges_into(node_id)

    def _neighbours(self, gone: set[str]) -> set[str]:
        """Return the nodes that edges of removed nodes are still drawn at."""
        found = set()
        for edge in self.edges:
            source, target = edge.source.node, edge.target.node
            if source in gone or target in gone:
                found |= {source, target}
        return found

    def _move(self, ids: set[str]) -> None:
        """Like `_refresh`, for nodes of which only the place is different: no words change."""
        targets = set(ids)
        shifts: dict[str, QPointF] = {}
        for node_id in ids:
            figure, node = self.nodes[node_id], self.graph.node(node_id)
            rect = QRectF(figure.rect)
            rect.moveCenter(QPointF(*node.position))
            shifts[node_id] = rect.topLeft() - figure.rect.topLeft()
            self._put_node(replace(figure, node=node, rect=rect))
            targets |= {edge.target.node for edge in self.graph.outgoing(node_id)}
        still = QPointF()
        for node_id in targets:
            for edge in self._into.get(node_id, ()):
                moved = self.edges[edge].shifted(
                    shifts.get(edge.source.node, still), shifts.get(node_id, still)
                )
                self.edges[edge] = moved
                self.edge_index.put(edge, moved)

    def _draw_node(self, node_id: str) -> None:
        node = self.graph.node(node_id)
        info = self._inference.nodes.get(node_id) if self._inference else None
        if node.shared_with:
            self._lenders.setdefault(node.shared_with, set()).add(node_id)
        self._put_node(
            make_node_figure(self.graph, self.catalog, node, info, self._facts.get(node_id, ()))
        )

    def _put_node(self, figure: NodeFigure) -> None:
        self.nodes[figure.id] = figure
        holds = self.lifted is not None and figure.id in self.lifted.nodes
        (self.lifted.nodes if self.lifted and holds else self.node_index).put(figure.id, figure)

    def _erase_node(self, node_id: str) -> None:
        if self.nodes.pop(node_id, None) is None:
            return
        self.node_index.drop(node_id)
        for borrowers in self._lenders.values():
            borrowers.discard(node_id)

    def _draw_edges_into(self, node_id: str) -> None:
        for edge in self._into.pop(node_id, ()):
            self.edges.pop(edge, None)
            self.edge_index.drop(edge)
        if node_id not in self.nodes or self.lifted is not None:
            return
        figures = make_edge_figures(self.graph, self.nodes, node_id, self._inference)
        self._into[node_id] = [figure.edge for figure in figures]
        for figure in figures:
            self.edges[figure.edge] = figure
            self.edge_index.put(figure.edge, figure)

    # ---- lifting ---------------------------------------------------------------------------

    def lift(self, ids: Iterable[str]) -> Lifted:
        """Hold nodes above the others, so that a gesture can move them at any size of graph."""
        self.land()
        lifted = Lifted()
        moving = {i for i in ids if i in self.nodes}
        for node_id in moving:
            lifted.nodes.put(node_id, self.nodes[node_id])
            self.node_index.drop(node_id)
        for edge, figure in self.edges.items():
            starts, ends = edge.source.node in moving, edge.target.node in moving
            if not (starts or ends):
                continue
            self.edge_index.drop(edge)
            if starts and ends:
                lifted.edges.put(edge, figure)
            else:
                lifted.borders.append((figure, starts))
        self.lifted = lifted
        return lifted

    def land(self) -> None:
        """Put what was lifted back to where the document has it."""
        lifted, self.lifted = self.lifted, None
        if lifted is None:
            return
        everywhere = lifted.nodes.bounds().adjusted(-1, -1, 1, 1)
        ids = [figure.id for figure in lifted.nodes.inside(everywhere)]
        for node_id in ids:
            if node_id in self.graph.nodes:
                self.node_index.put(node_id, self.nodes[node_id])
        for figure in (*lifted.edges.inside(lifted.edges.bounds()),
                       *(figure for figure, _ in lifted.borders)):  # fmt: skip
            if figure.edge in self.edges:
                self.edge_index.put(figure.edge, figure)
        self.changed.emit()

    def hide(self, edge: Edge) -> None:
        """Leave an edge out while a gesture drags its end."""
        self.edge_index.drop(edge)
        self._hidden = edge

    def show_hidden(self) -> None:
        """Show the edge that `hide` left out, if it is still there."""
        edge, self._hidden = self._hidden, None
        if edge in self.edges:
            self.edge_index.put(edge, self.edges[edge])

    # ---- measures --------------------------------------------------------------------------

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """Return the box around all nodes, or around some."""
        if ids is None:
            return self.node_index.bounds().united(self.around)
        box = QRectF()
        for node_id in ids:
            if node_id in self.nodes:
                box = box.united(self.nodes[node_id].rect)
        return box

    def sizes(self) -> dict[str, tuple[float, float]]:
        """Return width and height of every node."""
        return {i: (f.rect.width(), f.rect.height()) for i, f in self.nodes.items()}
