"""Pictures of the network: as SVG, PNG and PDF, to files and to the clipboard."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QByteArray, QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from ui.design.handling.drawing import Drawing
from ui.design.handling.picture_apart import PictureApart
from ui.design.handling.rendering import Pages, file_bytes, image_of, svg_bytes
from ui.jobs import run_in_thread
from ui.jobs.apart import ApartJob
from workbench.apart import Tell
from workbench.atomic import reason, replace_file
from workbench.errors import Place, WorkbenchError
from workbench.graph.notes import notes_of

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.services import Services
    from ui.session import ProjectSession
    from workbench.export import Code

APART_FROM: Final = 400
"""Number of layers from which a picture is made in a process of its own."""


class Pictures(QObject):
    """Takes pictures of the network that is shown.

    Args:
        services: The window's services.
        canvas: Shows the network.
    """

    def __init__(self, services: Services, canvas: Canvas) -> None:
        super().__init__(canvas)
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
        if self._large(selection=True):
            self._copy_apart("svg")
            return
        self._offer_svg(svg_bytes(self.drawing(selection=True)))

    def copy_png(self) -> None:
        """Copy what is selected, or everything, as an image."""
        if self._large(selection=True):
            self._copy_apart("png")
            return
        self._offer_image(image_of(self.drawing(selection=True)))

    def _offer_svg(self, data: bytes) -> None:
        mime = QMimeData()
        mime.setData("image/svg+xml", QByteArray(data))
        mime.setText(data.decode())
        QGuiApplication.clipboard().setMimeData(mime)
        self._services.show_message("Copied as SVG")

    def _offer_image(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._services.show_message("Copied as an image")

    def _copy_apart(self, kind: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="keras-workbench-"))
        work = self._apart(folder / f"network.{kind}", "one", selection=True)

        def run(tell: Tell) -> bytes | QImage:
            try:
                work.run(tell)
                path = folder / f"network.{kind}"
                if not path.exists():
                    return b""
                return QImage(str(path)) if kind == "png" else path.read_bytes()
            finally:
                shutil.rmtree(folder, ignore_errors=True)

        job = self._start_job("Copying the picture", run, work.cancel)
        job.done.connect(self._offer)

    @Slot(object)
    def _offer(self, made: Any) -> None:
        if isinstance(made, QImage):
            self._offer_image(made)
        elif made:
            self._offer_svg(made)

    def copy_python(self) -> None:
        """Copy the code of what is selected (its lines of the network's code), or all of it."""
        if self.session is None:
            return
        editor = self._canvas.editor
        from workbench.export import model_code  # not needed to show the page

        prefix = f"block:{editor.block.id}/" if editor.block else ""
        keys = [prefix + node_id for node_id in editor.selection.nodes]
        root, catalog, signature = editor.root, editor.catalog, self.session.signature
        if len(root) > APART_FROM:
            task = run_in_thread(model_code, root.copy(), catalog, signature)
            task.done.connect(partial(self._offer_python, keys))
            task.failed.connect(self._no_python)
            return
        try:
            self._offer_python(keys, model_code(root, catalog, signature))
        except WorkbenchError as error:
            self._no_python(error)

    @Slot(object)
    def _no_python(self, error: Exception) -> None:
        if not isinstance(error, WorkbenchError):
            self._services.show_error(error)
            return
        words = " ".join(part for part in (error.message, error.remedy) if part)
        self._canvas.editor.refused.emit(words)

    def _offer_python(self, keys: Sequence[str], code: Code) -> None:
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
            Whether it was written, or, of a large network, is being written; if not, the window
            shows why.
        """
        if self._large():
            work = self._apart(path, pages)
            job = self._start_job(f"Saving {path.name}", work.run, work.cancel)
            job.done.connect(partial(self._written, path))
            return True
        try:
            data = file_bytes(self.drawing(), path.suffix.lower(), pages, path.stem)
            replace_file(path, lambda temporary: _write(temporary, data))
        except OSError as error:
            self._services.show_error(_not_saved(path, error))
            return False
        self._saved(path)
        return True

    def _saved(self, path: Path) -> None:
        self._services.settings.last_folder = str(path.parent)
        self._services.show_message(f"Saved: {path.name}")

    def _written(self, path: Path, error: str) -> None:
        if error:
            self._services.show_error(_not_saved(path, OSError(0, error)))
        else:
            self._saved(path)

    # ---- large networks --------------------------------------------------------------------

    def _large(self, *, selection: bool = False) -> bool:
        chosen = self._canvas.editor.selection.nodes if selection else ()
        return len(chosen or self._canvas.picture.graph) > APART_FROM

    def _apart(self, path: Path, pages: Pages, *, selection: bool = False) -> PictureApart:
        editor, block = self._canvas.editor, self._canvas.editor.block
        chosen = editor.selection.nodes if selection else ()
        notes = notes_of(editor.graph, block.id if block else "")
        self._canvas.picture.finish()
        return PictureApart(self._canvas.picture, notes, chosen or None, path, pages)

    def _start_job(
        self, title: str, run: Callable[[Tell], Any], give_up: Callable[[], None]
    ) -> ApartJob:
        job = ApartJob("picture", title, run, give_up, self)
        job.failed.connect(self._services.show_error)
        job.start()
        if self.session is not None:
            self.session.job_started.emit(job.handle)
        return job

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
