"""Fonts by role: the system's own interface font at the sizes of the design.

Sizes are pixels that Qt scales with the screen. Figures are tabular, so that numbers that change
do not jump.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

from ui.theme.tokens import FONT_SIZES

FontRole = Literal["body", "secondary", "heading", "title", "number", "mono"]

_PREFERRED = ("Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Inter", "Cantarell",
              "Noto Sans", "Ubuntu", "DejaVu Sans")  # fmt: skip


@lru_cache(maxsize=1)
def _family() -> str:
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    known = set(QFontDatabase.families())
    if system in known and system not in ("Sans", "Sans Serif", "DejaVu Sans"):
        return system
    return next((name for name in _PREFERRED if name in known), system)


def font(role: FontRole = "body", *, bold: bool = False) -> QFont:
    """Return the font of a role.

    Args:
        role: `"body"` 13 px, `"secondary"` 12, `"heading"` 15, `"title"` 20, `"number"` 13,
            `"mono"` 12 in the system's fixed-width font.
        bold: Demi-bold; headings and titles always are.
    """
    if role == "mono":
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        made.setPixelSize(FONT_SIZES["secondary"])
    else:
        made = QFont(_family())
        made.setPixelSize(FONT_SIZES.get(role, FONT_SIZES["body"]))
        made.setFeature(QFont.Tag("tnum"), 1)
    if bold or role in ("heading", "title"):
        made.setWeight(QFont.Weight.DemiBold)
    return made
