"""Design tokens: every colour and measure of the window, for both themes.

Widgets ask for a role ("accent", "border"), never for a colour, so that one table decides how
the window looks. Family and plot colours follow Okabe and Ito (2008), darkened for the light
theme and lightened for the dark one until they stand out from the surface by at least 3:1.
"""

from __future__ import annotations

from typing import Final, Literal

ThemeName = Literal["light", "dark"]

GRID: Final = 8
"""Spacing between things, px; inside controls half of it."""
RADIUS: Final = 6
"""Corner radius of controls and cards, px."""
ICON: Final = 20
"""Edge of an icon in toolbars and in the activity bar, px."""
ICON_SMALL: Final = 16
"""Edge of an icon in rows and menus, px."""
TARGET: Final = 28
"""Height of a control, px; nothing that can be clicked is lower than 24."""

LIGHT: Final[dict[str, str]] = {
    "window": "#f4f5f7",
    "surface": "#ffffff",
    "surface_raised": "#ffffff",
    "surface_sunken": "#ebedf0",
    "canvas": "#f8f9fa",
    "border": "#d9dce1",
    "border_strong": "#868e99",
    "hover": "#e9ebef",
    "pressed": "#dde0e6",
    "selection": "#dce8fb",
    "text": "#1b1f24",
    "text_secondary": "#58606b",
    "text_disabled": "#98a0aa",
    "accent": "#1f66d0",
    "accent_hover": "#1a58b6",
    "accent_pressed": "#164b9c",
    "accent_text": "#ffffff",
    "accent_soft": "#e3edfb",
    "error": "#b3261e",
    "error_soft": "#fbe9e7",
    "warning": "#8a5300",
    "warning_soft": "#fdf1dc",
    "ok": "#13743f",
    "ok_soft": "#e2f4e9",
    "grid": "#e4e6ea",
    "scrollbar": "#c2c7ce",
    "plot_1": "#0072b2",
    "plot_2": "#cc5500",
    "plot_3": "#008a65",
    "plot_4": "#b0558a",
    "plot_5": "#b87a00",
    "plot_6": "#2489c4",
    "plot_7": "#857a00",
    "plot_8": "#6b7280",
    "family_input": "#58606b",
    "family_dense": "#0072b2",
    "family_convolution": "#cc5500",
    "family_pooling": "#b87a00",
    "family_recurrent": "#008a65",
    "family_attention": "#b0558a",
    "family_normalisation": "#2489c4",
    "family_regularisation": "#857a00",
    "family_activation": "#a8473b",
    "family_merge": "#4f6f8f",
    "family_reshape": "#7a6a52",
    "family_preprocessing": "#7c5cbf",
    "family_operation": "#3f7f86",
    "family_block": "#34445c",
    "family_custom": "#8a4f7d",
}

DARK: Final[dict[str, str]] = {
    "window": "#1a1c20",
    "surface": "#22252a",
    "surface_raised": "#2b2f35",
    "surface_sunken": "#16181b",
    "canvas": "#1d2024",
    "border": "#373c44",
    "border_strong": "#767e8a",
    "hover": "#2f343b",
    "pressed": "#3a4049",
    "selection": "#283f61",
    "text": "#e6e8eb",
    "text_secondary": "#a7afba",
    "text_disabled": "#6c747f",
    "accent": "#7db0ff",
    "accent_hover": "#95bfff",
    "accent_pressed": "#a9cbff",
    "accent_text": "#0d1b30",
    "accent_soft": "#27364d",
    "error": "#ff8f86",
    "error_soft": "#432a2a",
    "warning": "#f0b95a",
    "warning_soft": "#40341f",
    "ok": "#62cf96",
    "ok_soft": "#1f3a2d",
    "grid": "#31353c",
    "scrollbar": "#4a515b",
    "plot_1": "#5aa9e6",
    "plot_2": "#f0824f",
    "plot_3": "#35c29a",
    "plot_4": "#e093c2",
    "plot_5": "#e6a62e",
    "plot_6": "#7cc8f2",
    "plot_7": "#e6dc5a",
    "plot_8": "#b3bac4",
    "family_input": "#a7afba",
    "family_dense": "#5aa9e6",
    "family_convolution": "#f0824f",
    "family_pooling": "#e6a62e",
    "family_recurrent": "#35c29a",
    "family_attention": "#e093c2",
    "family_normalisation": "#7cc8f2",
    "family_regularisation": "#e6dc5a",
    "family_activation": "#f09a8e",
    "family_merge": "#93adc8",
    "family_reshape": "#c2ad8c",
    "family_preprocessing": "#b79df0",
    "family_operation": "#7cc0c4",
    "family_block": "#98abc8",
    "family_custom": "#cf98c4",
}

PALETTES: Final[dict[ThemeName, dict[str, str]]] = {"light": LIGHT, "dark": DARK}

FONT_SIZES: Final[dict[str, int]] = {"body": 13, "secondary": 12, "heading": 15, "title": 20}
"""Text sizes by role, px."""


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 … 1 (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                        for c in channels)  # fmt: skip
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 … 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
