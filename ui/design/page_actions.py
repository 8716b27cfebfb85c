"""What can be done on the Design page, as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.actions import Action
from ui.design.blocks.actions import block_actions
from ui.design.handling.actions import handling_actions
from ui.design.own_layers.actions import own_layers_actions
from ui.design.preview.actions import preview_actions

if TYPE_CHECKING:
    from ui.design.page import DesignPage

SCOPE = "design"


def design_actions(page: DesignPage) -> list[Action]:
    """Return the actions of the page, in the order in which menus show them."""
    return [
        *_train(page), *_edit(page), *_network(page), *block_actions(page),
        *own_layers_actions(page.own_layers),
        *preview_actions(page.preview, page.has_graph), *handling_actions(page), *_view(page),
    ]  # fmt: skip


def _action(
    name: str,
    title: str,
    handler: Callable[..., object],
    shortcut: str = "",
    icon: str = "",
    *,
    menu: str,
    group: str = "",
    when: Callable[[], bool],
    tip: str = "",
    checked: Callable[[], bool] | None = None,
) -> Action:
    return Action(
        f"design.{name}", title, handler, shortcut, icon, scope=SCOPE, enabled_when=when,
        menu=menu, group=group, tip=tip, checkable=checked is not None, checked_when=checked,
    )  # fmt: skip


def _train(page: DesignPage) -> list[Action]:
    return [
        _action("train", "Train ▶", page.train, "Ctrl+Return", "train", menu="Design",
                when=lambda: page.has_session,
                tip="Trains this network and shows it learning"),
    ]  # fmt: skip


def _edit(page: DesignPage) -> list[Action]:
    some, any_at_all = page.has_layers_selected, page.has_selection
    return [
        _action("cut", "Cut", page.cut, "Ctrl+X", "cut", menu="Edit", group="clipboard", when=some),
        _action("copy", "Copy", page.copy, "Ctrl+C", "copy", menu="Edit", group="clipboard",
                when=some),
        _action("paste", "Paste", page.paste, "Ctrl+V", "paste", menu="Edit", group="clipboard",
                when=lambda: page.has_session),
        _action("duplicate", "Duplicate", page.duplicate, "Ctrl+D", "duplicate", menu="Edit",
                group="clipboard", when=some),
        _action("delete", "Delete", page.delete, "Del, Backspace", "delete", menu="Edit",
                group="clipboard", when=any_at_all,
                tip="What led into a deleted layer is joined with what followed it"),
        _action("select_all", "Select all", page.select_all, "Ctrl+A", "", menu="Edit",
                group="select", when=lambda: page.has_session),
    ]  # fmt: skip


def _network(page: DesignPage) -> list[Action]:
    some, one = page.has_layers_selected, page.has_one_layer_selected
    return [
        _action("add", "Add layer…", page.add_layer, "Ins", "add", menu="Design", group="layer",
                when=lambda: page.has_session, tip="Or just type its name on the canvas"),
        _action("rename", "Rename", page.rename, "F2", "rename", menu="Design", group="layer",
                when=one),
        _action("share", "Apply once more", page.share, "", "link", menu="Design", group="layer",
                when=one, tip="A further application of the same layer, with the same weights"),
        _action("freeze", "Freeze weights", page.freeze, "Ctrl+Shift+F", "freeze", menu="Design",
                group="layer", when=some, tip="Training leaves the weights as they are",
                checked=page.selection_is_frozen),
        _action("layout", "Tidy up", page.auto_layout, "Ctrl+L", "layout", menu="Arrange",
                group="layout", when=page.has_graph,
                tip="Places the layers in rows, inputs at the top; only the selected ones "
                    "when several are selected"),
    ]  # fmt: skip


def _view(page: DesignPage) -> list[Action]:
    go = page.canvas.navigation

    def shown() -> bool:
        return page.has_session

    return [
        _action("search", "Search layers", page.search_palette, "Ctrl+E", "search", menu="View",
                group="design", when=shown),
        _action("zoom_in", "Zoom in", go.zoom_in, "Ctrl++, Ctrl+=", "zoom_in", menu="View",
                group="zoom", when=shown),
        _action("zoom_out", "Zoom out", go.zoom_out, "Ctrl+-", "zoom_out", menu="View",
                group="zoom", when=shown),
        _action("zoom_reset", "Actual size", lambda: go.zoom_to(1.0), "Ctrl+0", "zoom_reset",
                menu="View", group="zoom", when=shown),
        _action("fit", "Fit to view", go.fit, "F", "zoom_fit", menu="View", group="zoom",
                when=page.has_graph),
        _action("fit_selection", "Fit selection to view", page.fit_selection, "Shift+F", "fit",
                menu="View", group="zoom", when=page.has_layers_selected),
        _action("minimap", "Overview", page.show_minimap, "Ctrl+M", "minimap", menu="View",
                group="design", when=shown, tip="Shown while a part is out of view",
                checked=page.minimap_shown),
        _action("next_pane", "Next pane", page.panes.next, "F6", "", menu="View", group="panels",
                when=shown, tip="Canvas, properties, preview, layers; Escape leads to the canvas"),
        _action("previous_pane", "Previous pane", page.panes.previous, "Shift+F6", "",
                menu="View", group="panels", when=shown),
        _action("palette_panel", "Layers panel", lambda _on: page.palette_panel.toggle(), "Ctrl+B",
                "panel_left", menu="View", group="panels", when=shown,
                checked=lambda: not page.palette_panel.collapsed),
        _action("inspector_panel", "Properties panel", lambda _on: page.inspector_panel.toggle(),
                "Ctrl+I", "panel_right", menu="View", group="panels", when=shown,
                checked=lambda: not page.inspector_panel.collapsed),
    ]  # fmt: skip
