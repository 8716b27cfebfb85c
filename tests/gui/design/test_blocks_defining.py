"""A block from inside: parameters, formulas, ports, and what follows at its uses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

from ui.design.inspector.formula_button import FormulaButton
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.blocking import group
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, REPEAT, Block, block_of, ports
from workbench.graph.formulas import formula_text

CTRL = Qt.KeyboardModifier.ControlModifier


def with_block() -> tuple[Graph, str]:
    """Return features → block(a → b) → out, the use called cell."""
    graph, above = Graph(), ""
    for row, (node_id, layer, params) in enumerate(
        [("features", "InputLayer", {}), ("a", "Dense", {"units": 8}),
         ("b", "Dense", {"units": 8}), ("out", "Dense", {"units": 1})]
    ):  # fmt: skip
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


@pytest.fixture
def inside(desk):
    """The desk inside the block, with nothing selected."""
    desk.page.scopes.open(USE)
    desk.page.selection.clear()
    QTest.qWait(0)
    return desk


def the_block(desk) -> Block:
    return block_of(desk.graph.records, desk.graph.node(USE).layer)


def line(desk, name: str) -> QLineEdit:
    return desk.find(QLineEdit, name)


def enter(field: QLineEdit, text: str) -> None:
    """Replace the text of a field by typing, and press Enter."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.qWait(0)


def press(desk, kind, name: str) -> None:
    QTest.mouseClick(desk.find(kind, name), Qt.MouseButton.LeftButton)
    QTest.qWait(0)


def choose(desk, param: str, words: str) -> None:
    """Choose an entry of the menu beside a field."""
    button: FormulaButton = desk.find(QToolButton, f"design.use_parameter.{param}")
    menu = button.menu_of()
    entry = next(a for a in menu.findChildren(QAction) if a.text().startswith(words))
    assert entry.isEnabled()
    entry.trigger()
    QTest.qWait(0)


class TestParameters:
    """Add, change, rename, remove; inside and at the uses."""

    def test_add_and_edit(self, inside):
        press(inside, QPushButton, "design.block.add_parameter")
        enter(line(inside, "design.block.param.size.name"), "width")
        enter(line(inside, "design.block.param.width.default"), "24")
        enter(line(inside, "design.block.param.width.help"), "Units of every layer")
        (param,) = the_block(inside).params
        assert (param.name, param.kind, param.default) == ("width", "int", 24)
        field = line(inside, "design.block.param.width.name")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "wide")
        QTest.keyClick(field, Qt.Key.Key_Tab)
        QTest.qWait(0)
        assert inside.find(QComboBox, "design.block.param.wide.kind").hasFocus()
        (param,) = the_block(inside).params
        assert param.help == "Units of every layer"

    def test_names_that_cannot_be_are_refused_at_the_field(self, inside):
        press(inside, QPushButton, "design.block.add_parameter")
        field = line(inside, "design.block.param.size.name")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "2 x")
        row = inside.page.inspector.block.row("size")
        assert "does not begin with a digit" in row._note.text()
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert [p.name for p in the_block(inside).params] == ["size"]
        assert field.text() == "size"

    def test_another_kind_gets_a_default_that_fits(self, inside):
        press(inside, QPushButton, "design.block.add_parameter")
        combo = inside.find(QComboBox, "design.block.param.size.kind")
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Down)
        combo.activated.emit(combo.currentIndex())
        QTest.qWait(0)
        (param,) = the_block(inside).params
        assert (param.kind, param.default) == ("float", 0.5)
        combo = inside.find(QComboBox, "design.block.param.size.kind")
        at = combo.findData("activation")
        combo.setCurrentIndex(at)
        combo.activated.emit(at)
        QTest.qWait(0)
        field = inside.find(QComboBox, "design.block.param.size.default")
        assert field.currentText() == "relu"
        assert field.findText("gelu") >= 0

    def test_a_layer_follows_a_parameter_and_says_what_it_gives(self, inside):
        inside.click(inside.at("a"))
        QTest.qWait(0)
        choose(inside, "units", "New block parameter")
        block = the_block(inside)
        assert [(p.name, p.default) for p in block.params] == [("units", 8)]
        assert formula_text(block.graph.node("a").params["units"]) == "units"
        field = line(inside, "design.formula.units")
        enter(field, "units * 4")
        assert formula_text(the_block(inside).graph.node("a").params["units"]) == "units * 4"
        assert inside.canvas.picture.nodes["a"].headline == "units * 4 units"
        assert inside.page.inspector.node.row("units")._formula._gives.text() == "= 32"
        enter(field, "units * wide")
        assert "no parameter wide" in inside.page.inspector.node.row("units").reason()
        kept = formula_text(the_block(inside).graph.node("a").params["units"])
        assert kept == "units", "the document holds the last formula that had a value"
        choose(inside, "units", "Use a value of its own")
        assert the_block(inside).graph.node("a").params["units"] == 8

    def test_use_an_existing_parameter(self, inside):
        press(inside, QPushButton, "design.block.add_parameter")
        inside.click(inside.at("b"))
        QTest.qWait(0)
        choose(inside, "units", "size")
        assert formula_text(the_block(inside).graph.node("b").params["units"]) == "size"
        assert line(inside, "design.formula.units").hasFocus()

    def test_several_layers_follow_one_parameter(self, inside):
        inside.click(inside.at("a"))
        inside.click(inside.at("b"), Qt.KeyboardModifier.ShiftModifier)
        QTest.qWait(0)
        choose(inside, "units", "New block parameter")
        block = the_block(inside)
        assert [(p.name, p.default) for p in block.params] == [("units", 8)]
        followed = [formula_text(block.graph.node(i).params["units"]) for i in ("a", "b")]
        assert followed == ["units", "units"]
        enter(line(inside, "design.formula.units"), "units // 2")
        block = the_block(inside)
        followed = [formula_text(block.graph.node(i).params["units"]) for i in ("a", "b")]
        assert followed == ["units // 2", "units // 2"]

    def test_rename_and_remove_reach_formulas_and_uses(self, inside):
        inside.click(inside.at("a"))
        QTest.qWait(0)
        choose(inside, "units", "New block parameter")
        inside.page.scopes.up()
        QTest.qWait(0)
        enter(line(inside, "design.param.units"), "20")
        assert inside.graph.node(USE).params == {"units": 20}
        inside.page.scopes.open(USE)
        inside.page.selection.clear()
        QTest.qWait(0)
        enter(line(inside, "design.block.param.units.name"), "width")
        assert inside.graph.node(USE).params == {"width": 20}
        assert formula_text(the_block(inside).graph.node("a").params["units"]) == "width"
        press(inside, QToolButton, "design.block.param.width.remove")
        assert the_block(inside).params == ()
        assert inside.graph.node(USE).params == {}
        assert the_block(inside).graph.node("a").params["units"] == 8
        for _ in range(2):
            inside.session.undo()
        assert inside.graph.node(USE).params == {"units": 20}
        assert formula_text(the_block(inside).graph.node("a").params["units"]) == "units"

    def test_repeat_is_a_field_of_the_use(self, desk):
        desk.click(desk.at(USE))
        QTest.qWait(0)
        enter(line(desk, "design.param.repeat"), "6")
        assert desk.graph.node(USE).params == {REPEAT: 6}
        assert desk.canvas.picture.nodes[USE].title == "cell × 6"

    def test_the_name_of_the_block_changes_every_use(self, inside):
        enter(line(inside, "design.block.name"), "encoder")
        assert the_block(inside).name == "encoder"
        inside.page.scopes.up()
        assert inside.canvas.picture.nodes[USE].title == "encoder"

    def test_a_name_that_is_taken_is_refused_and_put_back(self, inside):
        inside.page.scopes.up()
        inside.page.selection.select(["out"])
        inside.page.group()
        inside.canvas.name_field.give_up()
        inside.page.scopes.open(USE)
        inside.page.selection.clear()
        QTest.qWait(0)
        enter(line(inside, "design.block.name"), "Block")
        assert the_block(inside).name == "cell"
        assert line(inside, "design.block.name").text() == "cell"
        assert "Another block" in inside.page.notice.words.text()

    def test_an_input_added_inside_is_one_of_the_block(self, inside):
        inside.page.adding.add_to_selection("InputLayer")
        assert len(ports(the_block(inside), BLOCK_INPUT)) == 2
        assert not any(node.layer == "InputLayer" for node in the_block(inside).graph)


class TestPorts:
    """Inputs and outputs of a block."""

    def test_add_rename_and_remove(self, inside):
        press(inside, QPushButton, "design.block.add_input")
        entry = ports(the_block(inside), BLOCK_INPUT)[1]
        inside.page.selection.clear()
        QTest.qWait(0)
        enter(line(inside, f"design.block.port.{entry.id}"), "mask")
        assert ports(the_block(inside), BLOCK_INPUT)[1].name == "mask"
        inside.page.scopes.up()
        figure = inside.canvas.picture.nodes[USE]
        assert [slot.title for slot in figure.inputs] == ["features", "mask"]
        inside.page.scopes.open(USE)
        inside.page.selection.clear()
        QTest.qWait(0)
        press(inside, QToolButton, f"design.block.port.{entry.id}.remove")
        assert len(ports(the_block(inside), BLOCK_INPUT)) == 1

    def test_a_removed_port_takes_its_connections_outside_along(self, inside):
        (leaving,) = ports(the_block(inside), BLOCK_OUTPUT)
        inside.click(inside.at(leaving.id))
        inside.key(Qt.Key.Key_Delete)
        assert inside.graph.outgoing(USE) == []
        inside.session.undo()
        assert len(inside.graph.outgoing(USE)) == 1
        assert len(ports(the_block(inside), BLOCK_OUTPUT)) == 1

    def test_freeze_and_rename_work_inside(self, inside):
        inside.click(inside.at("a"))
        inside.key(Qt.Key.Key_F, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert not the_block(inside).graph.node("a").trainable
        inside.key(Qt.Key.Key_F2)
        enter(inside.canvas.name_field, "first")
        assert the_block(inside).graph.node("a").name == "first"

    def test_a_use_can_be_frozen(self, desk):
        desk.click(desk.at(USE))
        desk.key(Qt.Key.Key_F, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert not desk.graph.node(USE).trainable
        desk.page.scopes.open(USE)
        assert desk.find(QLabel, "design.scopes.frozen").text() == "Frozen in this use"
        desk.session.undo()
        desk.page.scopes.open(USE)
        marks = desk.page.scope_bar.findChildren(QLabel, "design.scopes.frozen")
        assert not any(mark.isVisible() for mark in marks)
