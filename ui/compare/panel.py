"""The list of a comparison with what can be done with it; stands beside a canvas."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ui.compare.marks import badge
from ui.compare.saving import ListSaver
from ui.compare.tree import DifferenceTree
from ui.widgets import Button, IconButton, SearchField, StatusProgress, Text, identify
from workbench.graph.differences import TITLES, Difference, Mark
from workbench.wording import plural

_OPEN_UP_TO: Final = 2000
"""Differences up to which all of them are unfolded."""


class DifferencePanel(QWidget):
    """Lists differences; says which one is chosen and what is wished.

    Args:
        editable: Whether differences can be taken over into the network that is shown.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the `Difference` that the person goes to.
        take_over_wanted: Emitted with the `Difference` and the field, "" for all of it.
        everything_wanted: Emitted when all differences are to be taken over.
        other_wanted: Emitted when another network is to be compared with.
        cancel_wanted: Emitted when what is being read or compared is to be given up.
        done_wanted: Emitted when comparing is to end.
        names_counted: Emitted with whether names of layers count.
        dropped: Emitted with the path of a file that was dropped.
    """

    chosen = Signal(object)
    take_over_wanted = Signal(object, str)
    everything_wanted = Signal()
    other_wanted = Signal()
    cancel_wanted = Signal()
    done_wanted = Signal()
    names_counted = Signal(bool)
    dropped = Signal(object)

    def __init__(self, *, editable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "compare.panel", "Differences")
        self.setAcceptDrops(True)
        self._editable = editable
        self._verb = "Take over"
        self._quiet = False
        self._names_count = True
        self._names = ("", "")
        self.model = DifferenceTree()
        self.head = Text("", wrap=True, name="compare.head")
        self.count = Text("", "secondary", wrap=True, name="compare.count")
        self.progress = StatusProgress("compare.progress")
        self.progress.cancel_requested.connect(self.cancel_wanted)
        self.search = SearchField("Filter", name="compare.search")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.tree = self._tree()
        self.nothing = Text("", "secondary", wrap=True, name="compare.nothing")
        self.saver = ListSaver(self)
        self.take = Button("Take over", self._take, name="compare.take")
        self.take_all = Button("All", self.everything_wanted.emit, name="compare.take_all")
        self.previous_button = IconButton(
            "chevron_up", "Previous difference (Shift+F4)", self.previous, size=16,
            name="compare.previous",
        )  # fmt: skip
        self.next_button = IconButton(
            "chevron_down", "Next difference (F4)", self.next, size=16, name="compare.next"
        )
        self.more = IconButton("more", "Copy or save the list", self._open_more, size=16,
                               name="compare.more")  # fmt: skip
        self._legend: dict[Mark, Text] = {}
        self._lay_out()
        self._row_changed()

    def _tree(self) -> QTreeView:
        tree = QTreeView()
        identify(tree, "compare.list", "Differences")
        tree.setModel(self.model)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setIndentation(14)
        tree.setIconSize(QSize(16, 16))
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)
        tree.selectionModel().currentChanged.connect(self._current_changed)
        tree.activated.connect(self._activated)
        return tree

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self.search, 1)
        for button in (self.previous_button, self.next_button, self.more):
            bar.addWidget(button)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addWidget(self.take)
        ways.addWidget(self.take_all)
        ways.addStretch(1)
        ways.addWidget(
            Button(
                "Done" if self._editable else "Close", self.done_wanted.emit, name="compare.done"
            )
        )
        self.take.setVisible(self._editable)
        self.take_all.setVisible(self._editable)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self.count)
        column.addWidget(self.progress)
        column.addLayout(bar)
        column.addWidget(self.nothing)
        column.addWidget(self.tree, 1)
        column.addStretch(0)  # takes the room of the hidden tree
        column.addLayout(self._make_legend())
        column.addLayout(ways)
        other = Button("Compare with…", self.other_wanted.emit, kind="link", name="compare.other")
        other.setVisible(self._editable)
        column.addWidget(other, 0, Qt.AlignmentFlag.AlignLeft)

    def _make_legend(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        self._signs: dict[Mark, QLabel] = {}
        for place, (mark, title) in enumerate(TITLES.items()):
            sign = self._signs[mark] = QLabel()
            words = self._legend[mark] = Text(title, "secondary", name=f"compare.legend.{mark}")
            row, column = divmod(place, 2)
            grid.addWidget(sign, row, 2 * column)
            grid.addWidget(words, row, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.paint_legend()
        return grid

    def paint_legend(self) -> None:
        """Draw the signs in the colours of the theme that is in force."""
        for mark in TITLES:
            self._signs[mark].setPixmap(badge(mark, 16))

    # ---- what is shown -----------------------------------------------------------------------

    def show_names(self, before: str, after: str, verb: str = "Take over") -> None:
        """Say what is compared.

        Args:
            before: The first network.
            after: The second.
            verb: What taking over is called: "Put back" for an earlier state of the project.
        """
        self._names, self._verb = (before, after), verb
        self.saver.names = self._names
        self.head.setText(f"From {before} to {after}")
        self.take.setText(verb)
        self.take_all.setText(f"{verb} all")

    def show_rows(self, rows: tuple[Difference, ...]) -> None:
        """List differences; what was chosen stays chosen."""
        current = self.current()
        top = self.tree.verticalScrollBar().value()
        self.saver.rows = rows
        self._quiet = True
        self.model.show(rows)
        self._unfold()
        if current is not None:
            self._set_current(self.model.index_of(current.key))
        self._quiet = False
        self.tree.verticalScrollBar().setValue(top)
        self.count.setText(plural(len(rows), "difference") if rows else "")
        self.count.setVisible(bool(rows))
        counts = Counter(row.mark for row in rows)
        for mark, words in self._legend.items():
            words.setText(f"{TITLES[mark]} ({counts[mark]})")
        self._say_nothing()
        self._row_changed()

    def _say_nothing(self) -> None:
        if not self.model.rows:
            self.nothing.setText("No differences. Places on the canvas do not count.")
        elif not self.model.listed:
            self.nothing.setText("Nothing fits the filter.")
        empty = not self.model.listed
        self.nothing.setVisible(empty)
        self.tree.setVisible(not empty)
        for button in (self.previous_button, self.next_button):
            button.setEnabled(not empty)
        self.take_all.setEnabled(bool(self.model.rows))

    @Slot(str)
    def _filter(self, text: str) -> None:
        current = self.current()
        self._quiet = True
        self.model.filter(text)
        self._unfold()
        self._set_current(self.model.index_of(current.key) if current else QModelIndex())
        self._quiet = False
        self._say_nothing()
        self._row_changed()

    def _unfold(self) -> None:
        """Unfold all; of very many only the sorts that are not large, for time's sake."""
        if len(self.model.listed) <= _OPEN_UP_TO:
            self.tree.expandAll()
            return
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if self.model.rowCount(index) <= _OPEN_UP_TO:
                self.tree.expand(index)

    # ---- what is chosen ----------------------------------------------------------------------

    def current(self) -> Difference | None:
        """Return the difference that is chosen, or None."""
        return self.model.difference(self.tree.currentIndex())

    def choose(self, key: tuple[str, ...] | None) -> None:
        """Choose a difference without going to it; None chooses nothing."""
        self._quiet = True
        self._set_current(self.model.index_of(key) if key is not None else QModelIndex())
        self._quiet = False
        self._row_changed()

    def choose_of(self, keys: list[tuple[str, ...]]) -> None:
        """Choose one of these differences, the chosen one if it is among them."""
        current = self.current()
        if current is None or current.key not in keys:
            self.choose(keys[0] if keys else None)

    def _set_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
        else:
            self.tree.selectionModel().clear()

    @Slot()
    def next(self) -> None:
        """Go to the next difference, to the first after the last."""
        self._step(1)

    @Slot()
    def previous(self) -> None:
        """Go to the difference before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        keys = [row.key for row in self.model.listed]
        if not keys:
            return
        current = self.current()
        at = keys.index(current.key) if current is not None and current.key in keys else None
        place = (0 if by > 0 else -1) if at is None else (at + by) % len(keys)
        self.choose(keys[place])
        self._go()

    def _go(self) -> None:
        row = self.current()
        if row is not None:
            self.chosen.emit(row)

    @Slot()
    def _current_changed(self) -> None:
        self._row_changed()
        if not self._quiet:
            self._go()

    @Slot()
    def _activated(self) -> None:
        self._go()

    def _row_changed(self) -> None:
        self.take.setEnabled(self.current() is not None)

    # ---- what is wished ----------------------------------------------------------------------

    def _field(self) -> str:
        detail = self.model.detail(self.tree.currentIndex())
        return detail.field if detail is not None else ""

    @Slot()
    def _take(self) -> None:
        row = self.current()
        if row is not None:
            self.take_over_wanted.emit(row, self._field())

    def take_current(self) -> None:
        """Take the chosen difference over."""
        if self._editable:
            self._take()

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.popup(self.tree.viewport().mapToGlobal(at))
        menu.aboutToHide.connect(menu.deleteLater)

    def menu(self) -> QMenu:
        """Return a menu of what can be done with the chosen difference and with the list."""
        menu = QMenu(self)
        menu.setObjectName("compare.menu")
        row = self.current()
        if self._editable and row is not None:
            field = self._field()
            what = f"{self._verb} {field}" if field else self._verb
            menu.addAction(what, self._take)
            menu.addSeparator()
        self.saver.fill(menu)
        return menu

    @Slot()
    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("compare.more_menu")
        self.saver.fill(menu)
        if self._editable:
            menu.addSeparator()
            names = menu.addAction("Compare names too")
            names.setCheckable(True)
            names.setChecked(self._names_count)
            names.toggled.connect(self._count_names)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        menu.aboutToHide.connect(menu.deleteLater)

    @Slot(bool)
    def _count_names(self, names: bool) -> None:
        self._names_count = names
        self.names_counted.emit(names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End comparing with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.done_wanted.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Empty the filter with the first Escape; go down into the list with the arrow."""
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                if event.type() == QEvent.Type.KeyPress:
                    self.search.clear()
                event.accept()
                return True
        return super().eventFilter(watched, event)

    # ---- files ---------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file or folder."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Compare with what was dropped."""
        event.acceptProposedAction()
        self.dropped.emit(Path(event.mimeData().urls()[0].toLocalFile()))
