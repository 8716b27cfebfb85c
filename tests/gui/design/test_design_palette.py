"""The palette: searching, adding by key, and dragging onto the canvas with a real drag."""

from typing import ClassVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTreeView

from ui.design.palette import panel
from ui.design.palette.model import PaletteModel
from workbench.catalog import load_catalog

NO_KEYS = Qt.KeyboardModifier.NoModifier


def row_of(desk, key):
    """Open the family of a layer and return the middle of its row."""
    tree = desk.find(QTreeView, "design.palette.tree")
    model = tree.model()
    for top in range(model.rowCount()):
        family = model.index(top, 0)
        for row in range(model.rowCount(family)):
            index = model.index(row, 0, family)
            if index.data() == key and family.data() != "Recently used":
                tree.setExpanded(family, True)
                tree.scrollTo(index)
                return tree, tree.visualRect(index).center()
    raise AssertionError(key)


class Hand(QDrag):
    """A drag whose movement is given beforehand: the offscreen platform carries none."""

    canvas = None
    path: ClassVar[list] = []
    hints: ClassVar[list] = []

    def exec(self, *_actions):
        data, left, none = self.mimeData(), Qt.MouseButton.LeftButton, NO_KEYS
        copy = Qt.DropAction.CopyAction
        first, last = self.path[0], self.path[-1]
        QApplication.sendEvent(self.canvas, QDragEnterEvent(first, copy, data, left, none))
        for at in self.path:
            event = QDragMoveEvent(at, copy, data, left, none)
            QApplication.sendEvent(self.canvas, event)
            self.hints.append(self.canvas.drop_hint)
        if event.isAccepted():
            QApplication.sendEvent(self.canvas, QDropEvent(QPointF(last), copy, data, left, none))
        else:
            QApplication.sendEvent(self.canvas, QDragLeaveEvent())
        return copy


@pytest.fixture
def drag_from_palette(desk, monkeypatch):
    """Return a function that drags a layer over the canvas and lets it fall at a point."""
    monkeypatch.setattr(panel, "QDrag", Hand)

    def drag(key, *path):
        tree, start = row_of(desk, key)
        Hand.canvas, Hand.path, Hand.hints = desk.canvas, list(path), []
        QTest.mousePress(tree.viewport(), Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(tree.viewport(), start + QPoint(20, 0))
        QTest.mouseMove(tree.viewport(), start + QPoint(60, 0))
        QTest.mouseRelease(tree.viewport(), Qt.MouseButton.LeftButton, pos=start)
        assert Hand.hints, "no drag began"
        return Hand.hints

    return drag


def test_search_ranks_and_enter_adds_to_the_selection(desk):
    desk.click(desk.at("hidden"))
    before = set(desk.graph.nodes)
    desk.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.type("mha")
    tree = desk.find(QTreeView, "design.palette.tree")
    assert tree.currentIndex().data() == "MultiHeadAttention"
    search = desk.window.focusWidget()
    search.clear()
    desk.type("dropo")
    QTest.keyClick(search, Qt.Key.Key_Return)
    added = desk.only_new(before)
    assert added.layer == "Dropout"
    assert ("hidden", added.name) in desk.edges()
    assert (added.name, "out") in desk.edges()
    assert desk.page.palette_box.recent()[0] == "Dropout"


def test_arrows_step_through_the_results_and_nothing_found_says_so(desk):
    desk.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.type("conv")
    tree = desk.find(QTreeView, "design.palette.tree")
    first = tree.currentIndex().data()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Down)
    assert tree.currentIndex().data() != first
    desk.type("zzz")
    assert tree.model().rowCount() == 0
    assert desk.find(QLabel, "design.palette.nothing").text() == "No layer fits “convzzz”."


def test_double_click_adds(desk):
    tree, at = row_of(desk, "Flatten")
    before = set(desk.graph.nodes)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert desk.only_new(before).layer == "Flatten"


def test_a_layer_dragged_onto_empty_canvas_lands_there(desk, drag_from_palette):
    before = set(desk.graph.nodes)
    drag_from_palette("Dense", desk.empty(-320, 240))
    added = desk.only_new(before)
    assert added.layer == "Dense"
    assert added.position == (-320.0, 240.0)
    assert not desk.graph.incoming(added.id)
    assert desk.selected == {added.id}


def test_a_layer_dropped_on_an_edge_is_inserted(desk, drag_from_palette):
    before = set(desk.graph.nodes)
    seen = drag_from_palette("Dropout", desk.middle("hidden", "out"))
    assert "Insert Dropout into this connection" in seen
    added = desk.only_new(before)
    assert ("hidden", added.name) in desk.edges()
    assert (added.name, "out") in desk.edges()
    assert ("hidden", "out") not in desk.edges()
    boxes = {i: f.rect for i, f in desk.canvas.picture.nodes.items()}
    assert boxes["hidden"].bottom() < boxes[added.id].top()
    assert boxes[added.id].bottom() < boxes["out"].top()


def test_a_layer_dropped_on_a_node_follows_it(desk, drag_from_palette):
    before = set(desk.graph.nodes)
    seen = drag_from_palette("Dense", desk.at("loose"))
    assert "Add Dense after loose" in seen
    assert ("loose", desk.only_new(before).name) in desk.edges()


def test_a_layer_dropped_on_an_input_port_precedes_it(desk, drag_from_palette):
    before = set(desk.graph.nodes)
    seen = drag_from_palette("Dense", desk.port("loose", "input", "input"))
    assert "Add Dense before loose" in seen
    assert (desk.only_new(before).name, "loose") in desk.edges()


def test_an_input_cannot_follow_a_node(desk, drag_from_palette):
    before = set(desk.graph.nodes)
    seen = drag_from_palette("InputLayer", desk.at("hidden"))
    assert "InputLayer has no input, so that nothing can lead to it." in seen
    assert set(desk.graph.nodes) == before


@pytest.mark.parametrize("text", ["", "dense", "nothing at all"])
def test_the_model_is_a_proper_tree(text, qtmodeltester):
    model = PaletteModel(load_catalog())
    model.set_recent(["Dense", "Gone", "Conv2D"])
    model.search(text)
    qtmodeltester.check(model)
    if not text:
        assert model.index(0, 0).data() == "Recently used"
        assert model.rowCount(model.index(0, 0)) == 2
