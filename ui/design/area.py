"""Lays the page out: palette, canvas with its footer, inspector; narrow windows overlay."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.design.canvas.view import Canvas
from ui.widgets import SidePanel

OVERLAY_BELOW: Final = 1400
"""Width of the page, px, below which the inspector lies over the canvas."""


class DesignArea(QWidget):
    """Places the parts of the Design page.

    Args:
        palette: Panel at the left.
        canvas: The middle.
        footer: Strip below the canvas.
        inspector: Panel at the right.

    Attributes:
        laid_out: Emitted after the parts got their places.
    """

    laid_out = Signal()
    _strip: QWidget | None = None  # of the class: events also come while Python ends

    def __init__(
        self, palette: SidePanel, canvas: Canvas, footer: QWidget, inspector: SidePanel
    ) -> None:
        super().__init__()
        self._palette, self._canvas = palette, canvas
        self._footer, self._inspector = footer, inspector
        for part in (palette, canvas, footer, inspector):
            part.setParent(self)
        palette.collapsed_changed.connect(self.lay_out)
        inspector.collapsed_changed.connect(self.lay_out)
        self._top: QWidget | None = None
        self._side: SidePanel | None = None

    def add_side(self, panel: SidePanel) -> None:
        """Put a further panel between palette and canvas; hidden, it takes no room."""
        self._side = panel
        panel.setParent(self)
        panel.collapsed_changed.connect(self.lay_out)
        self.lay_out()

    def add_top(self, strip: QWidget) -> None:
        """Put a strip above the canvas; hidden, it takes no room."""
        self._top = strip
        strip.setParent(self)
        self.lay_out()

    def add_strip(self, strip: QWidget) -> None:
        """Put a strip of fixed height between canvas and footer; hidden, it takes no room."""
        self._strip = strip
        strip.setParent(self)
        strip.installEventFilter(self)
        self.lay_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay out anew when the strip comes or goes."""
        if watched is self._strip and event.type() in (
            QEvent.Type.ShowToParent,
            QEvent.Type.HideToParent,
        ):
            self.lay_out()
        return super().eventFilter(watched, event)

    @property
    def overlays(self) -> bool:
        """Whether the inspector lies over the canvas."""
        return self.width() < OVERLAY_BELOW and not self._inspector.collapsed

    def lay_out(self) -> None:
        """Give every part its place."""
        width, height = self.width(), self.height()
        left, right = self._palette.minimumWidth(), self._inspector.minimumWidth()
        foot = self._footer.height()
        strip = self._strip
        low = strip.height() if strip is not None and not strip.isHidden() else 0
        head = self._top
        high = head.height() if head is not None and not head.isHidden() else 0
        canvas_right = width if self.overlays else width - right
        self._palette.setGeometry(0, 0, left, height)
        side = self._side
        if side is not None and not side.isHidden():
            side.setGeometry(left, 0, side.minimumWidth(), height)
            left += side.minimumWidth()
        canvas_width = max(canvas_right - left, 0)
        self._canvas.setGeometry(left, high, canvas_width, height - foot - low - high)
        if head is not None and high:
            head.setGeometry(left, 0, canvas_width, high)
        if strip is not None and low:
            strip.setGeometry(left, height - foot - low, max(canvas_right - left, 0), low)
        self._footer.setGeometry(left, height - foot, max(canvas_right - left, 0), foot)
        inspector_height = height - foot - low if self.overlays else height
        self._inspector.setGeometry(width - right, 0, right, inspector_height)
        self._inspector.raise_()
        self._canvas.set_covered(right if self.overlays else 0)
        self.laid_out.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out before the first frame."""
        super().showEvent(event)
        self.lay_out()

    def event(self, event: QEvent) -> bool:
        """Lay out when a panel got another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.lay_out()
        return super().event(event)
