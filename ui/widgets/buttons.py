"""Buttons: the page's one primary button, quiet ones, links, icon buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QAbstractAnimation, QPropertyAnimation, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QPushButton, QToolButton, QWidget

from ui.theme import ICON, color, set_icon

ButtonKind = Literal["normal", "primary", "danger", "link", "quiet"]


def identify(widget: QWidget, name: str, accessible: str) -> None:
    """Give a widget the names that tests and screen readers find it by.

    Args:
        widget: The widget.
        name: Object name, `"page.thing"`; "" leaves it.
        accessible: What a screen reader says; "" leaves it.
    """
    if name:
        widget.setObjectName(name)
    if accessible:
        widget.setAccessibleName(accessible)


class Button(QPushButton):
    """A push button of one of the five kinds.

    Args:
        text: A verb first, sentence case.
        clicked: What a click does.
        kind: Its weight on the page.
        icon: Name of an icon, or "".
        name: Object name.
        parent: Parent widget.
    """

    def __init__(
        self,
        text: str,
        clicked: Callable[[], object] | None = None,
        *,
        kind: ButtonKind = "normal",
        icon: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAutoDefault(False)
        identify(self, name, text)
        if icon:
            set_icon(self, icon, _ICON_ROLE.get(kind, "text"))
        if clicked is not None:
            self._do = clicked
            self.clicked.connect(self._clicked)

    @Slot()
    def _clicked(self) -> None:
        self._do()


_ICON_ROLE = {"primary": "accent_text", "danger": "error", "link": "accent"}


class PrimaryButton(Button):
    """The page's one primary button; it can glow once to show where to go on."""

    def __init__(
        self,
        text: str,
        clicked: Callable[[], object] | None = None,
        *,
        icon: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, clicked, kind="primary", icon=icon, name=name, parent=parent)
        self._glow: QPropertyAnimation | None = None

    def follow(self, action: QAction) -> None:
        """Show an action's text, tooltip and enabled state, and trigger it."""
        self.clicked.connect(action.trigger)
        self._action = action
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setText(self._action.text().replace("&", ""))
        self.setAccessibleName(self.text())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())

    def glow(self) -> None:
        """Glow once, softly; nothing waits for it."""
        effect = QGraphicsDropShadowEffect(self)
        effect.setOffset(0, 0)
        effect.setColor(color("accent"))
        self.setGraphicsEffect(effect)
        self._glow = QPropertyAnimation(effect, b"blurRadius", self)
        self._glow.setDuration(1400)
        self._glow.setStartValue(0.0)
        self._glow.setKeyValueAt(0.35, 28.0)
        self._glow.setEndValue(0.0)
        self._glow.finished.connect(self._end_glow)
        self._glow.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)

    @Slot()
    def _end_glow(self) -> None:
        self.setGraphicsEffect(None)  # type: ignore[arg-type]
        self._glow = None


class IconButton(QToolButton):
    """A button that is an icon; its tooltip and accessible name say what it does.

    Args:
        icon: Name of an icon.
        text: What it does, a verb first.
        clicked: What a click does.
        name: Object name.
        checkable: Whether it stays down.
        size: Edge of the icon, px.
        parent: Parent widget.
    """

    def __init__(
        self,
        icon: str,
        text: str,
        clicked: Callable[[], object] | None = None,
        *,
        name: str = "",
        checkable: bool = False,
        size: int = ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(size, size))
        self.setToolTip(text)
        self.setCheckable(checkable)
        identify(self, name, text)
        set_icon(self, icon)
        if clicked is not None:
            self._do = clicked
            self.clicked.connect(self._clicked)

    @Slot()
    def _clicked(self) -> None:
        self._do()


class ActionButton(QToolButton):
    """A toolbar button of an action: its icon, tooltip with shortcut, enabled state.

    Args:
        action: The action.
        with_text: Whether the text stands beside the icon.
        parent: Parent widget.
    """

    def __init__(
        self, action: QAction, *, with_text: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setIconSize(QSize(ICON, ICON))
        self.setObjectName(action.objectName())
        self.setAccessibleName(action.text().replace("&", ""))
        self.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if with_text
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
