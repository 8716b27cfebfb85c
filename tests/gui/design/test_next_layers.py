"""The palette's group "Next": shown for what is selected, added by a click or Enter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeView

from tests.gui.design.conftest import LEFT, NO_KEYS, chain, shapes
from ui.design.palette.model import NEXT
from ui.design.palette.rows import REASON_ROLE
from workbench.graph import AddNode, Connect, Edge, Endpoint, Node


@pytest.fixture
def graph():
    made = chain(
        ("picture", "InputLayer", {"shape": [32, 32, 3]}),
        ("conv", "Conv2D", {"filters": 16, "kernel_size": 3, "activation": "relu"}),
    )
    made.apply(AddNode(Node("other", "Conv2D", "other", {"filters": 16, "kernel_size": 3,
               "activation": "relu"}, (400.0, 128.0))))  # fmt: skip
    made.apply(Connect(Edge(Endpoint("picture", "output"), Endpoint("other", "input"))))
    return made


@pytest.fixture
def known(desk, qtbot):
    found = shapes(picture=(32, 32, 3), conv=(30, 30, 16), other=(30, 30, 16))
    desk.session.inference_changed.emit(found)
    return desk


def tree_of(desk) -> QTreeView:
    return desk.find(QTreeView, "design.palette.tree")


def shown(desk):
    """Return the layers and reasons of the group, () without it."""
    model = tree_of(desk).model()
    group = model.group_index(NEXT)
    if not group.isValid():
        return ()
    rows = [model.index(row, 0, group) for row in range(model.rowCount(group))]
    return tuple((row.data(), row.data(REASON_ROLE)) for row in rows)


def place_of(desk, row):
    tree = tree_of(desk)
    index = tree.model().index(row, 0, tree.model().group_index(NEXT))
    tree.scrollTo(index)
    return tree.visualRect(index).center()


def test_it_follows_what_is_selected_and_a_click_adds_and_connects(known, qtbot):
    assert shown(known) == ()
    known.click(known.title("conv"))
    qtbot.waitUntil(lambda: bool(shown(known)))
    assert shown(known)[0] == ("MaxPooling2D", "Half the length of each side")
    assert 3 <= len(shown(known)) <= 5
    tree = tree_of(known)
    assert tree.model().group_index(NEXT).row() == 0
    assert tree.isExpanded(tree.model().group_index(NEXT))
    before = set(known.graph.nodes)
    QTest.mouseClick(tree.viewport(), LEFT, NO_KEYS, place_of(known, 0))
    added = known.only_new(before)
    assert added.layer == "MaxPooling2D" and ("conv", added.name) in known.edges()
    known.click(known.empty())
    qtbot.waitUntil(lambda: shown(known) == ())
    known.session.undo()
    assert set(known.graph.nodes) == before


def test_a_double_click_adds_one_layer(known, qtbot):
    known.click(known.title("conv"))
    qtbot.waitUntil(lambda: bool(shown(known)))
    before = set(known.graph.nodes)
    place, tree = place_of(known, 0), tree_of(known)
    QTest.mouseClick(tree.viewport(), LEFT, NO_KEYS, place)
    QTest.mouseDClick(tree.viewport(), LEFT, NO_KEYS, place)
    known.only_new(before)


def test_enter_adds_with_the_parameters_that_fit(known, qtbot):
    known.click(known.title("conv"))
    qtbot.waitUntil(lambda: bool(shown(known)))
    row = [title for title, _ in shown(known)].index("Conv2D")
    tree = tree_of(known)
    tree.setFocus()
    tree.setCurrentIndex(tree.model().index(row, 0, tree.model().group_index(NEXT)))
    before = set(known.graph.nodes)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    added = known.only_new(before)
    assert (added.layer, added.params["filters"]) == ("Conv2D", 16)
    assert ("conv", added.name) in known.edges()


def test_two_branches_can_be_joined_as_their_shapes_allow(known, qtbot):
    known.click(known.title("conv"))
    known.click(known.title("other"), Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [t for t, _ in shown(known)][:2] == ["Concatenate", "Add"])
    before = set(known.graph.nodes)
    QTest.mouseClick(tree_of(known).viewport(), LEFT, NO_KEYS, place_of(known, 1))
    added = known.only_new(before)
    assert added.layer == "Add"
    assert {("conv", added.name), ("other", added.name)} <= known.edges()
    known.session.undo()
    found = shapes(picture=(32, 32, 3), conv=(30, 30, 16), other=(28, 28, 16))
    known.session.inference_changed.emit(found)
    known.click(known.title("conv"))
    known.click(known.title("other"), Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(known) == ())


def test_a_person_who_folds_it_finds_it_folded(known, qtbot):
    known.click(known.title("conv"))
    qtbot.waitUntil(lambda: bool(shown(known)))
    tree = tree_of(known)
    heading = tree.visualRect(tree.model().group_index(NEXT)).center()
    QTest.mouseClick(tree.viewport(), LEFT, NO_KEYS, heading)
    assert not tree.isExpanded(tree.model().group_index(NEXT))
    known.click(known.title("picture"))
    qtbot.waitUntil(lambda: shown(known)[0][0] == "Conv2D")
    assert not tree.isExpanded(tree.model().group_index(NEXT))
