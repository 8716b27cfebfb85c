"""One theme for the whole window: colours by role, fonts, icons, the style sheet."""

from ui.theme.fonts import font
from ui.theme.icons import icon_exists, icon_pixmap, paint_icon
from ui.theme.theme import Theme, ThemeMode, active_theme, color, icon, set_icon
from ui.theme.tokens import GRID, ICON, ICON_SMALL, PALETTES, RADIUS, TARGET, contrast

__all__ = [
    "GRID",
    "ICON",
    "ICON_SMALL",
    "PALETTES",
    "RADIUS",
    "TARGET",
    "Theme",
    "ThemeMode",
    "active_theme",
    "color",
    "contrast",
    "font",
    "icon",
    "icon_exists",
    "icon_pixmap",
    "paint_icon",
    "set_icon",
]
