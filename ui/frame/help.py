"""Help without a network: the pages of `resources/help`, and the list of shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QKeySequence,
    QShowEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ui.theme import TARGET, font
from ui.widgets import Line, Text
from workbench.bundled import resource

if TYPE_CHECKING:
    from ui.actions import ActionRegistry

_ORDER: Final = ("start", "data", "design", "train", "explain", "keyboard", "problems",
                 "advice")  # fmt: skip


class HelpDialog(QDialog):
    """The help pages of `resources/help`: no network, nothing is loaded from elsewhere.

    Args:
        page: Name of a page without `.md`, or "" for the first.
        parent: The window.
        section: Heading to show first, or "".
    """

    def __init__(self, page: str = "", parent: QWidget | None = None, section: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("help.dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help")
        self.resize(840, 640)
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
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(0, TARGET))
            self.contents.addItem(item)
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
        self._section = section

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the section that was asked for."""
        super().showEvent(event)
        section, self._section = self._section, ""
        if section:
            self.show_section(section)

    def show_section(self, heading: str) -> None:
        """Scroll the page to a heading and put the cursor there."""
        block = self.view.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text() == heading:
                self.view.setTextCursor(QTextCursor(block))
                top = self.view.document().documentLayout().blockBoundingRect(block).top()
                self.view.verticalScrollBar().setValue(round(top) - 8)
                return
            block = block.next()

    @Slot(int)
    def _show(self, row: int) -> None:
        paths = list(self._pages)
        if 0 <= row < len(paths):
            self.view.setMarkdown(paths[row].read_text(encoding="utf-8"))
            _space_out(self.view.document())

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        names = [path.name for path in self._pages]
        if link.isRelative() and link.path() in names:
            self.contents.setCurrentRow(names.index(link.path()))
        elif link.hasFragment() and not link.path():
            self.view.scrollToAnchor(link.fragment())


def _space_out(document: QTextDocument) -> None:
    """Give headings and paragraphs air: Qt's Markdown reader sets them without any."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        form = block.blockFormat()
        level = form.headingLevel()
        in_table = cursor.currentTable() is not None
        form.setTopMargin(0 if in_table or not level or block.blockNumber() == 0 else 16)
        form.setBottomMargin(0 if in_table else 4 if block.textList() else 8)
        form.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(form)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            letters = QTextCharFormat()
            letters.setFont(font("title" if level == 1 else "heading"))
            cursor.mergeCharFormat(letters)
        block = block.next()


def help_pages() -> dict[Path, str]:
    """Return the help pages (path → title), in the order of the work."""
    folder = resource("help")
    if not folder.is_dir():
        return {}
    return {path: _title(path) for path in sorted(folder.glob("*.md"), key=_rank)}


def _rank(path: Path) -> tuple[int, str]:
    known = path.stem in _ORDER
    return (_ORDER.index(path.stem) if known else len(_ORDER), path.stem)


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
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
