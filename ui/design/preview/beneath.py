"""The pictures on the canvas: painted under the nodes, found by the pointer.

Pictures lie between edges and nodes, in the gap below their node, so that they never hide one. The
canvas asks for them frame by frame; only what is in view is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from ui.design.canvas.hits import node_at
from ui.design.canvas.ink import Level, solid
from ui.design.preview.pictures import HEIGHT, Pictures
from ui.design.preview.words import tip_words
from ui.theme import color, icon_pixmap
from ui.widgets import as_tip

if TYPE_CHECKING:
    from ui.design.canvas.figures import NodeFigure
    from ui.design.canvas.view import Canvas
    from ui.design.preview.asking import PreviewSync

_GAP: Final = 5.0
"""Distance between a node and its picture, scene units."""
_BUTTON: Final = 20.0
_STALE: Final = 0.35
_MOST_SELECTED: Final = 12
LEAST_SCALE: Final = 0.34
"""Pixels per scene unit below which no picture is shown."""
MOST_SHOWN: Final = 120
"""Most pictures in view at a time."""


class Beneath(QObject):
    """Pictures below the nodes of a canvas.

    Args:
        canvas: The canvas.
        sync: What is known.

    Attributes:
        opened: Emitted with the id of a node whose picture was clicked.
        wishes_changed: Emitted when other nodes should have a picture.
        pinned: Ids of the nodes that keep their picture when they are not selected.
        everywhere: Whether every node in view has a picture.
    """

    opened = Signal(str)
    wishes_changed = Signal()

    def __init__(self, canvas: Canvas, sync: PreviewSync) -> None:
        super().__init__(canvas)
        self._canvas, self._sync = canvas, sync
        self._pictures = Pictures()
        self.pinned: dict[str, None] = {}
        self.everywhere = False
        canvas.navigation.room_below = self._room_below
        self._near = ""
        canvas.frame.beneath = self.paint
        canvas.installEventFilter(self)
        sync.changed.connect(canvas.update)

    # ---- which nodes -----------------------------------------------------------------------

    def shown(self, area: QRectF) -> list[NodeFigure]:
        """Return the nodes with a picture that is within an area, the selected ones first."""
        if not self._sync.on or self._canvas.camera.scale < LEAST_SCALE:
            return []
        nodes = self._canvas.picture.nodes
        selected = self._canvas.selection.nodes[:_MOST_SELECTED]
        ids = dict.fromkeys([*selected, *self.pinned])
        figures = [nodes[i] for i in ids if i in nodes and self.box(nodes[i]).intersects(area)]
        if self.everywhere:
            wide = area.adjusted(0, -HEIGHT - _GAP, 0, 0)
            for figure in self._canvas.picture.node_index.inside(wide):
                if len(figures) >= MOST_SHOWN:
                    break
                if figure.id not in ids:
                    figures.append(figure)
        return figures

    def box(self, figure: NodeFigure) -> QRectF:
        """Return where the picture of a node is, scene units."""
        rect = figure.rect
        return QRectF(rect.left(), rect.bottom() + _GAP, rect.width(), HEIGHT)

    def button(self, figure: NodeFigure) -> QRectF:
        """Return where the button below a node is that shows or hides its picture."""
        box = self.box(figure)
        return QRectF(box.right() - _BUTTON - 3, box.top() + 3, _BUTTON, _BUTTON)

    def toggle(self, node_id: str) -> None:
        """Pin a picture to a node, or take it away."""
        if node_id in self.pinned:
            del self.pinned[node_id]
        else:
            self.pinned[node_id] = None
        self._canvas.update()
        self.wishes_changed.emit()

    def _room_below(self) -> float:
        return HEIGHT + _GAP if self.everywhere and self._sync.on else 0.0

    def show_everywhere(self, everywhere: bool) -> None:
        """Show a picture under every node in view, or only under those asked for."""
        self.everywhere = everywhere
        self._canvas.update()
        self.wishes_changed.emit()

    def prune(self) -> None:
        """Forget nodes that are gone."""
        nodes = self._canvas.picture.nodes
        for node_id in [i for i in self.pinned if i not in nodes]:
            del self.pinned[node_id]

    # ---- painting --------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, ratio: float
    ) -> None:
        """Paint the pictures that are in view, in scene units."""
        if not self._sync.on or level < Level.NAMES:
            return
        lifted = self._canvas.picture.lifted
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = set()
        self._pictures.begin_frame()
        for figure in self.shown(area):
            if lifted is None or figure.id not in lifted.nodes:
                shown.add(figure.id)
                self._paint_one(painter, figure, scale * ratio)
        if self._pictures.behind:
            QTimer.singleShot(0, self._canvas, self._canvas.update)
        near = self._canvas.picture.nodes.get(self._near)
        if near is not None and level == Level.FULL and lifted is None:
            pinned = near.id in self.pinned
            if pinned or near.id not in shown:
                self._paint_button(painter, self.button(near), pinned, ratio * scale)

    def _paint_one(self, painter: QPainter, figure: NodeFigure, pixels: float) -> None:
        box = self.box(figure)
        found = self._sync.answer(figure.id)
        picture = None
        if found is not None:
            serial = self._sync.serial(figure.id)
            picture = self._pictures.of(found, serial, box.width(), pixels)
        stale = self._sync.is_stale(figure.id)
        if picture is None or stale:  # dimmed, it must not let the edge shine through
            painter.setPen(solid(color("border"), 1))
            painter.setBrush(color("surface_raised"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if picture is None:
            if self._sync.error is None:
                painter.setPen(color("text_secondary"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "…")
            return
        if stale:
            painter.setOpacity(_STALE)
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
        if stale:
            painter.setOpacity(1.0)

    def _paint_button(self, painter: QPainter, box: QRectF, pinned: bool, pixels: float) -> None:
        painter.setPen(solid(color("border_strong"), 1))
        painter.setBrush(color("surface_raised"))
        painter.drawRoundedRect(box, 4, 4)
        mark = icon_pixmap("close" if pinned else "eye", color("text"), 16, max(pixels, 1.0))
        painter.drawPixmap(box.adjusted(2, 2, -2, -2), mark, QRectF(mark.rect()))

    # ---- pointer ---------------------------------------------------------------------------

    def picture_at(self, point: QPointF) -> str:
        """Return the id of the node whose picture is at a scene point, or ""."""
        if node_at(self._canvas.picture, point) is not None:
            return ""
        here = QRectF(point.x() - 1, point.y() - 1, 2, 2)
        for figure in self.shown(here):
            if self.box(figure).contains(point):
                return figure.id
        return ""

    def button_at(self, point: QPointF) -> str:
        """Return the id of the node whose button is at a scene point, or ""."""
        figure = self._canvas.picture.nodes.get(self._near)
        if figure is None or self._canvas.camera.scale < 0.6:
            return ""
        if not self.button(figure).contains(point):
            return ""
        return figure.id if figure.id in self.pinned or not self.picture_at(point) else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take clicks and tooltips on pictures and buttons before the canvas does."""
        if watched is not self._canvas:
            return False
        kind = event.type()
        if kind in (QEvent.Type.Show, QEvent.Type.Hide):
            self._sync.set_seen(kind == QEvent.Type.Show)
        if not self._sync.on:
            return False
        if kind == QEvent.Type.Leave:
            self._come_near("")
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._tooltip(event)
        elif isinstance(event, QMouseEvent):
            point = self._canvas.camera.to_scene(event.position())
            if kind == QEvent.Type.MouseMove and self._canvas.gesture is None:
                self._look(point)
            elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
                if event.button() == Qt.MouseButton.LeftButton and plain:
                    return self._press(point, twice=kind == QEvent.Type.MouseButtonDblClick)
        return False

    def _press(self, point: QPointF, *, twice: bool) -> bool:
        if self._canvas.space_held:
            return False
        button = self.button_at(point)
        node = button or self.picture_at(point)
        if not node:
            return False
        if not twice:
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
            if button:
                self.toggle(button)
            else:
                self._canvas.selection.select([node])
                self.opened.emit(node)
        return True

    def _look(self, point: QPointF) -> None:
        """Keep the node whose button is offered, while the pointer is at it or just below."""
        figure = node_at(self._canvas.picture, point)
        if figure is None:
            last = self._canvas.picture.nodes.get(self._near)
            around = last.rect.united(self.box(last)) if last else QRectF()
            self._come_near(self._near if around.contains(point) else self.picture_at(point))
        else:
            self._come_near(figure.id)

    def _come_near(self, node_id: str) -> None:
        if node_id != self._near:
            self._near = node_id
            self._canvas.update()

    def _tooltip(self, event: QHelpEvent) -> bool:
        point = self._canvas.camera.to_scene(QPointF(event.pos()))
        button = self.button_at(point)
        if button:
            words = "Hide this picture" if button in self.pinned else "Show what this layer gives"
            QToolTip.showText(event.globalPos(), words, self._canvas)
            return True
        node = self.picture_at(point)
        found = self._sync.answer(node) if node else None
        if found is None:
            return False
        name = self._canvas.picture.nodes[node].node.name
        QToolTip.showText(event.globalPos(), as_tip(tip_words(name, found)), self._canvas)
        return True
