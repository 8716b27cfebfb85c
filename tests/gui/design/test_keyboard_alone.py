"""A network from an empty page by keyboard alone: add, connect, walk, group, open, find, edit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from workbench.graph import Graph
from workbench.graph.blocks import blocks

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
KEY = Qt.Key


@pytest.fixture
def graph() -> Graph:
    return Graph()


class Hands:
    """Presses keys wherever the focus is, as a keyboard does."""

    def __init__(self, desk, qtbot):
        self.desk, self.qtbot = desk, qtbot

    def press(self, *keys, modifiers=NONE):
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.desk.canvas, key, modifiers)
            QApplication.processEvents()

    def type(self, text):
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.desk.canvas, letter)
            QApplication.processEvents()

    def add(self, name):
        self.type(name)
        self.press(KEY.Key_Return)
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is self.desk.canvas)


@pytest.fixture
def hands(desk, qtbot):
    desk.canvas.setFocus()
    return Hands(desk, qtbot)


def test_a_network_is_built_connected_and_edited_by_keyboard_alone(desk, hands, qtbot):
    # Typing adds; what is selected is followed.
    hands.add("inputl")
    hands.add("dense")
    assert desk.edges() == {("input", "dense")}
    hands.add("dense")
    assert desk.edges() == {("input", "dense"), ("dense", "dense_2")}

    # A layer of its own, then a second way to it: Tab to the output, Enter, arrows, Enter.
    hands.press(KEY.Key_Escape)
    hands.add("concat")
    lonely = desk.node_named("concatenate")
    before = desk.edges()
    hands.press(KEY.Key_Escape)
    while not desk.selected or next(iter(desk.selected)) != desk.node_named("dense_2").id:
        hands.press(KEY.Key_Up)
        if desk.selected == {desk.node_named("input").id}:
            hands.press(KEY.Key_Down, KEY.Key_Down)
            break
    assert desk.selected == {desk.node_named("dense_2").id}
    ports = desk.page.handling.ports
    hands.press(KEY.Key_Tab, KEY.Key_Tab)
    assert (ports.at.end.node, ports.at.side) == (desk.node_named("dense_2").id, "output")
    hands.press(KEY.Key_Return)
    assert ports.carried is not None
    for _ in range(4):
        if ports.at.end.node == lonely.id:
            break
        hands.press(KEY.Key_Down)
    hands.press(KEY.Key_Return)
    assert desk.edges() == before | {("dense_2", "concatenate")}

    # An edge is selected and deleted at the port where it arrives.
    desk_edges = desk.edges()
    hands.press(KEY.Key_Escape)
    desk.page.selection.clear()
    hands.press(KEY.Key_Down)
    while desk.selected != {lonely.id}:
        hands.press(KEY.Key_Down)
    hands.press(KEY.Key_Tab)
    assert ports.at.side == "input"
    hands.press(KEY.Key_Delete)
    assert desk.edges() == desk_edges - {("dense_2", "concatenate")}
    assert lonely.id in desk.graph
    hands.press(KEY.Key_Z, modifiers=CTRL)


def test_grouping_opening_leaving_finding_and_fields(desk, hands, qtbot):
    hands.add("inputl")
    hands.add("dense")
    hands.add("dropout")
    hands.press(KEY.Key_Up, modifiers=SHIFT)
    assert desk.selected == {desk.node_named("dense").id, desk.node_named("dropout").id}
    hands.press(KEY.Key_G, modifiers=CTRL)
    hands.type("Stem")
    hands.press(KEY.Key_Return)
    (block,) = blocks(desk.graph.records)
    assert block.name == "Stem"
    use = desk.selected.copy()
    hands.press(KEY.Key_Return)
    assert desk.page.editor.scope == tuple(use)
    hands.press(KEY.Key_Up)
    assert desk.selected
    hands.press(KEY.Key_Up, modifiers=ALT)
    assert desk.page.editor.scope == ()
    assert desk.selected == use

    # Find, then Enter goes to what was found and Escape back to the canvas.
    hands.press(KEY.Key_F, modifiers=CTRL)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    hands.type("input")
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is desk.canvas)
    assert desk.selected == {desk.node_named("input").id}

    # Enter goes to the first field of a layer, Escape comes back, F6 goes round the panes.
    hands.press(KEY.Key_Down)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Up)
    hands.press(KEY.Key_Escape)
    desk.page.scopes.go(tuple(use), ["x"])
    dense = next(n for n in desk.page.editor.graph if n.layer == "Dense")
    desk.page.selection.select([dense.id])
    desk.canvas.setFocus()
    hands.press(KEY.Key_Return)
    field = QApplication.focusWidget()
    assert desk.page.inspector.isAncestorOf(field)
    hands.press(KEY.Key_Escape)
    assert QApplication.focusWidget() is desk.canvas
    seen = []
    for _ in range(3):
        hands.press(KEY.Key_F6)
        seen.append(QApplication.focusWidget())
    assert desk.page.inspector_panel.isAncestorOf(seen[0])
    assert desk.page.palette_panel.isAncestorOf(seen[1])
    assert seen[2] is desk.canvas
