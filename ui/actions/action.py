"""Actions as data: what can be done, how it is called, which keys do it, when it is possible.

Menus, toolbars, the command palette and the page of shortcuts are all made from these tables, so
that nothing can be done in one place and not be found in another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GLOBAL = "window"
"""Scope of actions that are possible on every page."""


def always() -> bool:
    """Say yes: the default of `Action.enabled_when`."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do.

    Attributes:
        id: Stable name, `"scope.verb"`; becomes the QAction's object name.
        title: A verb first, sentence case, "…" when it asks something before it acts.
        handler: What it does; called without arguments, or with the new state when `checkable`.
        shortcut: Keys, as `QKeySequence` reads them ("Ctrl+S"); several separated by ", ".
        icon: Name of an icon, or "".
        scope: `GLOBAL`, or the id of the page on which it is possible.
        enabled_when: Whether it is possible now; asked again after every `refresh`.
        menu: Menu that it stands in ("File", "Edit", "View", …), or "" for the palette only.
        group: Actions of one menu with another group are separated by a line.
        tip: What it does beyond what the title says; shown in the tooltip.
        checkable: Whether it is on or off.
        checked_when: Whether it is on now.
        in_palette: Whether the command palette offers it.
        title_now: What it is called at the moment ("Undo Add Dense"), or None.
    """

    id: str
    title: str
    handler: Callable[..., object]
    shortcut: str = ""
    icon: str = ""
    scope: str = GLOBAL
    enabled_when: Callable[[], bool] = always
    menu: str = ""
    group: str = ""
    tip: str = ""
    checkable: bool = False
    checked_when: Callable[[], bool] | None = None
    in_palette: bool = True
    title_now: Callable[[], str] | None = None
