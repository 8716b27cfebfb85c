"""What can be done with a block of the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from ui.design.blocks.param_edits import networks
from ui.design.scopes.bar import ROOT_NAME
from ui.design.scopes.paths import Path, names, way_into
from ui.design.titles import LIBRARY
from workbench.graph.blocks import Block, block_of, blocks, uses
from workbench.graph.notes import drop_block
from workbench.graph.own_layers import is_own
from workbench.wording import listing

if TYPE_CHECKING:
    from ui.design.page import DesignPage
    from workbench.graph import Graph


def block_menu(page: DesignPage, key: str) -> QMenu:
    """Return the menu of a block.

    Args:
        page: The Design page.
        key: The key that the block has in lists.
    """
    menu = QMenu(page)
    menu.setObjectName("design.block.menu")
    add = menu.addAction("Add")
    add.triggered.connect(lambda: page.palette_box.chosen.emit(key))
    if is_own(key):
        page.own_layers.fill_menu(menu, key)
        return menu
    if key.startswith(LIBRARY):
        menu.addAction("Rename").triggered.connect(lambda: page.palette_box.edit_name(key))
        remove = menu.addAction("Remove from my blocks")
        remove.triggered.connect(lambda: page.shelf.remove(key))
        return menu
    block = block_of(page.editor.root.records, key)
    if block is not None:
        _of_project(page, menu, block, key)
    return menu


def _of_project(page: DesignPage, menu: QMenu, block: Block, key: str) -> None:
    menu.addAction("Rename").triggered.connect(lambda: page.palette_box.edit_name(key))
    save = menu.addAction("Save to my blocks")
    save.triggered.connect(lambda: page.shelf.save(block))
    menu.addSeparator()
    places = use_places(page.editor.root, block)
    shown = menu.addMenu("Show uses")
    shown.setEnabled(bool(places))
    for path, ids, words in places:
        entry = shown.addAction(words.replace("&", "&&"))
        entry.triggered.connect(lambda _on=False, path=path, ids=ids: page.scopes.go(path, ids))
    drop = menu.addAction("Delete from this project")
    drop.setEnabled(not any(True for _, g in networks(page.editor.root) for _ in uses(g, block.id)))
    drop.setToolTip("Possible when nothing uses it")
    change = drop_block(page.editor.root, block)
    drop.triggered.connect(lambda: page.editor.apply_outside(change))


def use_places(root: Graph, block: Block) -> list[tuple[Path, list[str], str]]:
    """Return where a block is used: path to the network, ids of the uses, both in words."""
    found: list[tuple[Path, list[str], str]] = []
    here = list(uses(root, block.id))
    if here:
        words = f"{ROOT_NAME}: {listing([node.name for node in here], 3)}"
        found.append(((), [node.id for node in here], words))
    for other in blocks(root.records):
        inside = list(uses(other.graph, block.id))
        path = way_into(root, other.id) if inside else None
        if path is not None:
            way = " › ".join([ROOT_NAME, *names(root, path)])
            words = f"{way}: {listing([node.name for node in inside], 3)}"
            found.append((path, [node.id for node in inside], words))
    return found
