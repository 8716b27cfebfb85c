"""The preview on the Design page: what is asked, what is shown, what becomes stale."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QToolButton

from tests.gui.design.conftest import LEFT, small_graph
from ui.design.preview.pictures import BAD
from ui.widgets import Text
from workbench.errors import DataError, EngineError, Place
from workbench.graph import MoveNodes, SetField, SetParam
from workbench.graph.blocking import group
from workbench.graph.preview import (
    Activation,
    Detail,
    Histogram,
    NodePreview,
    Preview,
    Sample,
    Statistics,
    WeightTensor,
)


def about(values):
    good = values[np.isfinite(values)]
    return Statistics(
        values.size, float(good.min()), float(good.max()), float(good.mean()), float(good.std()),
        float((values == 0).mean()), int(np.isnan(values).sum()), int(np.isinf(values).sum()),
    )  # fmt: skip


def maps(channels=4):
    values = np.zeros((channels, 6, 5), np.float32)
    values[:] = np.arange(channels)[:, None, None] * 10
    values[1, 2, 3] = -7.5
    return Activation("maps", (6, 5, channels), "float32", values, (1, 1, 1), 0, about(values))


class Answers:
    """The stand-in's answers: maps for hidden, class names for out, numbers for the others."""

    def __init__(self, fake_engine):
        self.engine = fake_engine
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()
        self.controls = []
        self.error = None
        self.bad = False
        self.fresh = ()
        fake_engine.answers["preview"] = self
        fake_engine.answers["infer"] = lambda spec, emit, control: {
            "nodes": {}, "problems": [], "revision": spec["revision"]}  # fmt: skip

    @property
    def specs(self):
        return self.engine.specs("preview")

    def __call__(self, spec, emit, control):
        self.controls.append(control)
        self.began.set()
        while not self.gate.wait(0.01):
            if control.stopped.is_set() or control.cancelled.is_set():
                break
        if self.error is not None:
            raise self.error
        index = spec["index"] if spec["row"] is None else spec["row"]
        sample = Sample(index, index, 50, spec["part"], "test",
                        (("alcohol", "13.2"), ("ash", "2.4")), ("grade", "good"))  # fmt: skip
        asked = dict.fromkeys([*spec["nodes"], *([spec["detail"]] if spec["detail"] else [])])
        nodes = {n: self.node(n, spec["detail"] == n, index, spec["weights"]) for n in asked}
        return Preview(nodes, sample, spec["revision"], spec["run_id"] or "", ("hidden",),
                       self.fresh, control.stopped.is_set()).to_plain()  # fmt: skip

    def node(self, node, detail, index, weights):
        values = np.linspace(-1, 1, 8).astype(np.float32) + index
        if self.bad:
            values[2:4] = np.nan
        found = Activation("vector", (8,), "float32", values, (1,), 0, about(values))
        more = None
        counts = np.array([1, 5, 2])
        edges = np.array([-1.0, 0.0, 1.0, 2.0])
        spread = Histogram(counts, edges)
        tensor = WeightTensor("kernel", (8, 16), "float32", True, about(values), spread)
        if detail:
            more = Detail((tensor,), spread, about(values), 3, 16, 64)
        if node == "hidden" and not self.bad:
            found = maps()
        labels = ()
        if node == "out":
            values = np.array([0.2, 0.8], np.float32)
            labels = ("bad", "good")
            found = Activation("vector", (2,), "float32", values, (1,), 0, about(values))
        return NodePreview(node, {"output": found}, "", "fresh", labels, (), more,
                           (tensor,) if weights else None)  # fmt: skip


@pytest.fixture
def answers(fake_engine):
    return Answers(fake_engine)


@pytest.fixture
def look(answers, desk, qtbot):
    """The page with data, the preview off."""
    (desk.session.document.folder / "data.csv").write_text("a,b,y\n1,2,0\n2,3,1\n", "utf-8")
    desk.session.apply(SetField("data", ("source", "path"), "data.csv"))
    qtbot.waitUntil(lambda: desk.session.settled)
    desk.answers = answers
    desk.sync = desk.page.preview.sync
    desk.beneath = desk.page.preview.beneath
    desk.panel = desk.page.preview.panel
    desk.settle = lambda: qtbot.waitUntil(
        lambda: desk.sync.settled and not desk.page.preview._look_soon.isActive()
    )
    return desk


def switch_on(look, select="hidden"):
    if select:
        look.click(look.at(select))
    look.key(Qt.Key.Key_F9)
    look.settle()


def below(look, node):
    """Return the pixel in the middle of a node's picture."""
    box = look.beneath.box(look.canvas.picture.nodes[node])
    return look.canvas.camera.to_view(box.center()).toPoint()


def button(look, node):
    box = look.beneath.button(look.canvas.picture.nodes[node])
    return look.canvas.camera.to_view(box.center()).toPoint()


def pixel(look, at):
    return look.canvas.grab().toImage().pixelColor(at)


# ---- asking ------------------------------------------------------------------------------


def test_nothing_is_asked_while_it_is_off(look, qtbot):
    look.click(look.at("hidden"))
    look.session.apply(SetParam("hidden", "units", 20))
    qtbot.waitUntil(lambda: look.session.settled)
    qtbot.wait(200)
    assert look.answers.specs == []
    assert not look.page.preview.bar.isVisible()


def test_the_key_switches_it_on_for_the_selected_layer_and_off_again(look, qtbot):
    before = pixel(look, below(look, "hidden"))
    switch_on(look)
    (spec,) = look.answers.specs
    assert (spec["nodes"], spec["detail"]) == ([], "hidden")
    assert spec["revision"] == look.session.inference.revision
    assert spec["seed"] == look.session.document.recipe.seed
    assert look.page.preview.bar.isVisible()
    assert pixel(look, below(look, "hidden")) != before
    look.key(Qt.Key.Key_F9)
    assert not look.page.preview.bar.isVisible()
    assert pixel(look, below(look, "hidden")) == before
    look.session.apply(SetParam("hidden", "units", 21))
    qtbot.wait(200)
    assert len(look.answers.specs) == 1


def test_the_toolbar_button_switches_too(look):
    found = look.find(QToolButton, "design.preview")
    QTest.mouseClick(found, LEFT)
    assert look.sync.on
    assert found.isChecked()
    QTest.mouseClick(look.find(QToolButton, "design.preview.close"), LEFT)
    assert not look.sync.on


def test_with_nothing_selected_every_layer_in_view_is_asked_for_at_once(look):
    switch_on(look, select="")
    (spec,) = look.answers.specs
    assert set(spec["nodes"]) == {"features", "hidden", "out", "loose"}
    look.click(look.at("out"))
    look.settle()
    assert look.answers.specs[-1]["nodes"] == []  # only the closer look is missing
    assert look.answers.specs[-1]["detail"] == "out"


def test_where_nothing_is_shown_the_strip_says_what_to_do(look):
    switch_on(look, select="")
    box = look.find(QCheckBox, "design.preview.everywhere")
    assert box.isChecked()
    QTest.mouseClick(box, LEFT, pos=QPoint(10, 12))
    look.settle()
    bar = look.page.preview.bar
    assert bar.notice.text() == "Select a layer to see what it gives for a row of your data."
    assert bar.remedy.isVisible()
    QTest.mouseClick(bar.remedy, LEFT)
    look.settle()
    assert box.isChecked()
    assert not bar.remedy.isVisible()
    assert bar.notice.text() == ""
    look.canvas.navigation.zoom_to(0.2)
    look.page.preview.look()
    assert bar.notice.text() == "Zoom in: the pictures are too small to see here."


def test_the_weights_of_every_layer_are_shown_beneath(look):
    switch_on(look)
    before = look.canvas.grab().toImage()
    shows = look.find(QComboBox, "design.preview.shows")
    shows.setFocus()
    QTest.keyClick(shows, Qt.Key.Key_Down)
    look.settle()
    assert look.answers.specs[-1]["weights"] is True
    assert look.sync.answer("hidden").spread[0].name == "kernel"
    assert look.canvas.grab().toImage() != before
    QTest.keyClick(shows, Qt.Key.Key_Up)
    look.settle()
    assert look.sync.answer("hidden").spread is None


def test_the_button_under_a_layer_pins_its_picture(look):
    switch_on(look, select="")
    look.page.preview.show_everywhere(False)
    look.move(look.at("out"))
    look.move(button(look, "out"))
    assert look.beneath.button_at(look.canvas.camera.to_scene(QPointF(button(look, "out"))))
    look.click(button(look, "out"))
    look.settle()
    assert list(look.beneath.pinned) == ["out"]
    assert look.selected == set()  # the click is not the canvas's
    bar = look.beneath.box(look.canvas.picture.nodes["out"])
    inside = look.canvas.camera.to_view(QPointF(bar.left() + 5, bar.center().y())).toPoint()
    assert pixel(look, inside) == look.canvas.frame.ink.surface
    look.move(button(look, "out"))
    look.click(button(look, "out"))
    assert look.beneath.pinned == {}
    assert pixel(look, inside) != look.canvas.frame.ink.surface or not look.beneath.shown(bar)


def test_a_picture_is_pinned_by_key(look):
    switch_on(look)
    look.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    look.click(look.at("out"))
    look.settle()
    assert list(look.beneath.pinned) == ["hidden"]
    area = look.canvas.shown_area()
    assert {f.id for f in look.beneath.shown(area)} == {"hidden", "out"}


def test_nothing_is_asked_while_the_page_is_not_seen(look, qtbot):
    switch_on(look)
    asked = len(look.answers.specs)
    look.page.hide()
    look.session.apply(SetParam("hidden", "units", 30))
    qtbot.waitUntil(lambda: look.session.settled)
    qtbot.wait(250)
    assert len(look.answers.specs) == asked
    look.page.show()
    qtbot.waitUntil(lambda: not look.sync.is_stale("hidden"))
    assert len(look.answers.specs) == asked + 1


def test_an_engine_that_is_a_revision_ahead_is_asked_again_quietly(look, qtbot):
    switch_on(look)
    look.answers.error = EngineError("The network has changed since.")
    look.page.preview.next_row()
    asked = len(look.answers.specs)
    qtbot.waitUntil(lambda: len(look.answers.specs) > asked + 1)
    assert look.sync.error is None
    look.answers.error = None
    look.settle()
    assert look.sync.sample.index == 1


def test_rows_are_chosen_with_the_strip(look, qtbot):
    switch_on(look)
    where = look.find(Text, "design.preview.where")
    assert where.text() == "1 of 50"
    QTest.mouseClick(look.find(QToolButton, "design.preview.next"), LEFT)
    look.settle()
    assert look.answers.specs[-1]["index"] == 1
    assert where.text() == "2 of 50"
    look.key(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    look.key(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    look.settle()
    qtbot.waitUntil(lambda: look.answers.specs[-1]["index"] in (49, 0))
    field = look.find(QLineEdit, "design.preview.row")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "23")
    QTest.keyClick(field, Qt.Key.Key_Return)
    look.settle()
    assert look.answers.specs[-1]["row"] == 23
    part = look.find(QComboBox, "design.preview.part")
    part.setFocus()
    QTest.keyClick(part, Qt.Key.Key_End)
    look.settle()
    assert (look.answers.specs[-1]["part"], look.answers.specs[-1]["row"]) == ("test", None)
    assert "grade: good (target)" in look.page.preview.bar.values.text()
    assert "alcohol 13.2" in look.page.preview.bar.values.text()


def test_any_row(look):
    switch_on(look)
    seen = set()
    for _ in range(4):
        QTest.mouseClick(look.find(QToolButton, "design.preview.random"), LEFT)
        look.settle()
        seen.add(look.sync.sample.index)
    assert len(seen) > 1
    assert seen <= set(range(50))


# ---- edits -------------------------------------------------------------------------------


def test_an_edit_dims_what_is_shown_stops_the_engine_and_asks_again(look, qtbot):
    switch_on(look)
    bright = look.canvas.grab().toImage()
    assert not look.sync.is_stale("hidden")
    look.answers.gate.clear()
    look.answers.began.clear()
    look.session.apply(SetParam("hidden", "units", 24))
    assert look.sync.is_stale("hidden")
    assert look.canvas.grab().toImage() != bright  # dimmed, but there
    assert look.sync.answer("hidden") is not None
    qtbot.waitUntil(look.answers.began.is_set)
    asked = len(look.answers.specs)
    look.session.apply(SetParam("hidden", "units", 25))
    qtbot.waitUntil(look.answers.controls[asked - 1].stopped.is_set)
    look.answers.gate.set()
    look.settle()
    qtbot.waitUntil(lambda: not look.sync.is_stale("hidden"))
    revisions = [spec["revision"] for spec in look.answers.specs]
    assert revisions[-1] == look.session.inference.revision > revisions[0]


def test_a_late_answer_to_an_old_question_is_not_shown(look, qtbot):
    switch_on(look)
    look.answers.gate.clear()
    QTest.mouseClick(look.find(QToolButton, "design.preview.next"), LEFT)
    qtbot.waitUntil(lambda: look.sync.busy)
    QTest.mouseClick(look.find(QToolButton, "design.preview.previous"), LEFT)  # of row 0: 49
    look.answers.gate.set()
    look.settle()
    assert look.sync.sample.index == 49
    assert not look.sync.is_stale("hidden")


def test_moving_a_layer_asks_nothing(look, qtbot):
    switch_on(look)
    asked = len(look.answers.specs)
    look.session.apply(MoveNodes({"hidden": (40.0, 140.0)}))
    qtbot.wait(300)
    assert len(look.answers.specs) == asked
    assert not look.sync.is_stale("hidden")


def test_the_canvas_answers_while_the_engine_works(look, qtbot):
    look.answers.gate.clear()
    look.click(look.at("hidden"))
    look.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: look.sync.busy)
    look.drag(look.at("loose"), look.at("loose") + QPoint(40, 40))
    assert look.graph.node("loose").position != (320.0, 128.0)
    qtbot.waitUntil(lambda: bool(look.page.preview.bar.busy.text()))
    QTest.mouseClick(look.find(QPushButton, "design.preview.cancel"), LEFT)
    qtbot.waitUntil(lambda: not look.sync.busy)
    asked = len(look.answers.specs)
    qtbot.wait(250)
    assert len(look.answers.specs) == asked  # until something is asked anew
    look.answers.gate.set()
    QTest.mouseClick(look.find(QToolButton, "design.preview.next"), LEFT)
    look.settle()
    assert len(look.answers.specs) == asked + 1


# ---- the closer look ---------------------------------------------------------------------


def test_a_click_on_a_picture_opens_the_closer_look(look):
    switch_on(look, select="")
    look.page.preview.show_everywhere(True)
    look.settle()
    look.page.inspector_panel.set_collapsed(True)
    look.click(below(look, "hidden"))
    look.settle()
    assert look.selected == {"hidden"}
    assert not look.page.inspector_panel.collapsed
    assert look.panel.values.isVisible()
    facts = look.panel.facts.values()
    assert facts["Smallest"] == "-7.5"
    assert facts["Largest"] == "30"
    assert look.panel.shape.text() == "6 × 5 × 4, float32"
    assert look.panel.dead.text().startswith("3 of 16 units (18.8 %) gave zero for all of 64 rows")


def test_the_value_under_the_pointer_and_one_channel_alone(look):
    switch_on(look)
    closeup = look.panel.closeup
    tiles = dict(closeup._tiles())
    assert len(tiles) == 4
    box = tiles[1]
    spot = QPointF(box.left() + box.width() * 3.5 / 5, box.top() + box.height() * 2.5 / 6)
    QTest.mouseMove(closeup, spot.toPoint())
    assert look.panel.pointed.text() == "Row 2, column 3, channel 1: -7.5"
    QTest.mouseClick(closeup, LEFT, pos=box.center().toPoint())
    assert closeup.channel == 1
    assert look.panel.channel.text() == "1"
    ((number, alone),) = closeup._tiles()
    assert number == 1
    assert alone.width() > 1.5 * box.width()
    QTest.mouseClick(look.find(QToolButton, "design.preview.channel_next"), LEFT)
    assert closeup.channel == 2
    QTest.mouseClick(closeup, LEFT, pos=alone.center().toPoint())
    assert closeup.channel == -1


def test_class_names_stand_at_the_output(look):
    switch_on(look, select="out")
    closeup = look.panel.closeup
    assert closeup.words_at(QPointF(5, closeup.height() * 0.75)) == "good: 0.8"


def test_values_that_are_not_finite_are_loud(look):
    look.answers.bad = True
    switch_on(look)
    assert look.panel.bad.text().startswith("Not finite: 2 NaN")
    assert look.panel.facts.values()["Not finite"] == "2 NaN of 8"
    image = look.canvas.grab(look.canvas.camera.rect_to_view(
        look.beneath.box(look.canvas.picture.nodes["hidden"])).toRect()).toImage()  # fmt: skip
    colours = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }
    assert BAD.name() in colours


def test_weights_and_function_are_drawn(look):
    look.click(look.at("hidden"))
    QTest.qWait(0)
    assert look.panel.function.isVisible()  # without a preview
    assert not look.panel.weights.isVisible()
    ((_, plot, _),) = look.panel._curves
    x, value, slope = plot.points()
    np.testing.assert_allclose(value, np.maximum(x, 0))
    assert set(slope) == {0.0, 1.0}
    look.key(Qt.Key.Key_F9)
    look.settle()
    assert look.panel.weights.isVisible()
    assert look.panel._tensors[0].plot.heights == [1, 5, 2]
    assert look.panel._tensors[0]._title.text() == "kernel  8 × 16"
    assert look.panel._whose.text() == "Fresh, as a training starts from."
    look.click(look.at("loose"))
    look.settle()
    assert not look.panel.function.isVisible()
    look.click(look.empty())
    QTest.qWait(0)
    assert not look.panel.values.isVisible()


def test_stale_curves_follow_the_form(look, qtbot):
    look.click(look.at("hidden"))
    look.session.apply(SetParam("hidden", "activation", "tanh"))
    qtbot.waitUntil(lambda: look.panel._curves[0][0].text().startswith("Activation: tanh"))


# ---- what can go wrong -------------------------------------------------------------------


def test_no_data_says_what_to_do(answers, desk, qtbot):
    sync, bar = desk.page.preview.sync, desk.page.preview.bar
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: sync.error is not None)
    assert answers.specs == []
    assert "no data" in bar.values.text()
    with qtbot.waitSignal(desk.page.services.page_requested) as asked:
        QTest.mouseClick(bar.remedy, LEFT)
    assert asked.args == ["data"]


def test_an_error_is_shown_in_place_and_asked_again(look, qtbot):
    look.answers.error = DataError("Row 7 cannot be used.", remedy="Choose another row.")
    switch_on(look)
    bar = look.page.preview.bar
    assert "Row 7 cannot be used" in bar.values.text()
    assert bar.remedy.text() == "Try again"
    asked = len(look.answers.specs)
    qtbot.wait(250)
    assert len(look.answers.specs) == asked  # not again and again
    look.answers.error = None
    QTest.mouseClick(bar.remedy, LEFT)
    look.settle()
    assert look.sync.error is None
    assert not bar.remedy.isVisible()
    look.answers.error = DataError("Row 7 cannot be used.")
    look.page.preview.next_row()
    qtbot.waitUntil(lambda: look.sync.error is not None)
    look.answers.error = None
    look.session.apply(SetParam("hidden", "units", 33))  # an edit asks by itself
    qtbot.waitUntil(lambda: look.sync.error is None)


def test_a_column_error_leads_to_the_data(look):
    look.answers.error = DataError("A column is gone.", place=Place("column", "ash"))
    switch_on(look)
    assert look.page.preview.bar.remedy.text() == "Go to the data"


def test_a_dead_engine_is_replaced_and_asked(look, qtbot, fake_engine):
    switch_on(look)
    asked = len(look.answers.specs)
    look.answers.gate.clear()
    QTest.mouseClick(look.find(QToolButton, "design.preview.next"), LEFT)
    qtbot.waitUntil(lambda: look.sync.busy)
    fake_engine.clients[0].die()
    look.answers.gate.set()
    qtbot.waitUntil(lambda: len(look.answers.specs) > asked + 1, timeout=10_000)
    look.settle()
    assert look.sync.error is None
    assert look.sync.sample.index == 1


def test_weights_of_a_run_are_chosen_and_told(look, qtbot, monkeypatch):
    record = type("Record", (), {})
    runs = []
    for number, has_weights in ((1, True), (2, False), (3, True)):
        run = record()
        run.run_id, run.name = f"run-{number}", f"Run {number}"
        run.created, run.has_weights, run.spec = float(number), has_weights, {}
        runs.append(run)
    monkeypatch.setattr(look.session.store, "runs", lambda: runs)
    look.answers.fresh = ("out",)
    switch_on(look)
    box = look.find(QComboBox, "design.preview.weights")
    qtbot.waitUntil(lambda: box.count() == 3)
    assert [box.itemText(i) for i in range(3)] == ["Untrained", "Run 3", "Run 1"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    look.settle()
    assert look.answers.specs[-1]["run_id"] == "run-3"
    assert look.page.preview.bar.notice.text() == (
        "Edited since the run, so with fresh weights: out."
    )


def test_the_newest_run_of_this_network_is_taken_unasked(look, qtbot, monkeypatch):
    plain = look.session.document.graph.to_plain()
    moved = copy.deepcopy(plain)
    moved["nodes"][0]["position"] = [999, 999]
    other = copy.deepcopy(plain)
    other["nodes"][1]["params"] = {"units": 99}
    runs = []
    for number, graph in ((1, plain), (2, moved), (3, other)):
        run = type("Record", (), {})()
        run.run_id, run.name = f"run-{number}", f"Run {number}"
        run.created, run.has_weights, run.spec = float(number), True, {"graph": graph}
        runs.append(run)
    monkeypatch.setattr(look.session.store, "runs", lambda: runs)
    switch_on(look)
    bar = look.page.preview.bar
    qtbot.waitUntil(lambda: bar.notice.text() == "Trained: Run 2, the newest of this network")
    look.settle()
    assert look.answers.specs[-1]["run_id"] == "run-2"
    assert bar.weights.currentText() == "Run 2"
    bar.weights.setFocus()
    QTest.keyClick(bar.weights, Qt.Key.Key_Home)
    look.settle()
    assert look.answers.specs[-1]["run_id"] is None
    look.session.runs_changed.emit()
    qtbot.wait(100)
    assert look.sync.question.run_id == ""  # what the person chose stays


def test_another_project_starts_anew(look, qtbot):
    switch_on(look)
    assert look.sync.answer("hidden") is not None
    look.page.set_session(None)
    assert not look.sync.on
    assert look.sync.answer("hidden") is None
    look.page.set_session(look.session)
    qtbot.wait(150)
    assert len(look.answers.specs) == 1


class TestInsideABlock:
    """A block shows what it gives; opened, its layers show theirs."""

    @pytest.fixture
    def graph(self):
        graph = small_graph()
        change, _ = group(graph, ["hidden"], "encoder")
        graph.apply(change)
        return graph

    def test_layers_are_asked_for_by_their_way(self, look, qtbot):
        use = look.node_named("encoder").id
        switch_on(look, select=use)
        assert look.answers.specs[-1]["detail"] == use
        look.key(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: look.page.editor.scope == (use,))
        assert look.sync.answer("hidden") is None
        look.click(look.at("hidden"))
        look.settle()
        assert look.answers.specs[-1]["detail"] == f"{use}/hidden"
        assert look.sync.answer("hidden") is not None
        assert look.panel.values.isVisible()
        look.click(look.empty())
        look.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: look.page.editor.scope == ())
        assert look.sync.answer("hidden") is None
        assert look.sync.answer(use) is not None


def test_the_network_of_these_tests_has_what_they_name():
    assert set(small_graph().nodes) == {"features", "hidden", "out", "loose"}
