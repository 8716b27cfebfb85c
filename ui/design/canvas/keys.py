"""The canvas by keyboard: walk, extend, nudge, fit, rename, and typing to add a layer.

Keys with Ctrl and Delete are actions of the page; here are the keys that only mean something
while the canvas has the focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent

from ui.design import walk
from ui.design.canvas.geometry import GRID
from ui.design.gestures.base import QuickAddRequest

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.design.walk import Direction

_SECOND_LETTER_MS: Final = 700
_ARROWS: Final[dict[int, Direction]] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
}
_WAYS: Final = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
_OWN: Final = (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OTHER_MODIFIERS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Keyboard:
    """Handles the keys of a canvas.

    Args:
        canvas: The canvas.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._since_f = QElapsedTimer()
        self._nudges = 0
        self._last_place = QPointF()

    def claims(self, event: QEvent) -> bool:
        """Tell whether a key belongs to the canvas even if a shortcut of the window has it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        return bool(self._typed(event)) or event.key() in _ARROWS or event.key() in _OWN

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; returns False when it means nothing here."""
        key = event.key()
        if key in _ARROWS:
            return self._arrow(_ARROWS[Qt.Key(key)], event.modifiers())
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._canvas.hold_space()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._canvas.selection.current:
            self._canvas.opened.emit(self._canvas.selection.current)
            return True
        if key == Qt.Key.Key_F2 and self._canvas.selection.current:
            self._canvas.rename_in_place(self._canvas.selection.current)
            return True
        return self._letter(self._typed(event))

    def _typed(self, event: QKeyEvent) -> str:
        """Return the letter or digit that a key types, else ""."""
        text = event.text()
        if event.modifiers() & _OTHER_MODIFIERS or len(text) != 1 or not text.isalnum():
            return ""
        return text

    def _letter(self, letter: str) -> bool:
        """Open quick-add with what is typed. F alone fits the view; a word may begin with it."""
        if not letter:
            return False
        canvas = self._canvas
        begun_with_f = self._since_f.isValid() and self._since_f.elapsed() < _SECOND_LETTER_MS
        self._since_f.invalidate()
        if begun_with_f:
            canvas.navigation.undo_fit()
            canvas.request_quick_add(QuickAddRequest(text=f"f{letter}"))
        elif letter in "fF":
            self._since_f.start()
            canvas.navigation.fit()
        else:
            canvas.request_quick_add(QuickAddRequest(text=letter))
        return True

    def _escape(self) -> bool:
        if self._canvas.cancel_gesture():
            return True
        if self._canvas.selection:
            self._canvas.selection.clear()
        else:
            self._canvas.left.emit()
        return True

    def _arrow(self, direction: Direction, keys: Qt.KeyboardModifier) -> bool:
        if keys & Qt.KeyboardModifier.ControlModifier:
            return False
        if keys & Qt.KeyboardModifier.AltModifier:
            far = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            if direction == "up" and self._canvas.editor.scope and not far:
                self._canvas.left.emit()
                return True
            return self._nudge(direction, far=far)
        return self._walk(direction, extend=bool(keys & Qt.KeyboardModifier.ShiftModifier))

    def _nudge(self, direction: Direction, *, far: bool) -> bool:
        selection = self._canvas.selection
        step = GRID * (5 if far else 1)
        x, y = _WAYS[direction]
        merge = f"nudge {hash(selection.nodes)}"
        return self._canvas.editor.move(selection.nodes, QPointF(x * step, y * step), merge)

    def _walk(self, direction: Direction, *, extend: bool) -> bool:
        canvas = self._canvas
        boxes = {i: figure.rect for i, figure in canvas.picture.nodes.items()}
        if not boxes:
            return False
        current = canvas.selection.current
        if current not in boxes:
            here = self._last_place if not self._last_place.isNull() else _middle(canvas)
            found = walk.closest(boxes, here)
        else:
            found = walk.step(
                canvas.editor.graph, boxes, current, direction, across=canvas.editor.across
            )
        if not found:
            return True
        if extend:
            canvas.selection.add([found], found)
        else:
            canvas.selection.select([found])
        self._last_place = boxes[found].center()
        canvas.navigation.reveal([found])
        self._announce(found)
        return True

    def _announce(self, node_id: str) -> None:
        """Tell a screen reader which node is current."""
        canvas = self._canvas
        canvas.setAccessibleDescription(describe(canvas, node_id))
        QAccessible.updateAccessibility(
            QAccessibleEvent(canvas, QAccessible.Event.DescriptionChanged)
        )


def describe(canvas: Canvas, node_id: str) -> str:
    """Return a node in words: name, type, main parameters, shape, what is wrong."""
    figure = canvas.picture.nodes[node_id]
    parts = [figure.node.name, figure.title, figure.headline]
    parts.append(f"output {figure.shape}" if figure.shape else "")
    parts += figure.reasons
    return ", ".join(part for part in parts if part)


def _middle(canvas: Canvas) -> QPointF:
    return canvas.camera.to_scene(canvas.free_rect().center())
