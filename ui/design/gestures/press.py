"""Decides which gesture a press of a mouse button begins."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.design.canvas.hits import edge_at, edge_end_at, node_at, port_at
from ui.design.gestures.base import Gesture, Keys, Stage
from ui.design.gestures.grab import GrabEdge
from ui.design.gestures.link import Link
from ui.design.gestures.move import MoveNodesGesture
from ui.design.gestures.pan import Pan
from ui.design.gestures.select import RubberBand


def gesture_for_press(
    stage: Stage, at: QPointF, button: Qt.MouseButton, keys: Keys, *, space: bool
) -> Gesture | None:
    """Return the gesture that begins, or None.

    Args:
        stage: The canvas.
        at: Where the pointer is, px.
        button: The button that went down.
        keys: Modifier keys held down.
        space: Whether the space bar is held down.
    """
    if button == Qt.MouseButton.MiddleButton or (space and button == Qt.MouseButton.LeftButton):
        return Pan(stage, at, keys)
    if button != Qt.MouseButton.LeftButton:
        return None
    point, reach = stage.camera.to_scene(at), stage.reach()
    port = port_at(stage.picture, point, reach)
    if port is not None and port.side == "output":
        return Link.from_output(stage, at, keys, port.end)
    if port is not None:
        arriving = edge_end_at(stage.picture, point, reach)
        if arriving is not None and arriving.edge.target == port.end:
            return Link.moving_target(stage, at, keys, arriving.edge)
        return Link.from_input(stage, at, keys, port.end)
    node = node_at(stage.picture, point)
    if node is not None:
        return MoveNodesGesture(stage, at, keys, node.id)
    edge = edge_at(stage.picture, point, reach)
    if edge is not None:
        return GrabEdge(stage, at, keys, edge)
    return RubberBand(stage, at, keys)
