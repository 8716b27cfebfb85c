"""What floats over the canvas: the overview, the words on an empty canvas, short notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from ui.design.empty import EmptyCanvas
from ui.design.minimap import Minimap
from ui.design.notice import Notice

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.widgets import LayoutMemory

_MARGIN: Final = 11


class Overlays(QObject):
    """The widgets over the canvas, and where they stand.

    Args:
        canvas: The canvas.
        memory: Remembers whether the overview is wanted.
    """

    def __init__(self, canvas: Canvas, memory: LayoutMemory) -> None:
        super().__init__(canvas)
        self._canvas, self._memory = canvas, memory
        self.minimap = Minimap(canvas)
        self.empty = EmptyCanvas(canvas)
        self.notice = Notice(canvas)
        self.minimap_wanted = bool(memory.recall("design.minimap", True))

    def place(self) -> None:
        """Put them where the canvas is free; the overview only when not all is in view."""
        free = self._canvas.free_rect().toRect()
        hidden = not self._canvas.picture.nodes or self._all_in_view()
        self.minimap.setVisible(self.minimap_wanted and not hidden)
        self.minimap.move(
            free.right() - self.minimap.width() - _MARGIN,
            free.bottom() - self.minimap.height() - _MARGIN,
        )
        self.empty.setGeometry(free)

    def show_minimap(self, shown: bool) -> None:
        """Show or hide the overview, and remember it."""
        self.minimap_wanted = shown
        self._memory.remember("design.minimap", shown)
        self.place()

    def _all_in_view(self) -> bool:
        return self._canvas.navigation.shown().contains(self._canvas.picture.bounds())
