"""The command palette: everything that can be done, found by typing a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.theme import color, font, icon
from ui.widgets import Line, Text

if TYPE_CHECKING:
    from ui.actions import Action, ActionRegistry

_ROW: Final = 32
_SHOWN: Final = 11
Index = QModelIndex | QPersistentModelIndex


def fuzzy_score(text: str, wanted: str) -> float | None:
    """Return how well a text fits what was typed; None when it does not.

    All characters must occur in order. Beginnings of words and runs of characters count most,
    so that "tt" finds "Toggle theme" before "Start training".

    Args:
        text: A title.
        wanted: What was typed.
    """
    text, wanted = text.lower(), wanted.lower().replace(" ", "")
    if not wanted:
        return 0.0
    best: float | None = None
    for start, character in enumerate(text):
        if character == wanted[0]:
            score = _score_from(text, wanted, start)
            if score is not None and (best is None or score > best):
                best = score
    return best


def _score_from(text: str, wanted: str, start: int) -> float | None:
    score, place, last = 0.0, start, start - 1
    for character in wanted:
        place = text.find(character, place)
        if place < 0:
            return None
        begins_word = place == 0 or not text[place - 1].isalnum()
        follows = place == last + 1 and place > start
        score += 3.0 if begins_word else 2.0 if follows else 0.5
        score -= 0.02 * (place - last - 1)
        last = place
        place += 1
    return score - 0.01 * len(text) - 0.02 * start


class CommandModel(QAbstractListModel):
    """The actions that fit what was typed, best first.

    Args:
        registry: All actions.
        parent: Parent object.
    """

    def __init__(self, registry: ActionRegistry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self._all: list[Action] = []
        self._found: list[Action] = []
        self._recent: list[str] = []

    def reload(self) -> None:
        """Read the actions that are possible now."""
        self._all = [action for action in self._registry.possible() if action.in_palette]
        self.search("")

    def note_used(self, action_id: str) -> None:
        """Put an action first from now on."""
        self._recent = [action_id, *(a for a in self._recent if a != action_id)][:6]

    def search(self, text: str) -> None:
        """Show what fits a text; everything for "", the recently used first."""
        self.beginResetModel()
        if text.strip():
            scored = [(fuzzy_score(full_title(a), text), a) for a in self._all]
            fitting = [(score, a) for score, a in scored if score is not None]
            self._found = [a for _, a in sorted(fitting, key=lambda found: -found[0])]
        else:
            rank = {action_id: place for place, action_id in enumerate(self._recent)}
            self._found = sorted(self._all, key=lambda a: rank.get(a.id, len(rank)))
        self.endResetModel()

    def action(self, row: int) -> Action | None:
        """Return the action in a row."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def rowCount(self, _parent: Index | None = None) -> int:
        """Return the number of actions that fit."""
        return len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return title or action."""
        action = self.action(index.row())
        if action is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return full_title(action)
        return action if role == Qt.ItemDataRole.UserRole else None


def full_title(action: Action) -> str:
    """Return the title with the place it belongs to ("File: Save")."""
    title = action.title.replace("&", "").rstrip("…")
    place = action.menu or ("" if action.scope == "window" else action.scope.capitalize())
    return f"{place}: {title}" if place else title


class _CommandDelegate(QStyledItemDelegate):
    """Draws icon, title and keys of an action."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        action = index.data(Qt.ItemDataRole.UserRole)
        if action is None:
            return
        box = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("selection"))
            painter.drawRoundedRect(box.adjusted(4, 1, -4, -1), 4, 4)
        if action.icon:
            icon(action.icon, "text_secondary").paint(
                painter, QRect(box.left() + 16, box.center().y() - 7, 16, 16)
            )
        keys = QKeySequence(action.shortcut.split(", ")[0]).toString(
            QKeySequence.SequenceFormat.NativeText
        )
        painter.setFont(font("secondary"))
        painter.setPen(color("text_secondary"))
        width = painter.fontMetrics().horizontalAdvance(keys)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            QRect(box.right() - 16 - width, box.top(), width + 1, box.height()), middle, keys
        )
        painter.setFont(font("body"))
        painter.setPen(color("text"))
        room = box.width() - 44 - 32 - width
        title = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRect(box.left() + 44, box.top(), room, box.height()), middle, title)
        painter.restore()


class CommandPalette(QFrame):
    """The palette: a field and a list over the upper middle of the window.

    Args:
        registry: All actions.
        parent: The window.
    """

    def __init__(self, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palettePopup")
        self.setAccessibleName("Command palette")
        self._registry, self._window = registry, parent
        self._back: QWidget | None = None
        self.model = CommandModel(registry, self)
        self.field = QLineEdit()
        self.field.setObjectName("palette.field")
        self.field.setAccessibleName("Command")
        self.field.setPlaceholderText("Type what you want to do")
        self.list = QListView()
        self.list.setObjectName("palette.list")
        self.list.setAccessibleName("Commands")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._none = Text("Nothing is called like that, or it is not possible now.", "secondary")
        self._none.setContentsMargins(16, 8, 16, 12)
        head = QWidget()
        inner = QVBoxLayout(head)
        inner.setContentsMargins(8, 8, 8, 8)
        inner.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(Line())
        layout.addWidget(self.list)
        layout.addWidget(self._none)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.hide()

    def open(self) -> None:
        """Show the palette with an empty field."""
        window = self._window
        self._back = window.focusWidget()
        self.model.reload()
        self.field.clear()
        self._search("")
        width = min(600, window.width() - 32)
        self.setFixedWidth(width)
        self.move(QPoint((window.width() - width) // 2, 64))
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close the palette and give the focus back."""
        self.hide()
        back, self._back = self._back, None
        if back is not None and isValid(back):  # a form may have been made anew meanwhile
            back.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list, and close when the focus goes elsewhere."""
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if (
            watched is self.field
            and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            and isinstance(event, QKeyEvent)
        ):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _SHOWN,
                 Qt.Key.Key_PageUp: -_SHOWN}  # fmt: skip
        enters = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key not in steps and key not in enters and key != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.ShortcutOverride:
            return True
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in enters:
            self._do(self.list.currentIndex().row())
        else:
            self._select(self.list.currentIndex().row() + steps[Qt.Key(key)])
        return True

    @Slot(str)
    def _search(self, text: str) -> None:
        self.model.search(text)
        rows = self.model.rowCount()
        self.list.setVisible(rows > 0)
        self._none.setVisible(rows == 0)
        self.list.setFixedHeight(min(rows, _SHOWN) * _ROW + 8)
        self._select(0)
        self.adjustSize()

    def _select(self, row: int) -> None:
        rows = self.model.rowCount()
        if rows:
            index = self.model.index(max(0, min(row, rows - 1)), 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._do(index.row())

    def _do(self, row: int) -> None:
        action = self.model.action(row)
        if action is not None:
            self.dismiss()
            self.model.note_used(action.id)
            self._registry.trigger(action.id)
