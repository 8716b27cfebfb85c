"""Text on the canvas: fonts by use, measured widths, shared laid-out texts.

Most texts repeat (layer types, shapes, numbers), so each is laid out once and painted often.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Final, Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from ui.design.canvas.ink import LEGIBLE
from ui.theme import font

Use = Literal["type", "name", "detail", "number", "label", "near_type", "near_name", "far_type"]

_ROOM: Final = 12_000
_NEAR_SIZE: Final = 22
_NEAR_NAME_SIZE: Final = 20
_FAR_SIZE: Final = 34


@lru_cache(maxsize=32)
def canvas_font(use: Use) -> QFont:
    """Return the font of a use; sizes are scene units."""
    if use == "type":
        return font("body", bold=True)
    if use in ("name", "detail", "number"):
        return font("secondary")
    made = QFont(font("secondary", bold=use in ("near_type", "far_type")))
    sizes = {"label": 11, "near_type": _NEAR_SIZE, "near_name": _NEAR_NAME_SIZE}
    made.setPixelSize(sizes.get(use, _FAR_SIZE))
    return made


def legible(use: Use, scale: float) -> bool:
    """Tell whether the letters of a use can be read at a scale (px per scene unit)."""
    return canvas_font(use).pixelSize() * scale >= LEGIBLE


@lru_cache(maxsize=32)
def metrics(use: Use) -> QFontMetricsF:
    """Return the measures of a use's font."""
    return QFontMetricsF(canvas_font(use))


@lru_cache(maxsize=20_000)
def text_width(text: str, use: Use) -> float:
    """Return the width of a text in scene units."""
    return metrics(use).horizontalAdvance(text)


@lru_cache(maxsize=20_000)
def elided(text: str, use: Use, room: float) -> str:
    """Return the text, shortened in the middle when it is wider than `room`."""
    if text_width(text, use) <= room:
        return text
    return metrics(use).elidedText(text, Qt.TextElideMode.ElideMiddle, max(room, 0))


class Lettering:
    """Laid-out texts, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[str, Use], tuple[QStaticText, float]] = OrderedDict()

    def draw(self, painter: QPainter, x: float, middle: float, text: str, use: Use) -> None:
        """Paint a text with the painter's font and pen.

        Args:
            painter: Its font must be `canvas_font(use)`.
            x: Left end.
            middle: Height of the middle of the line.
            text: One line of plain text.
            use: What it is for.
        """
        key = (text, use)
        found = self._texts.get(key)
        if found is None:
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            laid_out.prepare(QTransform(), canvas_font(use))
            found = self._texts[key] = (laid_out, laid_out.size().height() / 2)
            if len(self._texts) > _ROOM:
                self._texts.popitem(last=False)
        painter.drawStaticText(QPointF(x, middle - found[1]), found[0])

    def clear(self) -> None:
        """Forget everything, after fonts changed."""
        self._texts.clear()
