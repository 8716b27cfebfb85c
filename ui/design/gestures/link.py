"""Connecting: drag from either end of a connection; ports that can take it light up."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ui.design.canvas.figures import NodeFigure, Side
from ui.design.canvas.geometry import PORT_RADIUS, edge_path
from ui.design.canvas.hits import node_at, port_at
from ui.design.canvas.ink import Level, level_for, solid
from ui.design.gestures.base import Gesture, Keys, QuickAddRequest, Stage
from workbench.graph import Disconnect, Edge, Endpoint
from workbench.graph.ports import why_not

_JUDGE_SECONDS: Final = 0.004
"""Time per frame for finding out which ports can take the connection."""


class Link(Gesture):
    """Drags one end of a connection; the other end stays where it is.

    Args:
        stage: The canvas.
        at: Where it begins, px.
        keys: Modifier keys held down.
        fixed: The end that stays.
        side: Which side of its node the fixed end is on.
        old: The edge whose end is dragged away, or None for a new one.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        stage: Stage,
        at: QPointF,
        keys: Keys,
        fixed: Endpoint,
        side: Side,
        old: Edge | None = None,
    ) -> None:
        super().__init__(stage, at, keys)
        self._fixed, self._side, self._old = fixed, side, old
        self._wanted: Side = "input" if side == "output" else "output"
        self._pointer = self._scene(at)
        self._dragging = False
        self._target: Endpoint | None = None
        self._reasons: dict[Endpoint, str | None] = {}
        self._graph = stage.editor.graph

    @classmethod
    def from_output(cls, stage: Stage, at: QPointF, keys: Keys, source: Endpoint) -> Link:
        """Begin a new connection at an output port."""
        return cls(stage, at, keys, source, "output")

    @classmethod
    def from_input(cls, stage: Stage, at: QPointF, keys: Keys, target: Endpoint) -> Link:
        """Begin a new connection at an input port, against the flow."""
        return cls(stage, at, keys, target, "input")

    @classmethod
    def moving_target(cls, stage: Stage, at: QPointF, keys: Keys, edge: Edge) -> Link:
        """Take the arriving end of an edge elsewhere."""
        return cls(stage, at, keys, edge.source, "output", edge)

    @classmethod
    def moving_source(cls, stage: Stage, at: QPointF, keys: Keys, edge: Edge) -> Link:
        """Take the leaving end of an edge elsewhere."""
        return cls(stage, at, keys, edge.target, "input", edge)

    def move(self, at: QPointF, _keys: Keys, /) -> None:
        """Look what the free end is over."""
        if not self._dragging:
            if not self._is_drag(at):
                return
            self._begin()
        self._pointer = self._scene(at)
        self._target = self._find()
        reason = self._why_not(self._target) if self._target else None
        own = self._target is not None and self._target.node == self._fixed.node
        self.refused = bool(reason) and not own
        self.hint = (reason or "") if not own else ""
        if self._target is None:
            self._say_what_release_does()
        self.stage.update()

    def release(self, _at: QPointF, _keys: Keys, /) -> None:
        """Connect; on empty space ask what to add (a dragged-away end: delete the edge).

        A click on an output port asks what comes next.
        """
        self.stage.picture.show_hidden()
        if not self._dragging:
            self.stage.selection.select([self._own_node()])
            if self._side == "output" and self._old is None:
                self.stage.request_quick_add(QuickAddRequest(source=self._fixed))
            return
        target, old = self._target, self._old
        if target is None:
            if old is not None:
                self.stage.editor.remove_edge(old)
            elif node_at(self.stage.picture, self._pointer) is None:
                self.stage.request_quick_add(self._request())
        elif self._why_not(target) is None and not self._unchanged(target):
            source, end = self._ends(target)
            self.stage.editor.connect_ports(source, end, old)
        self.stage.update()

    def cancel(self) -> None:
        """Leave the connections as they were."""
        self.stage.picture.show_hidden()
        self.stage.update()

    def paint(self, painter: QPainter) -> None:
        """Paint the curve to the pointer and light up the ports that can take it."""
        if not self._dragging:
            return
        frame, scale = self.stage.frame, self.stage.camera.scale
        if level_for(scale) >= Level.NAMES:
            self._light_up(painter)
        fixed, free = self._fixed_point(), self._free_point()
        start, end = (fixed, free) if self._side == "output" else (free, fixed)
        ink = frame.ink
        colour = ink.error if self.refused else ink.accent
        pen = ink.strong_pen(scale, colour, 2)
        if self._target is None:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        figure = self.stage.picture.nodes.get(self._fixed.node)
        painter.drawPath(edge_path(start, end, across=figure is not None and figure.across))
        painter.setBrush(colour)
        painter.drawEllipse(free, 4 / min(scale, 1.0), 4 / min(scale, 1.0))

    def _begin(self) -> None:
        self._dragging = True
        self.stage.hover.leave()
        if self._old is not None:
            self._graph = self._graph.copy()
            self._graph.apply(Disconnect(self._old))
            self.stage.picture.hide(self._old)

    def _say_what_release_does(self) -> None:
        figure = node_at(self.stage.picture, self._pointer)
        if figure is not None and figure.id != self._fixed.node:
            self.refused = True
            self.hint = f"{figure.node.name} has no {self._wanted}."
        elif figure is None:
            new = "Release to add a layer"
            self.hint = "Release to delete the connection" if self._old is not None else new

    def _find(self) -> Endpoint | None:
        hit = port_at(self.stage.picture, self._pointer, 1.6 * self.stage.reach(), self._wanted)
        if hit is not None:
            return hit.end
        figure = node_at(self.stage.picture, self._pointer)
        if figure is None or figure.id == self._fixed.node:
            return None
        if self._wanted == "input":
            return self._best_input(figure)
        return Endpoint(figure.id, figure.outputs[0].port) if figure.outputs else None

    def _best_input(self, figure: NodeFigure) -> Endpoint | None:
        """Return the first input of a node that can take the connection, free ones first."""
        free = self.stage.editor.free_input(figure.id)
        ends = [free] if free else []
        ends += [Endpoint(figure.id, slot.port) for slot in figure.inputs]
        fitting = [end for end in ends if self._why_not(end) is None]
        return fitting[0] if fitting else ends[0] if ends else None

    def _why_not(self, end: Endpoint) -> str | None:
        if end not in self._reasons:
            source, target = self._ends(end)
            editor = self.stage.editor
            self._reasons[end] = why_not(
                self._graph, editor.catalog, source, target, self.stage.inference
            )
        return self._reasons[end]

    def _ends(self, free: Endpoint) -> tuple[Endpoint, Endpoint]:
        return (self._fixed, free) if self._side == "output" else (free, self._fixed)

    def _unchanged(self, target: Endpoint) -> bool:
        old = self._old
        return old is not None and self._ends(target) == (old.source, old.target)

    def _own_node(self) -> str:
        """Return the node whose port was pressed."""
        if self._old is None:
            return self._fixed.node
        return (self._old.target if self._side == "output" else self._old.source).node

    def _request(self) -> QuickAddRequest:
        if self._side == "output":
            return QuickAddRequest(self._pointer, source=self._fixed)
        return QuickAddRequest(self._pointer, target=self._fixed)

    def _fixed_point(self) -> QPointF:
        figure = self.stage.picture.edges.get(self._old) if self._old else None
        if figure is not None:
            return figure.start if self._side == "output" else figure.end
        return self.stage.picture.nodes[self._fixed.node].port_point(self._side, self._fixed.port)

    def _free_point(self) -> QPointF:
        if self._target is None or self.refused:
            return self._pointer
        return self.stage.picture.nodes[self._target.node].port_point(
            self._wanted, self._target.port
        )

    def _light_up(self, painter: QPainter) -> None:
        ink, deadline = self.stage.frame.ink, time.perf_counter() + _JUDGE_SECONDS
        ring = PORT_RADIUS + 2
        painter.setPen(solid(ink.accent, 2))
        area: QRectF = self.stage.shown_area()
        waiting = False
        for figure in self.stage.picture.node_index.inside(area):
            if figure.id == self._fixed.node:
                continue
            for slot in figure.slots(self._wanted):
                end = Endpoint(figure.id, slot.port)
                if end not in self._reasons and time.perf_counter() > deadline:
                    waiting = True
                    continue
                if self._why_not(end) is None:
                    painter.setBrush(ink.accent if end == self._target else ink.accent_soft)
                    centre = figure.port_point(self._wanted, slot.port)
                    painter.drawEllipse(centre, ring, ring)
        if waiting:
            self.stage.update()
