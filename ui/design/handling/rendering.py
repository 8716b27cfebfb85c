"""A drawing as SVG, PNG and PDF."""

from __future__ import annotations

import math
from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from ui.design.handling.drawing import Drawing, Tell, unheard

Pages = Literal["one", "several"]
_SCALE: Final = 2.0
"""Pixels of a PNG per scene unit, as long as the picture does not get too large."""
_MOST_PIXELS: Final = 60_000_000
_LONGEST_SIDE: Final = 16_000
_POINTS: Final = 0.6
"""Points per scene unit of a PDF over several pages: 12 px text becomes 7 pt."""
_MOST_PAGES: Final = 400


def svg_bytes(drawing: Drawing, title: str = "Network", tell: Tell = unheard) -> bytes:
    """Return a drawing as an SVG file."""
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    box = drawing.bounds
    size = QSize(max(math.ceil(box.width()), 1), max(math.ceil(box.height()), 1))
    generator = QSvgGenerator()
    generator.setOutputDevice(target)
    generator.setResolution(96)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    generator.setDescription("Written by Keras Workbench")
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), Qt.GlobalColor.white)
    painter.translate(-box.topLeft())
    drawing.paint(painter, None, tell)
    painter.end()
    target.close()
    return bytes(target.data().data())


def image_of(drawing: Drawing, tell: Tell = unheard) -> QImage:
    """Return a drawing as an image: two pixels per unit, fewer for very large networks."""
    box = drawing.bounds
    width, height = max(box.width(), 1.0), max(box.height(), 1.0)
    scale = min(
        _SCALE, _LONGEST_SIDE / width, _LONGEST_SIDE / height,
        math.sqrt(_MOST_PIXELS / (width * height)),
    )  # fmt: skip
    image = QImage(
        max(round(width * scale), 1), max(round(height * scale), 1), QImage.Format.Format_RGB32
    )
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-box.topLeft())
    drawing.paint(painter, None, tell)
    painter.end()
    return image


def png_bytes(image: QImage) -> bytes:
    """Return an image as a PNG file."""
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(target, "PNG")  # type: ignore[call-overload]
    return bytes(target.data().data())


def pdf_bytes(
    drawing: Drawing, pages: Pages = "one", title: str = "Network", tell: Tell = unheard
) -> bytes:
    """Return a drawing as a PDF of A4 pages, upright or across, whichever shows it larger.

    Args:
        drawing: The drawing.
        pages: `"one"` fits all on a page, `"several"` keeps text readable and takes the pages that
            it needs, in rows.
        title: Title of the document.
        tell: Told which share is painted, 0 to 1.
    """
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(target)
    box = drawing.bounds
    way = QPageLayout.Orientation
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            way.Landscape if box.width() > box.height() else way.Portrait,
            QMarginsF(10, 10, 10, 10),
            QPageLayout.Unit.Millimeter,
        )
    )
    writer.setResolution(300)
    writer.setTitle(title)
    writer.setCreator("Keras Workbench")
    painter = QPainter(writer)
    page = QRectF(0, 0, writer.width(), writer.height())
    dots = 300 / 72
    fit = min(page.width() / max(box.width(), 1.0), page.height() / max(box.height(), 1.0))
    scale = min(fit, dots)
    if pages == "several" and fit < _POINTS * dots:
        scale = _POINTS * dots
        count = math.ceil(box.width() * scale / page.width()) * math.ceil(
            box.height() * scale / page.height()
        )
        if count > _MOST_PAGES:
            scale *= math.sqrt(_MOST_PAGES / count) * 0.98
    wide, high = page.width() / scale, page.height() / scale
    columns, rows = math.ceil(box.width() / wide - 1e-6), math.ceil(box.height() / high - 1e-6)
    count = max(columns, 1) * max(rows, 1)
    for number in range(count):
        if number:
            writer.newPage()
        row, column = divmod(number, max(columns, 1))
        part = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
        painter.save()
        painter.setClipRect(page)
        painter.scale(scale, scale)
        painter.translate(-part.topLeft())
        drawing.paint(painter, part if count > 1 else None, partial(_told, tell, number, count))
        painter.restore()
    painter.end()
    target.close()
    return bytes(target.data().data())


def _told(tell: Tell, number: int, count: int, share: float) -> None:
    tell((number + share) / count)


def file_bytes(
    drawing: Drawing, kind: str, pages: Pages = "one", title: str = "Network",
    tell: Tell = unheard,
) -> bytes:  # fmt: skip
    """Return a drawing as a file.

    Args:
        drawing: The drawing.
        kind: Ending of the file's name: ".png", ".pdf", anything else for SVG.
        pages: How a PDF is divided.
        title: Title of the document.
        tell: Told which share is painted, 0 to 1.
    """
    if kind == ".png":
        return png_bytes(image_of(drawing, tell))
    if kind == ".pdf":
        return pdf_bytes(drawing, pages, title, tell)
    return svg_bytes(drawing, title, tell)
