"""The picture of a graph: its figures, kept in step with the documents change by change.

Everything here follows from the documents. `touch` redraws what a change concerns, `redraw` makes
all anew; both give the same picture (a property test compares them). A picture that may take its
time makes thousands of figures beside the ones that are shown, bit by bit, and then shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from ui.design.canvas.figure_set import FigureSet, Subject, words_anew
from ui.design.canvas.figures import EdgeFigure, NodeFigure
from ui.design.canvas.index import Index
from ui.design.canvas.lifted import Lifted
from ui.design.canvas.touched import touched_nodes
from ui.jobs.slices import Slices
from workbench.catalog import Catalog
from workbench.graph import Change, Edge, Graph, MoveNodes

if TYPE_CHECKING:
    from ui.design.canvas.figure_set import Facts
    from workbench.graph import Problem
    from workbench.graph.inference import Inference
    from workbench.graph.problems import Severity

MANY: Final = 400
"""Number of figures from which they are made bit by bit."""


class Picture(QObject):
    """Figures of the whole graph, found by id and by place.

    Args:
        catalog: The layers that exist.
        parent: Qt parent.

    Attributes:
        changed: Emitted after figures changed.
        drawn: Emitted when figures that were made bit by bit are shown, or `pending` began.
        patient: Whether many figures may come bit by bit; they are all there at once otherwise.
        nodes: Figures of the nodes, in the order of the document.
        edges: Figures of the edges.
        lifted: What a gesture holds above the rest, or None.
        around: Box of what else is on the canvas (notes); part of the whole.
    """

    changed = Signal()
    drawn = Signal()

    def __init__(self, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalog = catalog
        self.patient = False
        self.lifted: Lifted | None = None
        self.around = QRectF()
        self._subject = Subject(Graph(), catalog)
        self._hidden: Edge | None = None
        self._making, self._wording, self._dropping = Slices(self), Slices(self), Slices(self)
        self._ready: tuple[Graph, FigureSet] | None = None
        self._anew: set[str] | None = set()
        self._reword = False
        self._since: set[str] = set()
        self._take(FigureSet())

    def _take(self, figures: FigureSet) -> None:
        self._figures = figures
        self.nodes: dict[str, NodeFigure] = figures.nodes
        self.edges: dict[Edge, EdgeFigure] = figures.edges
        self.node_index: Index[str, NodeFigure] = figures.node_index
        self.edge_index: Index[Edge, EdgeFigure] = figures.edge_index

    @property
    def graph(self) -> Graph:
        """The network that is drawn."""
        return self._subject.graph

    @graph.setter
    def graph(self, graph: Graph) -> None:
        self._subject.graph = graph

    @property
    def pending(self) -> bool:
        """Whether figures are being made bit by bit, beside those that are shown."""
        return self._making.active

    # ---- following the documents -----------------------------------------------------------

    def prepare(self, graph: Graph) -> Iterator[float]:
        """Make the figures of a graph that is to be shown soon, while another one is shown.

        Yields:
            The share that is done, 0 to 1, after every few figures.
        """
        figures = FigureSet()
        if len(graph) > MANY:
            yield from figures.fill(Subject(graph, self.catalog))
            self._ready = (graph, figures)

    def show_graph(self, graph: Graph) -> None:
        """Draw another graph."""
        self._subject = Subject(graph, self.catalog)
        ready, self._ready = self._ready, None
        self._give_up()
        if ready is not None and ready[0] is graph:
            self.lifted = None
            self._take(ready[1])
            self.changed.emit()
            return
        self.redraw()

    def redraw(self) -> None:
        """Make all figures anew."""
        self.lifted = None
        self._give_up()
        self._take(FigureSet())
        if self.patient and len(self.graph) > MANY:
            self._make(None)
        else:
            for _ in self._figures.fill(self._subject):
                pass
        self.changed.emit()

    def touch(self, change: Change) -> None:
        """Redraw what a change of the graph concerns."""
        self.land()
        ids = touched_nodes(change)
        only_moved = isinstance(change, MoveNodes)
        if self.patient and len(ids) > MANY:
            self._make(set() if only_moved else self._concerned(ids))
        else:
            if self.pending:
                self._since |= ids
            if only_moved:
                self._move(ids & self.nodes.keys())
            elif ids:
                self._refresh(ids)
        self.changed.emit()

    def redraw_nodes(self, ids: Iterable[str]) -> None:
        """Redraw nodes of which something outside the network is different."""
        known = [i for i in ids if i in self.graph]
        if known:
            self.land()
            self._draw_or_make(known)
            self.changed.emit()

    @property
    def inference(self) -> Inference | None:
        """What is known about the network, or None."""
        return self._subject.inference

    def redraw_edges(self) -> None:
        """Draw all edges anew, in the style that is chosen now."""
        self.land()
        self.finish()
        for node_id in self.graph.nodes:
            self._draw_edges_into(node_id)
        self.changed.emit()

    def set_inference(self, inference: Inference | None) -> None:
        """Show the shapes and sizes that inference found."""
        before, self._subject.inference = self._subject.inference, inference
        old = before.nodes if before else {}
        new = inference.nodes if inference else {}
        ids = [
            i for i in self.nodes
            if (was := old.get(i)) is not (now := new.get(i)) and was != now  # mostly the same
        ]  # fmt: skip
        if self._wording.active:  # what it has not come to may differ from what is known now
            ids = list(self.nodes)
        self._word(ids)
        self.changed.emit()

    def _word(self, ids: list[str]) -> None:
        self._reword = self._reword or self.pending
        steps = words_anew(self._figures, self._subject, ids)
        if self.patient and len(ids) > MANY:
            self._wording.start(steps, self.changed.emit)
        else:
            self._wording.cancel()
            for _ in steps:
                pass

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong at the nodes where it is wrong."""
        found: dict[str, list[tuple[Severity, str]]] = {}
        for problem in problems:
            if problem.place.kind in ("node", "port", "param"):
                found.setdefault(problem.place.id, []).append((problem.severity, problem.message))
        facts: Facts = {node_id: tuple(reasons) for node_id, reasons in found.items()}
        before, self._subject.facts = self._subject.facts, facts
        ids = {i for i in (*before, *facts) if before.get(i) != facts.get(i)}
        ids &= self.graph.nodes.keys()
        if self.patient and len(ids) > MANY:
            self._make(ids)
        else:
            if self.pending:
                self._since |= ids
            for node_id in ids & self.nodes.keys():
                self._draw_node(node_id)
        self.changed.emit()

    # ---- many at once ----------------------------------------------------------------------

    def finish(self) -> None:
        """Have everything drawn now, for someone who cannot wait for it."""
        self._making.finish()
        self._wording.finish()

    def _draw_or_make(self, ids: Iterable[str]) -> None:
        wanted = set(ids)
        if self.patient and len(wanted) > MANY:
            self._make(self._concerned(wanted))
        else:
            if self.pending:
                self._since |= wanted
            self._refresh(wanted)

    def _make(self, anew: set[str] | None) -> None:
        """Make a set of figures beside the one that is shown; all of them anew for None."""
        if self.pending and self._anew is not None and anew is not None:
            anew |= self._anew  # they were not shown yet
        elif self.pending:
            anew = None
        self._anew = anew if anew is None else anew | self._since
        self._since.clear()
        self._reword = self._reword or self._wording.active
        gone = [i for i in self.nodes if i not in self.graph]
        for node_id in gone:  # nothing may look for them any more
            del self.nodes[node_id]
        figures = FigureSet()
        steps = figures.fill(
            self._subject, None if anew is None else self._figures, self._anew or ()
        )
        self._making.start(steps, lambda: self._made(figures))
        self.drawn.emit()

    def _made(self, figures: FigureSet) -> None:
        self.land()
        before = self._figures
        self._take(figures)
        self._dropping.start(before.drop(), lambda: None)
        since, self._since = self._since, set()
        if since:
            self._refresh(since)
        if self._reword:  # some were copied before their words were known
            self._word(list(self.nodes))
            self._reword = False
        self.changed.emit()
        self.drawn.emit()

    def _give_up(self) -> None:
        self._making.cancel()
        self._wording.cancel()
        self._since.clear()
        self._reword = False

    def _concerned(self, ids: Iterable[str]) -> set[str]:
        """Return nodes, those that borrow their layers, and the neighbours of removed ones."""
        wanted = set(ids)
        for node_id in list(wanted):
            wanted |= self._figures.lenders.get(node_id, set())
        gone = {i for i in wanted if i not in self.graph.nodes}
        return wanted | self._figures.neighbours(gone) if gone else wanted

    # ---- some at once ----------------------------------------------------------------------

    def _refresh(self, ids: Iterable[str]) -> None:
        wanted = self._concerned(ids)
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
            for edge in self._figures.into.get(node_id, ()):
                moved = self.edges[edge].shifted(
                    shifts.get(edge.source.node, still), shifts.get(node_id, still)
                )
                self.edges[edge] = moved
                self.edge_index.put(edge, moved)

    def _draw_node(self, node_id: str) -> None:
        self._figures.lend(self._subject, node_id)
        self._put_node(self._subject.node_figure(node_id))

    def _put_node(self, figure: NodeFigure) -> None:
        self.nodes[figure.id] = figure
        holds = self.lifted is not None and figure.id in self.lifted.nodes
        (self.lifted.nodes if self.lifted and holds else self.node_index).put(figure.id, figure)

    def _erase_node(self, node_id: str) -> None:
        self.node_index.drop(node_id)
        if self.nodes.pop(node_id, None) is None:
            return
        for borrowers in self._figures.lenders.values():
            borrowers.discard(node_id)

    def _draw_edges_into(self, node_id: str) -> None:
        for edge in self._figures.into.pop(node_id, ()):
            self.edges.pop(edge, None)
            self.edge_index.drop(edge)
        if node_id in self.nodes and self.lifted is None:
            self._figures.draw_edges_into(self._subject, node_id)

    # ---- lifting ---------------------------------------------------------------------------

    def lift(self, ids: Iterable[str]) -> Lifted:
        """Hold nodes above the others, so that a gesture can move them at any size of graph."""
        self.land()
        self.finish()
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
