"""Initializers, regularizers, constraints, number formats and inner layers as fields, not text."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QToolButton

from tests.gui.design.conftest import chain
from ui.design.inspector.form import ParamForm
from workbench.catalog import load_catalog
from workbench.catalog.schema import PART_KINDS

LEFT = Qt.MouseButton.LeftButton
CATALOG = load_catalog()
PARTS = [
    (kind, name)
    for kind in PART_KINDS
    for name in CATALOG.get("Dense").param(f"kernel_{kind}").choices
]


@pytest.fixture
def graph():
    return chain(
        ("features", "InputLayer", {"shape": [8, 4]}),
        ("hidden", "Dense", {"units": 16}),
        ("both", "Bidirectional", {"layer": {"layer": "LSTM", "params": {"units": 8}}}),
        ("each", "TimeDistributed", {"layer": {"layer": "Dense", "params": {"units": 8}}}),
        ("cells", "RNN", {"cell": {"layer": "LSTMCell", "params": {"units": 8}}}),
    )


def show(desk, node_id, qtbot):
    desk.click(desk.at(node_id))
    qtbot.waitUntil(desk.page.inspector.node.isVisible)
    desk.click(desk.title(node_id)) if False else None
    qtbot.waitUntil(lambda: desk.find(QLineEdit, "design.node.name").text() == node_id)
    desk.page.inspector.node._form.set_advanced_opened(True)


def found(desk, kind, name):
    """Return a widget that is about to be shown: forms follow a choice when events are done."""
    for _ in range(50):
        if any(w.isVisible() for w in desk.window.findChildren(kind, name)):
            break
        QTest.qWait(10)
    return desk.find(kind, name)


def combo_of(desk, name):
    return found(desk, QComboBox, f"design.param.{name}")


def line_of(desk, name):
    return found(desk, QLineEdit, f"design.param.{name}")


def pick(desk, name, word):
    """Open a list with the mouse and click an entry."""
    combo = combo_of(desk, name)
    combo.showPopup()
    view = combo.view()
    at = combo.findText(word)
    assert at >= 0, (word, [combo.itemText(i) for i in range(combo.count())])
    index = combo.model().index(at, combo.modelColumn())
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    combo.hidePopup()
    QTest.qWait(0)


def retype(line, text):
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def params(desk, node_id):
    return desk.graph.node(node_id).params


def test_an_initializer_has_fields_of_its_own(desk, qtbot):
    show(desk, "hidden", qtbot)
    pick(desk, "kernel_initializer", "random_normal")
    assert params(desk, "hidden")["kernel_initializer"] == "random_normal"
    retype(line_of(desk, "stddev"), "0.2")
    retype(line_of(desk, "seed"), "7")
    assert params(desk, "hidden")["kernel_initializer"] == {
        "class_name": "RandomNormal", "config": {"stddev": 0.2, "seed": 7},
    }  # fmt: skip
    QTest.qWait(50)
    retype(line_of(desk, "stddev"), "-1")
    row = desk.page.inspector.node.row("kernel_initializer").field.form().rows["stddev"]
    qtbot.waitUntil(lambda: "at least 0" in row.reason())
    assert params(desk, "hidden")["kernel_initializer"]["config"]["stddev"] == 0.2


def test_the_default_shows_its_settings_when_asked(desk, qtbot):
    show(desk, "hidden", qtbot)
    field = desk.page.inspector.node.row("kernel_initializer").field
    assert not field.form().isVisible()
    button = desk.find(QToolButton, "design.settings.kernel_initializer")
    QTest.mouseClick(button, LEFT)
    assert field.form().isVisible()
    QTest.keyClicks(line_of(desk, "seed"), "3")
    assert params(desk, "hidden")["kernel_initializer"] == {
        "class_name": "GlorotUniform", "config": {"seed": 3},
    }  # fmt: skip
    QTest.keyClick(line_of(desk, "seed"), Qt.Key.Key_Backspace)
    assert "kernel_initializer" not in params(desk, "hidden")


@pytest.mark.parametrize(
    ("kind", "name", "setting", "text", "config"),
    [
        ("regularizer", "l1", "l1", "0.1", {"l1": 0.1}),
        ("regularizer", "l2", "l2", "0.1", {"l2": 0.1}),
        ("regularizer", "l1_l2", "l2", "0.1", {"l2": 0.1}),
        ("regularizer", "orthogonal_regularizer", "factor", "0.1", {"factor": 0.1}),
        ("constraint", "max_norm", "max_value", "3", {"max_value": 3.0}),
        ("constraint", "min_max_norm", "rate", "0.5", {"rate": 0.5}),
        ("constraint", "unit_norm", "axis", "0, 1", {"axis": [0, 1]}),
    ],
)
def test_regularizers_and_constraints(desk, qtbot, kind, name, setting, text, config):
    show(desk, "hidden", qtbot)
    pick(desk, f"kernel_{kind}", name)
    retype(line_of(desk, setting), text)
    called = CATALOG.part(kind, name).key.partition(":")[2]
    assert params(desk, "hidden")[f"kernel_{kind}"] == {"class_name": called, "config": config}
    reset = desk.find(QToolButton, f"design.reset.kernel_{kind}")
    QTest.mouseClick(reset, LEFT)
    assert f"kernel_{kind}" not in params(desk, "hidden")


def test_every_part_can_be_chosen(desk, qtbot):
    show(desk, "hidden", qtbot)
    for kind, name in PARTS:
        pick(desk, f"kernel_{kind}", name)
        chosen = params(desk, "hidden").get(f"kernel_{kind}", "glorot_uniform")
        assert chosen == name
        part = CATALOG.part(kind, name)
        form = desk.page.inspector.node.row(f"kernel_{kind}").field.form()
        assert (form is not None) == bool(part.params)
        if form is not None:
            assert {p.name for p in part.params if not p.advanced} <= set(form.rows)


def test_a_number_format_says_what_it_means(desk, qtbot):
    show(desk, "hidden", qtbot)
    combo_of(desk, "dtype").setFocus()
    for _ in range(6):
        QTest.keyClick(combo_of(desk, "dtype"), Qt.Key.Key_Down)
    assert params(desk, "hidden")["dtype"] == "mixed_bfloat16"
    row = desk.page.inspector.node.row("dtype")
    qtbot.waitUntil(lambda: "keeps weights in float32" in row.reason())
    assert "Quantised formats are not offered" in row.reason()
    combo = combo_of(desk, "dtype")
    tips = [combo.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(1, combo.count())]
    assert all(tips)


def test_freezing_is_per_layer(desk, qtbot):
    from workbench.graph.inference import Inference, NodeInfo, TensorInfo

    show(desk, "hidden", qtbot)
    known = Inference({"hidden": NodeInfo({"output": TensorInfo((None, 8, 16))}, 80, 80, 320)})
    desk.page.inspector.node.show_inference(known)
    box = desk.find(QCheckBox, "design.node.trainable")
    QTest.mouseClick(box, LEFT, pos=box.rect().center() - box.rect().center() + box.rect().topLeft()
                     + box.rect().bottomLeft() / 2)  # fmt: skip
    assert desk.graph.node("hidden").trainable is False


def test_the_layer_inside_bidirectional(desk, qtbot):
    show(desk, "both", qtbot)
    retype(line_of(desk, "units"), "12")
    assert params(desk, "both")["layer"] == {"layer": "LSTM", "params": {"units": 12}}
    pick(desk, "layer", "GRU")
    assert params(desk, "both")["layer"] == {"layer": "GRU", "params": {"units": 12}}
    retype(line_of(desk, "units"), "0")
    assert params(desk, "both")["layer"]["params"]["units"] == 12


def test_the_layer_inside_time_distributed_takes_one_tensor(desk, qtbot):
    show(desk, "each", qtbot)
    combo = combo_of(desk, "layer")
    offered = {combo.itemText(at) for at in range(combo.count())}
    assert {"Dense", "Conv2D", "Flatten"} <= offered
    assert not offered & {"Add", "Concatenate", "MultiHeadAttention", "InputLayer", "ops.add"}
    pick(desk, "layer", "Conv1D")
    inner = params(desk, "each")["layer"]
    assert (inner["layer"], inner["params"]["filters"]) == ("Conv1D", 32)


def test_cells_are_stacked_moved_and_removed(desk, qtbot):
    show(desk, "cells", qtbot)
    pick(desk, "cell", "StackedRNNCells")
    QTest.mouseClick(found(desk, QPushButton, "design.add.cells"), LEFT)
    pick(desk, "cells.2", "GRUCell")

    def inside():
        cells = params(desk, "cells")["cell"]["params"]["cells"]
        return [(cell["layer"], cell["params"]["units"]) for cell in cells]

    assert inside() == [("LSTMCell", 32), ("GRUCell", 32)]
    QTest.qWait(50)
    lines = [w for w in desk.window.findChildren(QLineEdit, "design.param.units") if w.isVisible()]
    retype(lines[1], "5")
    assert inside() == [("LSTMCell", 32), ("GRUCell", 5)]
    QTest.mouseClick(found(desk, QToolButton, "design.up.cells.2"), LEFT)
    assert inside() == [("GRUCell", 5), ("LSTMCell", 32)]
    QTest.mouseClick(found(desk, QToolButton, "design.remove.cells.1"), LEFT)
    assert inside() == [("LSTMCell", 32)]
    QTest.mouseClick(found(desk, QToolButton, "design.remove.cells.1"), LEFT)
    assert inside() == [("LSTMCell", 32)], "the last one stays"
    for _ in range(5):
        desk.session.undo()
    assert json.dumps(params(desk, "cells")["cell"])


def test_several_layers_get_one_initializer(desk, qtbot):
    from workbench.graph import AddNode, Node

    desk.session.apply(AddNode(Node("twin", "Dense", "twin", {"units": 4}, (320.0, 128.0))))
    qtbot.waitUntil(lambda: "twin" in desk.canvas.picture.nodes)
    desk.click(desk.at("hidden"))
    desk.click(desk.at("twin"), Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(desk.page.inspector.several.isVisible)
    for form in desk.page.inspector.several.findChildren(ParamForm):
        if form.isVisible() and form.row("kernel_initializer") is not None:
            form.set_advanced_opened(True)
            break
    pick(desk, "kernel_initializer", "random_normal")
    retype(line_of(desk, "stddev"), "0.5")
    wanted = {"class_name": "RandomNormal", "config": {"stddev": 0.5}}
    assert params(desk, "hidden")["kernel_initializer"] == wanted
    assert params(desk, "twin")["kernel_initializer"] == wanted
