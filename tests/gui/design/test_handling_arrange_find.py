"""Lining up, tidying, and finding layers on the Design page."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from ui.design.handling.arranging import APART_FROM
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.blocking import group

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def do(desk, name):
    desk.page.services.actions.refresh()
    action = desk.page.qaction(f"design.{name}")
    assert action.isEnabled(), name
    action.trigger()


def test_align_and_distribute_are_steps_of_their_own(desk):
    before = {i: n.position for i, n in desk.graph.nodes.items()}
    desk.click(desk.at("hidden"))
    desk.click(desk.at("loose"), CTRL)
    do(desk, "align_left")
    rects = desk.canvas.picture.nodes
    assert rects["hidden"].rect.left() == pytest.approx(rects["loose"].rect.left())
    assert desk.session.document.undo_label == "Align left"
    desk.session.undo()
    assert {i: n.position for i, n in desk.graph.nodes.items()} == before
    assert not desk.page.qaction("design.distribute_along").isEnabled()


def test_tidy_new_keeps_what_was_arranged(desk):
    before = {i: n.position for i, n in desk.graph.nodes.items()}
    desk.session.apply(AddNode(Node("new", "Dense", "new", {"units": 3}, before["hidden"])))
    desk.session.apply(Connect(Edge(Endpoint("hidden", "output"), Endpoint("new", "input"))))
    desk.page.selection.clear()
    desk.key(Qt.Key.Key_T, CTRL | SHIFT)
    assert {i: desk.graph.node(i).position for i in before} == before
    assert desk.graph.node("new").position != before["hidden"]


def test_the_layout_of_a_large_network_can_be_cancelled(desk, qtbot):
    size = 3 * APART_FROM
    graph = Graph()
    for number in range(size):
        graph.apply(AddNode(Node(f"n{number}", "Add", f"n{number}", {}, (0.0, 0.0))))
        for back in (1, 7, 40):
            if number >= back:
                graph.apply(
                    Connect(Edge(Endpoint(f"n{number - back}", "output"),
                                 Endpoint(f"n{number}", "inputs"), back))
                )  # fmt: skip
    desk.page.editor._session = type("S", (), {"document": type("D", (), {"graph": graph})()})()
    desk.page.picture.show_graph(graph)
    jobs = []
    desk.session.job_started.connect(jobs.append)
    desk.page.handling.arranging.tidy()
    assert desk.page.handling.arranging.working
    assert len(jobs) == 1 and jobs[0].running
    start = time.perf_counter()
    jobs[0].cancel()
    assert time.perf_counter() - start < 1
    assert not desk.page.handling.arranging.working and not jobs[0].running
    desk.page.editor.set_session(desk.session)


def test_connections_can_be_straight_or_rectangular_and_are_still_hit(desk):
    desk.session.apply(Connect(Edge(Endpoint("features", "output"), Endpoint("loose", "input"))))
    edge = next(e for e in desk.canvas.picture.edges if e.target.node == "loose")
    elements = {}
    for style in ("straight", "orthogonal", "curved"):
        do(desk, f"edges_{style}")
        path = desk.canvas.picture.edges[edge].path
        elements[style] = path.elementCount()
        assert desk.page.services.settings.values["design.edges"] == style
        desk.page.selection.clear()
        desk.click(desk.canvas.camera.to_view(path.pointAtPercent(0.5)).toPoint())
        assert desk.page.selection.edges == (edge,), style
    assert elements == {"straight": 2, "orthogonal": 4, "curved": 4}


# ---- finding -----------------------------------------------------------------------------------


def test_find_counts_walks_and_dims(desk, qtbot):
    desk.key(Qt.Key.Key_F, CTRL)
    field = desk.find(QLineEdit, "design.find.text")
    assert field.hasFocus()
    QTest.keyClicks(field, "dense")
    QTest.keyClick(field, Qt.Key.Key_Return)
    finder = desk.page.handling.finder
    assert finder.count.text() == "1 of 2"
    assert desk.selected == {"hidden"}
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert finder.count.text() == "1 of 2"
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    assert desk.selected == {"out"}
    lit, dim = (desk.canvas.grab().toImage().pixelColor(desk.at(i)).lightness()
                for i in ("hidden", "loose"))  # fmt: skip
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not finder.isVisible() and desk.canvas.hasFocus()
    assert desk.selected == {"out"}
    assert lit != dim or desk.page.services.theme.is_dark


def test_find_by_parameter_says_when_there_is_nothing(desk):
    desk.key(Qt.Key.Key_F, CTRL)
    finder = desk.page.handling.finder
    for text, words in (("units=16", "1 layer"), ("units=17", "Nothing found"), ("", "")):
        finder.field.setText(text)
        finder.search()
        assert finder.count.text() == words
    desk.find(QToolButton, "design.find.close").click()
    assert not finder.isVisible()


def test_all_that_was_found_is_selected_and_set_at_once(desk, qtbot):
    desk.key(Qt.Key.Key_F, CTRL)
    finder = desk.page.handling.finder
    QTest.keyClicks(finder.field, "dense")
    QTest.keyClick(finder.field, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    expected = {node.id for node in desk.graph if node.layer == "Dense"}
    assert len(expected) > 1 and desk.selected == expected
    assert not finder.isVisible() and desk.canvas.hasFocus()


def test_what_lies_in_a_block_is_told_when_the_rest_is_selected(desk):
    change, _use = group(desk.graph, ["hidden"], "Stem")
    desk.session.apply(change)
    desk.key(Qt.Key.Key_F, CTRL)
    finder = desk.page.handling.finder
    QTest.keyClicks(finder.field, "dense")
    finder.search()
    desk.find(QToolButton, "design.find.select_all").click()
    assert desk.selected == {"out"} and desk.page.editor.scope == ()
    assert finder.isVisible() and finder.count.text() == "1 of 2 here"


def test_find_goes_into_a_block(desk):
    change, use = group(desk.graph, ["hidden"], "Stem")
    desk.session.apply(change)
    desk.key(Qt.Key.Key_F, CTRL)
    finder = desk.page.handling.finder
    QTest.keyClicks(finder.field, "units=16")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert desk.page.editor.scope == (use,)
    assert len(desk.selected) == 1
