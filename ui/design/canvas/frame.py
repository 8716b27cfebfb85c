"""Paints one frame of the canvas: ground, edges, nodes, and what the pointer adds on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from ui.design.canvas.camera import Camera
from ui.design.canvas.figures import EdgeFigure, NodeFigure, Side
from ui.design.canvas.geometry import GRID
from ui.design.canvas.hover import Hover
from ui.design.canvas.ink import LABELS_FROM, Ink, Level, level_for, solid
from ui.design.canvas.lettering import Lettering, canvas_font
from ui.design.canvas.paint_edges import EdgePainter
from ui.design.canvas.paint_nodes import NodePainter
from ui.design.canvas.picture import Picture
from ui.design.canvas.port_names import PortName, names_of
from ui.design.canvas.sprites import outline_of
from ui.design.selection import Selection

_GROUND_STEP: Final = 4 * GRID
_FEWEST_PX: Final = 24.0
"""Least distance between the dots of the ground, px; coarser grids take over below it."""
_MOST_LABELLED: Final = 400

PartPainter: TypeAlias = Callable[[QPainter, float, Level, QRectF, float], None]
"""Paints a part of the canvas: painter, scale, level, area in view, device pixels per px."""


class Frame(QObject):
    """Paints the canvas of a theme.

    Args:
        picture: What there is.
        selection: What is selected.
        hover: What the pointer is over.

    Attributes:
        beneath: Paints what lies between edges and nodes, in scene units, or None.
        below: Paint what lies under the edges, in scene units.
        above: Paint over the nodes, in scene units.
    """

    def __init__(self, picture: Picture, selection: Selection, hover: Hover) -> None:
        super().__init__(picture)
        self._picture, self._selection, self._hover = picture, selection, hover
        self._selected: list[QRectF] | None = None
        self.beneath: PartPainter | None = None
        self.below: list[PartPainter] = []
        self.above: list[PartPainter] = []
        picture.changed.connect(self.forget_selected)
        selection.changed.connect(self.forget_selected)
        self.retheme()

    def retheme(self) -> None:
        """Take the colours of the theme that is in force now."""
        self.ink = Ink()
        self._still_at: object = None
        self._still: QPixmap | None = None
        self._nodes = NodePainter(self.ink)
        self._edges = EdgePainter(self.ink)
        self._lettering = Lettering()
        self._dots = QPolygonF()
        self._dots_for = (0.0, 0, 0)

    def paint(
        self,
        painter: QPainter,
        camera: Camera,
        size: QSize,
        ratio: float,
        on_top: Callable[[QPainter], None] | None = None,
    ) -> None:
        """Paint a frame.

        Args:
            painter: On the widget, in pixels.
            camera: What part of the scene is shown.
            size: Size of the widget, px.
            ratio: Device pixels per px.
            on_top: Paints what a gesture shows, in scene units.
        """
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), self.ink.canvas)
        area = camera.rect_to_scene(QRectF(0, 0, size.width(), size.height()))
        level = level_for(camera.scale)
        self._ground(painter, camera, size, ratio)
        painter.setWorldTransform(camera.transform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._picture
        for part in self.below:
            part(painter, camera.scale, level, area, ratio)
        self._paint_edges(painter, camera.scale, level, area)
        if self.beneath is not None:
            self.beneath(painter, camera.scale, level, area, ratio)
        if level == Level.DOTS:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._nodes.paint_dots(painter, picture.node_index.cells(area))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        else:
            shown = picture.node_index.inside(area, top=True)
            self._nodes.paint(painter, shown, level, ratio)
        self._lifted(painter, camera.scale, level, area, ratio)
        for part in self.above:
            part(painter, camera.scale, level, area, ratio)
        self._marks(painter, camera.scale, level, area)
        if on_top is not None:
            on_top(painter)
        painter.resetTransform()

    def _ground(self, painter: QPainter, camera: Camera, size: QSize, ratio: float) -> None:
        """Paint the dots; from the second frame at the same place on, as one picture."""
        step = _GROUND_STEP * camera.scale
        while step < _FEWEST_PX:
            step *= 2
        key = (step, size.width(), size.height())
        if key != self._dots_for:
            columns, rows = int(size.width() / step) + 2, int(size.height() / step) + 2
            across = [round(c * step) for c in range(columns)]
            down = [round(r * step) for r in range(rows)]
            self._dots = QPolygonF([QPointF(x, y) for y in down for x in across])
            self._dots_for = key
        left, top = round(camera.offset.x() % step - step), round(camera.offset.y() % step - step)
        pen = solid(self.ink.grid, 2 if camera.scale >= 0.75 else 1)
        place = (*key, left, top, pen.width(), ratio)
        if place != self._still_at:  # it moves: a picture would be used once
            self._still_at, self._still = place, None
            self._dot(painter, left, top, pen)
            return
        if self._still is None:
            self._still = QPixmap(size * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(self.ink.canvas)
            still = QPainter(self._still)
            self._dot(still, left, top, pen)
            still.end()
        painter.drawPixmap(0, 0, self._still)

    def _dot(self, painter: QPainter, left: int, top: int, pen: QPen) -> None:
        painter.setPen(pen)
        painter.translate(left, top)
        painter.drawPoints(self._dots)
        painter.resetTransform()

    def _paint_edges(self, painter: QPainter, scale: float, level: Level, area: QRectF) -> None:
        index = self._picture.edge_index
        if level < Level.FULL:
            self._edges.paint_far(painter, index.cells(area), level)
        else:
            shown = list(index.inside(area, top=True))
            self._edges.paint(painter, shown, self.ink.edge_pen(scale))
            if scale >= LABELS_FROM and len(shown) <= _MOST_LABELLED:
                nodes = self._picture.node_index.inside(area, top=True)
                names = [name for node in nodes for name in names_of(node)]
                self._edges.paint_labels(painter, shown, names)
        strong = [e for e in self._selection.edges if e in self._picture.edges]
        if self._hover.edge is not None:
            path = [f for f in index.inside(area) if self._hover.on_path(f.edge)]
            self._edges.paint(painter, path, self.ink.strong_pen(scale, self.ink.accent, 1.5))
            strong.append(self._hover.edge)
        figures = [self._picture.edges[e] for e in strong if e in self._picture.edges]
        self._edges.paint(painter, figures, self.ink.strong_pen(scale, self.ink.accent, 3))

    def _lifted(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, ratio: float
    ) -> None:
        lifted = self._picture.lifted
        if lifted is None:
            return
        self._edges.paint(
            painter, lifted.border_figures(), self.ink.strong_pen(scale, self.ink.edge, 1.5)
        )
        painter.save()
        painter.translate(lifted.offset)
        area = area.translated(-lifted.offset)
        if level < Level.FULL:
            self._edges.paint_far(painter, lifted.edges.cells(area), level)
        else:
            inner = lifted.edges.inside(area, top=True)
            self._edges.paint(painter, inner, self.ink.edge_pen(scale))
        if level == Level.DOTS:
            self._nodes.paint_dots(painter, lifted.nodes.cells(area))
        else:
            self._nodes.paint(painter, lifted.nodes.inside(area, top=True), level, ratio)
        painter.restore()

    def _marks(self, painter: QPainter, scale: float, level: Level, area: QRectF) -> None:
        """Selection, hover and port labels, above the nodes."""
        lifted = self._picture.lifted
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._mark_selected(painter, scale, level, area)
        hovered = self._picture.nodes.get(self._hover.node)
        if hovered is not None and lifted is None:
            if hovered.id not in self._selection and level > Level.DOTS:
                painter.setPen(self.ink.strong_pen(scale, self.ink.accent, 1))
                painter.drawPath(outline_of(hovered.rect, 0.5 / scale))
            if self._hover.port is not None and level == Level.FULL:
                self._port(painter, hovered, self._hover.port.side, self._hover.port.end.port)
        if scale >= LABELS_FROM:
            self._port_labels(painter, area)

    def _mark_selected(self, painter: QPainter, scale: float, level: Level, area: QRectF) -> None:
        lifted = self._picture.lifted
        offset = lifted.offset if lifted else QPointF()
        if self._selected is None:
            nodes = self._picture.nodes
            self._selected = [nodes[i].rect for i in self._selection.nodes if i in nodes]
        painter.save()
        painter.translate(offset)
        if level == Level.DOTS:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(solid(self.ink.accent, 0))
            if len(self._selected) > _MOST_LABELLED:
                painter.setBrush(self.ink.accent)
            painter.drawRects(self._selected)
        else:
            painter.setPen(self.ink.strong_pen(scale, self.ink.accent, 2))
            seen = area.translated(-offset)
            for rect in self._selected:
                if rect.intersects(seen):
                    painter.drawPath(outline_of(rect, 1.0 / scale))
            if level == Level.FULL:
                self._selected_ports(painter, seen)
        painter.restore()

    def _selected_ports(self, painter: QPainter, area: QRectF) -> None:
        """Paint the ports of selected nodes over their outline."""
        painter.setPen(solid(self.ink.accent, 1.5))
        painter.setBrush(self.ink.surface)
        figures = (self._picture.nodes.get(i) for i in self._selection.nodes[:_MOST_LABELLED])
        for figure in figures:
            if figure is None or not figure.rect.intersects(area):
                continue
            sides: tuple[Side, Side] = ("input", "output")
            for side in sides:
                for slot in figure.slots(side):
                    box = figure.slot_box(side, slot, figure.rect)
                    radius = min(box.width(), box.height()) / 2
                    painter.drawRoundedRect(box, radius, radius)

    @Slot()
    def forget_selected(self) -> None:
        """Look anew where the selected nodes are."""
        self._selected = None

    def _port(self, painter: QPainter, figure: NodeFigure, side: Side, port: str) -> None:
        painter.setPen(solid(self.ink.accent, 2))
        painter.setBrush(self.ink.accent_soft)
        at = figure.port_point(side, port)
        radius = 8 if side == "output" else 6
        painter.drawEllipse(at, radius, radius)
        if side == "output":  # a click adds what comes next
            painter.drawLine(at + QPointF(-4, 0), at + QPointF(4, 0))
            painter.drawLine(at + QPointF(0, -4), at + QPointF(0, 4))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _port_labels(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(canvas_font("label"))
        painter.setPen(self.ink.secondary_pen)
        for figure in self._picture.node_index.inside(area, top=True):
            everything = figure.id == self._hover.node
            self.write_ports(painter, names_of(figure, everything=everything))

    def write_ports(self, painter: QPainter, names: Iterable[PortName]) -> None:
        """Write names of ports."""
        for left, middle, width, title in names:
            painter.fillRect(QRectF(left - 2, middle - 7, width + 4, 14), self.ink.canvas)
            self._lettering.draw(painter, left, middle, title, "label")

    def paint_overview(self, painter: QPainter, area: QRectF, level: Level) -> None:
        """Paint edges and nodes of an area in bulk, for the minimap."""
        for part in self.below:
            part(painter, painter.worldTransform().m11(), level, area, 1.0)
        self._edges.paint_far(painter, self._picture.edge_index.cells(area), level)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._nodes.paint_dots(painter, self._picture.node_index.cells(area))

    def paint_nodes(
        self, painter: QPainter, figures: list[NodeFigure], level: Level, ratio: float
    ) -> None:
        """Paint nodes once more, over what has been painted; `level` is not `DOTS`."""
        self._nodes.paint(painter, figures, level, ratio)

    def paint_figure(
        self, painter: QPainter, figure: NodeFigure, scale: float, ratio: float, opacity: float
    ) -> None:
        """Paint a node that is not in the network (what is being dropped)."""
        painter.setOpacity(opacity)
        level = max(level_for(scale), Level.FAR)
        self._nodes.paint(painter, [figure], level, ratio)
        painter.setOpacity(1.0)

    def paint_edges(self, painter: QPainter, figures: list[EdgeFigure], scale: float) -> None:
        """Paint edges that a gesture is about to make."""
        self._edges.paint(painter, figures, self.ink.strong_pen(scale, self.ink.accent, 2))

    def paint_guides(self, painter: QPainter, lines: tuple[QLineF, ...], scale: float) -> None:
        """Paint alignment lines."""
        pen = self.ink.strong_pen(scale, self.ink.accent, 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLines(list(lines))
