"""The menu of the canvas: what is possible with what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from ui.pages import Page

_CONTEXT: tuple[tuple[str, ...], ...] = (
    ("open_block", "open_block_in_tab", "up"),
    ("add", "rename", "share", "freeze"),
    ("group", "ungroup", "save_block"),
    ("cut", "copy", "paste", "duplicate", "delete"),
    ("select_all", "layout", "fit"),
)


def context_menu(page: Page) -> QMenu:
    """Return a menu of what is possible with what is selected on the Design page."""
    page.services.actions.refresh()
    menu = QMenu(page)
    menu.setObjectName("design.menu")
    for group in _CONTEXT:
        for name in group:
            action = page.qaction(f"design.{name}")
            if action.isEnabled():
                menu.addAction(action)
        menu.addSeparator()
    return menu
