"""The code beside the page instead of in the drawer: one view that stands in one of two places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from ui.widgets import Text

if TYPE_CHECKING:
    from ui.frame.code_view import CodeView
    from ui.widgets import LayoutMemory

_KEPT: Final = "code.beside"
_WIDTH: Final = "code.beside.width"
_WRAP: Final = "code.wrap"
_COLUMNS: Final = 80
"""Letters of a line that are seen at once, where there is room."""
_MOST: Final = 0.42
"""Share of the width that the code takes at most before anybody asked for more."""
_LEAST: Final = 280
_LEAST_PAGE: Final = 640


class CodeBeside(QSplitter):
    """The pages, and at their right the code when it is wanted there.

    Args:
        code: The view of the code.
        memory: Where place and width are remembered.

    Attributes:
        slot: Stands in the drawer and holds the code while it is not beside the pages.
        moved: Emitted after the code went to its other place.
    """

    moved = Signal()

    def __init__(self, code: CodeView, memory: LayoutMemory) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("code.beside")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(4)
        self._code, self._memory = code, memory
        self.slot = QWidget()
        self._words = Text("The code is shown beside the page.", "secondary")
        self._words.setContentsMargins(12, 8, 12, 8)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._in_slot = QVBoxLayout(self.slot)
        self._in_slot.setContentsMargins(0, 0, 0, 0)
        self._in_slot.addWidget(code)
        self._in_slot.addWidget(self._words)
        self._words.hide()
        code.setMinimumWidth(_LEAST)
        code.wrap_chosen.connect(self._wrapped)
        self.splitterMoved.connect(self._resized)

    def with_pages(self, pages: QWidget) -> CodeBeside:
        """Take the pages in; the code goes where it was left last time. Returns itself."""
        pages.setMinimumWidth(_LEAST_PAGE)  # the widest of all pages would ask for much more
        self.addWidget(pages)
        self.setStretchFactor(0, 1)
        if self._memory.recall(_KEPT, False):
            self.put_beside(True)
        return self

    @property
    def beside(self) -> bool:
        """Whether the code stands beside the pages."""
        return self.indexOf(self._code) >= 0

    def put_beside(self, beside: bool) -> None:
        """Put the code beside the pages, or back into the drawer."""
        if beside == self.beside:
            return
        if beside:
            self._in_slot.removeWidget(self._code)
            self.addWidget(self._code)
            self.setStretchFactor(1, 0)
            self._give_width()
            self._code.wrap(bool(self._memory.recall(_WRAP, True)))
        else:
            self._in_slot.insertWidget(0, self._code)
            self._code.wrap(False)  # the drawer is as wide as the window
        self._code.show_place(beside=beside)
        self._code.link.stand(beside=beside)
        self._code.show()
        self._words.setVisible(beside)
        self._memory.remember(_KEPT, beside)
        self.moved.emit()

    def _give_width(self) -> None:
        """Give the code the width it had, or that of its lines as far as the page has room."""
        usual = min(self._code.width_for(_COLUMNS), round(_MOST * self.width()))
        width = int(self._memory.recall(_WIDTH, max(usual, _LEAST)))
        width = max(min(width, self.width() - _LEAST_PAGE), _LEAST)
        self.setSizes([self.width() - width, width])

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the width, which is known only now."""
        super().showEvent(event)
        if self.beside:
            QTimer.singleShot(0, self, self._give_width)

    @Slot(bool)
    def _wrapped(self, wrapped: bool) -> None:
        if self.beside:
            self._memory.remember(_WRAP, wrapped)

    @Slot()
    def _resized(self) -> None:
        if self.beside:
            self._memory.remember(_WIDTH, self.sizes()[1])
