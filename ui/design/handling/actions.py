"""What can be done with the arrangement, with finding and with pictures, as a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ui.actions import Action
from ui.design.canvas.geometry import EDGE_STYLES, EdgeStyle, edge_style

if TYPE_CHECKING:
    from ui.design.page import DesignPage
    from workbench.graph.arrange import Side

_SIDES: tuple[tuple[Side, str], ...] = (
    ("left", "Align left edges"),
    ("centre", "Align centres"),
    ("right", "Align right edges"),
    ("top", "Align top edges"),
    ("middle", "Align middles"),
    ("bottom", "Align bottom edges"),
)


def handling_actions(page: DesignPage) -> list[Action]:
    """Return the actions, in the order in which menus show them."""
    return [*_finding(page), *_copying(page), *_notes(page), *_arranging(page), *_pictures(page)]


def _action(
    name: str, title: str, handler: Callable[..., object], shortcut: str = "", icon: str = "",
    **more: Any,
) -> Action:  # fmt: skip
    return Action(f"design.{name}", title, handler, shortcut, icon, scope="design", **more)


def _finding(page: DesignPage) -> list[Action]:
    finder = page.handling.finder
    return [
        _action("find", "Find layers…", finder.open_bar, "Ctrl+F", "search", menu="Edit",
                group="find", enabled_when=page.has_graph,
                tip="By name, type, parameter (filters=64) or output shape (26x26)"),
        _action("find_next", "Find next", finder.next, "F3", "", menu="Edit", group="find",
                enabled_when=finder.isVisible),
        _action("find_previous", "Find previous", finder.previous, "Shift+F3", "", menu="Edit",
                group="find", enabled_when=finder.isVisible),
    ]  # fmt: skip


def _arranging(page: DesignPage) -> list[Action]:
    work, selection = page.handling.arranging, page.selection

    def two() -> bool:
        return len(selection.nodes) > 1

    def three() -> bool:
        return len(selection.nodes) > 2

    def flows(direction: str) -> bool:
        return work.direction == direction

    return [
        _action("tidy_new", "Tidy new layers only", work.tidy_new, "Ctrl+Shift+T", "",
                menu="Arrange", group="layout", enabled_when=page.has_graph,
                tip="Places the selected layers, or those that lie on others; the rest stays"),
        _action("tidy_down", "Tidy up from top to bottom",
                lambda _on: work.tidy_towards("vertical"), "", "", menu="Arrange",
                group="layout", enabled_when=page.has_graph, checkable=True,
                checked_when=partial(flows, "vertical"), tip="Tidy up keeps to this direction"),
        _action("tidy_right", "Tidy up from left to right",
                lambda _on: work.tidy_towards("horizontal"), "", "", menu="Arrange",
                group="layout", enabled_when=page.has_graph, checkable=True,
                checked_when=partial(flows, "horizontal"), tip="Tidy up keeps to this direction"),
        *(_action(f"align_{side}", title, partial(work.align, side), "", "", menu="Arrange",
                  group="align", enabled_when=two) for side, title in _SIDES),
        _action("distribute_across", "Distribute horizontally",
                partial(work.distribute, "horizontal"), "", "", menu="Arrange",
                group="distribute", enabled_when=three,
                tip="Equal gaps from left to right; the outermost layers stay"),
        _action("distribute_along", "Distribute vertically", partial(work.distribute, "vertical"),
                "", "", menu="Arrange", group="distribute", enabled_when=three,
                tip="Equal gaps from top to bottom; the outermost layers stay"),
        *(_action(f"edges_{style}", f"{style.capitalize()} connections",
                  partial(_draw_edges, page, style), "", "", menu="View", group="edges",
                  enabled_when=page.has_graph, checkable=True,
                  checked_when=partial(_drawn_as, style)) for style in EDGE_STYLES),
    ]  # fmt: skip


def _draw_edges(page: DesignPage, style: EdgeStyle, _on: bool) -> None:
    page.handling.arranging.draw_edges(style)


def _drawn_as(style: EdgeStyle) -> bool:
    return edge_style() == style


def _copying(page: DesignPage) -> list[Action]:
    pictures = page.handling.pictures
    tip = "What is selected, or the whole network"
    return [
        _action("copy_python", "Copy as Python", pictures.copy_python, "Ctrl+Shift+C", "code",
                menu="Edit", group="copy_as", enabled_when=page.has_graph, tip=tip),
        _action("copy_svg", "Copy as SVG", pictures.copy_svg, "", "", menu="Edit",
                group="copy_as", enabled_when=page.has_graph, tip=tip),
        _action("copy_png", "Copy as image", pictures.copy_png, "", "picture", menu="Edit",
                group="copy_as", enabled_when=page.has_graph, tip=tip),
    ]  # fmt: skip


def _notes(page: DesignPage) -> list[Action]:
    notes = page.handling.notes

    def possible() -> bool:
        return page.has_session

    return [
        _action("add_note", "Add note", partial(notes.add, "note"), "Ctrl+Alt+N", "edit",
                menu="Design", group="notes", enabled_when=possible,
                tip="Plain text on the canvas; it means nothing for the network"),
        _action("add_frame", "Add frame", partial(notes.add, "frame"), "Ctrl+Alt+F", "",
                menu="Design", group="notes", enabled_when=possible,
                tip="Around the selected layers; moving it takes along what lies in it"),
        _action("next_note", "Select next note", notes.choose_next, "Ctrl+Alt+M", "",
                menu="Design", group="notes", enabled_when=lambda: bool(notes.shown)),
    ]  # fmt: skip


def _pictures(page: DesignPage) -> list[Action]:
    pictures = page.handling.pictures
    return [
        _action("save_picture", "Save picture…", pictures.ask_picture, "Ctrl+Alt+S", "picture",
                menu="Design", group="pictures", enabled_when=page.has_graph,
                tip="The network as SVG or PNG, on white whatever the theme"),
        _action("print", "Print to PDF on one page…", partial(pictures.ask_pdf, "one"), "Ctrl+P",
                "", menu="Design", group="pictures", enabled_when=page.has_graph,
                tip="A4, as large as fits"),
        _action("print_pages", "Print to PDF on several pages…",
                partial(pictures.ask_pdf, "several"), "Ctrl+Shift+Alt+P", "", menu="Design",
                group="pictures", enabled_when=page.has_graph,
                tip="A4 pages in rows, text at a size that can be read"),
    ]  # fmt: skip
