"""A small picture of a network: one block a layer, coloured by family, joined by lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import RADIUS, active_theme
from workbench.graph.specs import spec_of

if TYPE_CHECKING:
    from workbench.catalog import Catalog
    from workbench.graph import Graph, Node

_BLOCK_WIDTH: Final = 26.0
_LOWEST: Final = 18.0
_HIGHEST: Final = 56.0
_MARGIN: Final = 16.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a thumbnail needs to know of a network.

    Attributes:
        blocks: Position (0 … 1 in both directions), family and height (px) of each layer.
        lines: Pairs of places in `blocks`.
    """

    blocks: tuple[tuple[float, float, str, float], ...] = ()
    lines: tuple[tuple[int, int], ...] = ()


def sketch(graph: Graph, catalog: Catalog) -> Sketch:
    """Return the sketch of a network, lying on its side when it is drawn top to bottom."""
    nodes = list(graph)
    if not nodes:
        return Sketch()
    xs, ys = [n.position[0] for n in nodes], [n.position[1] for n in nodes]
    if max(ys) - min(ys) > max(xs) - min(xs):
        xs, ys = ys, xs
    heights: dict[str, float] = {}
    blocks = []
    for node, x, y in zip(nodes, _unit(xs), _unit(ys), strict=True):
        spec = spec_of(graph, catalog, node.layer)
        heights[node.id] = _height(graph, node, heights)
        blocks.append((x, y, spec.family if spec else "custom", heights[node.id]))
    place = {node.id: number for number, node in enumerate(nodes)}
    lines = tuple((place[e.source.node], place[e.target.node]) for e in graph.edges)
    return Sketch(tuple(blocks), lines)


def _height(graph: Graph, node: Node, known: dict[str, float]) -> float:
    """Return the height of a block: it grows with the layer's width (units, filters)."""
    for name in ("units", "filters"):
        width = node.params.get(name)
        if isinstance(width, int) and width > 0:
            return min(_HIGHEST, _LOWEST + 6 * math.log2(width))
    before = [known[e.source.node] for e in graph.incoming(node.id) if e.source.node in known]
    return before[0] if before else 40.0


def _unit(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [0.5 if high == low else (value - low) / (high - low) for value in values]


class Thumbnail(QWidget):
    """Paints a sketch.

    Args:
        shown: The sketch.
        parent: Parent widget.
    """

    def __init__(self, shown: Sketch | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sketch = shown or Sketch()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        active_theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the size that a card gives it."""
        return QSize(240, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw lines, then blocks."""
        theme = active_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("canvas"))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS - 2, RADIUS - 2)
        centres = [self._centre(x, y) for x, y, *_ in self._sketch.blocks]
        painter.setPen(QPen(theme.color("border_strong"), 1.5))
        for start, end in self._sketch.lines:
            painter.drawLine(centres[start], centres[end])
        for centre, (*_, family, height) in zip(centres, self._sketch.blocks, strict=True):
            self._block(painter, centre, family, height)

    def _centre(self, x: float, y: float) -> QPointF:
        side = _MARGIN + _BLOCK_WIDTH / 2
        top = _MARGIN + _LOWEST / 2
        return QPointF(side + x * (self.width() - 2 * side), top + y * (self.height() - 2 * top))

    def _block(self, painter: QPainter, centre: QPointF, family: str, height: float) -> None:
        theme = active_theme()
        colour = theme.family(family)
        box = QRectF(0, 0, _BLOCK_WIDTH, height)
        box.moveCenter(centre)
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(box.left() + 4, box.top() + 5, 3, box.height() - 10), 1, 1)
