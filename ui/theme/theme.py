"""The theme that is in force: colours by role, the style sheet, and when it changes.

There is one theme per application, as there is one QApplication; `active_theme()` returns it.
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from ui.theme.fonts import font
from ui.theme.icons import tinted_icon
from ui.theme.style import style_sheet
from ui.theme.tokens import PALETTES, ThemeName

ThemeMode = Literal["system", "light", "dark"]


class Theme(QObject):
    """Colours by role, light or dark, following the system when asked to.

    Attributes:
        changed: Emitted after the colours changed; custom-painted widgets repaint, icons are
            set anew (`set_icon` does it by itself).
    """

    changed = Signal()

    def __init__(self, mode: ThemeMode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: ThemeMode = mode
        self._name: ThemeName = self._wanted()
        self._colours = {role: QColor(value) for role, value in PALETTES[self._name].items()}
        _in_force.append(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def mode(self) -> ThemeMode:
        """What the person chose."""
        return self._mode

    @property
    def name(self) -> ThemeName:
        """What is shown now."""
        return self._name

    @property
    def is_dark(self) -> bool:
        """Whether the dark theme is shown now."""
        return self._name == "dark"

    def color(self, role: str) -> QColor:
        """Return the colour of a role, for example `"surface"` or `"family_dense"`.

        Raises:
            KeyError: There is no such role.
        """
        return QColor(self._colours[role])

    def family(self, family: str) -> QColor:
        """Return the colour of a layer family."""
        return QColor(self._colours.get(f"family_{family}", self._colours["family_custom"]))

    def set_mode(self, mode: ThemeMode) -> None:
        """Choose light, dark, or whatever the system shows."""
        self._mode = mode
        self._refresh()

    def install(self, application: QApplication) -> None:
        """Give the application this theme's font, palette and style sheet."""
        application.setFont(font("body"))
        application.setPalette(self._palette())
        application.setStyleSheet(style_sheet(self._name))

    @Slot()
    def _system_changed(self) -> None:
        if self._mode == "system":
            self._refresh()

    def _wanted(self) -> ThemeName:
        return system_theme() if self._mode == "system" else self._mode

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted == self._name:
            return
        self._name = wanted
        self._colours = {role: QColor(value) for role, value in PALETTES[wanted].items()}
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self.install(application)
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text,
                     QPalette.ColorRole.ButtonText):  # fmt: skip
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("text_disabled"))
        return palette


_in_force: list[Theme] = []

_PALETTE: Final = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_secondary",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.ToolTipBase: "surface_raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Light: "surface_raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}


def system_theme() -> ThemeName:
    """Return what the system shows; light where it does not say."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        scheme = application.styleHints().colorScheme()
        return "dark" if scheme == Qt.ColorScheme.Dark else "light"
    return "light"


def active_theme() -> Theme:
    """Return the theme in force; a light one is made when none has been (tests)."""
    while _in_force and not isValid(_in_force[-1]):
        _in_force.pop()
    return _in_force[-1] if _in_force else Theme("light")


def color(role: str) -> QColor:
    """Return the colour of a role in the theme in force."""
    return active_theme().color(role)


def icon(name: str, role: str = "text") -> QIcon:
    """Return an icon tinted for the theme in force; disabled and switched-on states included.

    Args:
        name: File name in `resources/icons` without `.svg`.
        role: Colour role of the strokes.

    Raises:
        KeyError: There is no such role.
    """
    theme = active_theme()
    switched_on = theme.color("accent" if role in ("text", "text_secondary") else role)
    return tinted_icon(name, theme.color(role), theme.color("text_disabled"), switched_on)


class Iconic(Protocol):
    """Anything that shows an icon: buttons, actions."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show the icon."""


def set_icon(target: Iconic, name: str, role: str = "text") -> None:
    """Show an icon on a button or action and keep it right when the theme changes.

    Args:
        target: A QObject with `setIcon`.
        name: File name in `resources/icons` without `.svg`.
        role: Colour role of the strokes.
    """
    target.setIcon(icon(name, role))
    if isinstance(target, QObject):
        keeper = target.findChild(_IconKeeper, "iconKeeper") or _IconKeeper(target)
        keeper.show(name, role)


class _IconKeeper(QObject):
    """Lives inside what it keeps, so that it ends with it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("iconKeeper")
        self._name, self._role = "", "text"
        active_theme().changed.connect(self._renew)

    def show(self, name: str, role: str) -> None:
        self._name, self._role = name, role

    @Slot()
    def _renew(self) -> None:
        parent = self.parent()
        if self._name and parent is not None and hasattr(parent, "setIcon"):
            parent.setIcon(icon(self._name, self._role))
