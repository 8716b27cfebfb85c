"""A figure as a picture for other programs: PNG, SVG, the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from ui.explain.figure import Figure, words
from ui.theme import color, font
from workbench.errors import Place, WorkbenchError

_HEAD = 36.0
_FOOT = 28.0


def image_of(figure: Figure, size: QSizeF, quality: str, scale: float = 2.0) -> QImage:
    """Return a figure with its title and the line on its quality as pixels.

    Args:
        figure: The figure, prepared as it is shown.
        size: Size of the figure, device-independent px.
        quality: The line below it.
        scale: Pixels per device-independent pixel.
    """
    whole = _whole(size)
    image = QImage(
        round(whole.width() * scale), round(whole.height() * scale), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    _paint(painter, figure, size, quality, vector=False)
    painter.end()
    return image


def svg_of(figure: Figure, size: QSizeF, quality: str) -> bytes:
    """Return the same as SVG with real shapes and text."""
    whole = _whole(size)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(round(whole.width()), round(whole.height())))
    generator.setViewBox(QRectF(QPointF(0, 0), whole))
    generator.setTitle(figure.title)
    painter = QPainter(generator)
    _paint(painter, figure, size, quality, vector=True)
    painter.end()
    buffer.close()
    return bytes(data.data())


def save_picture(path: Path, figure: Figure, size: QSizeF, quality: str) -> None:
    """Write a figure; the ending of the name says how (`.svg`, else PNG).

    Raises:
        WorkbenchError: It could not be written.
    """
    if path.suffix.lower() == ".svg":
        write_bytes(path, svg_of(figure, size, quality))
        return
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(figure, size, quality).save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    write_bytes(path, bytes(data.data()))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        WorkbenchError: It could not be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise WorkbenchError(
            f"{path.name} could not be written.",
            received=error.strerror or str(error),
            remedy="Choose another folder, or make room on the disk.",
            place=Place("file", str(path)),
        ) from error


def _whole(size: QSizeF) -> QSizeF:
    return QSizeF(size.width(), size.height() + _HEAD + _FOOT)


def _paint(
    painter: QPainter, figure: Figure, size: QSizeF, quality: str, *, vector: bool,
    ratio: float = 2.0,
) -> None:  # fmt: skip
    whole = _whole(size)
    painter.fillRect(QRectF(QPointF(0, 0), whole), color("surface"))
    painter.setFont(font("heading"))
    painter.setPen(color("text"))
    words(painter, QRectF(16, 8, whole.width() - 32, 24), figure.title)
    painter.save()
    painter.translate(0, _HEAD)
    figure.paint(painter, figure.frame(size, ratio), vector=vector)
    painter.restore()
    painter.setFont(font("secondary"))
    painter.setPen(color("text_secondary"))
    foot = QRectF(16, whole.height() - _FOOT, whole.width() - 32, 20)
    words(painter, foot, quality, Qt.AlignmentFlag.AlignLeft)
