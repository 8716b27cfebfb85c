"""Connecting by keyboard: Tab goes from port to port, Enter takes a connection up and puts it down.

With a layer selected, Tab and Shift+Tab walk its ports; past the last one Tab leaves the canvas as
everywhere. Enter on a port begins a connection: arrows carry its end to ports that can take it,
Enter connects, Escape gives up. Typing a name adds a layer at the port.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QPainter

from ui.design.canvas.figures import Side
from ui.design.canvas.geometry import PORT_RADIUS, edge_path
from ui.design.canvas.hits import PortHit
from ui.design.canvas.ink import Level
from ui.design.gestures.base import QuickAddRequest
from workbench.graph import Endpoint
from workbench.graph.edits import delete
from workbench.graph.ports import why_not

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas

_SIDES: Final[tuple[Side, Side]] = ("input", "output")
_WAYS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_MOST_TRIED: Final = 600
"""Ports that are asked whether they can take a connection, per key."""


class PortCursor(QObject):
    """The port that the keyboard is at, and the connection that it carries.

    Args:
        canvas: The canvas.

    Attributes:
        at: The port, or None.
        carried: The port at which a new connection begins, or None.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.at: PortHit | None = None
        self.carried: PortHit | None = None
        canvas.installEventFilter(self)
        canvas.selection.changed.connect(self._selected)
        canvas.picture.changed.connect(self._selected)
        canvas.frame.above.append(self._paint)

    @Slot()
    def _selected(self) -> None:
        """Go away when another layer is selected, or when the port is gone."""
        at = self.at
        if at is None:
            return
        home = self.carried or at
        figure = self._canvas.picture.nodes.get(at.end.node)
        gone = figure is None or figure.slot(at.side, at.end.port) is None
        if gone or self._canvas.selection.current != home.end.node:
            self._leave()

    def _leave(self) -> None:
        self.at = self.carried = None
        self._canvas.update()

    # ---- keys ------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean a port."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and self._claims(event):
            return True
        if kind == QEvent.Type.MouseButtonPress and self.at is not None:
            self._leave()
        if kind != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key, keys = Qt.Key(event.key()), event.modifiers()
        if keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            back = key == Qt.Key.Key_Backtab or bool(keys & Qt.KeyboardModifier.ShiftModifier)
            return self._step(-1 if back else 1)
        if self.at is None:
            return False
        if key in _ENTER:
            return self._enter()
        if key in _DELETE:
            return self._delete()
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if key in _WAYS:
            return self._arrow(*_WAYS[key])
        return self._typed(event.text())

    def _claims(self, event: QEvent) -> bool:
        """Take Delete at a port: it means the connection there, not the layer."""
        if self.at is None or not isinstance(event, QKeyEvent) or event.key() not in _DELETE:
            return False
        event.accept()
        return True

    def _delete(self) -> bool:
        """Delete the connection at the port; of several that arrive, the last one."""
        at, editor = self.at, self._canvas.editor
        if at is None or self.carried is not None:
            return True
        if at.side == "input":
            edges = editor.graph.incoming(at.end.node, at.end.port)[-1:]
        else:
            edges = [e for e in editor.graph.outgoing(at.end.node) if e.source == at.end]
        if len(edges) == 1:
            editor.apply(delete(editor.graph, (), edges))
        elif edges:
            editor.refused.emit("Several connections leave here. Delete one where it arrives.")
        else:
            editor.refused.emit("There is no connection here.")
        return True

    def _step(self, step: int) -> bool:
        """Go to the next port; False past the last one: the focus then leaves the canvas."""
        if self.carried is not None:
            return True
        ports = self._ports_of(self._canvas.selection.single)
        if not ports:
            return False
        place = ports.index(self.at) + step if self.at in ports else (0 if step > 0 else -1)
        if place >= len(ports) or (place < 0 and self.at in ports):
            self._leave()
            return False
        self._go(ports[place])
        return True

    def _enter(self) -> bool:
        at, carried = self.at, self.carried
        if at is None:
            return False
        if carried is None:
            target = next(self._fitting(at, self._point(at), (0, 0)), None)
            if target is None:
                self._canvas.editor.refused.emit("No port can take a connection from here.")
                return True
            self.carried = at
            self._go(target)
            return True
        self._leave()
        if at.end != carried.end:
            source, target_end = _ends(carried, at)
            self._canvas.editor.connect_ports(source, target_end)
        return True

    def _escape(self) -> bool:
        if self.carried is not None:
            home, self.carried = self.carried, None
            self._go(home)
        else:
            self._leave()
        return True

    def _arrow(self, x: int, y: int) -> bool:
        if self.carried is None or self.at is None:
            self._leave()  # the arrows walk from layer to layer
            return False
        found = next(self._fitting(self.carried, self._point(self.at), (x, y)), None)
        if found is not None:
            self._go(found)
        return True

    def _typed(self, text: str) -> bool:
        at = self.carried or self.at
        if at is None or len(text) != 1 or not text.isalnum():
            return False
        self._leave()
        if at.side == "output":
            self._canvas.request_quick_add(QuickAddRequest(text=text, source=at.end))
        else:
            self._canvas.request_quick_add(QuickAddRequest(text=text, target=at.end))
        return True

    # ---- ports -----------------------------------------------------------------------------

    def _ports_of(self, node_id: str) -> list[PortHit]:
        figure = self._canvas.picture.nodes.get(node_id)
        if figure is None:
            return []
        return [
            PortHit(Endpoint(node_id, slot.port), side)
            for side in _SIDES
            for slot in figure.slots(side)
        ]

    def _point(self, port: PortHit) -> QPointF:
        return self._canvas.picture.nodes[port.end.node].port_point(port.side, port.end.port)

    def _fitting(self, fixed: PortHit, here: QPointF, way: tuple[int, int]) -> Iterator[PortHit]:
        """Yield the ports that can take the connection, the nearest first.

        Args:
            fixed: Where the connection begins.
            here: The point to go from.
            way: Direction of an arrow; (0, 0) for any.
        """
        wanted: Side = "input" if fixed.side == "output" else "output"
        ranked: list[tuple[float, PortHit]] = []
        for node_id, figure in self._canvas.picture.nodes.items():
            if node_id == fixed.end.node:
                continue
            for slot in figure.slots(wanted):
                distance = _far(here, figure.port_point(wanted, slot.port), way)
                if distance is not None:
                    ranked.append((distance, PortHit(Endpoint(node_id, slot.port), wanted)))
        ranked.sort(key=lambda entry: entry[0])
        editor = self._canvas.editor
        for _, port in ranked[:_MOST_TRIED]:
            source, target = _ends(fixed, port)
            reason = why_not(editor.graph, editor.catalog, source, target, self._canvas.inference)
            if reason is None:
                yield port

    def _go(self, port: PortHit) -> None:
        self.at = port
        canvas = self._canvas
        figure = canvas.picture.nodes[port.end.node]
        canvas.navigation.reveal([port.end.node])
        slot = figure.slot(port.side, port.end.port)
        words = f"{port.side} {slot.title if slot else port.end.port} of {figure.node.name}"
        canvas.setAccessibleDescription(f"Connect to {words}" if self.carried else words)
        QAccessible.updateAccessibility(
            QAccessibleEvent(canvas, QAccessible.Event.DescriptionChanged)
        )
        canvas.update()

    def _paint(
        self, painter: QPainter, scale: float, _level: Level, _area: QRectF, _ratio: float
    ) -> None:
        at, nodes = self.at, self._canvas.picture.nodes
        if at is None or at.end.node not in nodes:
            return
        ink, centre = self._canvas.frame.ink, self._point(at)
        painter.setPen(ink.strong_pen(scale, ink.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.carried is not None and self.carried.end.node in nodes:
            ends = self._point(self.carried), centre
            start, end = ends if self.carried.side == "output" else ends[::-1]
            across = nodes[at.end.node].across
            painter.drawPath(edge_path(start, end, across=across))
        painter.setBrush(ink.accent)
        radius = max(PORT_RADIUS + 1, 4 / scale)
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius + 4 / scale, radius + 4 / scale)


def _ends(fixed: PortHit, free: PortHit) -> tuple[Endpoint, Endpoint]:
    """Return output and input of a connection between two ports."""
    return (fixed.end, free.end) if fixed.side == "output" else (free.end, fixed.end)


def _far(here: QPointF, there: QPointF, way: tuple[int, int]) -> float | None:
    """Return how far a point is in a direction; None when it does not lie that way."""
    away = there - here
    if way == (0, 0):
        return math.hypot(away.x(), away.y())
    ahead = away.x() * way[0] + away.y() * way[1]
    beside = away.x() * way[1] + away.y() * way[0]
    return math.hypot(ahead, 2 * beside) if ahead > 1 else None
