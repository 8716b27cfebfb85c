"""The network as a drawing for paper: the same figures as on the canvas, every stroke a vector.

The canvas copies pictures of bodies because that is fast; a file must stay sharp at any size, and
is light whatever the theme.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from ui.design.canvas import geometry
from ui.design.canvas.figure_set import FigureSet
from ui.design.canvas.figures import EdgeFigure, NodeFigure, Side
from ui.design.canvas.index import Index
from ui.design.canvas.ink import Ink, solid
from ui.design.canvas.lettering import Use, canvas_font, elided, metrics, text_width
from ui.design.canvas.paint_edges import label_spot
from ui.design.canvas.paint_nodes import RIGHT, TEXT_LEFT, TITLE_ROW
from ui.design.canvas.picture import Picture
from ui.design.canvas.sprites import MARK, MARK_GAP, marks_of, marks_width
from ui.design.handling.note_ink import paint_note, rect_of
from ui.theme import PALETTES, paint_icon
from workbench.graph import Edge
from workbench.graph.notes import Note

MARGIN: Final = 24.0
"""White around the drawing, scene units."""
_REACH: Final = 24.0
"""How far ports and their names stand out of a node, scene units."""
_TELL_EVERY: Final = 50

Tell: TypeAlias = Callable[[float], None]
"""Told which share of something is done, 0 to 1."""


def unheard(share: float) -> None:
    """Tell nobody."""
    del share


class Drawing:
    """A network, or part of it, ready to be painted anywhere.

    Args:
        picture: The figures (a `Picture` or a `FigureSet`).
        notes: Notes and frames of the network.
        only: Ids of the nodes to draw, with the edges between them; everything when None.
    """

    def __init__(
        self,
        picture: Picture | FigureSet,
        notes: Sequence[Note] = (),
        only: Collection[str] | None = None,
    ) -> None:
        self._ink = Ink(lambda role: QColor(PALETTES["light"][role]))
        self._ink.canvas = QColor("white")
        chosen = picture.nodes.keys() if only is None else set(only) & picture.nodes.keys()
        self._nodes = [figure for i, figure in picture.nodes.items() if i in chosen]
        self._edges = [
            figure
            for edge, figure in picture.edges.items()
            if edge.source.node in chosen and edge.target.node in chosen
        ]
        self._notes = list(notes) if only is None else []
        self._places: tuple[Index[str, NodeFigure], Index[Edge, EdgeFigure]] | None = None
        box = geometry.bounds_of(
            [*(f.rect for f in self._nodes), *(rect_of(n) for n in self._notes),
             *(f.path.boundingRect() for f in self._edges)]
        )  # fmt: skip
        self.bounds = box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN) if not box.isEmpty() else box

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.bounds.isEmpty()

    def paint(self, painter: QPainter, part: QRectF | None = None, tell: Tell = unheard) -> None:
        """Paint it in scene units.

        Args:
            painter: Moved and scaled already.
            part: What is wanted; what lies outside is left out.
            tell: Told now and then which share of it is painted, 0 to 1.
        """
        area = self.bounds if part is None else part
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note in sorted(self._notes, key=lambda n: n.form != "frame"):
            if rect_of(note).intersects(area):
                paint_note(painter, self._ink, note, words=True, chosen=False)
        nodes, edges = self._within(part)
        painter.setPen(solid(self._ink.edge, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for figure in edges:
            painter.drawPath(figure.path)
        painter.setFont(canvas_font("label"))
        for figure in edges:
            if figure.shape and figure.end.y() - figure.start.y() >= 36:
                width = text_width(figure.shape, "label")
                spot = label_spot(figure, width)
                painter.fillRect(
                    QRectF(spot.x() - 3, spot.y() - 8, width + 6, 16), Qt.GlobalColor.white
                )
                painter.setPen(self._ink.secondary_pen)
                _word(painter, spot.x(), spot.y(), figure.shape, "label")
        for number, node in enumerate(nodes):
            self._body(painter, node)
            self._words(painter, node)
            if number % _TELL_EVERY == 0:
                tell(number / len(nodes))

    def _within(self, part: QRectF | None) -> tuple[list[NodeFigure], list[EdgeFigure]]:
        """Return the nodes and edges that reach into a part."""
        if part is None:
            return self._nodes, self._edges
        if self._places is None:
            self._places = Index(), Index()
            for node in self._nodes:
                self._places[0].put(node.id, node)
            for edge in self._edges:
                self._places[1].put(edge.edge, edge)
        wide = part.adjusted(-_REACH, -_REACH, _REACH, _REACH)
        return list(self._places[0].inside(wide)), list(self._places[1].inside(part))

    def _body(self, painter: QPainter, figure: NodeFigure) -> None:
        ink, box = self._ink, figure.rect
        radius = box.height() / 2 if figure.form == "port" else geometry.RADIUS
        failed = figure.severity == "error"
        pen = solid(ink.error if failed else ink.outline, 1.5 if failed else 1.0)
        whole = QPainterPath()
        whole.addRoundedRect(box, radius, radius)
        stripe = QPainterPath()
        stripe.addRect(QRectF(box.left(), box.top(), geometry.STRIPE, box.height()))
        painter.setPen(pen)
        painter.setBrush(ink.surface)
        if figure.form == "repeated":
            for step in (6.0, 3.0):
                painter.drawRoundedRect(box.translated(step, step), radius, radius)
        painter.drawPath(whole)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.families[figure.family])
        painter.drawPath(whole.intersected(stripe))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(whole)
        if figure.form in ("block", "repeated"):
            inner = box.adjusted(geometry.STRIPE + 2, 3, -3, -3)
            painter.drawRoundedRect(inner, geometry.RADIUS - 2, geometry.RADIUS - 2)
        sides: tuple[Side, Side] = ("input", "output")
        painter.setPen(solid(ink.edge, 1.5))
        painter.setBrush(ink.surface)
        for side in sides:
            for slot in figure.slots(side):
                mark = figure.slot_box(side, slot, box)
                r = min(mark.width(), mark.height()) / 2
                painter.drawRoundedRect(mark, r, r)

    def _words(self, painter: QPainter, figure: NodeFigure) -> None:
        ink, rect = self._ink, figure.rect
        paint_icon(painter, f"family_{figure.family}", ink.families[figure.family],
                   QRectF(rect.left() + 12, rect.top() + 10, MARK, MARK))  # fmt: skip
        x = rect.right() - 10
        for name, role in marks_of(figure):
            x -= MARK
            paint_icon(painter, name, ink.role(role), QRectF(x, rect.top() + 10, MARK, MARK))
            x -= MARK_GAP
        left, right = rect.left() + TEXT_LEFT, rect.right() - RIGHT
        title_right = right - marks_width(figure)
        painter.setFont(canvas_font("type"))
        painter.setPen(ink.text_pen)
        title = elided(figure.title, "type", title_right - left)
        _word(painter, left, rect.top() + TITLE_ROW, title, "type")
        painter.setFont(canvas_font("name"))
        painter.setPen(ink.secondary_pen)
        name = elided(figure.node.name, "name", title_right - left - text_width(title, "type") - 12)
        _word(painter, title_right - text_width(name, "name"), rect.top() + TITLE_ROW, name, "name")
        last = rect.bottom() - 17
        number = text_width(figure.count, "number") if figure.count else 0.0
        if figure.count:
            _word(painter, right - number, last, figure.count, "number")
        if figure.headline:
            headline = elided(figure.headline, "detail", right - left)
            _word(painter, left, rect.top() + 37, headline, "detail")
        painter.setPen(ink.text_pen)
        room = right - left - (number + 12 if figure.count else 0)
        shape = elided(f"→ {figure.shape or '–'}", "detail", room)
        _word(painter, left, last, shape, "detail")
        self._port_names(painter, figure)

    def _port_names(self, painter: QPainter, figure: NodeFigure) -> None:
        painter.setFont(canvas_font("label"))
        painter.setPen(self._ink.secondary_pen)
        sides: tuple[tuple[Side, float], ...] = (("input", -12.0), ("output", 12.0))
        for side, away in sides:
            for slot in figure.labels(side):
                spot = figure.port_point(side, slot.port)
                if figure.across:
                    width = text_width(slot.title, "label")
                    x = spot.x() + (7 if side == "output" else -7 - width)
                    _word(painter, x, spot.y() - 8, slot.title, "label")
                else:
                    _word(painter, spot.x() + 7, spot.y() + away, slot.title, "label")


def _word(painter: QPainter, x: float, middle: float, text: str, use: Use) -> None:
    """Write one line of plain text; its middle is at a height."""
    measure = metrics(use)
    painter.drawText(QPointF(x, middle + (measure.ascent() - measure.descent()) / 2), text)
