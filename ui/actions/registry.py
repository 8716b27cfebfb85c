"""Turns action tables into QActions and keeps them true: enabled, checked, in scope."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ui.actions.action import GLOBAL, Action
from ui.theme import set_icon


class ActionRegistry(QObject):
    """All actions of the window.

    Attributes:
        changed: Emitted after actions were added or removed.
        triggered: Emitted with the id of an action that was done.
    """

    changed = Signal()
    triggered = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, Action] = {}
        self._qactions: dict[str, QAction] = {}
        self._scope = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)

    def add(self, actions: Iterable[Action], owner: QWidget) -> None:
        """Take actions in.

        Args:
            actions: The table; an id that is known already is replaced.
            owner: The window (or a dialog) in which the shortcuts are heard.
        """
        for action in actions:
            self.remove([action.id])
            made = _Handled(action, self, owner)
            owner.addAction(made)
            self._actions[action.id] = action
            self._qactions[action.id] = made
        self.refresh()
        self.changed.emit()

    def remove(self, ids: Iterable[str]) -> None:
        """Forget actions; unknown ids are ignored."""
        for action_id in list(ids):
            self._actions.pop(action_id, None)
            old = self._qactions.pop(action_id, None)
            if old is not None and isValid(old):
                old.setEnabled(False)
                old.deleteLater()

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._actions

    def qaction(self, action_id: str) -> QAction:
        """Return the QAction of an action, for toolbars and context menus.

        Raises:
            KeyError: There is no such action.
        """
        return self._qactions[action_id]

    def action(self, action_id: str) -> Action:
        """Return an action.

        Raises:
            KeyError: There is no such action.
        """
        return self._actions[action_id]

    def all(self) -> list[Action]:
        """Return all actions in the order in which they were added."""
        return list(self._actions.values())

    def possible(self) -> list[Action]:
        """Return the actions that are possible now."""
        return [action for action in self.all() if self._qactions[action.id].isEnabled()]

    def set_scope(self, scope: str) -> None:
        """Say which page is shown; actions of other pages are switched off."""
        self._scope = scope
        self.refresh()

    def trigger(self, action_id: str) -> None:
        """Do an action if it is possible now."""
        self.refresh()
        self._qactions[action_id].trigger()

    @Slot()
    def refresh(self) -> None:
        """Ask every action whether it is possible and whether it is on."""
        self._soon.stop()
        for action_id, action in list(self._actions.items()):
            made = self._qactions[action_id]
            if not isValid(made):  # its window is gone
                del self._actions[action_id], self._qactions[action_id]
                continue
            made.setEnabled(action.scope in (GLOBAL, self._scope) and action.enabled_when())
            if action.checked_when is not None:
                made.setChecked(action.checked_when())
            if action.title_now is not None:
                made.setText(action.title_now().replace("&", "&&"))

    @Slot()
    def refresh_later(self) -> None:
        """Refresh once the events of now are done; any number of calls cost one refresh."""
        if not self._soon.isActive():
            self._soon.start()


class _Handled(QAction):
    """The QAction of an Action."""

    def __init__(self, action: Action, registry: ActionRegistry, owner: QWidget) -> None:
        super().__init__(action.title, owner)
        self._action, self._registry = action, registry
        self.setObjectName(action.id)
        self.setCheckable(action.checkable)
        keys = [QKeySequence(text) for text in action.shortcut.split(", ") if text]
        self.setShortcuts(keys)
        self.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        title = action.title.rstrip("…")
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        first = f"{title} ({shown})" if shown else title
        self.setToolTip(f"{first}\n{action.tip}" if action.tip else first)
        self.setStatusTip(action.tip)
        if action.icon:
            set_icon(self, action.icon)
        self.triggered.connect(self._do)

    @Slot(bool)
    def _do(self, checked: bool) -> None:
        if self._action.checkable:
            self._action.handler(checked)
        else:
            self._action.handler()
        self._registry.triggered.emit(self._action.id)
        self._registry.refresh_later()
