"""The page as a whole: its layout, empty state, totals, minimap, places, training, the window."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from workbench.errors import Place
from workbench.graph import AddNode, Graph, Node, RemoveNode
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

CTRL = Qt.KeyboardModifier.ControlModifier


# ---- layout ------------------------------------------------------------------------------------


def test_wide_windows_put_the_inspector_beside_the_canvas(desk):
    assert desk.canvas.geometry().right() < desk.page.inspector_panel.geometry().left() + 1
    assert desk.canvas.covered == 0


def test_narrow_windows_overlay_it_and_fit_leaves_it_free(desk, qtbot):
    desk.window.resize(1290, 760)
    panel = desk.page.inspector_panel
    qtbot.waitUntil(lambda: desk.canvas.covered == panel.width())
    assert desk.canvas.geometry().right() == desk.page.area.rect().right()
    desk.key("f")
    seen = desk.canvas.free_rect()
    for node_id in desk.graph.nodes:
        assert seen.contains(desk.canvas.node_rect(node_id).toRectF())


def test_panels_fold_and_remember(desk, services):
    desk.key(Qt.Key.Key_B, CTRL)
    assert desk.page.palette_panel.collapsed
    assert desk.canvas.geometry().left() < 60
    assert services.layout.recall("panel.design.palette.collapsed", False) is True
    desk.key(Qt.Key.Key_B, CTRL)
    assert not desk.page.palette_panel.collapsed


def test_enter_unfolds_the_inspector(desk):
    desk.page.inspector_panel.set_collapsed(True)
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_Return)
    assert not desk.page.inspector_panel.collapsed


# ---- totals and overview -----------------------------------------------------------------------


def test_totals_below_the_canvas(desk):
    infos = {
        "features": NodeInfo({"output": TensorInfo((None, 30))}),
        "hidden": NodeInfo({"output": TensorInfo((None, 16))}, 496, 496, 1984),
        "out": NodeInfo({"output": TensorInfo((None, 1))}, 17, 17, 68),
    }
    desk.session.inference_changed.emit(Inference(infos))
    assert desk.page.footer.totals.text() == "4 layers  ·  513 parameters  ·  2.1 kB of weights"
    assert desk.canvas.picture.nodes["hidden"].count == "496"


def test_the_scale_is_shown_and_a_click_resets_it(desk):
    scale = desk.find(QToolButton, "design.zoom.scale")
    desk.key(Qt.Key.Key_Plus, CTRL)
    assert scale.text() == "125 %"
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton)
    assert desk.canvas.camera.scale == 1.0
    assert scale.text() == "100 %"


def test_the_minimap_shows_when_something_is_out_of_view(desk):
    minimap = desk.page.minimap
    assert not minimap.isVisible()
    desk.canvas.navigation.zoom_to(3.0)
    assert minimap.isVisible()
    before = desk.canvas.navigation.shown().center()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(100, 12))
    assert desk.canvas.navigation.shown().center().y() < before.y() - 50
    desk.key(Qt.Key.Key_M, CTRL)
    assert not minimap.isVisible()


# ---- empty -------------------------------------------------------------------------------------


class TestEmpty:
    """A project without layers."""

    @pytest.fixture
    def graph(self):
        return Graph()

    def test_offers_an_input_and_a_template(self, desk, qtbot):
        assert desk.page.empty.isVisible()
        button = desk.find(QPushButton, "design.empty.template")
        with qtbot.waitSignal(desk.page.services.page_requested) as asked:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.args == ["welcome"]
        QTest.mouseClick(desk.find(QPushButton, "design.empty.input"), Qt.MouseButton.LeftButton)
        assert [node.layer for node in desk.graph] == ["InputLayer"]
        assert not desk.page.empty.isVisible()
        assert len(desk.selected) == 1
        desk.session.undo()
        assert desk.page.empty.isVisible()

    def test_typing_adds_the_first_layer(self, desk, qtbot):
        states = []
        desk.page.state_changed.connect(states.append)
        desk.key("i")
        desk.type("nput")
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
        assert [node.layer for node in desk.graph] == ["InputLayer"]
        qtbot.waitUntil(lambda: bool(states))
        assert states[-1] != "empty"


# ---- places, sessions, training ----------------------------------------------------------------


def test_show_place_selects_reveals_and_focuses(desk):
    desk.session.apply(AddNode(Node("far", "Dense", "far", {"units": 4}, (9000.0, 9000.0))))
    assert desk.page.show_place(Place("param", "far", "units"))
    assert desk.selected == {"far"}
    box = desk.canvas.node_rect("far")
    assert desk.canvas.rect().contains(box)
    assert desk.window.focusWidget().objectName() == "design.param.units"
    assert not desk.page.show_place(Place("column", "age"))
    assert not desk.page.show_place(Place("node", "nothing"))


def test_another_session_shows_another_network(desk, qtbot):
    desk.click(desk.at("hidden"))
    desk.page.set_session(None)
    assert desk.selected == set()
    assert not desk.canvas.picture.nodes
    qtbot.waitUntil(lambda: not desk.page.qaction("design.paste").isEnabled())
    desk.page.set_session(desk.session)
    assert set(desk.canvas.picture.nodes) == set(desk.graph.nodes)


def test_train_starts_and_goes_to_the_train_page(desk, monkeypatch, qtbot):
    monkeypatch.setattr(desk.session, "start_training", lambda: True)
    assert desk.page.primary_action().text() == "Train ▶"
    with qtbot.waitSignal(desk.page.services.page_requested) as asked:
        desk.key(Qt.Key.Key_Return, CTRL)
    assert asked.args == ["train"]


def test_a_refused_training_stays_on_the_page(desk, monkeypatch, qtbot):
    monkeypatch.setattr(desk.session, "start_training", lambda: False)
    with qtbot.assertNotEmitted(desk.page.services.page_requested):
        desk.page.train()


def test_the_theme_changes_the_canvas(desk):
    light = desk.canvas.grab().toImage().pixelColor(3, 3)
    desk.page.services.theme.set_mode("dark")
    try:
        dark = desk.canvas.grab().toImage().pixelColor(3, 3)
    finally:
        desk.page.services.theme.set_mode("light")
    assert light.lightnessF() > 0.9
    assert dark.lightnessF() < 0.2


# ---- in the window -----------------------------------------------------------------------------


def test_undo_and_redo_keys_in_the_window(project_window, qtbot):
    project_window.show_page("design")
    page = project_window.pages.page("design")
    qtbot.waitUntil(lambda: page.canvas.isVisible() and bool(page.picture.nodes))
    graph = project_window.session.document.graph
    before = set(graph.nodes)
    node_id = next(iter(graph.nodes))
    box = page.canvas.node_rect(node_id)
    QTest.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=box.center())
    QTest.qWait(0)
    QTest.keyClick(page.canvas, Qt.Key.Key_Delete)
    assert set(graph.nodes) == before - {node_id}
    QTest.qWait(0)
    QTest.keyClick(page.canvas, Qt.Key.Key_Z, CTRL)
    assert set(graph.nodes) == before
    assert set(page.picture.nodes) == before
    QTest.qWait(0)
    QTest.keyClick(page.canvas, Qt.Key.Key_Y, CTRL)
    assert set(page.picture.nodes) == before - {node_id}


def test_large_networks_are_tidied_in_the_background(desk, monkeypatch, qtbot):
    monkeypatch.setattr("ui.design.handling.arranging.APART_FROM", 1)
    with qtbot.waitSignal(desk.session.changed, timeout=20_000):
        desk.page.auto_layout()
    rows = [desk.graph.node(i).position[1] for i in ("features", "hidden", "out")]
    assert rows == sorted(rows)


def test_a_change_from_elsewhere_ends_a_drag(desk):
    before = desk.graph.node("loose").position
    desk.press(desk.at("loose"))
    desk.move(desk.at("loose") + QPoint(60, 60))
    desk.session.apply(RemoveNode("hidden"))
    assert desk.canvas.gesture is None
    assert desk.canvas.picture.lifted is None
    desk.release(desk.at("loose") + QPoint(60, 60))
    assert desk.graph.node("loose").position == before
    assert set(desk.canvas.picture.nodes) == {"features", "out", "loose"}
    assert not desk.canvas.picture.edges
