"""A repeated block is looked into at the copy that was chosen: path, shapes, preview, Analyze."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from tests.gui.design.test_blocks_scopes import _NESTED, INNER, OUTER
from workbench.errors import Place
from workbench.graph import Graph, PutRecord, SetParam
from workbench.graph.blocks import REPEAT, block_of
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.notes import Note, drop_block, notes_of


@pytest.fixture
def graph() -> Graph:
    return _NESTED[0].copy()


def info(units: int) -> NodeInfo:
    return NodeInfo({"output": TensorInfo((None, units), "float32")}, 1, 1, 4)


def test_the_breadcrumb_offers_the_copies(desk):
    desk.page.editor.apply(SetParam(OUTER, REPEAT, 3))
    desk.page.scopes.go((OUTER,))
    box = desk.find(QComboBox, "design.scopes.copy")
    assert [box.itemText(i) for i in range(box.count())] == [f"Copy {n} of 3" for n in (1, 2, 3)]
    inside = {f"{OUTER}/{INNER}/d2": info(2), f"{OUTER}#2/{INNER}/d2": info(2),
              f"{OUTER}/d3": info(3), f"{OUTER}#2/d3": info(33)}  # fmt: skip
    desk.session.inference = Inference({}, (), 7, inside=inside)
    desk.session.inference_changed.emit(desk.session.inference)
    assert desk.canvas.picture.nodes["d3"].shape == "3"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    assert desk.page.editor.at == (f"{OUTER}#2",)
    assert desk.canvas.picture.nodes["d3"].shape == "33"
    assert desk.page.preview.sync._at("d3") == f"{OUTER}#2/d3"
    assert desk.page.scope_bar.way().endswith("copy 2 of 3")


def test_a_place_in_a_copy_opens_that_copy(desk):
    desk.page.editor.apply(SetParam(OUTER, REPEAT, 3))
    assert desk.page.show_place(Place("node", f"{OUTER}#3/d3"))
    assert desk.page.editor.at == (f"{OUTER}#3",)
    assert desk.selected == {"d3"}
    desk.page.scopes.up()
    desk.page.editor.apply(SetParam(OUTER, REPEAT, 2))
    desk.page.scopes.go((OUTER,))
    assert desk.page.editor.at == (f"{OUTER}#2",)  # as far as there are copies
    desk.page.scopes.up()
    desk.page.editor.apply(SetParam(OUTER, REPEAT, 1))
    desk.page.scopes.go((OUTER,))
    assert desk.page.editor.at == (OUTER,)


def test_alt_up_leaves_the_block_also_with_a_layer_selected(desk):
    desk.page.scopes.go((OUTER,), ["d3"])
    before = desk.graph.node(OUTER).position
    desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.page.editor.scope == ()
    assert desk.selected == {OUTER}
    assert desk.graph.node(OUTER).position == before


def test_notes_go_with_the_block_that_they_stand_in_and_come_back(desk):
    root = desk.page.editor.root
    block = block_of(root.records, root.node(OUTER).layer)
    note = Note("t1", "inside", (0.0, 0.0, 80.0, 40.0), within=block.id)
    desk.session.apply(PutRecord(note))
    change = drop_block(desk.page.editor.root, block)
    desk.page.editor.delete_selected()
    desk.page.selection.select([OUTER])
    desk.page.editor.delete_selected()
    desk.session.apply(change)
    assert notes_of(desk.page.editor.root, block.id) == []
    desk.session.undo()
    assert notes_of(desk.page.editor.root, block.id) == [note]
    assert block_of(desk.page.editor.root.records, f"block:{block.id}") is not None
