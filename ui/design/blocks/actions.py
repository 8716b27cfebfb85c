"""What can be done with blocks, as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.design.page import DesignPage


def block_actions(page: DesignPage) -> list[Action]:
    """Return the actions on blocks, in the order in which menus show them."""
    one = page.has_block_selected
    return [
        _action("group", "Group into block", page.group, "Ctrl+G", "family_block",
                when=page.has_layers_selected,
                tip="Makes the selected layers one node that can be opened, reused and repeated"),
        _action("ungroup", "Ungroup", page.ungroup, "Ctrl+Shift+G", "", when=one,
                tip="Puts the layers of the block in its place"),
        _action("open_block", "Open block", page.open_block, "", "open", when=one,
                tip="Double-click or Enter does the same"),
        _action("open_block_in_tab", "Open block in tab", page.open_block_in_tab,
                "Ctrl+Shift+Return", "", when=one),
        _action("save_block", "Save to my blocks", page.save_block, "", "star", when=one,
                tip="For any project, under My blocks in the palette"),
        _action("up", "Out of the block", page.go_up, "", "chevron_up", when=page.is_inside,
                tip="Alt+Up on the canvas, or Escape with nothing selected"),
        _action("next_tab", "Next tab", page.scopes.next_tab, "Ctrl+Tab", "", when=page.has_tabs),
        _action("close_tab", "Close tab", page.close_tab, "Ctrl+F4", "", when=page.has_tabs),
    ]  # fmt: skip


def _action(
    name: str,
    title: str,
    handler: Callable[..., object],
    shortcut: str,
    icon: str,
    *,
    when: Callable[[], bool],
    tip: str = "",
) -> Action:
    return Action(
        f"design.{name}", title, handler, shortcut, icon, scope="design", enabled_when=when,
        menu="Design", group="blocks", tip=tip,
    )  # fmt: skip
