"""What the pictures of the Explain page have in common: a line per column, a value axis below.

A figure paints itself with QPainter on anything: the screen, a PNG, an SVG. It holds no widget.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.explain.scale import Scale, scale_of
from ui.theme import color, font

LINE = 28.0
"""Least height of a line, px."""
TALLEST = 40.0
AXIS = 52.0
TOP = 16.0
SIDE = 16.0
GAP = 12.0


@dataclass(frozen=True, slots=True)
class Label:
    """What stands left of a line.

    Attributes:
        name: Name of the column, or words.
        value: Its value ("14.2"), or "".
        quiet: Whether it is no column (base, other columns).
    """

    name: str
    value: str = ""
    quiet: bool = False

    @property
    def text(self) -> str:
        """Name and value as one text."""
        return f"{self.name} = {self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True)
class Frame:
    """Geometry of a figure at a size.

    Attributes:
        size: The whole figure, px.
        lines: Number of lines.
        line: Height of a line, px.
        scale: The value axis.
        ratio: Pixels per device-independent pixel of what is painted on.
    """

    size: QSizeF
    lines: int
    line: float
    scale: Scale
    ratio: float = 1.0

    @property
    def bottom(self) -> float:
        """Lower end of the lines."""
        return TOP + self.lines * self.line

    def middle(self, at: int) -> float:
        """Return the middle of a line."""
        return TOP + (at + 0.5) * self.line

    def line_at(self, y: float) -> int:
        """Return the line at a height, or -1."""
        at = int((y - TOP) // self.line)
        return at if 0 <= at < self.lines else -1


class Figure(ABC):
    """Base class; subclasses say what their lines are and paint the marks on them.

    Attributes:
        title: Name of the picture, for files and screen readers.
        x_title: What the value axis shows.
    """

    title = ""
    x_title = ""

    # ---- for subclasses ------------------------------------------------------------------

    @property
    @abstractmethod
    def columns(self) -> int:
        """Number of columns there are."""

    @property
    def fixed_lines(self) -> int:
        """Lines beside those of columns."""
        return 0

    @abstractmethod
    def prepare(self, columns: int) -> None:
        """Be ready to show that many columns (the rest summed up in one line)."""

    @abstractmethod
    def labels(self) -> list[Label]:
        """Return the labels of all lines."""

    @abstractmethod
    def extent(self) -> tuple[float, float]:
        """Return smallest and largest value of the axis."""

    @abstractmethod
    def paint_line(self, painter: QPainter, frame: Frame, at: int, *, vector: bool) -> None:
        """Paint the marks of a line; `vector` asks for shapes instead of pixels."""

    def paint_key(self, painter: QPainter, frame: Frame, top: float) -> None:
        """Paint what explains the marks; `top` is the upper end of what is seen."""
        del painter, frame, top  # most figures need no key

    def right_room(self) -> float:
        """Return the room that is kept free right of the axis, px."""
        return SIDE

    def tip(self, at: int) -> str:
        """Return what hovering over a line says."""
        return self.labels()[at].text

    # ---- geometry ------------------------------------------------------------------------

    def columns_for(self, height: float) -> int:
        """Return how many columns fit into a height; the rest is summed up in one line."""
        lines = int((height - TOP - AXIS) // LINE) - self.fixed_lines
        if lines >= self.columns:
            return self.columns
        return max(1, lines - 1)

    def height_of(self, columns: int) -> float:
        """Return the least height that shows that many columns."""
        more = 1 if columns < self.columns else 0
        return TOP + AXIS + LINE * (columns + more + self.fixed_lines)

    def frame(self, size: QSizeF, ratio: float = 1.0) -> Frame:
        """Return the geometry at a size, for the columns that were prepared.

        Args:
            size: The whole figure, device-independent px.
            ratio: Pixels per device-independent pixel.
        """
        labels = self.labels()
        line = min(TALLEST, max(LINE, (size.height() - TOP - AXIS) / max(1, len(labels))))
        metrics = QFontMetricsF(font())
        widest = max((metrics.horizontalAdvance(label.text) for label in labels), default=0.0)
        gutter = min(widest, 0.38 * size.width()) + SIDE + GAP
        low, high = self.extent()
        scale = scale_of(low, high, gutter, size.width() - self.right_room())
        return Frame(size, len(labels), line, scale, ratio)

    # ---- painting ------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, frame: Frame, visible: QRectF | None = None, *,
        vector: bool = False, hovered: int = -1,
    ) -> None:  # fmt: skip
        """Paint the figure with its upper left corner at the origin.

        Args:
            painter: Where to paint; its background is not touched.
            frame: The geometry, from `frame`.
            visible: The part that is seen; None for all of it.
            vector: Whether shapes are asked for instead of pixels.
            hovered: Line under the pointer, or -1.
        """
        visible = visible or QRectF(QPointF(0, 0), frame.size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = max(0, int((visible.top() - TOP) // frame.line))
        last = min(frame.lines, int((visible.bottom() - TOP) // frame.line) + 1)
        axis = min(frame.bottom, visible.bottom() - AXIS)  # in sight however far one scrolls
        self._paint_grid(painter, frame, max(TOP, visible.top()), axis)
        if 0 <= hovered < frame.lines:
            band = QRectF(0, TOP + hovered * frame.line, frame.size.width(), frame.line)
            painter.fillRect(band, faint(color("hover"), 0.6))
        labels = self.labels()
        for at in range(first, last):
            self._paint_label(painter, frame, at, labels[at])
            self.paint_line(painter, frame, at, vector=vector)
        self._paint_axis(painter, frame, axis)
        self.paint_key(painter, frame, visible.top())

    def _paint_grid(self, painter: QPainter, frame: Frame, top: float, bottom: float) -> None:
        painter.setPen(pen("grid"))
        for x, _ in frame.scale.marks():
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        zero = frame.scale.x(0.0)
        if frame.scale.left <= zero <= frame.scale.right:
            painter.setPen(pen("border_strong"))
            painter.drawLine(QPointF(zero, top), QPointF(zero, bottom))

    def _paint_axis(self, painter: QPainter, frame: Frame, top: float) -> None:
        if top < frame.bottom:  # lines go on behind it
            painter.fillRect(QRectF(0, top, frame.size.width(), AXIS), color("surface"))
            painter.setPen(pen("border"))
            painter.drawLine(QPointF(frame.scale.left, top), QPointF(frame.scale.right, top))
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        centred = Qt.AlignmentFlag.AlignHCenter
        for x, text in frame.scale.marks():
            words(painter, QRectF(x - 60, top + 6, 120, 16), text, centred)
        middle = (frame.scale.left + frame.scale.right) / 2
        words(painter, QRectF(middle - 240, top + 25, 480, 18), self.x_title, centred)

    def _paint_label(self, painter: QPainter, frame: Frame, at: int, label: Label) -> None:
        shown = font()
        metrics = QFontMetricsF(shown)
        painter.setFont(shown)
        y = frame.middle(at) - 10
        right, left = frame.scale.left - GAP, SIDE
        value = f" = {label.value}" if label.value else ""
        value = metrics.elidedText(value, Qt.TextElideMode.ElideRight, 0.6 * (right - left))
        value_width = metrics.horizontalAdvance(value)
        name = metrics.elidedText(
            label.name, Qt.TextElideMode.ElideMiddle, right - left - value_width
        )
        painter.setPen(color("text_secondary"))
        words(painter, QRectF(right - value_width - 1, y, value_width + 2, 20), value)
        painter.setPen(color("text_secondary" if label.quiet else "text"))
        room = QRectF(left, y, right - value_width - left, 20)
        words(painter, room, name, Qt.AlignmentFlag.AlignRight)


def pen(role: str, width: float = 1.0) -> QPen:
    """Return a pen of a colour role."""
    made = QPen(color(role), width)
    made.setCosmetic(False)
    return made


def faint(colour: QColor, alpha: float) -> QColor:
    """Return a colour with less weight."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


def words(
    painter: QPainter, room: QRectF, text: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:  # fmt: skip
    """Write one line of plain text, vertically centred, never as mark-up."""
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(room, int(flags) | int(Qt.TextFlag.TextDontClip), text)


def width_of(text: str, shown: QFont | None = None) -> float:
    """Return the width of a text, px."""
    return QFontMetricsF(shown or font()).horizontalAdvance(text)
