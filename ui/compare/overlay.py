"""Paints a comparison on a canvas: outlines with a sign, ghosts of what is gone, connections.

While nothing is compared, the canvas does not know of it: the painter is not in its list.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPen

from ui.compare.ghosts import Ghosts, Place, raise_ghosts
from ui.compare.marks import LINES, SIZE, badge, tint
from ui.design.canvas.index import Cell, Index
from ui.design.canvas.ink import Level, solid
from ui.design.canvas.sprites import outline_of

if TYPE_CHECKING:
    from ui.design.canvas.figures import EdgeFigure, NodeFigure
    from ui.design.canvas.view import Canvas
    from workbench.graph import Edge
    from workbench.graph.compare import Comparison
    from workbench.graph.differences import Mark

_SLICE: Final = 0.008
"""Seconds of making ghosts after which the window gets its turn."""
_GHOST: Final = 0.45
_SIGN_AT: Final = 14.0
"""Distance of the sign of an added connection from its beginning, scene units."""
_FEW: Final = {Level.FULL: 200, Level.NAMES: 40}
"""Things in view up to which each is drawn with care; where they are small, never."""


class Overlay(QObject):
    """The marks on one canvas.

    Args:
        canvas: The canvas.

    Attributes:
        ready: Emitted when all ghosts are there.
        marks: Id of a layer of the shown network → what happened to it.
        ghosts: What is gone.
        chosen: Id in the first network of the ghost that is selected, or "".
    """

    ready = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._found: Comparison | None = None
        self.marks: dict[str, Mark] = {}
        self.ghosts = Ghosts()
        self.chosen = ""
        self._places: dict[str, Place] = {}
        self._nodes: Index[str, NodeFigure] = Index()
        self._edges: Index[Edge, EdgeFigure] = Index()
        self._stale = False
        self._making: Iterator[Ghosts] | None = None
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._make)

    @property
    def on(self) -> bool:
        """Whether anything is painted."""
        return self._found is not None

    @property
    def making(self) -> bool:
        """Whether ghosts are still being made."""
        return self._making is not None

    def show(self, found: Comparison | None, also: Iterable[str] = ()) -> None:
        """Mark how the shown network differs; None paints nothing any more.

        Args:
            found: The comparison of the shown network.
            also: Layers that count as changed beside: uses of blocks that differ inside.
        """
        frame, picture = self._canvas.frame, self._canvas.picture
        if found is None:
            if self.on:
                frame.above.remove(self._paint)
                frame.below.remove(self._paint_edges)
                picture.changed.disconnect(self._picture_changed)
            self._found, self.marks, self.ghosts, self.chosen = None, {}, Ghosts(), ""
            self._making = None
            self._turn.stop()
            picture.changed.emit()  # the box around everything is smaller
            return
        if not self.on:
            frame.above.insert(0, self._paint)
            frame.below.append(self._paint_edges)
            picture.changed.connect(self._picture_changed)
        self._found = found
        marks: dict[str, Mark] = dict.fromkeys(also, "changed")
        marks |= dict.fromkeys(found.rewired, "rewired")
        marks |= dict.fromkeys(found.fields, "changed")
        marks |= dict.fromkeys(found.added, "added")
        self.marks = marks
        self._restart()

    def choose(self, old: str) -> None:
        """Select a ghost; "" selects none."""
        if old != self.chosen:
            self.chosen = old
            self._canvas.update()

    def forget_places(self) -> None:
        """Let ghosts take their places anew: another network is shown or compared with."""
        self._places = {}

    # ---- making the figures ----------------------------------------------------------------

    @Slot()
    def _picture_changed(self) -> None:
        self._restart()

    def _restart(self) -> None:
        if self._found is None:
            return
        gone = set(self._found.removed)
        self._places = {i: place for i, place in self._places.items() if i in gone}
        picture = self._canvas.picture
        self._making = raise_ghosts(
            self._found, picture.catalog, picture.nodes, picture.node_index, self._places
        )
        self._stale = True
        self._make()

    @Slot()
    def _make(self) -> None:
        making, found = self._making, self._found
        if making is None or found is None:
            return
        until = time.perf_counter() + _SLICE
        for ghosts in making:
            if time.perf_counter() > until:
                self._turn.start()
                return
            made = ghosts
        self._making = None
        self.ghosts = made
        if self.chosen not in made.nodes:
            self.chosen = ""
        picture = self._canvas.picture
        picture.around = picture.around.united(made.node_index.bounds())
        self._canvas.update()
        self.ready.emit()

    def _look_anew(self) -> None:
        """Find the figures of the marked layers and connections by place."""
        self._stale = False
        self._nodes, self._edges = Index(), Index()
        picture, found = self._canvas.picture, self._found
        for node_id in self.marks:
            figure = picture.nodes.get(node_id)
            if figure is not None:
                self._nodes.put(node_id, figure)
        for edge in found.added_edges if found is not None else ():
            drawn = picture.edges.get(edge)
            if drawn is not None:
                self._edges.put(edge, drawn)

    # ---- painting ----------------------------------------------------------------------------

    def _paint(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, ratio: float
    ) -> None:
        if self._stale and self._canvas.picture.lifted is None:
            self._look_anew()
        wide = area.adjusted(-40, -40, 40, 40)
        painter.save()
        if level == Level.DOTS:
            self._far(painter, wide)
        else:
            self._paint_ghosts(painter, scale, level, wide, ratio)
            if self._canvas.picture.lifted is None:
                self._outlines(painter, scale, level, wide)
            if level == Level.FULL:
                self._edge_signs(painter, wide)
        painter.restore()

    def _far(self, painter: QPainter, area: QRectF) -> None:
        """Paint whole cells in bulk: filled where there is something, empty where it is gone."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for edges, mark in ((self._edges, "added"), (self.ghosts.edge_index, "removed")):
            painter.setPen(solid(tint(mark), 0))  # type: ignore[arg-type]
            for far in edges.cells(area):
                painter.drawLines([figure.line for figure in far.figures.values()])
        for cell in self._nodes.cells(area):
            for mark, rects in self._bulk(cell).items():
                painter.setPen(solid(tint(mark), 0))
                painter.setBrush(Qt.BrushStyle.NoBrush if mark == "rewired" else tint(mark))
                painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(solid(tint("removed"), 0))
        for cell in self.ghosts.node_index.cells(area):
            painter.drawRects([figure.rect for figure in cell.figures.values()])

    def _bulk(self, cell: Cell[str, NodeFigure]) -> dict[Mark, list[QRectF]]:
        if not isinstance(cell.bulk, dict):
            made: dict[Mark, list[QRectF]] = {}
            for node_id, figure in cell.figures.items():
                mark = self.marks.get(node_id)  # none where only the comparison before had one
                if mark is not None:
                    made.setdefault(mark, []).append(figure.rect)
            cell.bulk = made
        return cell.bulk

    def _paint_edges(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, _ratio: float
    ) -> None:
        """Paint what is added and gone under the ordinary connections and the layers."""
        if level == Level.DOTS:
            return
        if self._stale and self._canvas.picture.lifted is None:
            self._look_anew()
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ink = self._canvas.frame.ink
        new, gone = list(self._edges.inside(area)), list(self.ghosts.edge_index.inside(area))
        if len(new) + len(gone) > _FEW.get(level, 0):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, level == Level.FULL)
            self._along(painter, new, ink.strong_pen(scale, tint("added"), 3))
            self._along(painter, gone, solid(tint("removed"), 0))
        else:
            self._along(painter, new, ink.strong_pen(scale, tint("added"), 5))
            self._along(painter, gone, QPen(tint("removed"), 2 / scale, Qt.PenStyle.DashLine))
        painter.restore()

    def _edge_signs(self, painter: QPainter, area: QRectF) -> None:
        """Paint a sign near the beginning of what is added and near the end of what is gone."""
        new, gone = list(self._edges.inside(area)), list(self.ghosts.edge_index.inside(area))
        if len(new) + len(gone) > _FEW[Level.FULL]:
            return
        starts = [f.path.pointAtPercent(f.path.percentAtLength(_SIGN_AT)) for f in new]
        self._signs(painter, "added", starts, 12)
        self._signs(painter, "removed", [f.path.pointAtPercent(0.7) for f in gone], 12)

    def _along(self, painter: QPainter, figures: list[EdgeFigure], pen: QPen) -> None:
        painter.setPen(pen)
        for figure in figures:
            painter.drawPath(figure.path)

    def _paint_ghosts(
        self, painter: QPainter, scale: float, level: Level, area: QRectF, ratio: float
    ) -> None:
        shown = list(self.ghosts.node_index.inside(area))
        if not shown:
            return
        ink = self._canvas.frame.ink
        painter.setOpacity(_GHOST)
        self._canvas.frame.paint_nodes(painter, shown, level, ratio)
        painter.setOpacity(1.0)
        self._around(painter, shown, "removed", scale, len(shown) <= _FEW.get(level, 0))
        chosen = self.ghosts.nodes.get(self.chosen)
        if chosen is not None:
            painter.setPen(ink.strong_pen(scale, ink.accent, 3))
            painter.drawPath(outline_of(chosen.rect, 2 / scale))
        self._corners(painter, shown, "removed", level)

    def _outlines(self, painter: QPainter, scale: float, level: Level, area: QRectF) -> None:
        shown: dict[Mark, list[NodeFigure]] = {}
        for figure in self._nodes.inside(area):
            shown.setdefault(self.marks[figure.id], []).append(figure)
        few = sum(map(len, shown.values())) <= _FEW.get(level, 0)
        for mark, figures in shown.items():
            self._around(painter, figures, mark, scale, few)
        for mark, figures in shown.items():
            self._corners(painter, figures, mark, level)

    def _around(
        self, painter: QPainter, figures: list[NodeFigure], mark: Mark, scale: float, few: bool
    ) -> None:
        """Outline layers, each with the line of its mark, or many at once with plain ones."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if few:
            painter.setPen(QPen(tint(mark), 2.5 / scale, LINES[mark]))
            for figure in figures:
                painter.drawPath(outline_of(figure.rect, 3 / scale))
            return
        pen = QPen(tint(mark), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawRects([figure.rect for figure in figures])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _corners(
        self, painter: QPainter, figures: list[NodeFigure], mark: Mark, level: Level
    ) -> None:
        size = {Level.FULL: SIZE, Level.NAMES: 16}.get(level, 12)
        self._signs(painter, mark, [figure.rect.topLeft() for figure in figures], size)

    def _signs(self, painter: QPainter, mark: Mark, places: list[QPointF], size: int) -> None:
        """Paint a sign of some pixels with its centre at each of some scene points."""
        picture, half = badge(mark, size, self._canvas.pixel_ratio()), QPointF(size / 2, size / 2)
        world = painter.worldTransform()
        painter.setWorldMatrixEnabled(False)
        for place in places:
            painter.drawPixmap((world.map(place) - half).toPoint(), picture)
        painter.setWorldMatrixEnabled(True)
