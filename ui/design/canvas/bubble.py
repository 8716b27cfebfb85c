"""A few words beside the pointer: what a release would do, or why it would not."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from ui.design.canvas.ink import Ink, solid
from ui.theme import font, icon_pixmap

_WIDEST = 360
_PADDING = 8
_MARK = 16


def paint_bubble(
    painter: QPainter, ink: Ink, text: str, at: QPointF, size: QSize, ratio: float, *, refused: bool
) -> None:
    """Paint the words in a box below the pointer, inside the widget.

    Args:
        painter: In pixels.
        ink: Colours.
        text: Plain text; wrapped when it is long.
        at: The pointer.
        size: Size of the widget.
        ratio: Device pixels per px.
        refused: Whether the text says why something is impossible.
    """
    letters = font("secondary")
    mark = _MARK + 6 if refused else 0
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    words = QRectF(QFontMetrics(letters).boundingRect(0, 0, _WIDEST, 400, flags, text))
    width, height = words.width() + 2 * _PADDING + mark + 2, words.height() + 2 * _PADDING
    left = min(at.x() + 16, size.width() - width - 8)
    top = at.y() + 20 if at.y() + 20 + height < size.height() - 8 else at.y() - 12 - height
    box = QRectF(max(left, 8), max(top, 8), width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(solid(ink.error if refused else ink.outline, 1))
    painter.setBrush(ink.surface)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    if refused:
        painter.drawPixmap(
            QPointF(box.left() + _PADDING, box.top() + _PADDING),
            icon_pixmap("error", ink.error, _MARK, ratio),
        )
    painter.setFont(letters)
    painter.setPen(ink.text)
    inner = box.adjusted(_PADDING + mark, _PADDING, -_PADDING + 2, -_PADDING + 2)
    painter.drawText(inner, flags, text)
