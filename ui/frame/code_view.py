"""The drawer's third tab: the network as Keras Python, live, to read, copy and save.

The code is written while the tab can be seen only, a moment after the last edit; that of a large
network in another thread. Layers selected on the Design page are marked in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.frame.code_link import CodeLink
from ui.frame.code_text import changing
from ui.jobs import run_in_thread
from ui.jobs.slices import Slices
from ui.theme import active_theme, color, font, set_icon
from ui.widgets import Button, IconButton, OwnKeys, Text
from workbench.atomic import replace_text
from workbench.errors import WorkbenchError
from workbench.export import Code
from workbench.project.storage import write_error

if TYPE_CHECKING:
    from ui.frame.page_host import PageHost
    from ui.session import ProjectSession

_PAUSE: Final = 150
"""Milliseconds without an edit before the code is written again."""
_LARGE: Final = 200
"""Layers from which the code is written in another thread: about 10 ms here."""
_RULES: Final = (
    (re.compile(r"\b(?:import|from|def|return|as|None|True|False)\b"), "accent"),
    (re.compile(r"(?<![\w.])-?\d[\d.]*(?:e[+-]?\d+)?\b"), "plot_5"),
    (re.compile(r"\b[A-Za-z_]\w*(?==[^=])"), "text_secondary"),
    (re.compile(r"(?:\"\"\".*?\"\"\"|\"[^\"\\]*\"|'(?:\\.|[^'\\])*')"), "plot_3"),
    (re.compile(r"^\s*#.*$"), "text_secondary"),
)


class CodeColours(QSyntaxHighlighter):
    """Colours words, numbers, names of arguments, text and remarks of Python."""

    def highlightBlock(self, text: str) -> None:
        """Colour one line; later rules win, so that nothing inside a text is coloured."""
        for pattern, role in _RULES:
            form = QTextCharFormat()
            form.setForeground(color(role))
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), form)


class CodeView(QWidget):
    """The code of the open project's network.

    Args:
        parent: Parent widget.

    Attributes:
        code: The code that is shown.
        said: Emitted with a short message for the status bar.
        failed: Emitted with the error when the code could not be saved.
        shown: Emitted after other code was shown.
        wrap_chosen: Emitted with whether long lines are wrapped, when the person chose.
        place_wanted: Emitted when the code should stand in its other place.
    """

    said = Signal(str)
    failed = Signal(object)
    shown = Signal()
    wrap_chosen = Signal(bool)
    place_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer.code")
        self.setAccessibleName("Code")
        self.code = Code("")
        self._session: ProjectSession | None = None
        self.link = CodeLink(self)
        self._stale, self._number = True, 0
        self.reason = Text("", "secondary", wrap=True, name="drawer.code.reason")
        self.copy_button = Button("Copy", self._copy, kind="quiet", icon="copy",
                                  name="drawer.code.copy")  # fmt: skip
        self.save_button = Button("Save as…", self._ask_file, kind="quiet", icon="save_as",
                                  name="drawer.code.save")  # fmt: skip
        self.wrap_button = IconButton("menu", "Wrap long lines", self._wrap_clicked, size=16,
                                      name="drawer.code.wrap", checkable=True)  # fmt: skip
        self.place_button = IconButton("panel_right", "Put the code beside the page",
                                       self.place_wanted.emit, size=16,
                                       name="drawer.code.place")  # fmt: skip
        self.editor = QPlainTextEdit()
        self.editor.setReadOnly(True)
        self.editor.setUndoRedoEnabled(False)
        self.editor.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.editor.setFont(font("mono"))
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.editor.setFrameShape(QFrame.Shape.NoFrame)
        self.editor.setObjectName("drawer.code.text")
        self.editor.setAccessibleName("The network as Python")
        document: QTextDocument = self.editor.document()
        self._colours = CodeColours(document)
        active_theme().changed.connect(self._theme_changed)
        line = QHBoxLayout()
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(4)
        line.addWidget(self.reason, 1)
        for button in (self.copy_button, self.save_button, self.wrap_button, self.place_button):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.editor, 1)
        self._changing = Slices(self)
        OwnKeys(self, taking=True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._write)
        self._show(Code(""), "No project is open.")

    # ---- how it stands -------------------------------------------------------------------

    def wrap(self, wrapped: bool) -> None:
        """Wrap lines that are longer than the view is wide, or let them be scrolled to."""
        modes = QPlainTextEdit.LineWrapMode
        self.editor.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)
        self.wrap_button.setChecked(wrapped)

    def show_place(self, *, beside: bool) -> None:
        """Offer the place where the code does not stand now."""
        words = "Put the code below the page" if beside else "Put the code beside the page"
        set_icon(self.place_button, "panel_bottom" if beside else "panel_right")
        self.place_button.setToolTip(words)
        self.place_button.setAccessibleName(words)

    def width_for(self, columns: int) -> int:
        """Return the width, px, in which a line of so many letters is not cut off."""
        bar = self.editor.verticalScrollBar().sizeHint().width()
        return QFontMetrics(self.editor.font()).horizontalAdvance("m" * columns) + bar + 16

    def _wrap_clicked(self) -> None:
        self.wrap(self.wrap_button.isChecked())
        self.wrap_chosen.emit(self.wrap_button.isChecked())

    # ---- what it follows -----------------------------------------------------------------

    @Slot(object)
    def set_session(self, session: ProjectSession | None) -> None:
        """Show the network of another project, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self._soon)
            self._session.signature_changed.disconnect(self._soon)
        self._session = session
        if session is not None:
            session.changed.connect(self._soon)
            session.signature_changed.connect(self._soon)
        self._soon()

    def follow_pages(self, pages: PageHost) -> None:
        """Mark what is selected on the Design page and select there what is clicked here."""
        self.link.follow_pages(pages)

    def showEvent(self, _event: object) -> None:
        """Write the code when it comes into view."""
        if self._stale:
            self._write()

    # ---- writing -------------------------------------------------------------------------

    @Slot()
    def _soon(self) -> None:
        self._stale = True
        if self.isVisible():
            self._later.start()

    @Slot()
    def _write(self) -> None:
        session = self._session
        self._stale = False
        self._number += 1
        if session is None:
            self._show(Code(""), "No project is open.")
            return
        from workbench.export import model_code  # not needed for the window's first picture

        graph, catalog = session.document.graph, session.services.catalog
        if len(graph) < _LARGE:
            try:
                self._show(model_code(graph, catalog, session.signature))
            except WorkbenchError as error:
                self._show(Code(""), _reason(error))
            return
        number = self._number
        task = run_in_thread(model_code, graph.copy(), catalog, session.signature)
        task.done.connect(lambda code: self._arrived(number, code))
        task.failed.connect(lambda error: self._arrived(number, error))

    def _arrived(self, number: int, result: Code | Exception) -> None:
        if number != self._number:  # an older network
            return
        if isinstance(result, Code):
            self._show(result)
        else:
            self._show(Code(""), _reason(result))

    def _show(self, code: Code, reason: str = "") -> None:
        self.code = code
        self.reason.setText(reason)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(bool(code.text))
        self._changing.start(self._steps(code.text), self._changed)
        if len(code.lines) < _LARGE:
            self._changing.finish()

    def _steps(self, text: str) -> Iterator[float]:
        steps = changing(self.editor.document(), text)
        while True:
            with self.link.quiet():  # the cursor may move with its line
                share = next(steps, None)
            if share is None:
                return
            yield share

    @property
    def changing(self) -> bool:
        """Whether lines are still being brought in: their numbers are not those of `code` yet."""
        return self._changing.active

    def _changed(self) -> None:
        self.mark_selected()
        self.shown.emit()

    # ---- selection -----------------------------------------------------------------------

    @Slot()
    def mark_selected(self) -> None:
        """Mark the lines of the layers that are selected on the canvas."""
        self.mark(self.link.selected_keys())

    def mark(self, keys: Iterable[str]) -> None:
        """Mark the lines of layers (keys of `Code.lines`); bring the last one into view."""
        if self.changing:  # they are marked once all lines are there
            return
        form = QTextCharFormat()
        form.setBackground(color("selection"))
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        document, marks = self.editor.document(), []
        for key in keys:
            first, last = self.code.lines.get(key, (1, 0))
            for number in range(first, last + 1):
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(document.findBlockByNumber(number - 1))
                mark.format = form
                marks.append(mark)
        self.editor.setExtraSelections(marks)
        if marks and not self.editor.hasFocus():  # never under the hands of who reads or copies
            with self.link.quiet():
                self.editor.setTextCursor(marks[-1].cursor)

    @Slot()
    def _theme_changed(self) -> None:
        self._colours.rehighlight()
        self.mark_selected()

    # ---- taking it along -----------------------------------------------------------------

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text)
        self.said.emit("Code copied")

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the network as Python", "model.py", "Python (*.py)"
        )
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the code to a file, whole or not at all."""
        try:
            replace_text(path, self.code.text)
        except OSError as error:
            self.failed.emit(write_error("The code was not saved", path, error))
            return
        self.said.emit(f"Saved: {path.name}")


def _reason(error: Exception) -> str:
    if not isinstance(error, WorkbenchError):
        return f"No code: {error}"
    return f"No code yet: {error.message}" + (f" {error.remedy}" if error.remedy else "")
