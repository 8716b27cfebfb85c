"""Help without a network: the pages of `resources/help`, and the list of shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ui.widgets import Line, Text
from workbench.bundled import resource

if TYPE_CHECKING:
    from ui.actions import ActionRegistry


class HelpDialog(QDialog):
    """The help pages of `resources/help`: no network, nothing is loaded from elsewhere.

    Args:
        page: Name of a page without `.md`, or "" for the first.
        parent: The window.
    """

    def __init__(self, page: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help.dialog")
        self.setWindowTitle("Help")
        self.resize(880, 640)
        self._pages = help_pages()
        self.contents = QListWidget()
        self.contents.setObjectName("help.contents")
        self.contents.setAccessibleName("Help pages")
        self.contents.setFixedWidth(216)
        self.view = QTextBrowser()
        self.view.setObjectName("help.text")
        self.view.setAccessibleName("Help text")
        self.view.setOpenLinks(False)
        self.view.document().setDocumentMargin(24)
        self.view.anchorClicked.connect(self._follow)
        for title in self._pages.values():
            self.contents.addItem(title)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        side = QWidget()
        side.setProperty("surface", "surface")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QVBoxLayout(side)
        inner.setContentsMargins(8, 16, 8, 8)
        inner.addWidget(self.contents)
        layout.addWidget(side)
        layout.addWidget(Line("vertical"))
        layout.addWidget(self.view, 1)
        self.contents.currentRowChanged.connect(self._show)
        names = [path.stem for path in self._pages]
        self.contents.setCurrentRow(names.index(page) if page in names else 0)
        self.contents.setFocus()

    @Slot(int)
    def _show(self, row: int) -> None:
        paths = list(self._pages)
        if 0 <= row < len(paths):
            self.view.setMarkdown(paths[row].read_text(encoding="utf-8"))

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        names = [path.name for path in self._pages]
        if link.isRelative() and link.path() in names:
            self.contents.setCurrentRow(names.index(link.path()))
        elif link.hasFragment() and not link.path():
            self.view.scrollToAnchor(link.fragment())


def help_pages() -> dict[Path, str]:
    """Return the help pages (path → title), the overview first, then by file name."""
    folder = resource("help")
    if not folder.is_dir():
        return {}
    paths = sorted(folder.glob("*.md"), key=lambda path: (path.stem != "index", path.stem))
    return {path: _title(path) for path in paths}


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as stream:
        first = stream.readline().strip()
    return first.lstrip("# ") or path.stem.replace("-", " ").capitalize()


class ShortcutDialog(QDialog):
    """All shortcuts, made from the action tables.

    Args:
        registry: All actions.
        parent: The window.
    """

    def __init__(self, registry: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts.dialog")
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(560, 640)
        groups: dict[str, list[tuple[str, str]]] = {}
        for action in registry.all():
            keys = [
                QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText)
                for text in action.shortcut.split(", ")
                if text
            ]
            if keys:
                group = action.menu if action.scope == "window" else action.scope.capitalize()
                title = action.title.replace("&", "").rstrip("…")
                groups.setdefault(group or "Window", []).append((title, ", ".join(keys)))
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(24, 16, 24, 24)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        row = 0
        for group, entries in groups.items():
            heading = Text(group, "heading")
            heading.setContentsMargins(0, 8 if row else 0, 0, 0)
            grid.addWidget(heading, row, 0, 1, 2)
            row += 1
            for title, keys_shown in entries:
                grid.addWidget(Text(title), row, 0)
                grid.addWidget(Text(keys_shown, "secondary"), row, 1)
                row += 1
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
