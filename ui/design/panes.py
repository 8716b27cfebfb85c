"""Going from pane to pane by keyboard: F6 to the next one, Escape from a panel to the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.widgets import SidePanel


class Panes(QObject):
    """The panes of the Design page in the order in which F6 goes through them.

    Args:
        canvas: The canvas, where Escape leads.
        inspector: The panel of properties.
        strip: The strip of the preview.
        palette: The panel of layers.
    """

    def __init__(
        self, canvas: Canvas, inspector: SidePanel, strip: QWidget, palette: SidePanel
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._panes: tuple[QWidget, ...] = (canvas, inspector, strip, palette)
        for pane in self._panes[1:]:
            pane.installEventFilter(self)

    def add(self, pane: QWidget) -> None:
        """Go through a further pane too, after the canvas."""
        self._panes = (self._canvas, pane, *self._panes[1:])

    def next(self, by: int = 1) -> None:
        """Give the keyboard to the next pane that is shown and has something to go to."""
        count = len(self._panes)
        here = QApplication.focusWidget()
        at = next((n for n, pane in enumerate(self._panes) if _holds(pane, here)), 0)
        for step in range(1, count):
            pane = self._panes[(at + by * step) % count]
            target = self._canvas if pane is self._canvas else _first(pane)
            if pane.isVisible() and target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def previous(self) -> None:
        """Give the keyboard to the pane before."""
        self.next(-1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Escape, where a field has no use for it, lead back to the canvas."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (widget is pane or pane.isAncestorOf(widget))


def _first(pane: QWidget) -> QWidget | None:
    """Return the first widget of a pane that Tab would come to, its buttons to fold it last."""
    chain: list[QWidget] = []
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane:
        able = widget.isVisible() and widget.isEnabled()
        if pane.isAncestorOf(widget) and able and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    own = [one for one in chain if not one.objectName().endswith((".fold", ".undock"))]
    return next(iter(own or chain), None)
