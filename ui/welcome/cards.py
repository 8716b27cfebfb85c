"""Things to click on the welcome page: template cards and rows of recent projects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.welcome.thumbnail import Sketch, Thumbnail
from ui.widgets import ElidedText, Symbol, Text

CARD_WIDTH: Final = 240
_CARD_HEIGHT: Final = 212


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as its card shows it.

    Attributes:
        name: Name that `create_from_template` takes.
        title: What it is called.
        summary: One sentence.
        shown: The network.
    """

    name: str
    title: str
    summary: str
    shown: Sketch


class _Card(QPushButton):
    """A button that is as large as what stands in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class TemplateCard(_Card):
    """A template: picture, name, one sentence.

    Args:
        template: What to show.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with name and title when it was clicked.
    """

    chosen = Signal(str, str)

    def __init__(self, template: TemplateView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._template = template
        self.setObjectName("templateCard")
        self.setProperty("template", template.name)
        self.setAccessibleName(f"Template: {template.title}")
        self.setAccessibleDescription(template.summary)
        self.setFixedSize(CARD_WIDTH, _CARD_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 16)
        layout.setSpacing(0)
        layout.addWidget(Thumbnail(template.shown))
        words = QVBoxLayout()
        words.setContentsMargins(8, 12, 8, 0)
        words.setSpacing(4)
        words.addWidget(Text(template.title, "heading"))
        summary = Text(template.summary, "secondary", wrap=True)
        summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.addWidget(summary, 1)
        layout.addLayout(words, 1)
        _let_clicks_through(self)
        self.clicked.connect(self._clicked)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._template.name, self._template.title)


class RecentRow(_Card):
    """A recent project: name and folder.

    Args:
        folder: The project folder.
        missing: Whether there is no project any more.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the folder when it was clicked.
        unwanted: Emitted with the folder when it shall not be listed any more.
    """

    chosen = Signal(object)
    unwanted = Signal(object)

    def __init__(self, folder: Path, *, missing: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self.setObjectName("recentRow")
        self.setProperty("folder", str(folder))
        self.setAccessibleName(f"Recent project: {folder.name}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(48)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(12)
        layout.addWidget(Symbol("warning" if missing else "folder", "text_secondary"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(ElidedText(folder.name))
        where = "Not found any more" if missing else str(folder.parent)
        words.addWidget(ElidedText(where, "secondary", mode=Qt.TextElideMode.ElideMiddle))
        words.addStretch(1)
        layout.addLayout(words, 1)
        _let_clicks_through(self)
        self.clicked.connect(self._clicked)
        self._remove = QAction("Remove from this list", self)
        self._remove.triggered.connect(self._unwanted)
        self.addAction(self._remove)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._folder)

    @Slot()
    def _unwanted(self) -> None:
        self.unwanted.emit(self._folder)


def _let_clicks_through(button: QPushButton) -> None:
    for child in button.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
