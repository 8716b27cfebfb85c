"""The menu bar, made from the action tables whenever they or the page change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from ui.actions import GLOBAL, Action
from ui.frame.page_table import PAGES

if TYPE_CHECKING:
    from ui.services import Services

_MENUS: Final = ("File", "Edit", "View", "Engine", "Help")
_SUBMENUS: Final = {
    "pages": "Go to",
    "theme": "Theme",
    "edges": "Connections",
    "zoom": "Zoom",
    "blocks": "Blocks",
    "preview": "Preview",
    "notes": "Notes and frames",
    "pictures": "Picture",
    "export": "Export",
}
"""Groups of actions that stand in a menu of their own: group → title."""
_ALSO: Final = {"design.pictures": ("File", "export")}
"""Groups that stand in a second menu too: scope and group → menu and group there."""


class Menus(QObject):
    """Keeps the menu bar true to the actions of the window and of the page that is shown.

    Args:
        bar: The menu bar.
        services: The window's services.
        open_recent: Opens a recent project.
    """

    def __init__(
        self, bar: QMenuBar, services: Services, open_recent: Callable[[Path], None]
    ) -> None:
        super().__init__(bar)
        self._bar, self._services, self._open_recent = bar, services, open_recent
        self._scope = ""
        self._recent = QMenu("Open recent")
        self._recent.setObjectName("menu.recent")
        self._recent.aboutToShow.connect(self._fill_recent)
        self._recent.triggered.connect(self._chosen)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build)
        services.actions.changed.connect(self._timer.start)
        self._build()

    def set_scope(self, page_id: str) -> None:
        """Show the actions of a page beside those of the window."""
        self._scope = page_id
        self._timer.start()

    @Slot()
    def _build(self) -> None:
        registry = self._services.actions
        shown = [a for a in registry.all() if a.menu and a.scope in (GLOBAL, self._scope)]
        page = next((entry.title for entry in PAGES if entry.id == self._scope), "")
        others = {entry.title for entry in PAGES} - {page}
        names = [*_MENUS[:3], *([page] if page else []), *_MENUS[3:]]
        extra = dict.fromkeys(a.menu for a in shown if a.menu not in {*names, *others})
        old = [action.menu() for action in self._bar.actions()]
        self._bar.clear()
        for menu in old:
            if isinstance(menu, QMenu):
                menu.deleteLater()
        for name in [*names[:-2], *extra, *names[-2:]]:
            places = [(a, group) for a in shown for menu, group in _places(a) if menu == name]
            if name == page:  # what the page is there for stands first
                places.sort(key=lambda place: place[0].scope == GLOBAL)
            if places:
                self._fill(self._bar.addMenu(name), name, places)

    def _fill(self, menu: QMenu, name: str, places: list[tuple[Action, str]]) -> None:
        registry = self._services.actions
        menu.setObjectName(f"menu.{name.lower()}")
        menu.setToolTipsVisible(False)
        groups: dict[str, list[Action]] = {}
        for action, group in places:
            groups.setdefault(group, []).append(action)
        after_submenu = True
        for group, members in groups.items():
            inner = group in _SUBMENUS and len(members) > 1
            if not (inner and after_submenu) and not menu.isEmpty():
                menu.addSeparator()
            after_submenu = inner
            into = menu.addMenu(_SUBMENUS[group]) if inner else menu
            into.setToolTipsVisible(False)
            for action in members:
                into.addAction(registry.qaction(action.id))
                if action.id == "file.open":
                    into.addMenu(self._recent)
        menu.aboutToShow.connect(registry.refresh)

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        folders = [Path(text) for text in self._services.settings.recent]
        for folder in folders:
            text = f"{folder.name}  –  {folder.parent}".replace("&", "&&")
            self._recent.addAction(text).setData(str(folder))
        if not folders:
            self._recent.addAction("No recent projects").setEnabled(False)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        if action.data():
            self._open_recent(Path(action.data()))


def _places(action: Action) -> list[tuple[str, str]]:
    """Return the menus that an action stands in, each with its group there."""
    also = _ALSO.get(f"{action.scope}.{action.group}")
    return [(action.menu, action.group), *([also] if also else [])]
