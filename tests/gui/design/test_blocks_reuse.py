"""Using a block again: palette, quick add, the person's library, copies between networks."""

from __future__ import annotations

from typing import ClassVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView

from ui.design.palette import panel
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, SetParam
from workbench.graph.block_library import library_folder, load_library
from workbench.graph.blocking import group
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, blocks, is_block

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def with_block() -> tuple[Graph, str]:
    """Return features → cell(a → b) → out, and the id of the use."""
    graph, above = Graph(), ""
    for row, (node_id, layer) in enumerate(
        [("features", "InputLayer"), ("a", "Dense"), ("b", "Dense"), ("out", "Dense")]
    ):
        params = {"units": 4} if row else {}
        graph.apply(AddNode(Node(node_id, layer, node_id, params, (0.0, 112.0 * row))))
        if above:
            graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(node_id, "input"))))
        above = node_id
    change, use = group(graph, ["a", "b"], "cell")
    graph.apply(change)
    return graph, use


_GRAPH, USE = with_block()


@pytest.fixture
def graph() -> Graph:
    return _GRAPH.copy()


def rows(desk) -> dict[str, list[str]]:
    """Return the palette's groups of blocks with what stands in them."""
    model = desk.find(QTreeView, "design.palette.tree").model()
    found = {}
    for top in range(model.rowCount()):
        title = model.index(top, 0)
        if title.data() in ("Ports of this block", "Blocks in this project", "My blocks"):
            names = [model.index(r, 0, title).data() for r in range(model.rowCount(title))]
            found[title.data()] = names
    return found


def key_of(desk, title: str, name: str) -> str:
    specs = desk.page.shelf.library_specs() if title == "My blocks" else []
    specs += desk.page.shelf.project_specs() if title == "Blocks in this project" else []
    return next(spec.key for spec in specs if spec.keywords[0] == name)


def choose(desk, key: str, words: str) -> None:
    """Choose an entry of a block's menu in the palette."""
    menu = desk.page.block_menu(key)
    entry = next(a for a in menu.findChildren(QAction) if a.text().startswith(words))
    assert entry.isEnabled(), words
    entry.trigger()
    menu.deleteLater()


class Hand(QDrag):
    """A drag to a point given beforehand: the offscreen platform carries none."""

    canvas = None
    at = QPoint()
    hints: ClassVar[list[str]] = []

    def exec(self, *_actions):
        data, copy = self.mimeData(), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.canvas, QDragEnterEvent(self.at, copy, data, LEFT, NO_KEYS))
        QApplication.sendEvent(self.canvas, QDragMoveEvent(self.at, copy, data, LEFT, NO_KEYS))
        self.hints.append(self.canvas.drop_hint)
        drop = QDropEvent(QPointF(self.at), copy, data, LEFT, NO_KEYS)
        QApplication.sendEvent(self.canvas, drop)
        return copy


def drag(desk, monkeypatch, group: str, name: str, at: QPoint) -> str:
    """Drag a block from the palette to a point of the canvas; returns what the canvas said."""
    monkeypatch.setattr(panel, "QDrag", Hand)
    tree = desk.find(QTreeView, "design.palette.tree")
    model = tree.model()
    title = model.group_index(group)
    row = next(r for r in range(model.rowCount(title)) if model.index(r, 0, title).data() == name)
    tree.setExpanded(title, True)
    start = tree.visualRect(model.index(row, 0, title)).center()
    Hand.canvas, Hand.at, Hand.hints = desk.canvas, at, []
    QTest.mousePress(tree.viewport(), LEFT, pos=start)
    QTest.mouseMove(tree.viewport(), start + QPoint(20, 0))
    QTest.mouseMove(tree.viewport(), start + QPoint(60, 0))
    QTest.mouseRelease(tree.viewport(), LEFT, pos=start)
    return Hand.hints[0]


class TestPalette:
    """Blocks stand in the palette and are added like layers."""

    def test_groups_follow_the_network_that_is_shown(self, desk):
        assert rows(desk) == {"Blocks in this project": ["cell"]}
        desk.page.scopes.open(USE)
        assert rows(desk) == {"Ports of this block": ["Block input", "Block output"]}

    def test_a_block_dragged_into_a_connection_is_used_again(self, desk, monkeypatch):
        before = set(desk.graph.nodes)
        at = desk.middle(USE, "out")
        hint = drag(desk, monkeypatch, "Blocks in this project", "cell", at)
        assert hint == "Insert cell into this connection"
        used = desk.only_new(before)
        assert used.layer == desk.graph.node(USE).layer
        assert {("cell", used.name), (used.name, "out")} < desk.edges()
        assert desk.session.document.undo_label == "Add cell"
        assert len(blocks(desk.graph.records)) == 1

    def test_search_and_quick_add_find_it(self, desk):
        desk.key(Qt.Key.Key_E, CTRL)
        desk.type("cell")
        tree = desk.find(QTreeView, "design.palette.tree")
        assert tree.model().index(0, 0).data() == "cell"
        desk.canvas.setFocus()
        desk.click(desk.at("out"))
        before = set(desk.graph.nodes)
        desk.key("c")
        desk.type("ell")
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
        used = desk.only_new(before)
        assert is_block(used.layer)
        assert ("out", used.name) in desk.edges()

    def test_a_port_is_added_by_typing_inside(self, desk):
        desk.page.scopes.open(USE)
        block = desk.page.editor.block
        desk.key("b")
        desk.type("lock out")
        assert desk.page.adding.popup.keys[0] == BLOCK_OUTPUT
        desk.window.focusWidget().selectAll()
        desk.type("inp")
        assert desk.page.adding.popup.keys[0] == BLOCK_INPUT
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
        assert sum(1 for node in block.graph if node.layer == BLOCK_INPUT) == 2

    def test_changing_the_definition_changes_every_use_at_once(self, desk):
        desk.click(desk.at(USE))
        desk.key(Qt.Key.Key_D, CTRL)
        uses = [n.id for n in desk.graph if is_block(n.layer)]
        assert len(uses) == 2
        desk.page.scopes.open(USE)
        desk.click(desk.at("b"))
        desk.key(Qt.Key.Key_D, CTRL)
        desk.page.scopes.up()
        headlines = [desk.canvas.picture.nodes[i].headline for i in uses]
        assert headlines == ["3 layers", "3 layers"]

    def test_rename_over_the_row_and_show_uses(self, desk, qtbot):
        key = key_of(desk, "Blocks in this project", "cell")
        choose(desk, key, "Rename")
        tree = desk.find(QTreeView, "design.palette.tree")
        field = tree.findChild(QLineEdit)
        QTest.keyClicks(field, "encoder")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: [b.name for b in blocks(desk.graph.records)] == ["encoder"])
        assert rows(desk) == {"Blocks in this project": ["encoder"]}
        assert desk.canvas.picture.nodes[USE].title == "encoder"
        desk.page.selection.clear()
        choose(desk, key, "Network: cell")
        assert desk.selected == {USE}

    def test_an_unused_block_can_be_deleted(self, desk):
        key = key_of(desk, "Blocks in this project", "cell")
        menu = desk.page.block_menu(key)
        delete = next(a for a in menu.actions() if a.text().startswith("Delete"))
        assert not delete.isEnabled()
        desk.click(desk.at(USE))
        desk.key(Qt.Key.Key_Delete)
        choose(desk, key, "Delete")
        assert rows(desk) == {}
        desk.session.undo()
        assert rows(desk) == {"Blocks in this project": ["cell"]}


class TestLibrary:
    """Blocks that are kept for any project."""

    def test_save_use_elsewhere_rename_and_remove(self, desk, monkeypatch, qtbot):
        desk.click(desk.at(USE))
        desk.page.save_block()
        assert [s.block.name for s in load_library()[0]] == ["cell"]
        assert rows(desk)["My blocks"] == ["cell"]
        desk.page.editor.apply(SetParam(USE, "repeat", 2))
        desk.key(Qt.Key.Key_Delete)
        choose(desk, key_of(desk, "Blocks in this project", "cell"), "Delete")
        assert not blocks(desk.graph.records)
        before = set(desk.graph.nodes)
        drag(desk, monkeypatch, "My blocks", "cell", desk.empty())
        used = desk.only_new(before)
        assert [b.name for b in blocks(desk.graph.records)] == ["cell"]
        assert desk.canvas.picture.nodes[used.id].headline == "2 layers"
        desk.session.undo()
        assert not blocks(desk.graph.records), "bringing and using a block is one step"
        key = key_of(desk, "My blocks", "cell")
        choose(desk, key, "Rename")
        field = desk.find(QTreeView, "design.palette.tree").findChild(QLineEdit)
        QTest.keyClicks(field, "my cell")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: [s.block.name for s in load_library()[0]] == ["my cell"])
        choose(desk, key_of(desk, "My blocks", "my cell"), "Remove")
        assert load_library()[0] == []
        assert rows(desk) == {}

    def test_a_block_brings_the_blocks_inside_along(self, desk, monkeypatch):
        desk.page.scopes.open(USE)
        desk.page.selection.select(["a"])
        desk.page.group()
        QTest.keyClick(desk.canvas.name_field, Qt.Key.Key_Return)
        desk.page.scopes.up()
        assert desk.selected == {USE}
        desk.page.save_block()
        desk.key(Qt.Key.Key_Delete)
        for name in ("cell", "Block"):
            choose(desk, key_of(desk, "Blocks in this project", name), "Delete")
        before = set(desk.graph.nodes)
        drag(desk, monkeypatch, "My blocks", "cell", desk.empty())
        used = desk.only_new(before)
        assert sorted(b.name for b in blocks(desk.graph.records)) == ["Block", "cell"]
        desk.page.scopes.open(used.id)
        titles = {f.title for f in desk.canvas.picture.nodes.values()}
        assert titles == {"Block input", "Block output", "Block", "Dense"}

    def test_a_damaged_file_is_told_and_harms_nothing(self, desk):
        folder = library_folder()
        folder.mkdir(parents=True)
        (folder / "odd.block.json").write_text("{")
        desk.page.shelf.reload()
        desk.page.set_session(desk.session)
        assert "odd.block.json" in desk.page.notice.words.text()
        assert rows(desk) == {"Blocks in this project": ["cell"]}


class TestCopies:
    """Copy and paste between networks."""

    def test_layers_go_into_a_block(self, desk):
        desk.click(desk.at("out"))
        desk.key(Qt.Key.Key_C, CTRL)
        desk.page.scopes.open(USE)
        desk.key(Qt.Key.Key_V, CTRL)
        assert "out" in {node.name for node in desk.page.editor.block.graph}

    def test_a_block_is_not_pasted_into_itself(self, desk):
        desk.click(desk.at(USE))
        desk.key(Qt.Key.Key_C, CTRL)
        desk.page.scopes.open(USE)
        count = len(desk.page.editor.block.graph)
        desk.key(Qt.Key.Key_V, CTRL)
        assert "would contain itself" in desk.page.notice.words.text()
        assert len(desk.page.editor.block.graph) == count
