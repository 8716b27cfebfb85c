"""How notes and frames are painted: on the canvas, in the minimap, in pictures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ui.design.canvas.ink import Ink, mixed, solid
from ui.design.canvas.lettering import canvas_font
from workbench.graph.notes import Colour, Note

TITLE: Final = 24.0
"""Height of the row at the upper edge of a frame, scene units; dragging it moves the frame."""
PADDING: Final = 10.0
CORNER: Final = 16.0
"""Edge of the square at the lower right that changes the size, scene units."""
_ROUND: Final = 6.0
_HUES: Final[dict[Colour, str]] = {
    "yellow": "family_pooling",
    "blue": "family_dense",
    "green": "family_recurrent",
    "purple": "family_attention",
    "grey": "family_input",
}


def rect_of(note: Note) -> QRectF:
    """Return where a note is, scene units."""
    return QRectF(*note.rect)


def hue(ink: Ink, colour: Colour) -> QColor:
    """Return the colour of a note's edge."""
    return ink.families[_HUES[colour].removeprefix("family_")]  # type: ignore[index]


def paint_note(painter: QPainter, ink: Ink, note: Note, *, words: bool, chosen: bool) -> None:
    """Paint a note or a frame.

    Args:
        painter: In scene units.
        ink: Colours of the theme, or of the paper.
        note: The note.
        words: Whether the text is painted; it cannot be read when everything is small.
        chosen: Whether it is selected: its edge is accented and its corner shown.
    """
    rect, colour = rect_of(note), hue(ink, note.colour)
    paper = mixed(colour, ink.canvas, 0.10 if note.form == "frame" else 0.20)
    painter.setPen(solid(ink.accent if chosen else mixed(colour, ink.canvas, 0.7),
                         2 if chosen else 1))  # fmt: skip
    painter.setBrush(paper)
    painter.drawRoundedRect(rect, _ROUND, _ROUND)
    if chosen:
        corner = rect.bottomRight()
        for step in (5.0, 9.0, 13.0):
            painter.drawLine(corner - QPointF(step, 3), corner - QPointF(3, step))
    if words and note.text:
        _words(painter, ink, note, rect)


def _words(painter: QPainter, ink: Ink, note: Note, rect: QRectF) -> None:
    painter.setPen(ink.text_pen)
    if note.form == "frame":
        painter.setFont(canvas_font("type"))
        width = rect.width() - 2 * PADDING
        title = painter.fontMetrics().elidedText(
            note.text.partition("\n")[0], Qt.TextElideMode.ElideRight, int(width)
        )
        painter.drawText(_start(painter, rect.left() + PADDING, rect.top() + TITLE / 2), title)
        return
    painter.setFont(canvas_font("name"))
    room = rect.adjusted(PADDING, PADDING - 2, -PADDING, -PADDING + 2)
    lines = _wrapped(painter, note.text, room.width())
    step = painter.fontMetrics().lineSpacing()
    for number, line in enumerate(lines[: max(int(room.height() // step), 1)]):
        middle = room.top() + (number + 0.5) * step
        painter.drawText(_start(painter, room.left(), middle), line)


def _start(painter: QPainter, x: float, middle: float) -> QPointF:
    """Return where the baseline of a line begins whose middle is at a height."""
    measure = painter.fontMetrics()
    return QPointF(x, middle + (measure.ascent() - measure.descent()) / 2)


def _wrapped(painter: QPainter, text: str, width: float) -> list[str]:
    """Break text into lines at spaces; a word wider than the note is cut short."""
    measure = painter.fontMetrics()
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and measure.horizontalAdvance(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return [measure.elidedText(x, Qt.TextElideMode.ElideRight, int(width)) for x in lines]
