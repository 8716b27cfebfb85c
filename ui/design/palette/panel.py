"""The palette's widget: a search field over a tree of layers."""

from __future__ import annotations

from collections.abc import Sequence

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
from PySide6.QtGui import QDrag, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QVBoxLayout, QWidget

from ui.design.palette.model import MOST_RECENT, NEXT, PaletteModel
from ui.design.palette.rows import LayerDelegate
from ui.widgets import SearchField, Text, identify
from workbench.catalog import Catalog, LayerSpec
from workbench.graph.suggest import Suggestion
from workbench.settings import Settings

_RECENT = "design.recent_layers"
_OPENED = "design.open_families"
_NEXT_CLOSED = "design.next_closed"
_OPEN_AT_FIRST = (
    "Recently used,Ports of this block,Blocks in this project,My blocks,My layers,"
    "Input and output,Dense,Convolution"
)


class Palette(QWidget):
    """Finds layers; Enter and double-click add one, dragging puts it anywhere.

    Args:
        catalog: The layers that exist.
        settings: Where used layers and opened families are remembered.
        parent: Parent widget.

    Attributes:
        chosen: Emitted with the catalog key of a layer to add to the selection.
        next_chosen: Emitted with the `Suggestion` to add to the selection.
        menu_wanted: Emitted with the key of a block and a global position: what can be done?
        renamed: Emitted with the key of a block and the name that was typed over it.
        left: Emitted when Escape was pressed: the person wants back to the canvas.
    """

    chosen = Signal(str)
    next_chosen = Signal(object)
    left = Signal()
    menu_wanted = Signal(str, QPoint)
    renamed = Signal(str, str)

    def __init__(self, catalog: Catalog, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._catalog = catalog
        self._model = PaletteModel(catalog)
        self.search = SearchField("Search layers", name="design.palette.search")
        self.tree = _LayerTree()
        self.tree.setModel(self._model)
        self._nothing = Text("", "secondary", wrap=True, name="design.palette.nothing")
        self._nothing.setContentsMargins(8, 8, 8, 8)
        self._nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self._nothing)
        layout.addWidget(self.tree, 1)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.tree.entered_layer.connect(self.chosen)
        self.tree.entered_next.connect(self.next_chosen)
        self.tree.expanded.connect(self._remember_opened)
        self.tree.collapsed.connect(self._remember_opened)
        self.tree.clicked.connect(self._clicked)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Queued: the answer resets the model, which must not happen while its editor commits.
        self._model.renamed.connect(self.renamed, Qt.ConnectionType.QueuedConnection)
        self.tree.customContextMenuRequested.connect(self._ask_menu)
        self._model.set_recent(self.recent())
        self._open_families()

    def show_blocks(self, groups: Sequence[tuple[str, Sequence[LayerSpec]]]) -> None:
        """Show blocks above the families: title of a group → what is in it."""
        top = self.tree.verticalScrollBar().value()
        if self._model.set_blocks(groups):
            self._model.set_recent(self.recent())
            self._open_families()
            self.tree.verticalScrollBar().setValue(top)

    def show_next(self, entries: Sequence[Suggestion]) -> None:
        """Show what could come next, above all others; the scroll position stays."""
        bar, top = self.tree.verticalScrollBar(), self.tree.verticalScrollBar().value()
        at = self.tree.currentIndex()
        stay = self.tree.hasFocus() and self._model.suggestion(at) is not None
        if self._model.set_next(entries) and not self._model.searching:
            self._open_families()
            bar.setValue(top)
            if stay and entries:  # Enter adds one layer after the other
                self.tree.setCurrentIndex(self._model.index(0, 0, self._model.group_index(NEXT)))

    def edit_name(self, key: str) -> None:
        """Let the person type another name of a block over its row."""
        index = self._model.index_of(key)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
            self.tree.edit(index)

    @Slot(QPoint)
    def _ask_menu(self, at: QPoint) -> None:
        spec = self._model.spec(self.tree.indexAt(at))
        if spec is not None and spec.key not in self._catalog:
            self.menu_wanted.emit(spec.key, self.tree.viewport().mapToGlobal(at))

    def note_used(self, key: str) -> None:
        """Put a layer at the head of the recently used ones."""
        recent = [key, *(k for k in self.recent() if k != key)][:MOST_RECENT]
        self._settings.values[_RECENT] = ",".join(recent)
        if not self._model.searching:
            top = self.tree.verticalScrollBar().value()
            self._model.set_recent(recent)
            self._open_families()
            self.tree.verticalScrollBar().setValue(top)

    def focus_search(self) -> None:
        """Let the person type a name at once."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def recent(self) -> list[str]:
        """Return the catalog keys of layers used lately, the latest first."""
        return [k for k in str(self._settings.values.get(_RECENT, "")).split(",") if k]

    @Slot(str)
    def _search(self, text: str) -> None:
        self._model.search(text)
        if self._model.searching:
            self._select_first()
        else:
            self._model.set_recent(self.recent())
            self._open_families()
        nothing = self._model.searching and not self._model.rowCount()
        self._nothing.setText(f"No layer fits “{text.strip()}”." if nothing else "")
        self._nothing.setVisible(nothing)

    def _select_first(self) -> None:
        first = self._model.index(0, 0)
        if first.isValid():
            self.tree.setCurrentIndex(first)

    def _open_families(self) -> None:
        opened = str(self._settings.values.get(_OPENED, _OPEN_AT_FIRST)).split(",")
        if not self._settings.values.get(_NEXT_CLOSED, False):
            opened.append(NEXT)
        self.tree.blockSignals(True)
        for title in opened:
            index = self._model.group_index(title)
            if index.isValid():
                self.tree.setExpanded(index, True)
        self.tree.blockSignals(False)

    @Slot(QModelIndex)
    def _remember_opened(self, _index: QModelIndex) -> None:
        if self._model.searching:
            return
        rows = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        titles = [str(i.data()) for i in rows if self.tree.isExpanded(i)]
        if self._model.group_index(NEXT).isValid():
            self._settings.values[_NEXT_CLOSED] = NEXT not in titles
        self._settings.values[_OPENED] = ",".join(titles)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self._model.spec(index) is None:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))
        elif self._model.suggestion(index) is not None:
            self.tree.choose(index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows and Enter in the search field act on the tree."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and (event.type() == QEvent.Type.KeyPress)
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._model.searching:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._add_current()
                return True
            if event.key() == Qt.Key.Key_Escape and not self.search.text():
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        row = min(max(self.tree.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        self.tree.setCurrentIndex(self._model.index(row, 0))

    def _add_current(self) -> None:
        self.tree.choose(self.tree.currentIndex())


class _LayerTree(QTreeView):
    """The tree: Enter and double-click choose, dragging shows the layer on the canvas itself."""

    entered_layer = Signal(str)
    entered_next = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        identify(self, "design.palette.tree", "Layers")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setIconSize(QSize(16, 16))
        self.setDragEnabled(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(LayerDelegate(parent=self))
        self.setExpandsOnDoubleClick(False)
        self.doubleClicked.connect(self._double_clicked)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        """Add the layer; one of the next layers was added by the first click already."""
        model = self.model()
        if isinstance(model, PaletteModel) and model.suggestion(index) is None:
            self.choose(index)

    def choose(self, index: QModelIndex) -> None:
        """Ask for the layer of a row."""
        model = self.model()
        spec = model.spec(index) if isinstance(model, PaletteModel) else None
        if spec is None or not isinstance(model, PaletteModel):
            return
        entry = model.suggestion(index)
        if entry is not None:
            self.entered_next.emit(entry)
        else:
            self.entered_layer.emit(spec.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter; fold and unfold families with it."""
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # the field over a block's name passes its Enter on
            return
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.choose(index)
            model = self.model()
            if isinstance(model, PaletteModel) and model.spec(index) is None:
                self.setExpanded(index, not self.isExpanded(index))
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag without a picture: the canvas shows the layer where it would go."""
        indexes = [i for i in self.selectedIndexes() if i.flags() & Qt.ItemFlag.ItemIsDragEnabled]
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(indexes))
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        drag.setPixmap(nothing)
        drag.exec(actions, Qt.DropAction.CopyAction)
