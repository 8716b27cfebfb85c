"""The mouse and the keys on notes: what is over a note and no layer belongs to the note."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from ui.design.canvas.geometry import snap
from ui.design.canvas.hits import edge_at, node_at, port_at
from workbench.graph.notes import COLOURS, Note

if TYPE_CHECKING:
    from ui.design.canvas.view import Canvas
    from ui.design.handling.notes import Notes

_DRAG: Final = 4.0
_KEYS: Final = (
    Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
)  # fmt: skip
_WAYS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_WITH_CTRL: Final = (Qt.Key.Key_C, Qt.Key.Key_X)


class NoteEvents(QObject):
    """Takes the events of a canvas that mean a note.

    Args:
        canvas: The canvas.
        notes: Its notes.
    """

    def __init__(self, canvas: Canvas, notes: Notes) -> None:
        super().__init__(canvas)
        self._canvas, self._notes = canvas, notes
        self._pressed: Note | None = None
        self._start = QPointF()
        self._by = QPointF()
        self._sizing = self._moving = False
        self._nodes: list[str] = []
        canvas.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what means a note, leave the rest to the canvas."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            return self._pressed is not None and self._move(event)
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseButtonRelease:
            return self._pressed is not None and self._release(keep=True)
        if kind == QEvent.Type.MouseButtonDblClick:
            return self._open(event)
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return self._key(event)
        if kind == QEvent.Type.ContextMenu:
            return self._menu(event)
        return False

    def _under(self, at: QPointF) -> Note | None:
        """Return the note under a pixel where no layer, port or connection is."""
        canvas = self._canvas
        point = canvas.camera.to_scene(at)
        note = self._notes.at(point)
        if note is None or node_at(canvas.picture, point) is not None:
            return None
        if port_at(canvas.picture, point, canvas.reach()) is not None:
            return None
        return None if edge_at(canvas.picture, point, canvas.reach()) is not None else note

    def _press(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        self._notes.field.take()
        note = None if self._canvas.space_held else self._under(event.position())
        if note is None:
            self._notes.choose("")
            return False
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self._notes.choose(note.id)
        self._pressed, self._start, self._by = note, event.position(), QPointF()
        scene = self._canvas.camera.to_scene(event.position())
        self._sizing, self._moving = self._notes.at_corner(note, scene), False
        return True

    def _move(self, event: QEvent) -> bool:
        note = self._pressed
        if not isinstance(event, QMouseEvent) or note is None:
            return False
        away = event.position() - self._start
        if not self._moving:
            if abs(away.x()) + abs(away.y()) < _DRAG:
                return True
            self._moving = True
            self._nodes = self._notes.hold(note)
            if self._nodes and not self._sizing:
                self._canvas.picture.lift(self._nodes)
        scene = away / self._canvas.camera.scale
        if self._sizing:
            self._notes.show_sized(note, scene)
            return True
        self._by = QPointF(snap(scene.x()), snap(scene.y()))
        lifted = self._canvas.picture.lifted
        if lifted is not None:
            lifted.offset = self._by
        self._notes.show_moved(self._by)
        return True

    def _release(self, *, keep: bool) -> bool:
        moving, sizing, by, nodes = self._moving, self._sizing, self._by, self._nodes
        shown = self._notes.note(self._pressed.id) if self._pressed else None
        self._pressed, self._moving, self._nodes = None, False, []
        if moving:
            self._canvas.picture.land()
            if shown is not None and not sizing:
                self._notes.show_moved(by)
            elif shown is not None:
                self._notes.show_again(shown)
            self._notes.let_go([] if sizing else nodes, by, keep=keep)
        return True

    def _open(self, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        note = self._under(event.position())
        if note is not None:
            self._notes.edit(note.id)
        return note is not None

    def _key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not self._notes.chosen:
            return False
        key, keys = Qt.Key(event.key()), event.modifiers()
        ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
        alt = bool(keys & Qt.KeyboardModifier.AltModifier)
        mine = (
            (ctrl and key in _WITH_CTRL)
            or (alt and key in _WAYS)
            or (not ctrl and not alt and key in _KEYS)
        )
        if not mine:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        self._act(key)
        return True

    def _act(self, key: Qt.Key) -> None:
        notes, chosen = self._notes, self._notes.chosen
        if key in _WAYS:
            notes.nudge(*_WAYS[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            notes.delete(chosen)
        elif key == Qt.Key.Key_C:
            notes.copy(chosen)
        elif key == Qt.Key.Key_X:
            notes.copy(chosen)
            notes.delete(chosen)
        elif key == Qt.Key.Key_Escape:
            if self._pressed is not None:
                self._release(keep=False)
            notes.choose("")
        else:
            notes.edit(chosen)

    # ---- menu ------------------------------------------------------------------------------

    def _menu(self, event: QEvent) -> bool:
        if not isinstance(event, QContextMenuEvent):
            return False
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            note = self._notes.note(self._notes.chosen)
        else:
            note = self._under(QPointF(event.pos()))
        if note is None:
            return False
        self._notes.choose(note.id)
        menu = self.menu(note)
        menu.popup(QPoint(event.globalPos()))
        menu.aboutToHide.connect(menu.deleteLater)
        return True

    def menu(self, note: Note) -> QMenu:
        """Return a menu of what is possible with a note."""
        menu = QMenu(self._canvas)
        menu.setObjectName("design.note.menu")
        menu.addAction("Write…", partial(self._notes.edit, note.id))
        colours = menu.addMenu("Colour")
        for colour in COLOURS:
            entry = colours.addAction(
                colour.capitalize(), partial(self._notes.recolour, note.id, colour)
            )
            entry.setCheckable(True)
            entry.setChecked(colour == note.colour)
        menu.addSeparator()
        menu.addAction("Copy", partial(self._notes.copy, note.id))
        menu.addAction("Delete", partial(self._notes.delete, note.id))
        return menu
