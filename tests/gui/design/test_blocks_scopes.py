"""Blocks on the canvas: grouping, going in and out, tabs, undo across networks, problems inside."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar

from workbench.errors import Place
from workbench.graph import Edge, Endpoint, Graph, SetParam
from workbench.graph.blocking import group
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, REPEAT, block_of, blocks
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.problems import Problem

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def chain_of_dense(count: int = 4) -> Graph:
    """Return features → d1 → d2 → …"""
    from workbench.graph import AddNode, Connect, Node

    graph, above = Graph(), "features"
    graph.apply(AddNode(Node("features", "InputLayer", "features")))
    for n in range(1, count + 1):
        node = Node(f"d{n}", "Dense", f"d{n}", {"units": n}, (0.0, 112.0 * n))
        graph.apply(AddNode(node))
        graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(node.id, "input"))))
        above = node.id
    return graph


def nested() -> tuple[Graph, str, str]:
    """Return features → outer(inner(d1, d2), d3) → d4, and the ids of the uses outer, inner."""
    graph = chain_of_dense()
    change, inner = group(graph, ["d1", "d2"], "inner")
    graph.apply(change)
    change, outer = group(graph, [inner, "d3"], "outer")
    graph.apply(change)
    return graph, outer, inner


_NESTED = nested()
OUTER, INNER = _NESTED[1:]


@pytest.fixture
def graph() -> Graph:
    return _NESTED[0].copy()


def inside(desk) -> set[str]:
    """Return the names of the nodes of the network that is shown."""
    return {figure.node.name for figure in desk.canvas.picture.nodes.values()}


def crumbs(desk) -> list[str]:
    """Return the way into the block as it is shown."""
    bar = desk.page.scope_bar
    if not bar.isVisible():
        return []
    parts = [b.text() for b in bar.findChildren(QPushButton) if b.isVisible()]
    here = desk.find(QLabel, "design.scopes.here").text()
    return [*parts, here]


class TestGroup:
    """Ctrl+G and Ctrl+Shift+G."""

    @pytest.fixture
    def graph(self) -> Graph:
        return chain_of_dense()

    def test_layers_become_a_block_named_in_place_and_one_step(self, desk):
        before = desk.graph.copy()
        desk.click(desk.at("d2"))
        desk.click(desk.at("d3"), SHIFT)
        desk.key(Qt.Key.Key_G, CTRL)
        field = desk.canvas.name_field
        assert field.isVisible()
        assert field.text() == "Block"
        desk.type("Residual")
        QTest.keyClick(field, Qt.Key.Key_Return)
        (block,) = blocks(desk.graph.records)
        use = desk.node_named("residual")
        assert block.name == "Residual"
        assert block_of(desk.graph.records, use.layer) == block
        assert desk.selected == {use.id}
        assert desk.edges() == {("features", "d1"), ("d1", "residual"), ("residual", "d4")}
        figure = desk.canvas.picture.nodes[use.id]
        assert (figure.title, figure.headline, figure.form) == ("Residual", "2 layers", "block")
        desk.session.undo()
        assert desk.graph == before
        assert set(desk.canvas.picture.nodes) == set(before.nodes)
        desk.session.redo()
        assert [b.name for b in blocks(desk.graph.records)] == ["Residual"]

    def test_escape_keeps_the_default_name(self, desk):
        desk.click(desk.at("d2"))
        desk.key(Qt.Key.Key_G, CTRL)
        QTest.keyClick(desk.canvas.name_field, Qt.Key.Key_Escape)
        assert [b.name for b in blocks(desk.graph.records)] == ["Block"]
        desk.click(desk.at("d3"))
        desk.key(Qt.Key.Key_G, CTRL)
        QTest.keyClick(desk.canvas.name_field, Qt.Key.Key_Return)
        assert [b.name for b in blocks(desk.graph.records)] == ["Block", "Block 2"]

    def test_ungroup_puts_the_layers_back(self, desk):
        desk.click(desk.at("d2"))
        desk.click(desk.at("d3"), SHIFT)
        desk.key(Qt.Key.Key_G, CTRL)
        QTest.keyClick(desk.canvas.name_field, Qt.Key.Key_Return)
        desk.key(Qt.Key.Key_G, CTRL | SHIFT)
        assert desk.edges() == {("features", "d1"), ("d1", "d2"), ("d2", "d3"), ("d3", "d4")}
        assert {desk.graph.node(i).name for i in desk.selected} == {"d2", "d3"}

    def test_what_cannot_be_grouped_is_said(self, desk):
        desk.click(desk.at("features"))
        desk.key(Qt.Key.Key_G, CTRL)
        assert "nothing to group" in desk.page.notice.words.text()
        assert not blocks(desk.graph.records)


class TestInAndOut:
    """Opening, the way shown, going up."""

    def test_double_click_opens_and_the_way_leads_back(self, desk):
        box = desk.canvas.node_rect(OUTER)
        QTest.mouseDClick(desk.canvas, Qt.MouseButton.LeftButton, pos=box.center() + QPoint(0, 20))
        assert inside(desk) == {"features", "inner", "d3", "output"}
        assert crumbs(desk) == ["Network", "outer"]
        desk.click(desk.at(INNER))
        desk.key(Qt.Key.Key_Return)
        assert {"d1", "d2"} < inside(desk)
        assert crumbs(desk) == ["Network", "outer", "inner"]
        assert desk.canvas.accessibleName() == "Network › outer › inner"
        QTest.mouseClick(desk.find(QPushButton, "design.scopes.part.1"), Qt.MouseButton.LeftButton)
        assert crumbs(desk) == ["Network", "outer"]
        assert desk.selected == {INNER}
        QTest.mouseClick(desk.find(QPushButton, "design.scopes.part.0"), Qt.MouseButton.LeftButton)
        assert crumbs(desk) == []
        assert desk.selected == {OUTER}

    def test_escape_and_alt_up_go_up(self, desk):
        desk.page.scopes.go((OUTER, INNER))
        desk.click(desk.at("d1"))
        desk.key(Qt.Key.Key_Escape)
        assert desk.page.editor.scope == (OUTER, INNER)
        desk.key(Qt.Key.Key_Escape)
        assert desk.page.editor.scope == (OUTER,)
        desk.page.selection.clear()
        desk.key(Qt.Key.Key_Up, ALT)
        assert desk.page.editor.scope == ()

    def test_camera_and_selection_are_remembered(self, desk):
        desk.page.scopes.go((OUTER,))
        desk.click(desk.at("d3"))
        desk.canvas.navigation.zoom_to(0.5)
        seen = desk.canvas.navigation.shown()
        desk.page.scopes.go(())
        assert desk.canvas.camera.scale != 0.5
        desk.page.scopes.go((OUTER,))
        assert desk.canvas.camera.scale == 0.5
        assert desk.canvas.navigation.shown() == seen
        assert desk.selected == {"d3"}

    def test_edits_inside_go_to_the_definition_and_draw(self, desk):
        desk.page.scopes.go((OUTER,))
        desk.click(desk.at("d3"))
        desk.key(Qt.Key.Key_D, CTRL)
        block = desk.page.editor.block
        assert "d3_2" in {node.name for node in block.graph} or len(block.graph) == 5
        assert set(desk.canvas.picture.nodes) == set(block.graph.nodes)
        desk.key(Qt.Key.Key_Delete)
        assert len(block.graph) == 4
        desk.page.scopes.up()
        assert desk.canvas.picture.nodes[OUTER].headline == "3 layers"


class TestTabs:
    """Several networks side by side."""

    def test_open_switch_and_close_by_key(self, desk):
        tabs = desk.page.scope_bar.findChild(QTabBar)
        desk.click(desk.at(OUTER))
        desk.key(Qt.Key.Key_Return, CTRL | SHIFT)
        assert [tabs.tabText(n) for n in range(tabs.count())] == ["Network", "outer"]
        assert desk.page.editor.scope == (OUTER,)
        desk.key(Qt.Key.Key_Tab, CTRL)
        assert desk.page.editor.scope == ()
        tabs.setFocus()
        QTest.keyClick(tabs, Qt.Key.Key_Right)
        assert desk.page.editor.scope == (OUTER,)
        desk.key(Qt.Key.Key_F4, CTRL)
        assert desk.page.editor.scope == ()
        assert not desk.page.scope_bar.isVisible()

    def test_a_tab_whose_block_goes_falls_back(self, desk):
        desk.click(desk.at(OUTER))
        desk.key(Qt.Key.Key_Return, CTRL | SHIFT)
        desk.key(Qt.Key.Key_Tab, CTRL)
        desk.page.selection.select([OUTER])
        desk.key(Qt.Key.Key_Delete)
        assert desk.page.scopes.tabs == [(), ()]


class TestUndo:
    """A step taken back is shown where it is."""

    def test_undo_of_an_inner_edit_goes_inside(self, desk):
        desk.page.scopes.go((OUTER, INNER))
        desk.page.editor.apply(SetParam("d2", "units", 9))
        desk.page.scopes.go(())
        desk.session.undo()
        assert desk.page.editor.scope == (OUTER, INNER)
        assert desk.selected == {"d2"}
        assert desk.page.editor.graph.node("d2").params["units"] == 2
        desk.page.scopes.go((OUTER,))
        desk.session.redo()
        assert desk.page.editor.scope == (OUTER, INNER)
        assert desk.canvas.picture.nodes["d2"].headline == "9 units"

    def test_undo_of_an_outer_edit_goes_out(self, desk):
        desk.page.editor.apply(SetParam("d4", "units", 9))
        desk.page.scopes.go((OUTER,))
        desk.session.undo()
        assert desk.page.editor.scope == ()

    def test_undo_of_the_group_one_stands_in_leaves_it(self, desk):
        desk.click(desk.at("d4"))
        desk.key(Qt.Key.Key_G, CTRL)
        QTest.keyClick(desk.canvas.name_field, Qt.Key.Key_Return)
        desk.key(Qt.Key.Key_Return)
        assert len(desk.page.editor.scope) == 1
        desk.session.undo()
        assert desk.page.editor.scope == ()
        assert "d4" in desk.canvas.picture.nodes


class TestWhatIsKnown:
    """Shapes and problems inside, for the use one came through."""

    def test_shapes_inside_and_at_the_ports(self, desk):
        def info(n: int, parameters: int = 0) -> NodeInfo:
            return NodeInfo({"output": TensorInfo((None, n))}, parameters, parameters)

        found = Inference(
            {"features": info(7), OUTER: info(3, 30)},
            (),
            1,
            {f"{OUTER}/{INNER}": info(2, 20), f"{OUTER}/{INNER}/d1": info(1, 8),
             f"{OUTER}/{INNER}/d2": info(2, 12), f"{OUTER}/d3": info(3, 10)},
        )  # fmt: skip
        desk.page.scopes.go((OUTER, INNER))
        desk.session.inference = found
        desk.session.inference_changed.emit(found)
        figures = desk.canvas.picture.nodes
        assert (figures["d1"].shape, figures["d1"].count) == ("1", "8")
        entry = next(f for f in figures.values() if f.node.layer == BLOCK_INPUT)
        assert entry.shape == "7"
        assert entry.form == "port"
        leaving = next(f for f in figures.values() if f.node.layer == BLOCK_OUTPUT)
        assert leaving.shape == "2"
        assert desk.page.footer.totals.text().startswith("2 layers  ·  20 parameters")

    def test_a_problem_inside_leads_to_its_layer(self, desk):
        problem = Problem("bad", "error", "In outer › inner: wrong.",
                          Place("param", f"{OUTER}/{INNER}/d2", "units"))  # fmt: skip
        desk.session.problems_changed.emit([problem])
        assert desk.canvas.picture.nodes[OUTER].severity == "error"
        assert desk.page.show_place(problem.place)
        assert desk.page.editor.scope == (OUTER, INNER)
        assert desk.selected == {"d2"}

    def test_a_repeated_block_says_so(self, desk):
        desk.page.editor.apply(SetParam(OUTER, REPEAT, 6))
        figure = desk.canvas.picture.nodes[OUTER]
        assert (figure.title, figure.form) == ("outer × 6", "repeated")
        assert figure.headline == "3 layers"
        assert desk.page.footer.totals.text().startswith("20 layers")
        desk.page.scopes.go((OUTER,))
        desk.page.editor.apply(SetParam(INNER, REPEAT, 4))
        assert desk.page.footer.totals.text().startswith("9 layers")
        desk.page.scopes.up()
        assert desk.canvas.picture.nodes[OUTER].headline == "9 layers"
        desk.page.editor.apply(SetParam(OUTER, REPEAT, {"$": "depth"}))
        assert desk.canvas.picture.nodes[OUTER].title == "outer × depth"
