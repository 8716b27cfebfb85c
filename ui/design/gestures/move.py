"""Selecting a node with a press and moving what is selected with a drag."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ui.design.alignment import Aligned, align
from ui.design.canvas.hits import edge_at
from ui.design.gestures.base import Gesture, Keys, Stage
from workbench.graph import Edge

_ALIGN_PX = 6.0
_MOST_NEIGHBOURS = 400


class MoveNodesGesture(Gesture):
    """Moves the selected nodes: on the grid, in line with others, as one undo step.

    A node without connections that is dropped on an edge is put into it. Holding Alt moves
    freely. The document is edited once, on release.
    """

    def __init__(self, stage: Stage, at: QPointF, keys: Keys, node_id: str) -> None:
        super().__init__(stage, at, keys)
        self._node = node_id
        self._was_selected = node_id in stage.selection
        self._moving = False
        self._aligned = Aligned(QPointF())
        self._box = QRectF()
        self._neighbours: list[QRectF] = []
        self._onto: Edge | None = None
        self._press(keys)

    def _press(self, keys: Keys) -> None:
        selection = self.stage.selection
        if keys & Qt.KeyboardModifier.ControlModifier:
            selection.toggle(self._node)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            selection.add([self._node])
        elif not self._was_selected:
            selection.select([self._node])
        else:
            selection.select(selection.nodes, selection.edges, self._node)

    def move(self, at: QPointF, keys: Keys, /) -> None:
        """Move what is selected with the pointer."""
        if not self._moving:
            if not self._is_drag(at) or self._node not in self.stage.selection:
                return
            self._begin()
        lifted = self.stage.picture.lifted
        if lifted is None:
            return
        scale = self.stage.camera.scale
        wanted = (at - self.start) / scale
        if keys & Qt.KeyboardModifier.AltModifier:
            self._aligned = Aligned(wanted)
        else:
            anchor = self.stage.picture.nodes[self._node].rect.center()
            self._aligned = align(self._box, anchor, wanted, self._neighbours, _ALIGN_PX / scale)
        lifted.offset = self._aligned.delta
        self._onto = self._edge_below(at)
        self.stage.update()

    def _begin(self) -> None:
        self._moving = True
        self.cursor = Qt.CursorShape.SizeAllCursor
        stage = self.stage
        self._box = stage.picture.bounds(stage.selection.nodes)
        stage.picture.lift(stage.selection.nodes)
        stays = stage.picture.node_index.inside(stage.shown_area())
        self._neighbours = [f.rect for f in stays][:_MOST_NEIGHBOURS]
        stage.hover.leave()

    def _edge_below(self, at: QPointF) -> Edge | None:
        graph = self.stage.editor.graph
        alone = self.stage.selection.nodes == (self._node,)
        if not alone or graph.incoming(self._node) or graph.outgoing(self._node):
            return None
        figure = self.stage.picture.nodes[self._node]
        if not figure.inputs or not figure.outputs:
            return None
        hit = edge_at(self.stage.picture, self._scene(at), self.stage.reach())
        return hit.edge if hit else None

    def release(self, _at: QPointF, keys: Keys, /) -> None:
        """Move them in the document; a click selects only this node."""
        stage = self.stage
        if not self._moving:
            if self._was_selected and not keys & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            ):
                stage.selection.select([self._node])
            return
        delta, onto = self._aligned.delta, self._onto
        stage.picture.land()
        if onto is not None:
            stage.editor.put_into(self._node, onto, delta)
        else:
            stage.editor.move(stage.selection.nodes, delta)
        stage.update()

    def cancel(self) -> None:
        """Put everything back."""
        self.stage.picture.land()
        self.stage.update()

    def paint(self, painter: QPainter) -> None:
        """Paint the alignment lines and the edge that would take the node."""
        if not self._moving:
            return
        scale = self.stage.camera.scale
        self.stage.frame.paint_guides(painter, self._aligned.guides, scale)
        if self._onto is not None and self._onto in self.stage.picture.edges:
            self.stage.frame.paint_edges(painter, [self.stage.picture.edges[self._onto]], scale)
