"""Suggestions in quick-add: first rows, with reason and parameters, by mouse and keys; counts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView

from tests.gui.design.conftest import LEFT, NO_KEYS, chain, shapes
from ui.design.palette.rows import SPEC_ROLE
from workbench.graph.suggest import uses_from


@pytest.fixture
def graph():
    return chain(
        ("picture", "InputLayer", {"shape": [32, 32, 3]}),
        ("conv", "Conv2D", {"filters": 16, "kernel_size": 3, "activation": "relu"}),
    )


@pytest.fixture
def known(desk):
    desk.session.inference_changed.emit(shapes(picture=(32, 32, 3), conv=(30, 30, 16)))
    return desk


def rows(desk) -> QListView:
    return desk.find(QListView, "design.quick_add.list")


def test_a_dropped_link_offers_what_fits_first_with_its_reason(known):
    before = set(known.graph.nodes)
    known.drag(known.port("conv", "output", "output"), known.empty(-300, 300))
    popup = known.page.adding.popup
    assert popup.keys[0] == "MaxPooling2D"
    first = rows(known).model().index(0, 0)
    assert first.data(SPEC_ROLE).summary == "Next: Half the length of each side"
    assert first.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("Next: ")
    second = popup.keys.index("Conv2D")
    assert second < 5
    place = rows(known).visualRect(rows(known).model().index(second, 0)).center()
    QTest.mouseClick(rows(known).viewport(), LEFT, NO_KEYS, place)
    added = known.only_new(before)
    assert added.layer == "Conv2D"
    assert added.params["filters"] == 16 and added.params["padding"] == "same"
    assert ("conv", added.name) in known.edges()
    known.session.undo()
    assert set(known.graph.nodes) == before


def test_by_key_after_the_selected_layer(known):
    before = set(known.graph.nodes)
    known.click(known.title("picture"))
    known.key(Qt.Key.Key_A)
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Backspace)
    popup = known.page.adding.popup
    assert popup.isVisible()
    assert popup.keys[0] == "Conv2D"
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Return)
    added = known.only_new(before)
    assert added.params == {
        "filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"
    }  # fmt: skip
    assert ("picture", added.name) in known.edges() and (added.name, "conv") in known.edges()


def test_what_is_typed_is_taken_as_it_is(known):
    before = set(known.graph.nodes)
    known.click(known.title("conv"))
    known.type("conv2d")
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Return)
    assert known.only_new(before).params == {"filters": 32, "kernel_size": 3}


def test_what_is_added_is_counted_in_the_settings(known, services):
    known.click(known.title("conv"))
    known.type("batchn")
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Return)
    uses = uses_from(services.settings.values["design.layer_uses"])
    assert uses == {"BatchNormalization": 1, "Conv2D>BatchNormalization": 1}


def test_nothing_is_suggested_without_shapes(desk):
    desk.drag(desk.port("conv", "output", "output"), desk.empty(-300, 300))
    first = rows(desk).model().index(0, 0)
    assert not first.data(SPEC_ROLE).summary.startswith("Next: ")


def test_a_click_on_an_output_port_asks_what_comes_next(known):
    before = set(known.graph.nodes)
    known.click(known.port("conv", "output", "output"))
    popup = known.page.adding.popup
    assert popup.isVisible()
    assert popup.keys[0] == "MaxPooling2D"
    assert known.selected == {"conv"}
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Return)
    added = known.only_new(before)
    assert ("conv", added.name) in known.edges()
    assert added.position[1] > known.graph.node("conv").position[1]


def test_escape_after_the_click_leaves_all_as_it_was(known):
    before = set(known.graph.nodes)
    known.click(known.port("picture", "output", "output"))
    QTest.keyClick(known.window.focusWidget(), Qt.Key.Key_Escape)
    assert set(known.graph.nodes) == before
    assert known.window.focusWidget() is known.canvas


def test_a_click_on_an_input_port_only_selects(known):
    known.click(known.port("conv", "input", "input"))
    assert not known.page.adding.popup.isVisible()
    assert known.selected == {"conv"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [("conv3d", ["Conv3D does not fit here. ", "conv"]), ("zzz", ["There is no layer “zzz”."])],
)
def test_a_layer_that_does_not_fit_says_why(known, typed, words):
    known.click(known.title("conv"))
    known.type(typed)
    said = known.find(QLabel, "design.quick_add.nothing")
    assert said.isVisible() and not known.page.adding.popup.keys
    assert all(word in said.text() for word in words)
    assert said.text().endswith(".")
