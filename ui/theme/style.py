"""The application's one style sheet: `resources/theme/style.qss` with its roles filled in."""

from __future__ import annotations

import re
from functools import lru_cache

from ui.theme.tokens import PALETTES, ThemeName
from workbench.bundled import resource

_ROLE = re.compile(r"@([a-z_0-9]+)@")


@lru_cache(maxsize=2)
def style_sheet(name: ThemeName) -> str:
    """Return the style sheet of a theme.

    `@role@` stands for a colour role, `@images@` for the folder with that theme's small pictures
    (check marks, arrows).

    Raises:
        KeyError: The style sheet names a role that does not exist.
    """
    folder = resource("theme")
    words = {**PALETTES[name], "images": (folder / name).as_posix()}
    text = (folder / "style.qss").read_text(encoding="utf-8")
    return _ROLE.sub(lambda found: words[found.group(1)], text)
