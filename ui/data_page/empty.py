"""What the Data page shows before there is a table: a place to drop a file, and examples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import active_theme, color
from ui.widgets import Button, PrimaryButton, Symbol, Text, identify


class EmptyData(QWidget):
    """Invites to drop or open a file, or to take an example.

    Args:
        parent: Parent widget.

    Attributes:
        file_wanted: Emitted when a file is to be chosen.
        template_wanted: Emitted with the name of the template whose table is wanted.
    """

    file_wanted = Signal()
    template_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "data.empty", "Drop a table here")
        self._hot = False
        title = Text("Drop a table here", "heading")
        words = Text(
            "A CSV or Parquet file with one example per row. Separator, encoding and the meaning "
            "of the columns are recognised and can be corrected.", wrap=True,
        )  # fmt: skip
        for label in (title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMinimumWidth(160)
        words.setMaximumWidth(440)
        self._examples = QHBoxLayout()
        self._examples.setSpacing(8)
        open_button = PrimaryButton("Open file…", self.file_wanted.emit, icon="open",
                                    name="data.empty.open")  # fmt: skip
        column = QVBoxLayout()
        column.setSpacing(8)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(Symbol("import", "text_secondary", 40), 0, center)
        column.addSpacing(4)
        column.addWidget(title, 0, center)
        line = QHBoxLayout()  # a wrapped text gets its height only where it may take its width
        line.addStretch(1)
        line.addWidget(words, 100)
        line.addStretch(1)
        column.addLayout(line)
        column.addSpacing(8)
        column.addWidget(open_button, 0, center)
        column.addSpacing(24)
        self._or = Text("or take an example", "secondary")
        column.addWidget(self._or, 0, center)
        column.addLayout(self._examples)
        column.addStretch(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.addLayout(column)
        active_theme().changed.connect(self.update)
        self.show_templates(())

    def show_templates(self, templates: Sequence[tuple[str, str, str]]) -> None:
        """Offer templates.

        Args:
            templates: Name, title and summary of each.
        """
        while self._examples.count():
            item = self._examples.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._or.setVisible(bool(templates))
        self._examples.addStretch(1)
        for name, title, summary in templates:
            button = Button(title, icon="template", name=f"data.empty.{name}")
            button.setToolTip(summary)
            button.clicked.connect(partial(self._wanted, name))
            self._examples.addWidget(button)
        self._examples.addStretch(1)

    def set_hot(self, hot: bool) -> None:
        """Show that a file is over the window."""
        if hot != self._hot:
            self._hot = hot
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dashed place to drop a file."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color("accent" if self._hot else "border_strong"), 2 if self._hot else 1.2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(color("accent_soft" if self._hot else "window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24, 24, -24, -24), 8, 8)

    def _wanted(self, name: str, *_checked: bool) -> None:
        self.template_wanted.emit(name)


class DropVeil(QWidget):
    """Lies over the page while a file is over it.

    Args:
        parent: The page.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "data.veil", "Drop the file to open it in this project")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a tinted page with a dashed border and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = color("accent_soft")
        tint.setAlphaF(0.85)
        painter.fillRect(self.rect(), tint)
        pen = QPen(color("accent"), 2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), 8, 8)
        painter.setPen(color("text"))
        painter.drawText(
            self.rect(),
            int(Qt.AlignmentFlag.AlignCenter),
            "Drop the file to open it in this project",
        )
