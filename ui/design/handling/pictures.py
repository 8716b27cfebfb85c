"""Pictures of the network: as SVG, PNG and PDF, to files and to the clipboard."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog

from ui.design.handling.drawing import Drawing
from workbench.atomic import reason, replace_file
from workbench.errors import Place, WorkbenchError
from workbench.export import model_code
from workbench.graph.notes import notes_of

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.services import Services
    from ui.session import ProjectSession

Pages = Literal["one", "several"]
_SCALE: Final = 2.0
"""Pixels of a PNG per scene unit, as long as the picture does not get too large."""
_MOST_PIXELS: Final = 60_000_000
_LONGEST_SIDE: Final = 16_000
_POINTS: Final = 0.6
"""Points per scene unit of a PDF over several pages: 12 px text becomes 7 pt."""
_MOST_PAGES: Final = 400


class Pictures:
    """Takes pictures of the network that is shown.

    Args:
        services: The window's services.
        canvas: Shows the network.
    """

    def __init__(self, services: Services, canvas: Canvas) -> None:
        self._services, self._canvas = services, canvas
        self.session: ProjectSession | None = None

    def drawing(self, *, selection: bool = False) -> Drawing:
        """Return the network as a drawing; only what is selected, if asked for and possible."""
        editor, block = self._canvas.editor, self._canvas.editor.block
        chosen = editor.selection.nodes if selection else ()
        notes = notes_of(editor.graph, block.id if block else "")
        return Drawing(self._canvas.picture, notes, chosen or None)

    # ---- clipboard -------------------------------------------------------------------------

    def copy_svg(self) -> None:
        """Copy what is selected, or everything, as SVG."""
        data = svg_bytes(self.drawing(selection=True))
        mime = QMimeData()
        mime.setData("image/svg+xml", QByteArray(data))
        mime.setText(data.decode())
        QGuiApplication.clipboard().setMimeData(mime)
        self._services.show_message("Copied as SVG")

    def copy_png(self) -> None:
        """Copy what is selected, or everything, as an image."""
        QGuiApplication.clipboard().setImage(image_of(self.drawing(selection=True)))
        self._services.show_message("Copied as an image")

    def copy_python(self) -> None:
        """Copy the code of what is selected (its lines of the network's code), or all of it."""
        if self.session is None:
            return
        editor = self._canvas.editor
        try:
            code = model_code(editor.root, editor.catalog, self.session.signature)
        except WorkbenchError as error:
            editor.refused.emit(" ".join(p for p in (error.message, error.remedy) if p))
            return
        prefix = f"block:{editor.block.id}/" if editor.block else ""
        keys = [prefix + node_id for node_id in editor.selection.nodes]
        numbers = sorted(
            {n for k in keys if k in code.lines
             for n in range(code.lines[k][0], code.lines[k][1] + 1)}
        )  # fmt: skip
        lines = code.text.split("\n")
        text = "\n".join(lines[n - 1].removeprefix("    ") for n in numbers)
        QGuiApplication.clipboard().setText(text + "\n" if numbers else code.text)
        self._services.show_message("Copied as Python")

    # ---- files -----------------------------------------------------------------------------

    def ask_picture(self) -> None:
        """Ask for a file and save the network as SVG or PNG, by the file's name."""
        name, kind = QFileDialog.getSaveFileName(
            self._canvas, "Save a picture of the network", self._start("network.svg"),
            "Scalable picture (*.svg);;Image (*.png)",
        )  # fmt: skip
        if name:
            path = Path(name)
            if path.suffix.lower() not in (".svg", ".png"):
                path = path.with_name(path.name + (".png" if "png" in kind else ".svg"))
            self.save(path)

    def ask_pdf(self, pages: Pages = "one") -> None:
        """Ask for a file and print the network to it."""
        name, _ = QFileDialog.getSaveFileName(
            self._canvas, "Print the network to PDF", self._start("network.pdf"), "PDF (*.pdf)"
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix.lower() == ".pdf" else Path(name + ".pdf"), pages)

    def save(self, path: Path, pages: Pages = "one") -> bool:
        """Write a picture, whole or not at all; the kind follows from the file's name.

        Returns:
            Whether it was written; if not, the window shows why.
        """
        drawing = self.drawing()
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)  # seconds for 10,000 layers
        try:
            if path.suffix.lower() == ".png":
                data = png_bytes(image_of(drawing))
            elif path.suffix.lower() == ".pdf":
                data = pdf_bytes(drawing, pages, path.stem)
            else:
                data = svg_bytes(drawing, path.stem)
            replace_file(path, lambda temporary: _write(temporary, data))
        except OSError as error:
            self._services.show_error(_not_saved(path, error))
            return False
        finally:
            QGuiApplication.restoreOverrideCursor()
        self._services.settings.last_folder = str(path.parent)
        self._services.show_message(f"Saved: {path.name}")
        return True

    def _start(self, name: str) -> str:
        folder = self._services.settings.last_folder
        return str(Path(folder) / name) if folder else name


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _not_saved(path: Path, error: OSError) -> WorkbenchError:
    known, _, words = reason(error)
    message = f"The picture {path.name} was not saved." + (f" {known}" if known else "")
    return WorkbenchError(
        message, received=words, remedy="Choose another folder.", place=Place("file", str(path))
    )


def svg_bytes(drawing: Drawing, title: str = "Network") -> bytes:
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
    drawing.paint(painter)
    painter.end()
    target.close()
    return bytes(target.data().data())


def image_of(drawing: Drawing) -> QImage:
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
    drawing.paint(painter)
    painter.end()
    return image


def png_bytes(image: QImage) -> bytes:
    """Return an image as a PNG file."""
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(target, "PNG")  # type: ignore[call-overload]
    return bytes(target.data().data())


def pdf_bytes(drawing: Drawing, pages: Pages = "one", title: str = "Network") -> bytes:
    """Return a drawing as a PDF of A4 pages, upright or across, whichever shows it larger.

    Args:
        drawing: The drawing.
        pages: `"one"` fits all on a page, `"several"` keeps text readable and takes the pages that
            it needs, in rows.
        title: Title of the document.
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
    for number in range(max(columns, 1) * max(rows, 1)):
        if number:
            writer.newPage()
        row, column = divmod(number, max(columns, 1))
        part = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
        painter.save()
        painter.setClipRect(page)
        painter.scale(scale, scale)
        painter.translate(-part.topLeft())
        drawing.paint(painter, part)
        painter.restore()
    painter.end()
    target.close()
    return bytes(target.data().data())
