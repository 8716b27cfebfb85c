"""The palette's group "Next": what could follow the selected layer, added by a click or Enter."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from ui.design.adding import Adding
from ui.design.palette.panel import Palette
from ui.design.suggesting import Suggesting


class NextLayers(QObject):
    """Keeps the group up to date.

    Args:
        palette: Shows the group.
        suggesting: Knows what could come next.
        adding: Adds what is chosen.
    """

    def __init__(self, palette: Palette, suggesting: Suggesting, adding: Adding) -> None:
        super().__init__(palette)
        self._palette, self._suggesting = palette, suggesting
        suggesting.changed.connect(self._show)
        palette.next_chosen.connect(adding.add_suggested)

    @Slot()
    def _show(self) -> None:
        self._palette.show_next(self._suggesting.after_selected())
