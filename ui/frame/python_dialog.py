"""Where Python that builds a Keras model is pasted, and where its faults and models are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.frame.code_view import CodeColours
from ui.theme import TARGET, color, font
from ui.widgets import Button, ErrorBanner, PrimaryButton, StatusProgress, Text, identify
from workbench.errors import WorkbenchError

_MOST_ROWS: Final = 6
"""Models that are seen at a time."""


class PythonDialog(QDialog):
    """An editor for the text, and what came of it. It runs nothing by itself.

    Args:
        text: What stands in the editor at first.
        name: What the text is called.
        parent: The window.

    Attributes:
        wanted: Emitted when the person wants the network of the text.
        chosen: Emitted with the name of one of several models.
        cancel_requested: Emitted when what runs is to end.
        closed: Emitted when the dialog was closed.
    """

    wanted = Signal()
    chosen = Signal(str)
    cancel_requested = Signal()
    closed = Signal()

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "python.dialog", "Network from Python")
        self.setWindowTitle("Network from Python")
        self.name = name
        self._asked = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(
            Text("Python that builds a Keras model, in a variable or in a function without "
                 "parameters that returns it. You are asked before it is run.",
                 "secondary", wrap=True)
        )  # fmt: skip
        self.editor = QPlainTextEdit(text)
        identify(self.editor, "python.text", name)
        self.editor.setFont(font("mono"))
        self.editor.setTabChangesFocus(False)
        self.editor.setTabStopDistance(4 * self.editor.fontMetrics().horizontalAdvance(" "))
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.editor.setPlaceholderText("import keras …")
        self._colours = CodeColours(self.editor.document())
        self.editor.document().contentsChanged.connect(self._edited)
        layout.addWidget(self.editor, 1)
        self.banner = ErrorBanner(None, closable=False, name="python.error")
        layout.addWidget(self.banner)
        self.several = Text("It makes several models. Which one?", name="python.several")
        self.models = QListWidget()
        identify(self.models, "python.models", "Models")
        self.models.itemActivated.connect(self._go)
        layout.addWidget(self.several)
        layout.addWidget(self.models)
        self.progress = StatusProgress("python.progress")
        self.progress.cancel_requested.connect(self.cancel_requested)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.progress, 1)
        line.addStretch(0)
        self.close_button = Button("Close", self.reject, name="python.close")
        self.go = PrimaryButton("Import…", self._go, name="python.import")
        line.addWidget(self.close_button)
        line.addWidget(self.go)
        layout.addLayout(line)
        self.resize(760, 600)
        self._add_keys()
        self._forget_models()
        self._edited()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_keys(self) -> None:
        """Let keys lead out of the editor, where Tab and Enter are part of the text."""
        for keys, does in (
            ("Ctrl+Return", self.go.click), ("Ctrl+Tab", self.focusNextChild),
            ("Ctrl+Shift+Tab", self.focusPreviousChild),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self).activated.connect(does)
        self.go.setToolTip("Ctrl+Enter; Ctrl+Tab leaves the text")

    @property
    def text(self) -> str:
        """The text as it stands in the editor."""
        return self.editor.toPlainText()

    def begin(self) -> None:
        """Show that the text runs."""
        self.banner.clear()
        self.editor.setExtraSelections([])
        self.editor.setReadOnly(True)
        self.go.setEnabled(False)
        self.progress.start("Starting")

    def end(self) -> None:
        """Show that nothing runs any more."""
        self.progress.finish()
        self.editor.setReadOnly(False)
        self.go.setEnabled(bool(self.text.strip()))

    def show_error(self, error: WorkbenchError) -> None:
        """Show a fault and mark its line."""
        self.banner.show_error(error)
        line = error.place.part if error.place else ""
        if line.isdigit():
            self._mark(int(line))

    def ask_which(self, sizes: Mapping[str, int]) -> None:
        """Let the person choose one of several models.

        Args:
            sizes: Name of a model → number of its layers.
        """
        self._asked = self.text
        for name, layers in sizes.items():
            item = QListWidgetItem(f"{name} – {layers} {'layer' if layers == 1 else 'layers'}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, TARGET))
            self.models.addItem(item)
        self.models.setFixedHeight(min(len(sizes), _MOST_ROWS) * TARGET + 2)
        self.models.setCurrentRow(0)
        self.several.show()
        self.models.show()
        self.go.setText("Import this one")
        self.models.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, line: int) -> None:
        block = self.editor.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return
        mark: Any = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(block)
        mark.format.setBackground(color("selection"))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.editor.setExtraSelections([mark])
        self.editor.setTextCursor(QTextCursor(block))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _edited(self) -> None:
        if self.models.count() and self.text != self._asked:  # they are those of another text now
            self._forget_models()
        if not self.editor.isReadOnly():
            self.go.setEnabled(bool(self.text.strip()))

    def _forget_models(self) -> None:
        self.models.clear()
        self.models.hide()
        self.several.hide()
        self.go.setText("Import…")

    @Slot()
    def _go(self) -> None:
        item = self.models.currentItem()
        if self.models.count() and item is not None:
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
        elif not self.models.count():
            self.wanted.emit()

    def done(self, result: int) -> None:
        """Close; what runs is ended."""
        super().done(result)
        self.closed.emit()
        self.deleteLater()
