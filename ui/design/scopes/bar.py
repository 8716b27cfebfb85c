"""The strip above the canvas: tabs when several networks are open, and the way into the block."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from ui.design.scopes.paths import is_frozen, names
from ui.design.scopes.scopes import Scopes
from ui.widgets import Button, IconButton, Symbol, Text, identify
from workbench.graph import Graph

_RIGHT = QTabBar.ButtonPosition.RightSide
_ROW = 36
_LONGEST = 28
ROOT_NAME = "Network"


class ScopeBar(QFrame):
    """Shows where one is and goes elsewhere; hidden while only the outermost network is open.

    Args:
        scopes: What is open.
        parent: Parent widget.

    Attributes:
        resized: Emitted after its height changed.
    """

    resized = Signal()

    def __init__(self, scopes: Scopes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scopes = scopes
        self.setProperty("surface", "surface")
        identify(self, "design.scopes", "Open networks")
        self.tabs = QTabBar()
        identify(self.tabs, "design.scopes.tabs", "Open networks")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.setFixedHeight(_ROW)
        self._crumbs = QWidget()
        self._crumbs.setFixedHeight(_ROW)
        identify(self._crumbs, "design.scopes.way", "Way into the block")
        self._line = QHBoxLayout(self._crumbs)
        self._line.setContentsMargins(8, 0, 8, 0)
        self._line.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._crumbs)
        self._shown: tuple[tuple[tuple[str, ...], ...], int, bool, int, int] | None = None
        self._copies, self._copy = 1, 0
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.hide()

    def show_scopes(self, root: Graph) -> None:
        """Show tabs and path as they are now."""
        scopes = self._scopes
        words = [[ROOT_NAME, *names(root, path)] for path in scopes.tabs]
        frozen = is_frozen(root, scopes.path)
        copies, copy = scopes.copies()
        state = (tuple(tuple(way) for way in words), scopes.tab, frozen, copies, copy)
        if state == self._shown:
            return
        self._shown = state
        self._copies, self._copy = copies, copy
        several, inside = len(words) > 1, bool(scopes.path)
        self._show_tabs(words)
        self._show_way(words[scopes.tab], frozen=frozen)
        self.tabs.setVisible(several)
        self._crumbs.setVisible(inside)
        self.setFixedHeight(_ROW * (several + inside))
        self.setVisible(several or inside)
        self.resized.emit()

    def way(self) -> str:
        """Return the way into the network that is shown, in words."""
        ways, tab = self._shown[:2] if self._shown else (((ROOT_NAME,),), 0)
        copy = f", copy {self._copy + 1} of {self._copies}" if self._copies > 1 else ""
        return " › ".join(ways[tab]) + copy

    def _show_tabs(self, words: list[list[str]]) -> None:
        with QSignalBlocker(self.tabs):
            while self.tabs.count() > len(words):
                self.tabs.removeTab(self.tabs.count() - 1)
            for number, way in enumerate(words):
                if number >= self.tabs.count():
                    self.tabs.addTab("")
                    self.tabs.setTabButton(number, _RIGHT, self._closer())
                self.tabs.setTabText(number, _short(way[-1]).replace("&", "&&"))
                self.tabs.setTabToolTip(number, " › ".join(way).replace("<", "&lt;"))
            self.tabs.setCurrentIndex(self._scopes.tab)

    def _closer(self) -> IconButton:
        button = IconButton("close", "Close this tab", size=12)
        button.setFixedSize(20, 20)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+F4 closes the tab that is shown
        button.clicked.connect(self._close_clicked)
        return button

    @Slot()
    def _close_clicked(self) -> None:
        closer = self.sender()
        for number in range(self.tabs.count()):
            if self.tabs.tabButton(number, _RIGHT) is closer:
                self._scopes.close_tab(number)
                return

    def _show_way(self, words: list[str], *, frozen: bool) -> None:
        while (item := self._line.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        up = IconButton("chevron_up", "Out of the block (Esc)", self._go_up, size=16,
                        name="design.scopes.up")  # fmt: skip
        self._line.addWidget(up)
        for depth, name in enumerate(words):
            if depth:
                self._line.addWidget(Text("›", "secondary"))
            if depth == len(words) - 1:
                here = Text(_short(name), "body", name="design.scopes.here")
                here.setContentsMargins(8, 0, 8, 0)
                self._line.addWidget(here)
            else:
                part = Button(_short(name).replace("&", "&&"), None, kind="quiet",
                              name=f"design.scopes.part.{depth}")  # fmt: skip
                part.clicked.connect(lambda _on=False, depth=depth: self._go(depth))
                self._line.addWidget(part)
        if self._copies > 1:
            self._line.addWidget(self._copy_box())
        if frozen:
            self._line.addWidget(Symbol("lock", "text_secondary", 16))
            self._line.addWidget(Text("Frozen in this use", "secondary",
                                      name="design.scopes.frozen"))  # fmt: skip
        self._line.addStretch(1)
        for place in range(self._line.count()):
            item = self._line.itemAt(place)
            shown = item.widget() if item is not None else None
            if shown is not None:
                shown.show()

    def _copy_box(self) -> QComboBox:
        """Return the choice of the copy of a repeated use that is looked into."""
        box = QComboBox()
        identify(box, "design.scopes.copy", "Copy that is looked into")
        box.setToolTip(
            "The block is repeated: shapes, previews and sizes are those of this copy. "
            "An edit changes all of them."
        )
        for number in range(self._copies):
            box.addItem(f"Copy {number + 1} of {self._copies}")
        box.setCurrentIndex(self._copy)
        box.activated.connect(self._copy_chosen)
        return box

    @Slot(int)
    def _copy_chosen(self, number: int) -> None:
        self._scopes.show_copy(number)
        chosen = self.findChild(QComboBox, "design.scopes.copy")
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self, depth: int) -> None:
        path = self._scopes.path
        if depth < len(path):
            self._scopes.go(path[:depth], [path[depth]])

    @Slot()
    def _go_up(self) -> None:
        self._scopes.up()

    @Slot(int)
    def _tab_chosen(self, number: int) -> None:
        if number >= 0 and number != self._scopes.tab:
            self._scopes.show_tab(number)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
