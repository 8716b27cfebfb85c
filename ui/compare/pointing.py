"""What the mouse and Escape do on a canvas while one compares: ghosts can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from ui.design.canvas.hits import node_at
from ui.widgets import as_tip

if TYPE_CHECKING:
    from ui.compare.overlay import Overlay
    from ui.design.canvas.view import Canvas

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class Pointing(QObject):
    """Listens to a canvas; does nothing while nothing is compared.

    Args:
        canvas: The canvas.
        overlay: The marks on it.

    Attributes:
        active: Whether one compares.
        pressed: Emitted with the id of a ghost that was pressed; it is chosen already.
        menu_wanted: Emitted with the global position of a wish for a ghost's menu.
        left: Emitted when Escape had nothing else to do.
    """

    pressed = Signal(str)
    menu_wanted = Signal(QPoint)
    left = Signal()

    def __init__(self, canvas: Canvas, overlay: Overlay) -> None:
        super().__init__(canvas)
        self._canvas, self._overlay = canvas, overlay
        self._scope: tuple[str, ...] = ()
        self.active = False
        canvas.installEventFilter(self)
        canvas.left.connect(self._canvas_left)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what concerns ghosts; remember where one was when Escape was pressed."""
        if watched is not self._canvas or not self.active:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._scope = self._canvas.editor.scope
        elif isinstance(event, QContextMenuEvent) and self._ghost_at(event.pos()):
            self.menu_wanted.emit(event.globalPos())
            return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self._tell(event)
        elif isinstance(event, QMouseEvent) and event.type() in _PRESSES:
            return self._press(event)
        return super().eventFilter(watched, event)

    def _ghost_at(self, at: QPoint) -> str:
        """Return the id of the ghost at a pixel, unless a layer lies over it."""
        point = self._canvas.camera.to_scene(at.toPointF())
        old = self._overlay.ghosts.at(point)
        return old if old and node_at(self._canvas.picture, point) is None else ""

    def _tell(self, event: QHelpEvent) -> bool:
        old = self._ghost_at(event.pos())
        if old:
            figure = self._overlay.ghosts.nodes[old]
            words = f"{figure.node.name}, {figure.title}: removed, not in this network"
            QToolTip.showText(event.globalPos(), as_tip(words), self._canvas)
        return bool(old)

    def _press(self, event: QMouseEvent) -> bool:
        old = self._ghost_at(event.position().toPoint())
        if not old or event.button() not in _BUTTONS:
            self._overlay.choose("")
            return False
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self._canvas.selection.clear()
        self._overlay.choose(old)
        self.pressed.emit(old)
        return True

    @Slot()
    def _canvas_left(self) -> None:
        if not self.active or self._scope:
            return
        if self._overlay.chosen:
            self._overlay.choose("")
        else:
            self.left.emit()
