"""What stands over the curves: the best epoch, names at the ends of curves, the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from ui.plots.colours import line_pen, readable, sample_pen
from ui.plots.curve import Curve
from ui.theme import color, font

_GAP: Final = 6.0
_LINE: Final = 16.0
_PAD: Final = 8.0
_SAMPLE: Final = 14.0
_NAMES_UP_TO: Final = 6
_MOST_SHARE: Final = 0.3
_NAMES_APART: Final = 0.02


class _OverView(QGraphicsItem):
    """An item in the pixels of a view, above its curves, that never takes the mouse."""

    def __init__(self, view: Any, level: float) -> None:
        super().__init__(view)
        self._view = view
        self.setZValue(level)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsToShape, False)

    def _place_x(self, x: float) -> float:
        (low, high), _ = self._view.viewRange()
        return float((x - low) / (high - low) * self._view.width())

    def _place_y(self, y: float) -> float:
        _, (low, high) = self._view.viewRange()
        return float((high - y) / (high - low) * self._view.height())

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        return QRectF(0, 0, self._view.width(), self._view.height())


class Marker(_OverView):
    """A vertical line with a word at its top, for the best epoch."""

    def __init__(self, view: Any) -> None:
        super().__init__(view, 50)
        self.x_value: float | None = None
        self.text = ""
        self._low = False

    def show_at(self, x: float | None, text: str) -> None:
        """Stand at a position; None for nowhere."""
        if (x, text) != (self.x_value, self.text):
            self.x_value, self.text = x, text
            self.update()

    def keep_clear_of(self, places: Sequence[float]) -> None:
        """Put the word where curves are not.

        Args:
            places: Values at the ends of curves, in view coordinates.
        """
        _, (bottom, top) = self._view.viewRange()
        low = bool(places) and sum(places) / len(places) > (bottom + top) / 2
        if low != self._low:
            self._low = low
            self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw line and word."""
        if self.x_value is None:
            return
        x = round(self._place_x(self.x_value)) + 0.5
        if not 0 <= x <= self._view.width():
            return
        pen = QPen(color("ok"), 1.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, self._view.height()))
        painter.setFont(font("secondary"))
        metrics = QFontMetricsF(painter.font())
        width = metrics.horizontalAdvance(self.text) + 2 * 4
        left = x + 4 if x + 4 + width <= self._view.width() else x - 4 - width
        height = metrics.height() + 2
        box = QRectF(left, self._view.height() - height - 2 if self._low else 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("ok_soft"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(readable(color("ok")))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text)


@dataclass(frozen=True, slots=True)
class EndLabel:
    """The name of a curve beside its last point.

    Attributes:
        x: Position of the last point.
        y: Its value in view coordinates.
        text: The name.
        colour: Colour of the curve.
    """

    x: float
    y: float
    text: str
    colour: QColor


class EndLabels(_OverView):
    """Names beside the last points of curves, pushed apart where they would overlap."""

    def __init__(self, view: Any) -> None:
        super().__init__(view, 60)
        self._labels: list[EndLabel] = []

    @property
    def shown(self) -> list[str]:
        """The names shown."""
        return [label.text for label in self._labels]

    def show_labels(self, labels: list[EndLabel]) -> None:
        """Show other names."""
        if labels != self._labels:
            self._labels = labels
            self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the names that have room."""
        if not self._labels:
            return
        painter.setFont(font("secondary"))
        height = self._view.height()
        wanted: list[tuple[float, EndLabel]] = [
            (self._place_y(label.y), label) for label in self._labels
        ]
        inside = sorted(((y, label) for y, label in wanted if -2 <= y <= height + 2),
                        key=lambda pair: pair[0])  # fmt: skip
        places = spread([y for y, _ in inside], _LINE, _LINE / 2, height - _LINE / 2)
        for middle, (_y, label) in zip(places, inside, strict=True):
            x = self._place_x(label.x) + _GAP
            if not 0 <= x < self._view.width() - 20:
                continue
            painter.setPen(readable(label.colour))
            box = QRectF(x, middle - _LINE / 2, self._view.width() - x, _LINE)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label.text
            )


def labelled(curves: Sequence[Curve], height: float) -> list[Curve]:
    """Return the curves that get a name at their end: none where there is no room.

    Args:
        curves: The curves that are drawn.
        height: Height of the view, px.
    """
    lines = [curve for curve in curves if curve.style != "batch"]
    if len({curve.hue for curve in lines}) > 1:  # one name for each colour
        lines = [curve for curve in lines if curve.style == "solid"]
    if not 1 < len(lines) <= min(_NAMES_UP_TO, height / 24):
        return []
    ends = [float(curve.store.x[-1]) for curve in lines]
    # Where lines end apart from each other, a name would stand on the longer lines.
    return lines if max(ends) - min(ends) <= _NAMES_APART * max(ends) else []


def name_share(curves: Sequence[Curve], width: float) -> float:
    """Return the share of a view's width that the names of curves need; 0 for too much.

    Args:
        curves: Those that get a name.
        width: Width of the view, px.
    """
    metrics = QFontMetricsF(font("secondary"))
    widest = max((metrics.horizontalAdvance(curve.label) for curve in curves), default=0.0)
    share = (widest + 14) / max(1.0, width) if widest else 0.0
    return share if share <= _MOST_SHARE else 0.0


def spread(places: list[float], apart: float, low: float, high: float) -> list[float]:
    """Move places that are too near to each other apart, as little as possible.

    Args:
        places: Ascending.
        apart: Smallest distance between neighbours.
        low: Smallest place.
        high: Largest place; if there is no room the last ones end beyond it.
    """
    groups: list[tuple[float, int]] = []  # (mean of the wanted places, number of them)
    for place in places:
        mean, size = place, 1
        while groups:
            before, count = groups[-1]
            if mean - before >= apart * (size + count) / 2:
                break
            groups.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        groups.append((mean, size))
    moved = [mean + apart * (i - (size - 1) / 2) for mean, size in groups for i in range(size)]
    for i, place in enumerate(moved):
        moved[i] = max(place, moved[i - 1] + apart if i else low)
    for i in range(len(moved) - 1, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - apart if i + 1 < len(moved) else high)
    if moved and moved[0] < low:  # no room for all
        return [low + apart * i for i in range(len(moved))]
    return moved


@dataclass(frozen=True, slots=True)
class CursorRow:
    """One line of the cursor's box.

    Attributes:
        text: Name of the curve.
        value: Its value there, as text.
        colour: Its colour.
        dashed: Whether its line is dashed.
    """

    text: str
    value: str
    colour: QColor
    dashed: bool = False


class CursorLine(_OverView):
    """The vertical line of the cursor; narrow, so that moving it repaints little."""

    def __init__(self, view: Any) -> None:
        super().__init__(view, 70)
        self._x = 0.0
        self.hide()

    def move_to(self, x: float) -> None:
        """Stand at a position."""
        self.prepareGeometryChange()
        self._x = x
        self.show()

    def boundingRect(self) -> QRectF:
        """Return a strip around the line."""
        return QRectF(self._place_x(self._x) - 2, 0, 4, self._view.height())

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the line."""
        x = round(self._place_x(self._x)) + 0.5
        painter.setPen(line_pen(color("text_secondary")))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._view.height()))


class CursorBox(_OverView):
    """The box with the values of all curves at the cursor."""

    def __init__(self, view: Any) -> None:
        super().__init__(view, 80)
        self._x = 0.0
        self._title = ""
        self._rows: list[CursorRow] = []
        self._rect = QRectF()
        self.hide()

    @property
    def lines(self) -> list[str]:
        """What the box says, line by line."""
        return [self._title, *(f"{row.text} {row.value}" for row in self._rows)]

    def show_values(self, x: float, title: str, rows: list[CursorRow]) -> None:
        """Show values at a position, on the side of the cursor where there is room."""
        self.prepareGeometryChange()
        self._x, self._title, self._rows = x, title, rows
        metrics = QFontMetricsF(font("secondary"))
        names = max((metrics.horizontalAdvance(row.text) for row in rows), default=0.0)
        values = max((metrics.horizontalAdvance(row.value) for row in rows), default=0.0)
        width = max(metrics.horizontalAdvance(title), _SAMPLE + 6 + names + 16 + values) + 2 * _PAD
        height = _LINE * (1 + len(rows)) + 2 * _PAD
        place = self._place_x(x)
        left = place + 10 if place + 10 + width <= self._view.width() else place - 10 - width
        self._rect = QRectF(max(0.0, left), 6, width, height)
        self.show()

    def boundingRect(self) -> QRectF:
        """Return the box with its border."""
        return self._rect.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the box."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(color("border")))
        painter.setBrush(color("surface_raised"))
        painter.drawRoundedRect(self._rect, 6, 6)
        line = QRectF(self._rect.left() + _PAD, self._rect.top() + _PAD,
                      self._rect.width() - 2 * _PAD, _LINE)  # fmt: skip
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._title)
        painter.setFont(font("secondary"))
        for row in self._rows:
            line.translate(0, _LINE)
            middle = line.center().y()
            painter.setPen(sample_pen(row.colour, dashed=row.dashed))
            painter.drawLine(QPointF(line.left(), middle), QPointF(line.left() + _SAMPLE, middle))
            painter.setPen(color("text"))
            painter.drawText(line.adjusted(_SAMPLE + 6, 0, 0, 0), _LEFT, row.text)
            painter.drawText(line, _RIGHT, row.value)


_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
