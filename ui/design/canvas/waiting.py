"""What the canvas shows while nothing of a large network is drawn yet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from ui.design.canvas.ink import Ink
from ui.design.canvas.picture import Picture
from ui.theme import font


def paint_waiting(painter: QPainter, ink: Ink, picture: Picture, room: QRectF) -> None:
    """Write that a network is being drawn, in the middle of the view.

    Args:
        painter: In pixels.
        ink: Colours of the theme in force.
        picture: What is being drawn.
        room: The part of the widget that no overlay covers, px.
    """
    painter.setFont(font("body"))
    painter.setPen(ink.secondary_pen)
    words = f"Drawing {len(picture.graph):,} layers …"
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
