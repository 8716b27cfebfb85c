"""All figures of one network, by id and by place, and how a new set of them is made bit by bit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas.figures import (
    EdgeFigure,
    NodeFigure,
    make_edge_figures,
    make_node_figure,
)
from ui.design.canvas.index import Cell, Index
from ui.design.canvas.paint_edges import edges_in_bulk
from ui.design.canvas.paint_nodes import nodes_in_bulk
from ui.design.canvas.tensor_words import flow_words, size_words
from workbench.graph import Edge

if TYPE_CHECKING:
    from workbench.catalog import Catalog
    from workbench.graph import Graph, Node
    from workbench.graph.inference import Inference
    from workbench.graph.problems import Severity

Facts = dict[str, tuple[tuple["Severity", str], ...]]

_EDGES_SHARE: Final = 0.55
"""Share of the work that is done when the nodes are."""
_STEP: Final = 8
"""Figures between two chances to stop."""


@dataclass(slots=True)
class Subject:
    """What figures are made of.

    Attributes:
        graph: The network.
        catalog: The layers that exist.
        inference: What is known of the shapes, or None.
        facts: Node id → severity and message of what is wrong with it.
    """

    graph: Graph
    catalog: Catalog
    inference: Inference | None = None
    facts: Facts = field(default_factory=dict)

    def node_figure(self, node_id: str) -> NodeFigure:
        """Make the figure of a node."""
        info = self.inference.nodes.get(node_id) if self.inference else None
        node = self.graph.node(node_id)
        return make_node_figure(self.graph, self.catalog, node, info, self.facts.get(node_id, ()))


@dataclass(slots=True)
class FigureSet:
    """The figures of one network.

    Attributes:
        nodes: Figures of the nodes, in the order of the document.
        edges: Figures of the edges.
        node_index: The nodes by place.
        edge_index: The edges by place.
        into: Node id → the edges that are drawn into it.
        lenders: Node id → the nodes that apply its layer once more.
    """

    nodes: dict[str, NodeFigure] = field(default_factory=dict)
    edges: dict[Edge, EdgeFigure] = field(default_factory=dict)
    node_index: Index[str, NodeFigure] = field(default_factory=Index)
    edge_index: Index[Edge, EdgeFigure] = field(default_factory=Index)
    into: dict[str, list[Edge]] = field(default_factory=dict)
    lenders: dict[str, set[str]] = field(default_factory=dict)

    def lend(self, subject: Subject, node_id: str) -> None:
        """Note whose layer a node applies once more."""
        lender = subject.graph.node(node_id).shared_with
        if lender:
            self.lenders.setdefault(lender, set()).add(node_id)

    def draw_edges_into(self, subject: Subject, node_id: str) -> None:
        """Make the figures of the edges into a node; those that were there are dropped before."""
        figures = make_edge_figures(subject.graph, self.nodes, node_id, subject.inference)
        self.into[node_id] = [figure.edge for figure in figures]
        for figure in figures:
            self.edges[figure.edge] = figure
            self.edge_index.put(figure.edge, figure)

    def neighbours(self, gone: set[str]) -> set[str]:
        """Return the nodes that edges of removed nodes are still drawn at."""
        found = set()
        for edge in self.edges:
            source, target = edge.source.node, edge.target.node
            if source in gone or target in gone:
                found |= {source, target}
        return found

    def fill(
        self,
        subject: Subject,
        before: FigureSet | None = None,
        anew: Collection[str] = (),
    ) -> Iterator[float]:
        """Make all figures of a network, a few at a time; this set is empty at first.

        The network may be edited meanwhile; who edits it draws those nodes once more afterwards.

        Args:
            subject: The network and what is known about it.
            before: Figures of the same network that may be taken over, moved where nodes moved.
            anew: Nodes that must be made anew all the same.

        Yields:
            The share that is done, 0 to 1.
        """
        graph = subject.graph
        old = before.nodes if before is not None else {}
        ids, made = list(graph.nodes), set[str]()
        for done, node_id in enumerate(ids):
            if done % _STEP == 0:
                yield _EDGES_SHARE * done / len(ids)
            if node_id not in graph:
                continue
            figure = None if node_id in anew else old.get(node_id)
            if figure is None:
                figure = subject.node_figure(node_id)
                made.add(node_id)
            else:
                figure = moved(figure, graph.node(node_id))
            self.nodes[node_id] = figure
            self.node_index.put(node_id, figure)
            self.lend(subject, node_id)
        targets = set(made)
        if before is not None:  # else all edges are made anyway
            for done, node_id in enumerate(made):
                if done % _STEP == 0:
                    yield _EDGES_SHARE
                if node_id in graph:
                    targets |= {edge.target.node for edge in graph.outgoing(node_id)}
        for done, node_id in enumerate(ids):
            if done % _STEP == 0:
                yield _EDGES_SHARE + (0.95 - _EDGES_SHARE) * done / len(ids)
            if node_id not in self.nodes or node_id not in graph:
                continue
            if before is None or node_id in targets or node_id not in before.into:
                self.draw_edges_into(subject, node_id)
            else:
                self._take_over_edges(before, node_id)
        for node_cell in list(self.node_index.cells()):  # the first frame needs them
            nodes_in_bulk(node_cell)
            node_cell.top()
            node_cell.bounds()
            yield 0.97
        for edge_cell in list(self.edge_index.cells()):
            edges_in_bulk(edge_cell)
            edge_cell.bounds()
            yield 0.99

    def drop(self) -> Iterator[float]:
        """Forget everything, a little at a time: freeing thousands of figures takes its time.

        Yields:
            Zeros.
        """
        cells: list[Cell[Any, Any]] = [*self.node_index.cells(), *self.edge_index.cells()]
        shelves: list[dict[Any, Any]] = [self.nodes, self.edges, self.into, self.lenders]
        shelves += [cell.figures for cell in cells]
        for cell in cells:
            cell.bulk = None
            yield 0.0
        for shelf in shelves:
            while shelf:
                for _ in range(min(4 * _STEP, len(shelf))):
                    shelf.popitem()
                yield 0.0

    def _take_over_edges(self, before: FigureSet, node_id: str) -> None:
        still = QPointF()

        def shift(end: str) -> QPointF:
            first, second = before.nodes.get(end), self.nodes.get(end)
            if first is second or first is None or second is None:
                return still
            return second.rect.topLeft() - first.rect.topLeft()

        self.into[node_id] = list(before.into[node_id])
        for edge in self.into[node_id]:
            start, end = shift(edge.source.node), shift(edge.target.node)
            figure = before.edges[edge]
            if not (start.isNull() and end.isNull()):
                figure = figure.shifted(start, end)
            self.edges[edge] = figure
            self.edge_index.put(edge, figure)


def moved(figure: NodeFigure, node: Node) -> NodeFigure:
    """Return a figure where its node is now; the same one if it is there already."""
    if figure.node.position == node.position:
        return figure
    rect = QRectF(figure.rect)
    rect.moveCenter(QPointF(*node.position))
    return replace(figure, node=node, rect=rect)


def words_anew(figures: FigureSet, subject: Subject, ids: Collection[str]) -> Iterator[float]:
    """Write the shapes and sizes that are known now on figures, a few at a time.

    Yields:
        The share that is done, 0 to 1.
    """
    for done, node_id in enumerate(ids):
        if done % _STEP == 0:
            yield done / len(ids)
        figure = figures.nodes.get(node_id)
        if figure is None or node_id not in subject.graph:
            continue
        inference = subject.inference
        figure.shape, figure.count = size_words(inference.nodes.get(node_id) if inference else None)
        for edge in subject.graph.outgoing(node_id):
            drawn = figures.edges.get(edge)
            if drawn is not None:
                drawn.shape, drawn.dtype = flow_words(inference, edge.source)
