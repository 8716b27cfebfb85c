"""The inspector: valid values reach the document as one step, invalid ones never do."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

from ui.design.canvas.tooltips import tooltip
from ui.design.inspector.facts import Facts
from ui.design.inspector.form import ParamForm, label_of
from ui.design.inspector.several_pane import common_params
from workbench.catalog import load_catalog
from workbench.errors import Place
from workbench.graph import AddNode, Connect, Edge, Endpoint, Fix, Node, Problem, SetParam
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

CTRL = Qt.KeyboardModifier.ControlModifier


def line_of(desk, name):
    return desk.find(QLineEdit, f"design.param.{name}")


def select(desk, node_id, qtbot):
    desk.click(desk.at(node_id))
    name = desk.page.inspector.node
    qtbot.waitUntil(name.isVisible)
    qtbot.waitUntil(lambda: desk.find(QLineEdit, "design.node.name").text() == node_id)


def retype(line, text):
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


# ---- one layer ---------------------------------------------------------------------------------


def test_a_valid_number_reaches_the_document_as_one_step(desk, qtbot):
    select(desk, "hidden", qtbot)
    line = line_of(desk, "units")
    assert line.text() == "16"
    retype(line, "128")
    assert desk.graph.node("hidden").params["units"] == 128
    assert desk.session.document.undo_label == "Change units"
    desk.session.undo()
    assert desk.graph.node("hidden").params["units"] == 16
    assert not desk.session.document.can_undo
    qtbot.waitUntil(lambda: line.text() == "16")


def test_an_invalid_text_stays_in_the_field_and_out_of_the_document(desk, qtbot):
    select(desk, "hidden", qtbot)
    line = line_of(desk, "units")
    retype(line, "many")
    assert desk.graph.node("hidden").params["units"] == 16
    row = desk.page.inspector.node.row("units")
    qtbot.waitUntil(lambda: "whole number" in row.reason())
    assert line.property("invalid") is True
    desk.click(desk.at("out"))
    qtbot.waitUntil(lambda: desk.find(QLineEdit, "design.node.name").text() == "out")
    assert line_of(desk, "units").text() == "1"
    select(desk, "hidden", qtbot)
    assert line_of(desk, "units").text() == "many"
    retype(line_of(desk, "units"), "24")
    assert desk.graph.node("hidden").params["units"] == 24
    assert "whole number" not in row.reason()


def test_zero_units_are_refused_with_the_limit(desk, qtbot):
    select(desk, "hidden", qtbot)
    line = line_of(desk, "units")
    retype(line, "0")
    row = desk.page.inspector.node.row("units")
    qtbot.waitUntil(lambda: "at least 1" in row.reason())
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "16"
    assert desk.graph.node("hidden").params["units"] == 16


def test_arrows_step_numbers(desk, qtbot):
    select(desk, "hidden", qtbot)
    line = line_of(desk, "units")
    line.setFocus()
    for _ in range(3):
        QTest.keyClick(line, Qt.Key.Key_Up)
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert desk.graph.node("hidden").params["units"] == 18


def test_choosing_an_activation_and_going_back_to_the_default(desk, qtbot):
    select(desk, "hidden", qtbot)
    combo = desk.find(QComboBox, "design.param.activation")
    assert combo.currentText() == "relu"
    combo.setFocus()
    QTest.keyClicks(combo, "tanh")
    assert combo.currentText() == "tanh"
    QTest.keyClick(combo, Qt.Key.Key_Return)
    combo.activated.emit(combo.currentIndex())
    assert desk.graph.node("hidden").params["activation"] == "tanh"
    reset = desk.find(QToolButton, "design.reset.activation")
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert "activation" not in desk.graph.node("hidden").params
    assert combo.currentText() == "None"
    qtbot.waitUntil(lambda: not reset.isVisible())


def test_typing_the_default_keeps_the_document_short(desk, qtbot):
    desk.session.apply(AddNode(Node("rms", "RMSNormalization", "rms", {}, (-320.0, 128.0))))
    select(desk, "rms", qtbot)
    line = line_of(desk, "axis")
    assert line.text() == ""
    assert line.placeholderText() == "-1"
    retype(line, "1")
    assert desk.graph.node("rms").params == {"axis": 1}
    retype(line, "-1")
    assert desk.graph.node("rms").params == {}


def test_advanced_settings_are_folded_away_and_edit_too(desk, qtbot):
    select(desk, "hidden", qtbot)
    assert desk.window.findChild(QCheckBox, "design.param.use_bias") is None
    toggle = next(b for b in desk.page.inspector.node.findChildren(QPushButton)
                  if b.text() == "Advanced" and b.isVisible())  # fmt: skip
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.window.findChild(QCheckBox, "design.param.use_bias").isVisible())
    box = desk.find(QCheckBox, "design.param.use_bias")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() / 4)
    assert desk.graph.node("hidden").params["use_bias"] is False


def test_help_shows_while_a_field_has_the_focus(desk, qtbot):
    select(desk, "hidden", qtbot)
    row = desk.page.inspector.node.row("units")
    assert row.reason() == ""
    line_of(desk, "units").setFocus()
    assert row.reason() == "Number of output values."
    assert "Number of output values." in line_of(desk, "units").accessibleDescription()
    desk.canvas.setFocus()
    assert row.reason() == ""


def test_the_name_is_checked_and_set(desk, qtbot):
    select(desk, "hidden", qtbot)
    name = desk.find(QLineEdit, "design.node.name")
    retype(name, "out")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert desk.graph.node("hidden").name == "hidden"
    retype(name, "encoder")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert desk.graph.node("hidden").name == "encoder"


def test_shapes_sizes_and_memory_are_shown(desk, qtbot):
    info = NodeInfo(
        {"output": TensorInfo((None, 16))}, 496, 480, 1984, states=16, macs=480,
        receptive=(3, 5), axes={"output": ("batch", "feature")}, kept_bytes=64,
    )  # fmt: skip
    source = NodeInfo({"output": TensorInfo((None, 30))})
    desk.session.inference = Inference({"features": source, "hidden": info})
    select(desk, "hidden", qtbot)
    facts = desk.find(Facts, "design.node.facts")
    assert facts.values() == {
        "Input": "30", "Output": "feature 16, float32", "Parameters": "496", "States": "16",
        "Weights": "2 kB", "Activations": "2 kB a batch", "Multiply-adds": "480 a row",
        "Receptive field": "3 × 5",
    }  # fmt: skip
    assert desk.session.document.recipe.batch_size == 32
    desk.canvas.picture.set_inference(desk.session.inference)
    hover = desk.canvas.hover
    hover.look(desk.canvas.picture.nodes["hidden"].rect.center(), 4.0)
    words = tooltip(desk.canvas.picture, hover)
    assert "Gives feature 16 for each row" in words and "Multiply-adds: 480 a row" in words


def test_the_memory_of_a_training_is_told_before(desk, qtbot):
    info = NodeInfo({"output": TensorInfo((None, 16))}, 10**6, 10**6, 4 * 10**6, kept_bytes=10**6)
    desk.session.inference = Inference({"hidden": info})
    desk.page.inspector.refresh()
    facts = desk.find(Facts, "design.network.facts")
    told = facts.values()["To train"]
    assert told.startswith("About ") and told.endswith(" are free") and "at 32 rows" in told
    assert "Optimizer: 8 MB" in facts.toolTip()
    huge = NodeInfo({"output": TensorInfo((None, 16))}, kept_bytes=10**13)
    desk.session.inference = Inference({"hidden": huge})
    desk.page.inspector.refresh()
    assert "; it does not fit, only " in facts.values()["To train"]


def test_enter_on_the_canvas_goes_to_the_first_field(desk, qtbot):
    select(desk, "hidden", qtbot)
    desk.key(Qt.Key.Key_Return)
    assert desk.window.focusWidget() is line_of(desk, "units")


# ---- several layers ----------------------------------------------------------------------------


def test_several_layers_are_edited_at_once_as_one_step(desk, qtbot):
    desk.click(desk.at("hidden"))
    desk.click(desk.at("out"), CTRL)
    qtbot.waitUntil(desk.page.inspector.several.isVisible)
    line = line_of(desk, "units")
    assert line.text() == ""
    assert line.placeholderText() == "Several values"
    retype(line, "40")
    assert [desk.graph.node(i).params["units"] for i in ("hidden", "out")] == [40, 40]
    assert desk.session.document.undo_label == "Change units of 2 layers"
    desk.session.undo()
    assert [desk.graph.node(i).params["units"] for i in ("hidden", "out")] == [16, 1]


def test_only_common_settings_are_offered():
    catalog = load_catalog()
    specs = [catalog.get(key) for key in ("Dense", "Conv2D")]
    names = {param.name for param in common_params(specs)}
    assert {"activation", "use_bias", "kernel_initializer"} <= names
    assert not names & {"units", "filters", "kernel_size"}


# ---- problems ----------------------------------------------------------------------------------


@pytest.fixture
def infer_units(fake_engine):
    """Let the stand-in engine find fault with a last layer of one unit, and offer a repair."""
    state = {"units": 1}

    def infer(spec, emit, control):
        for change in spec.get("changes", ()):
            if change["kind"] == "set_param" and change["node_id"] == "out":
                state["units"] = change["value"]
        fix = Fix("Set units to 3", SetParam("out", "units", 3))
        problem = Problem("units", "error", "The target has 3 classes, but out has 1 unit.",
                          Place("param", "out", "units"), (fix,))  # fmt: skip
        wrong = () if state["units"] == 3 else (problem,)
        return Inference({}, wrong, spec["revision"]).to_plain()

    fake_engine.answers["infer"] = infer


def codes(desk):
    return {problem.code for problem in desk.session.problems}


def wait_for_the_problem(desk, qtbot):
    qtbot.waitUntil(lambda: "units" in codes(desk))


def test_a_fix_button_repairs_the_network(infer_units, desk, qtbot):
    wait_for_the_problem(desk, qtbot)
    figure = desk.canvas.picture.nodes["out"]
    assert figure.severity == "error"
    assert figure.reasons == ("The target has 3 classes, but out has 1 unit.",)
    select(desk, "out", qtbot)
    button = desk.find(QPushButton, "design.fix.0.0")
    assert button.text() == "Set units to 3"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.graph.node("out").params["units"] == 3
    qtbot.waitUntil(lambda: "units" not in codes(desk))
    assert desk.canvas.picture.nodes["out"].severity is None
    assert desk.window.focusWidget() is desk.canvas, "a key would go to something else"


def test_totals_are_a_dash_while_an_error_exists(infer_units, desk, qtbot):
    wait_for_the_problem(desk, qtbot)
    assert desk.page.footer.totals.text() == "4 layers  ·  size told once no error is left"
    facts = desk.find(Facts, "design.network.facts")
    assert facts.values() == {"Layers": "4", "Parameters": "—", "Weights": "—",
                              "Multiply-adds": "—"}  # fmt: skip


def test_the_network_summary_leads_to_the_layer_with_a_problem(infer_units, desk, qtbot):
    wait_for_the_problem(desk, qtbot)
    buttons = desk.page.inspector.network.findChildren(QPushButton)
    (button,) = [b for b in buttons if b.isVisible() and b.text() == "Show the layer"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.selected == {"out"}
    assert desk.window.focusWidget() is line_of(desk, "units")


def test_an_edge_shows_its_ends_and_its_tensor(desk, qtbot):
    desk.session.inference = Inference({"hidden": NodeInfo({"output": TensorInfo((None, 16))})})
    desk.click(desk.middle("hidden", "out"))
    qtbot.waitUntil(desk.page.inspector.edge.isVisible)
    facts = desk.find(Facts, "design.edge.facts")
    assert facts.values() == {"From": "hidden", "To": "out", "Shape": "16", "Data type": "float32"}
    QTest.mouseClick(desk.find(QPushButton, "design.edge.delete"), Qt.MouseButton.LeftButton)
    assert ("hidden", "out") not in desk.edges()


# ---- every layer -------------------------------------------------------------------------------


def test_every_layer_of_the_catalog_gets_a_form(qtbot):
    catalog = load_catalog()
    for spec in catalog:
        form = ParamForm(spec, catalog)
        qtbot.addWidget(form)
        form.set_advanced_opened(True)
        form.show_values({p.name: p.suggestion for p in spec.params if p.required})
        assert set(form.rows) == {p.name for p in spec.params}


def test_the_layer_inside_a_wrapper_is_edited_in_place(desk, qtbot):
    inner = {"layer": "LSTM", "params": {"units": 8}}
    node = Node("both", "Bidirectional", "both", {"layer": inner}, (-320.0, 128.0))
    desk.session.apply(AddNode(node))
    desk.session.apply(Connect(Edge(Endpoint("features", "output"), Endpoint("both", "input"))))
    select(desk, "both", qtbot)
    retype(line_of(desk, "units"), "12")
    assert desk.graph.node("both").params["layer"] == {"layer": "LSTM", "params": {"units": 12}}


def test_labels_read_as_words():
    assert label_of("kernel_size") == "Kernel size"
    assert label_of("dtype") == "Number format"


def test_no_verdict_about_data_while_the_table_is_read(desk, qtbot):
    pane = desk.page.inspector.network
    pane.show_data(None, "", reading=True)
    assert "Reading the table …" in [label.text() for label in pane.findChildren(QLabel)]
    assert pane.findChild(QPushButton, "design.network.choose_data").isHidden()
    pane.show_data(None, "", reading=False)
    assert not pane.findChild(QPushButton, "design.network.choose_data").isHidden()
    qtbot.waitUntil(lambda: not desk.session.reading_data)
