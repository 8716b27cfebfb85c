"""Icons: our own line drawings, tinted with a colour of the theme.

A drawing is an SVG file in `resources/icons` on a 20 px grid whose strokes are `currentColor`.
It is drawn at the pixel density of the screen, at 16, 20 and 24 px, so that it is always sharp.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench.bundled import resource

_SIZES: Final = (16, 20, 24)
_MISSING: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect x="4" y="4" width="12" '
    'height="12" rx="2" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>'
)
_log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9_]+")


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise KeyError(f"No icon can be called {name!r}")
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        _log.warning("There is no icon %r in resources/icons", name)
        return _MISSING
    return path.read_text(encoding="utf-8")


def icon_exists(name: str) -> bool:
    """Tell whether there is a drawing of that name."""
    return bool(_NAME.fullmatch(name)) and resource("icons", f"{name}.svg").is_file()


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """Draw an icon.

    Args:
        name: File name in `resources/icons` without `.svg`.
        colour: Colour of the strokes.
        size: Edge in device-independent px.
        ratio: Device pixels per px.

    A missing drawing is shown as an empty square: it must never stop a window (a test looks for
    names without a drawing).
    """
    svg = _drawing(name).replace("currentColor", colour.name(QColor.NameFormat.HexRgb))
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(
        painter, QRectF(0, 0, pixmap.width(), pixmap.height())
    )
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def paint_icon(painter: QPainter, name: str, colour: QColor, box: QRectF) -> None:
    """Draw an icon as lines with a painter, so that it stays sharp in files of any size.

    Args:
        painter: What it is drawn with.
        name: As in `icon_pixmap`.
        colour: Colour of the strokes.
        box: Where it goes.
    """
    svg = _drawing(name).replace("currentColor", colour.name(QColor.NameFormat.HexRgb))
    QSvgRenderer(QByteArray(svg.encode())).render(painter, box)


@lru_cache(maxsize=1024)
def _icon(name: str, normal: int, disabled: int, checked: int, ratio: float) -> QIcon:
    made = QIcon()
    for size in _SIZES:
        for rgb, mode, state in (
            (normal, QIcon.Mode.Normal, QIcon.State.Off),
            (checked, QIcon.Mode.Normal, QIcon.State.On),
            (disabled, QIcon.Mode.Disabled, QIcon.State.Off),
        ):
            colour = QColor.fromRgba(rgb)
            made.addPixmap(icon_pixmap(name, colour, size, ratio), mode, state)
    return made


def tinted_icon(name: str, normal: QColor, disabled: QColor, checked: QColor) -> QIcon:
    """Return an icon in three colours: as it is, disabled, and switched on."""
    application = QGuiApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    return _icon(name, normal.rgba(), disabled.rgba(), checked.rgba(), ratio)
