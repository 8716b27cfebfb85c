"""Runs quick-add: where it opens, what it offers, and what Enter does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF, Slot

from ui.design.canvas.geometry import snap_point
from ui.design.canvas.view import Canvas
from ui.design.editor import Editor
from ui.design.gestures.base import QuickAddRequest
from ui.design.quick_add import QuickAdd, fitting, output_of, why_unfit
from ui.design.suggesting import Suggesting
from workbench.graph.suggest import Suggestion
from workbench.plain import Plain


class Adding(QObject):
    """Joins the quick-add popup with the canvas and the editor.

    Args:
        canvas: Where it opens.
        editor: Makes the changes.
        recent: Returns the catalog keys of layers used lately.
        suggesting: Knows what could come next.
    """

    def __init__(
        self,
        canvas: Canvas,
        editor: Editor,
        recent: Callable[[], Sequence[str]],
        suggesting: Suggesting,
    ) -> None:
        super().__init__(canvas)
        self._suggesting = suggesting
        self._canvas, self._editor, self._recent = canvas, editor, recent
        self.popup = QuickAdd(editor.catalog, canvas)
        self.popup.chosen.connect(self._chosen)
        self.popup.closed.connect(canvas.setFocus)
        canvas.quick_add_requested.connect(self.open)

    @Slot(object)
    def open(self, request: QuickAddRequest) -> None:
        """Open the popup."""
        graph = self._editor.graph
        asked = request
        if request.at is None and request.source is None and request.target is None:
            after = output_of(graph, self._editor.catalog, self._editor.selection.single)
            asked = QuickAddRequest(text=request.text, source=after)
        others = self._editor.shelf.specs() if self._editor.shelf else []
        allowed = fitting(self._editor.catalog, asked, graph, self._canvas.inference, others)
        if not allowed:
            allowed = [*self._editor.catalog, *others]
        ahead = self._suggesting.after(asked.source)
        if request.at is None and asked.source is None and request.target is None:
            ahead = self._suggesting.after_selected()
        why = partial(why_unfit, self._editor.catalog, asked, graph, self._canvas.inference)
        self.popup.open(request, self._corner(request), allowed, self._recent(),
                        self._title(request), ahead, why)  # fmt: skip

    def _corner(self, request: QuickAddRequest) -> QPoint:
        canvas = self._canvas
        if request.at is not None:
            return canvas.camera.to_view(request.at).toPoint()
        current = self._editor.selection.current
        if current in canvas.picture.nodes:
            box = canvas.node_rect(current)
            if canvas.rect().intersects(box):
                return QPoint(box.left(), box.bottom() + 8)
        middle = canvas.free_rect().center().toPoint()
        return QPoint(middle.x() - 200, middle.y() - 160)

    def _title(self, request: QuickAddRequest) -> str:
        nodes, selection = self._editor.graph.nodes, self._editor.selection
        if request.source is not None:
            return f"After {nodes[request.source.node].name}"
        if request.target is not None:
            return f"Before {nodes[request.target.node].name}"
        if request.at is not None:
            return ""
        if len(selection.nodes) > 1:
            return f"After {len(selection.nodes)} layers"
        if selection.single:
            return f"After {nodes[selection.single].name}"
        return "Into the connection" if selection.edges else ""

    @Slot(str, object)
    def _chosen(self, key: str, request: QuickAddRequest) -> None:
        editor, at = self._editor, request.at
        half = QPointF(0, editor.size_of(key)[1] / 2)
        if request.source is not None:
            spot = snap_point(at + half) if at is not None else None
            added = editor.add_after(key, request.source, spot, request.params)
        elif request.target is not None:
            spot = snap_point(at - half) if at is not None else None
            added = editor.add_before(key, request.target, spot)
        elif at is not None:
            added = editor.add(key, snap_point(at))
        else:
            added = self.add_to_selection(key, request.params)
        if added:
            self._canvas.navigation.reveal([added])

    @Slot(object)
    def add_suggested(self, entry: Suggestion) -> None:
        """Add what was suggested after what is selected, and show it."""
        added = self.add_to_selection(entry.key, entry.params)
        if added:
            self._canvas.navigation.reveal([added])

    def add_to_selection(self, key: str, params: Mapping[str, Plain] | None = None) -> str:
        """Add a layer after what is selected; on its own in view when nothing is."""
        middle = self._canvas.camera.to_scene(self._canvas.free_rect().center())
        return self._editor.add_to_selection(key, middle, params)
