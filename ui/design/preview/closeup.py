"""A node's values large: maps (all or one), a heat map or bars, the value under the pointer."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.design.preview.axes import paint_ends, paint_scale, paint_steps
from ui.design.preview.colours import image_of
from ui.design.preview.pictures import BAD, draw_activation, draw_bars, range_of
from ui.design.preview.words import percent, value_words
from ui.theme import active_theme, color, font
from ui.widgets import identify
from workbench.graph.preview import Activation, NodePreview

_TALL: Final = 232
_FLAT: Final = 112
_GAP: Final = 3.0
_SCALE: Final = 36
"""Height of the colour scale with its numbers, px."""
_AXIS: Final = 18
"""Height of the line below that names the axis, px."""
_GUTTER: Final = 52
"""Width beside bars for the values at their ends, px."""


class CloseUp(QWidget):
    """Paints an activation and tells what is under the pointer.

    Attributes:
        pointed: Emitted with what is under the pointer in words, "" for nothing.
        channel_chosen: Emitted with the channel that was clicked, -1 for all.
        channel: The channel that is shown alone; -1 for all.
    """

    pointed = Signal(str)
    channel_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "design.preview.closeup", "Values of the layer")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._found: NodePreview | None = None
        self._output: Activation | None = None
        self._stale = False
        self._images: dict[object, QImage] = {}
        self.channel = -1

    def show_values(self, found: NodePreview, output: Activation, *, stale: bool) -> None:
        """Show an activation."""
        if output is not self._output:
            self._images.clear()
        self._found, self._output, self._stale = found, output, stale
        if output.kind != "maps" or self.channel >= output.channels:
            self.channel = -1
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleDescription(
            f"{output.kind}, from {value_words(output.statistics.minimum)} to "
            f"{value_words(output.statistics.maximum)}"
        )
        self.update()

    def show_channel(self, channel: int) -> None:
        """Show one channel alone, or all with -1."""
        self.channel = channel
        self.update()

    def sizeHint(self) -> QSize:
        """Return a height that fits what is shown."""
        output = self._output
        if output is None or output.kind in ("scalar", "text"):
            return QSize(240, 48)
        if output.kind == "vector":
            rows = len(self._found.labels) if self._found else 0
            return QSize(240, min(24 * rows, _TALL) if rows else _FLAT + _AXIS)
        return QSize(240, _TALL + _SCALE + (_AXIS if output.kind == "sequence" else 0))

    # ---- places ----------------------------------------------------------------------------

    def _area(self) -> QRectF:
        """Return where the values are, without colour scale and axes."""
        kind = self._output.kind if self._output is not None else ""
        low = {"maps": _SCALE, "sequence": _SCALE + _AXIS}.get(kind, 0.5)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -low)
        return area.adjusted(0, 0, -_GUTTER, -_AXIS) if self._has_bars() else area

    def _has_bars(self) -> bool:
        """Whether a bar stands for each value, without a name."""
        output, found = self._output, self._found
        return output is not None and output.kind == "vector" and not (found and found.labels)

    def _tiles(self) -> list[tuple[int, QRectF]]:
        """Return the number (in what was sent) and the place of every map that is shown."""
        output, area = self._output, self._area()
        if output is None or output.kind != "maps" or not len(output.values):
            return []
        height, width = output.values.shape[1:]
        number = self.channel - output.first
        if self.channel >= 0:
            if not 0 <= number < len(output.values):
                return []
            return [(number, _fitted(area, width, height))]
        count = len(output.values)
        columns = _columns(count, area.width(), area.height(), width / height)
        rows = math.ceil(count / columns)
        cell_w = (area.width() - (columns - 1) * _GAP) / columns
        cell_h = (area.height() - (rows - 1) * _GAP) / rows
        return [
            (
                at,
                _fitted(
                    QRectF(
                        area.left() + (at % columns) * (cell_w + _GAP),
                        area.top() + (at // columns) * (cell_h + _GAP),
                        cell_w, cell_h,
                    ),
                    width, height,
                ),
            )
            for at in range(count)
        ]  # fmt: skip

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the values and the colour scale."""
        found, output = self._found, self._output
        painter = QPainter(self)
        if found is None or output is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stale:
            painter.setOpacity(0.35)
        area, scale = self._area(), range_of(output)
        if output.kind == "maps":
            for number, place in self._tiles():
                painter.drawImage(place, self._image(output, number))
        elif output.kind == "sequence":
            painter.drawImage(area, self._image(output, -1))
            paint_steps(painter, area, output)
        elif self._has_bars():
            draw_bars(painter, area, output)
            paint_ends(painter, area, output)
        elif found.labels and len(found.labels) == len(output.values):
            _all_classes(painter, area, found, output)
        else:
            draw_activation(painter, area, found, output)
        if output.kind in ("maps", "sequence"):
            top = area.bottom() + 8 + (_AXIS if output.kind == "sequence" else 0)
            paint_scale(painter, QRectF(area.left(), top, area.width(), 10), scale)

    def _image(self, output: Activation, number: int) -> QImage:
        """Return the image of a map, or of a whole sequence (-1); made once."""
        key = (number, active_theme().name)
        if key not in self._images:
            values = output.values[number] if number >= 0 else output.values.T
            self._images[key] = image_of(values, range_of(output))
        return self._images[key]

    # ---- pointer ---------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self.pointed.emit(self.words_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is."""
        super().leaveEvent(event)
        self.pointed.emit("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show the map alone that was clicked, or all again."""
        if self._output is None or self._output.kind != "maps":
            return
        if self.channel >= 0:
            self.channel_chosen.emit(-1)
            return
        for number, place in self._tiles():
            if place.contains(event.position()):
                self.channel_chosen.emit(self._output.first + number)

    def words_at(self, point: QPointF) -> str:
        """Return the value at a point with its place, or ""."""
        output, found = self._output, self._found
        if output is None or found is None:
            return ""
        area = self._area()
        if output.kind == "maps":
            return self._map_words(output, point)
        if not area.contains(point):
            return ""
        if output.kind == "sequence":
            feature, step = _cell(area, point, *output.values.T.shape)
            words = value_words(float(output.values[step, feature]))
            return f"Step {step * output.step[0]}, feature {feature * output.step[1]}: {words}"
        if output.kind != "vector":
            return ""
        if found.labels:
            at, _ = _cell(area, point, len(found.labels), 1)
            return f"{found.labels[at]}: {value_words(float(output.values[at]))}"
        _, at = _cell(area, point, 1, len(output.values))
        return f"Value {at * output.step[0]}: {value_words(float(output.values[at]))}"

    def _map_words(self, output: Activation, point: QPointF) -> str:
        for number, place in self._tiles():
            if place.contains(point):
                row, column = _cell(place, point, *output.values.shape[1:])
                words = value_words(float(output.values[number, row, column]))
                y, x = row * output.step[1], column * output.step[2]
                return f"Row {y}, column {x}, channel {output.first + number}: {words}"
        return ""


def _fitted(area: QRectF, width: int, height: int) -> QRectF:
    share = min(area.width() / width, area.height() / height)
    box = QRectF(0, 0, width * share, height * share)
    box.moveCenter(area.center())
    return box


def _columns(count: int, width: float, height: float, ratio: float) -> int:
    """Return the number of columns that makes tiles largest."""
    best, most = 1, 0.0
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        edge = min(width / columns / ratio, height / rows)
        if edge > most:
            best, most = columns, edge
    return best


def _cell(area: QRectF, point: QPointF, rows: int, columns: int) -> tuple[int, int]:
    row = int((point.y() - area.top()) / area.height() * rows)
    column = int((point.x() - area.left()) / area.width() * columns)
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def _all_classes(painter: QPainter, area: QRectF, found: NodePreview, output: Activation) -> None:
    """Paint a bar for every class, in the order of the classes."""
    line = area.height() / len(found.labels)
    names, numbers = area.width() * 0.4, 64.0
    room = area.width() - names - numbers
    values = np.nan_to_num(output.values.astype(np.float64), posinf=0, neginf=0)
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-12)
    likely = output.statistics.minimum >= 0 and output.statistics.maximum <= 1.000001
    if likely:  # probabilities: the whole length is 100 %
        high = 1.0
    best = int(np.argmax(values)) if len(values) > 1 else -1
    letters = font("secondary")
    if line < 15:
        letters.setPixelSize(max(round(line) - 3, 7))
    for at, (name, value) in enumerate(zip(found.labels, output.values, strict=True)):
        y = area.top() + at * line
        letters.setBold(at == best)
        painter.setFont(letters)
        painter.setPen(color("text"))
        label = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(names) - 8)
        painter.drawText(QRectF(area.left(), y, names - 8, line),
                         Qt.AlignmentFlag.AlignVCenter, label)  # fmt: skip
        finite = math.isfinite(float(value))
        painter.setPen(Qt.PenStyle.NoPen)
        left = area.left() + names
        if likely:
            painter.setBrush(color("surface_sunken"))
            painter.drawRect(QRectF(left, y + line * 0.25, room, line * 0.5))
        painter.setBrush(color("accent") if finite else BAD)
        zero = left + room * (-low) / (high - low)
        end = left + room * ((float(value) if finite else high) - low) / (high - low)
        painter.drawRect(QRectF(min(zero, end), y + line * 0.25, abs(end - zero), line * 0.5))
        painter.setPen(color("text_secondary") if finite else BAD)
        painter.drawText(QRectF(area.right() - numbers, y, numbers, line),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                         percent(float(value)) if likely and finite
                         else value_words(float(value)))  # fmt: skip
