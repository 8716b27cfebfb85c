"""Ties the code to the canvas: what is selected in one is selected in the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

from workbench.graph.blocks import layer_of

if TYPE_CHECKING:
    from ui.frame.code_view import CodeView
    from ui.frame.page_host import PageHost

_FOLDED: Final = "code.folded_properties"
_NARROW: Final = 960
"""Width of the page, px, below which canvas and properties have no room beside the code."""


class CodeLink(QObject):
    """The way between lines of the code and layers of the Design page.

    Args:
        view: Shows the code.
    """

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self._page: Any = None
        self._quiet = False
        self._beside = False

    def follow_pages(self, pages: PageHost) -> None:
        """Find the Design page once it is there."""
        self._pages = pages
        pages.page_changed.connect(self._page_changed)

    @Slot(str)
    def _page_changed(self, page_id: str) -> None:
        if page_id != "design" or self._page is not None:
            return
        page = self._pages.page(page_id)
        selection = getattr(page, "selection", None)
        if selection is not None:
            self._page = page
            selection.changed.connect(self._view.mark_selected)
            self._view.editor.cursorPositionChanged.connect(self._cursor_moved)
            self._view.mark_selected()
            self.stand(beside=self._beside)

    def stand(self, *, beside: bool) -> None:
        """Take notice of where the code stands; the page then has another width."""
        self._beside = beside
        QTimer.singleShot(0, self, self._share_room)

    @Slot()
    def _share_room(self) -> None:
        """Fold the properties where the code beside the page leaves no room for the canvas.

        They come back, if nobody unfolded them meanwhile, when the code goes.
        """
        panel = getattr(self._page, "inspector_panel", None)
        if panel is None:
            return
        narrow = self._beside and self._page.width() < _NARROW
        memory = self._page.services.layout
        folded = bool(memory.recall(_FOLDED, False))
        if narrow and not panel.collapsed and not folded:
            memory.remember(_FOLDED, True)
            panel.toggle()
        elif not narrow and folded:
            memory.remember(_FOLDED, False)
            if panel.collapsed:
                panel.toggle()
        else:
            return
        self._page.canvas.navigation.show_first()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Move the cursor without selecting on the canvas."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def selected_keys(self) -> tuple[str, ...]:
        """Return the keys, in `Code.lines`, of the layers that are selected on the canvas."""
        if self._page is None:
            return ()
        block = self._page.editor.block
        prefix = f"{layer_of(block.id)}/" if block is not None else ""
        return tuple(prefix + node_id for node_id in self._page.selection.nodes)

    def keys_at(self, first: int, last: int) -> list[str]:
        """Return the keys of the layers that stand in some lines, counted from 1."""
        return [
            key for key, (start, end) in self._view.code.lines.items()
            if start <= last and end >= first
        ]  # fmt: skip

    @Slot()
    def _cursor_moved(self) -> None:
        """Select on the canvas what stands in the line of the cursor, or in the marked lines."""
        editor = self._view.editor
        if self._quiet or self._page is None or not editor.hasFocus() or self._view.changing:
            return
        cursor, document = editor.textCursor(), editor.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber() + 1
        last = document.findBlock(cursor.selectionEnd()).blockNumber() + 1
        keys = self.keys_at(first, last)
        if keys and set(keys) != set(self.selected_keys()):
            self._page.show_code_keys(keys)
