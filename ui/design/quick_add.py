"""Quick-add: type a name on the canvas, press Enter, and the layer is there and connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout

from ui.design.canvas.view import Canvas
from ui.design.gestures.base import QuickAddRequest
from ui.design.palette.ranking import ranked
from ui.design.palette.rows import FAMILY_ROLE, ROW_HEIGHT, SPEC_ROLE, AnyIndex, LayerDelegate
from ui.design.titles import LIBRARY, title_of_spec
from ui.widgets import SearchField, Text, identify
from workbench.catalog import Catalog, LayerSpec
from workbench.errors import WorkbenchError
from workbench.graph import Endpoint, Graph
from workbench.graph.changes import AddNode
from workbench.graph.edits import new_node
from workbench.graph.inference import Inference
from workbench.graph.ports import output_ports, why_not
from workbench.graph.suggest import Suggestion

Why = Callable[[LayerSpec], str | None]

_WIDTH = 400
_MOST_ROWS = 9


def fitting(
    catalog: Catalog,
    request: QuickAddRequest,
    graph: Graph,
    shapes: Inference | None,
    others: Sequence[LayerSpec] = (),
) -> list[LayerSpec]:
    """Return the layers that could be added as asked.

    Args:
        catalog: The layers that exist.
        request: What is asked; the ports decide what fits.
        graph: The network.
        shapes: What is known about its tensors.
        others: Blocks and ports that can be added beside the catalog's layers.
    """
    layers = [layer for layer in catalog if layer.role == "layer"] + list(others)
    if request.target is not None:
        return [layer for layer in layers if layer.outputs]
    source = request.source
    if source is None or source.node not in graph:
        return layers
    trial = _trial(graph, source)
    return [layer for layer in layers if _reason(trial, catalog, layer, source, shapes) is None]


def why_unfit(
    catalog: Catalog,
    request: QuickAddRequest,
    graph: Graph,
    shapes: Inference | None,
    layer: LayerSpec,
) -> str | None:
    """Return why a layer cannot be added as asked, in a sentence; None where it can."""
    if request.target is not None:
        return None if layer.outputs else "It has no output."
    source = request.source
    if source is None or source.node not in graph:
        return None
    return _reason(_trial(graph, source), catalog, layer, source, shapes)


def _trial(graph: Graph, source: Endpoint) -> Graph:
    trial = Graph(graph.records)
    trial.apply(AddNode(graph.node(source.node)))
    return trial


def _reason(
    trial: Graph, catalog: Catalog, layer: LayerSpec, source: Endpoint, shapes: Inference | None
) -> str | None:
    if not layer.inputs:
        return "It has no input."
    if layer.key.startswith(LIBRARY):
        return None
    try:
        node = new_node(trial, catalog, layer.key, (0.0, 0.0))
    except WorkbenchError as error:
        return error.message
    undo = trial.apply(AddNode(node))
    end = Endpoint(node.id, layer.inputs[0].id)
    reason = why_not(trial, catalog, source, end, shapes)
    trial.apply(undo)
    return reason


class _Found(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.layers: list[LayerSpec] = []

    def show(self, layers: list[LayerSpec]) -> None:
        self.beginResetModel()
        self.layers = layers
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.layers)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer = self.layers[index.row()]
        return {
            Qt.ItemDataRole.DisplayRole: title_of_spec(layer),
            Qt.ItemDataRole.AccessibleTextRole: title_of_spec(layer),
            Qt.ItemDataRole.AccessibleDescriptionRole: layer.summary,
            SPEC_ROLE: layer,
            FAMILY_ROLE: layer.family,
        }.get(role)


class QuickAdd(QFrame):
    """The popup over the canvas.

    Args:
        catalog: The layers that exist.
        parent: The canvas.

    Attributes:
        chosen: Emitted with the catalog key and the `QuickAddRequest`.
        closed: Emitted when it went away.
    """

    chosen = Signal(str, object)
    closed = Signal()

    def __init__(self, catalog: Catalog, parent: Canvas) -> None:
        super().__init__(parent)
        self._area = parent
        self._catalog = catalog
        self._request = QuickAddRequest()
        self._allowed: dict[str, None] = {}
        self._others: list[LayerSpec] = []
        self._recent: Sequence[str] = ()
        self._suggested: dict[str, Suggestion] = {}
        identify(self, "palettePopup", "Add a layer")
        self._title = Text("", "secondary")
        self.search: QLineEdit = SearchField("Add a layer", name="design.quick_add.search")
        self.list = QListView()
        identify(self.list, "design.quick_add.list", "Layers that fit")
        self._found = _Found()
        self.list.setModel(self._found)
        self.list.setItemDelegate(LayerDelegate(with_summary=True, parent=self.list))
        self.list.setUniformItemSizes(True)
        for part in (self, self.list):  # a click must not give the focus to the canvas behind
            part.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            part.setFocusProxy(self.search)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self._nothing = Text("", "secondary", wrap=True, name="design.quick_add.nothing")
        self._why: Why | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self.search)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._clicked)
        self.hide()

    def open(
        self,
        request: QuickAddRequest,
        at: QPoint,
        allowed: Sequence[LayerSpec],
        recent: Sequence[str],
        title: str,
        suggestions: Sequence[Suggestion] = (),
        why: Why | None = None,
    ) -> None:
        """Show it.

        Args:
            request: What is asked.
            at: Where its upper left corner should be, px of the canvas; kept inside.
            allowed: Layers to choose from.
            recent: Keys of layers used lately; they come first while nothing is typed.
            title: What will happen ("After dense_1").
            suggestions: What fits best; it comes before all others while nothing is typed.
            why: Says why a layer that is not allowed does not fit.
        """
        self._why = why
        self._suggested = {entry.key: entry for entry in suggestions}
        self._request, self._recent = request, recent
        self._allowed = dict.fromkeys(layer.key for layer in allowed)
        self._others = [layer for layer in allowed if layer.key not in self._catalog]
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self.search.setText(request.text)
        self._filter(request.text)
        self.resize(_WIDTH, self._height(_MOST_ROWS))
        area = self._area.free_rect().toRect().adjusted(8, 8, -8, -8)
        x = max(min(at.x(), area.right() - self.width()), area.left())
        y = max(min(at.y(), area.bottom() - self.height()), area.top())
        self.move(x, y)
        self._fit_height()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        self.search.end(False)

    @property
    def keys(self) -> list[str]:
        """Catalog keys of the rows shown."""
        return [layer.key for layer in self._found.layers]

    def _fit_height(self) -> None:
        rows = min(max(self._found.rowCount(), 1), _MOST_ROWS)
        self.resize(_WIDTH, self._height(rows))

    def _height(self, rows: int) -> int:
        title = self._title.sizeHint().height() + 4 if self._title.text() else 0
        return 32 + title + self.search.sizeHint().height() + rows * ROW_HEIGHT

    @Slot(str)
    def _filter(self, text: str) -> None:
        found = [layer for layer in self._catalog.search(text) if layer.key in self._allowed]
        found = ranked(self._others, text, found)
        if not text.strip():
            first = dict.fromkeys((*self._suggested, *self._recent))
            order = {key: place for place, key in enumerate(first)}
            found.sort(key=lambda layer: order.get(layer.key, len(order)))
            found = [self._with_reason(layer) for layer in found]
        self._found.show(found)
        if not found:
            self._nothing.setText(self._words_for_nothing(text))
        self._nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self._fit_height()
        if found:
            self.list.setCurrentIndex(self._found.index(0, 0))

    def _words_for_nothing(self, text: str) -> str:
        known = [layer for layer in self._catalog.search(text) if layer.role == "layer"]
        if not known:
            return f"There is no layer “{text.strip()}”."
        title = title_of_spec(known[0])
        reason = self._why(known[0]) if self._why is not None else None
        return f"{title} does not fit here. {reason}" if reason else f"{title} does not fit here."

    def _with_reason(self, layer: LayerSpec) -> LayerSpec:
        """Return a layer that says why it is suggested instead of what it does."""
        entry = self._suggested.get(layer.key)
        return replace(layer, summary=f"Next: {entry.reason}") if entry else layer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Choose with the keyboard while typing; go away when the focus does."""
        if watched is self.search and event.type() == QEvent.Type.FocusOut:
            self.close_quietly()
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _MOST_ROWS,
                 Qt.Key.Key_PageUp: -_MOST_ROWS}  # fmt: skip
        if event.key() in steps:
            self._step(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._choose(self.list.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            return super().eventFilter(watched, event)
        return True

    def _step(self, by: int) -> None:
        last = self._found.rowCount() - 1
        if last >= 0:
            row = min(max(self.list.currentIndex().row() + by, 0), last)
            self.list.setCurrentIndex(self._found.index(row, 0))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._choose(index)

    def _choose(self, index: AnyIndex) -> None:
        if not index.isValid() or not self.isVisible():
            return
        key = self._found.layers[index.row()].key
        entry = self._suggested.get(key) if not self.search.text().strip() else None
        request = replace(self._request, params=entry.params) if entry else self._request
        self._close()
        self.chosen.emit(key, request)

    def _close(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def close_quietly(self) -> None:
        """Go away without giving the focus back to the canvas."""
        self.hide()


def output_of(graph: Graph, catalog: Catalog, node_id: str) -> Endpoint | None:
    """Return the first output port of a node, or None."""
    if node_id not in graph:
        return None
    ports = output_ports(graph, catalog, graph.node(node_id))
    return Endpoint(node_id, ports[0].id) if ports else None
