"""The canvas without a mouse: walking, nudging, typing to add, clipboard, undo."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp):
    QGuiApplication.clipboard().clear()


# ---- walking -----------------------------------------------------------------------------------


def test_arrows_walk_along_connections_and_aside(desk):
    desk.click(desk.at("features"))
    desk.key(Qt.Key.Key_Down)
    assert desk.selected == {"hidden"}
    desk.key(Qt.Key.Key_Right)
    assert desk.selected == {"loose"}
    desk.key(Qt.Key.Key_Left)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Up, SHIFT)
    assert desk.selected == {"out", "hidden"}
    assert desk.page.selection.current == "hidden"


def test_the_first_arrow_selects_a_layer(desk):
    desk.key(Qt.Key.Key_Down)
    assert len(desk.selected) == 1


def test_walking_tells_screen_readers_the_layer(desk):
    desk.click(desk.at("features"))
    desk.key(Qt.Key.Key_Down)
    assert desk.canvas.accessibleDescription() == "hidden, Dense, 16 units, relu"


def test_alt_arrows_nudge_as_one_step(desk):
    desk.click(desk.at("loose"))
    x, y = desk.graph.node("loose").position
    for _ in range(3):
        desk.key(Qt.Key.Key_Right, ALT)
    desk.key(Qt.Key.Key_Down, ALT | SHIFT)
    assert desk.graph.node("loose").position == (x + 24, y + 40)
    desk.session.undo()
    assert desk.graph.node("loose").position == (x, y)


# ---- adding by typing --------------------------------------------------------------------------


def test_typing_adds_after_the_selection_and_connects(desk):
    desk.click(desk.at("hidden"))
    before = set(desk.graph.nodes)
    desk.key("b")
    desk.type("atchn")
    assert desk.page.adding.popup.keys[0] == "BatchNormalization"
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    added = desk.only_new(before)
    assert added.layer == "BatchNormalization"
    assert desk.edges() == {
        ("features", "hidden"), ("hidden", added.name), (added.name, "out"),
    }  # fmt: skip
    assert desk.selected == {added.id}
    assert desk.window.focusWidget() is desk.canvas
    assert desk.graph.node("out").position[1] > added.position[1] + 72
    desk.session.undo()
    assert set(desk.graph.nodes) == before


def test_enter_adds_layer_after_layer(desk):
    desk.click(desk.at("loose"))
    for word in ("dens", "relu", "dens"):
        desk.key(word[0])
        desk.type(word[1:])
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    layers = [node.layer for node in desk.graph][-3:]
    assert layers == ["Dense", "ReLU", "Dense"]
    names = [node.name for node in desk.graph][-3:]
    assert {("loose", names[0]), (names[0], names[1]), (names[1], names[2])} <= desk.edges()


def test_arrows_choose_in_the_popup_and_escape_closes_it(desk):
    desk.click(desk.at("hidden"))
    desk.key("d")
    rows = desk.find(QListView, "design.quick_add.list")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Down)
    assert rows.currentIndex().row() == 1
    before = set(desk.graph.nodes)
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert not desk.page.adding.popup.isVisible()
    assert set(desk.graph.nodes) == before
    assert desk.window.focusWidget() is desk.canvas


def test_f_fits_the_view_and_a_word_may_begin_with_it(desk):
    desk.canvas.navigation.zoom_to(2.0)
    desk.click(desk.at("hidden"))
    offset = desk.canvas.camera.offset
    desk.key("f")
    assert desk.canvas.camera.scale == 1.0
    desk.key("l")
    popup = desk.page.adding.popup
    assert popup.isVisible()
    assert popup.search.text() == "fl"
    assert popup.keys[0] == "Flatten"
    assert desk.canvas.camera.scale == 2.0
    assert desk.canvas.camera.offset == offset


def test_a_merge_takes_all_selected_layers(desk):
    desk.click(desk.at("hidden"))
    desk.click(desk.at("loose"), CTRL)
    before = set(desk.graph.nodes)
    desk.key("c")
    desk.type("oncat")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    added = desk.only_new(before)
    assert {("hidden", added.name), ("loose", added.name)} <= desk.edges()
    assert [e.index for e in desk.graph.incoming(added.id)] == [0, 1]


def test_double_click_on_nothing_adds_there(desk):
    before = set(desk.graph.nodes)
    spot = desk.empty(-400, 200)
    QTest.mouseDClick(desk.canvas, Qt.MouseButton.LeftButton, pos=spot)
    desk.type("input")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    added = desk.only_new(before)
    assert added.layer == "InputLayer"
    assert added.position == (-400.0, 200.0)


# ---- clipboard ---------------------------------------------------------------------------------


def test_copy_paste_keeps_connections_and_gives_new_names(desk):
    desk.click(desk.at("hidden"))
    desk.click(desk.at("out"), CTRL)
    desk.key(Qt.Key.Key_C, CTRL)
    assert json.loads(QGuiApplication.clipboard().text())["nodes"][0]["layer"] == "Dense"
    before = set(desk.graph.nodes)
    desk.key(Qt.Key.Key_V, CTRL)
    new = set(desk.graph.nodes) - before
    assert len(new) == 2
    assert desk.selected == new
    names = {desk.graph.node(i).name for i in new}
    assert not names & {"hidden", "out"}
    assert any({a, b} == names for a, b in desk.edges())
    desk.session.undo()
    assert set(desk.graph.nodes) == before


def test_cut_bridges_and_paste_brings_back(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_X, CTRL)
    assert desk.edges() == {("features", "out")}
    desk.key(Qt.Key.Key_V, CTRL)
    assert [node.layer for node in desk.graph][-1] == "Dense"


def test_foreign_clipboard_text_is_refused_with_words(desk):
    QGuiApplication.clipboard().setText("import os")
    before = set(desk.graph.nodes)
    desk.key(Qt.Key.Key_V, CTRL)
    assert set(desk.graph.nodes) == before
    assert desk.page.notice.isVisible()
    assert "does not hold part of a network" in desk.page.notice.words.text()


def test_duplicate_and_delete(desk):
    desk.click(desk.at("loose"))
    before = set(desk.graph.nodes)
    desk.key(Qt.Key.Key_D, CTRL)
    copy = desk.only_new(before)
    assert copy.params == {"rate": 0.5}
    assert desk.selected == {copy.id}
    desk.key(Qt.Key.Key_Delete)
    assert set(desk.graph.nodes) == before
    desk.session.undo()
    assert copy.id in desk.graph


def test_delete_bridges_the_gap(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_Backspace)
    assert desk.edges() == {("features", "out")}
    desk.session.undo()
    assert desk.edges() == {("features", "hidden"), ("hidden", "out")}
    desk.session.redo()
    assert desk.edges() == {("features", "out")}


def test_select_all_and_clear(desk):
    desk.key(Qt.Key.Key_A, CTRL)
    assert desk.selected == set(desk.graph.nodes)
    desk.key(Qt.Key.Key_Escape)
    assert desk.selected == set()


# ---- view --------------------------------------------------------------------------------------


def test_zoom_keys(desk):
    desk.key(Qt.Key.Key_Plus, CTRL)
    assert desk.canvas.camera.scale == 1.25
    desk.key(Qt.Key.Key_Minus, CTRL)
    desk.key(Qt.Key.Key_Minus, CTRL)
    assert desk.canvas.camera.scale == 0.8
    desk.key(Qt.Key.Key_0, CTRL)
    assert desk.canvas.camera.scale == 1.0


def test_tidy_up_is_one_step(desk):
    before = {node.id: node.position for node in desk.graph}
    desk.key(Qt.Key.Key_L, CTRL)
    rows = [desk.graph.node(i).position[1] for i in ("features", "hidden", "out")]
    assert rows == sorted(rows)
    assert desk.session.document.undo_label == "Move"
    desk.session.undo()
    assert {node.id: node.position for node in desk.graph} == before


def test_frozen_layers_by_key(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    assert not desk.graph.node("hidden").trainable
    assert desk.page.qaction("design.freeze").isEnabled()
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    assert desk.graph.node("hidden").trainable


def test_the_context_menu_offers_what_is_possible(desk):
    def offered():
        menu = desk.page.context_menu()
        return {a.objectName() for a in menu.actions()} - {""}

    assert offered() >= {"design.add", "design.paste", "design.layout"}
    assert not offered() & {"design.rename", "design.delete"}
    desk.click(desk.at("hidden"))
    assert offered() >= {"design.rename", "design.delete", "design.freeze", "design.share"}
