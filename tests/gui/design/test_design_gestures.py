"""Mouse gestures on the canvas: each makes the change it promises, as one undo step."""

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.design.gestures.select import RubberBand
from workbench.graph import AddNode, Batch, Connect, Edge, Endpoint, Graph, Node

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def undo_steps(desk):
    """Count the steps that can be taken back."""
    count = 0
    while desk.session.document.can_undo:
        desk.session.undo()
        count += 1
    return count


# ---- selecting ---------------------------------------------------------------------------------


def test_click_selects_and_click_on_empty_space_clears(desk):
    desk.click(desk.at("hidden"))
    assert desk.selected == {"hidden"}
    desk.click(desk.at("out"))
    assert desk.selected == {"out"}
    desk.click(desk.empty())
    assert desk.selected == set()


def test_control_click_toggles_and_shift_click_adds(desk):
    desk.click(desk.at("hidden"))
    desk.click(desk.at("out"), CTRL)
    assert desk.selected == {"hidden", "out"}
    desk.click(desk.at("hidden"), CTRL)
    assert desk.selected == {"out"}
    desk.click(desk.at("loose"), SHIFT)
    assert desk.selected == {"out", "loose"}


def test_rubber_band_selects_what_it_meets(desk):
    corner = desk.canvas.node_rect("hidden").topLeft() - QPoint(40, 20)
    desk.drag(corner, desk.canvas.node_rect("out").center())
    assert desk.selected == {"hidden", "out"}


def test_escape_gives_the_rubber_band_up(desk):
    desk.click(desk.at("loose"))
    corner = desk.canvas.node_rect("hidden").topLeft() - QPoint(40, 20)
    desk.press(corner)
    desk.move(desk.at("hidden"))
    assert desk.selected == {"hidden"}
    desk.key(Qt.Key.Key_Escape)
    assert desk.selected == {"loose"}
    assert desk.canvas.gesture is None


def test_a_rubber_band_with_control_is_quick_over_many_layers(desk):
    """10,000 layers that were selected and 10,000 under it: no pair is looked at."""
    many = Graph()
    many.apply(Batch(tuple(
        AddNode(Node(f"m{n}", "Dense", f"m{n}", {}, (n % 100 * 240.0, n // 100 * 128.0)))
        for n in range(10_000)
    ), ""))  # fmt: skip
    desk.page.picture.show_graph(many)
    desk.page.picture.finish()
    desk.page.selection.select([f"m{n}" for n in range(9_999)])
    band = RubberBand(desk.canvas, QPointF(-10, -10), CTRL)
    band._from = QPointF(-1e6, -1e6)
    begun = time.perf_counter()
    band.move(desk.canvas.camera.to_view(QPointF(1e6, 1e6)), CTRL)
    assert time.perf_counter() - begun < 0.5
    assert desk.selected == {"m9999"}


def test_the_right_button_gives_a_drag_up(desk):
    before = desk.graph.node("loose").position
    desk.press(desk.at("loose"))
    desk.move(desk.at("loose") + QPoint(80, 0))
    assert desk.canvas.gesture is not None
    QTest.mousePress(desk.canvas, Qt.MouseButton.RightButton, pos=desk.at("loose"))
    assert desk.canvas.gesture is None  # the menu gets the release of the left button
    desk.move(desk.at("loose") + QPoint(120, 40))
    assert desk.graph.node("loose").position == before
    assert desk.page.picture.lifted is None
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton):
        # Buttons that stay down are down for every test after this one.
        QTest.mouseRelease(desk.canvas, button, pos=desk.at("loose"))


def test_click_selects_an_edge_and_delete_removes_it(desk):
    desk.click(desk.middle("features", "hidden"))
    assert [e.target.node for e in desk.page.selection.edges] == ["hidden"]
    desk.key(Qt.Key.Key_Delete)
    assert desk.edges() == {("hidden", "out")}


# ---- moving ------------------------------------------------------------------------------------


def test_drag_moves_on_the_grid_as_one_undo_step(desk):
    before = desk.graph.node("loose").position
    desk.drag(desk.at("loose"), desk.at("loose") + QPoint(61, -45))
    assert desk.graph.node("loose").position == (384.0, 80.0)
    assert desk.session.document.undo_label == "Move"
    assert undo_steps(desk) == 1
    assert desk.graph.node("loose").position == before


def test_all_selected_nodes_move_together(desk):
    for node_id in ("hidden", "out"):
        desk.click(desk.at(node_id), CTRL)
    before = {i: desk.graph.node(i).position for i in ("hidden", "out", "features")}
    desk.drag(desk.at("out"), desk.at("out") + QPoint(-120, 40))
    moved = {i: desk.graph.node(i).position for i in before}
    assert moved["features"] == before["features"]
    shift = moved["out"][0] - before["out"][0], moved["out"][1] - before["out"][1]
    assert shift == (moved["hidden"][0] - before["hidden"][0],
                     moved["hidden"][1] - before["hidden"][1])  # fmt: skip
    assert abs(shift[0] + 120) <= 8


def test_moving_snaps_into_line_with_a_neighbour(desk):
    start = desk.at("loose")
    desk.press(start)
    desk.move(start + QPoint(-100, 60))
    target = desk.at("hidden").x() + 3
    desk.move(QPoint(target, start.y() + 250))
    assert desk.canvas.picture.lifted.offset.x() == -320.0
    desk.release(QPoint(target, start.y() + 250))
    assert desk.graph.node("loose").position[0] == desk.graph.node("hidden").position[0]


def test_escape_gives_a_move_up(desk):
    before = desk.graph.node("loose").position
    desk.press(desk.at("loose"))
    desk.move(desk.at("loose") + QPoint(90, 90))
    desk.key(Qt.Key.Key_Escape)
    desk.release(desk.at("loose") + QPoint(90, 90))
    assert desk.graph.node("loose").position == before
    assert not desk.session.document.can_undo
    assert desk.canvas.picture.lifted is None


def test_a_loose_layer_dropped_on_an_edge_goes_into_it(desk):
    desk.drag(desk.at("loose"), desk.middle("hidden", "out") + QPoint(2, 0))
    assert desk.edges() == {("features", "hidden"), ("hidden", "loose"), ("loose", "out")}
    assert undo_steps(desk) == 1


# ---- connecting --------------------------------------------------------------------------------


def test_dragging_from_output_to_input_connects(desk):
    desk.drag(desk.port("hidden", "output", "output"), desk.port("loose", "input", "input"))
    assert ("hidden", "loose") in desk.edges()


def test_dragging_from_input_to_output_connects(desk):
    desk.drag(desk.port("loose", "input", "input"), desk.port("hidden", "output", "output"))
    assert ("hidden", "loose") in desk.edges()


def test_a_link_dropped_on_a_node_takes_its_first_input(desk):
    desk.drag(desk.port("features", "output", "output"), desk.at("loose"))
    assert ("features", "loose") in desk.edges()


def test_connecting_an_occupied_input_replaces_its_edge(desk):
    desk.drag(desk.port("features", "output", "output"), desk.port("out", "input", "input"))
    assert desk.edges() == {("features", "hidden"), ("features", "out")}
    assert undo_steps(desk) == 1


def test_an_impossible_port_refuses_with_the_reason(desk):
    start = desk.port("out", "output", "output")
    desk.press(start)
    desk.move(start + QPoint(10, 10))
    desk.move(desk.port("hidden", "input", "input"))
    gesture = desk.canvas.gesture
    assert gesture.refused
    assert gesture.hint == "This would make a cycle: out depends on hidden."
    edges = desk.edges()
    desk.release(desk.port("hidden", "input", "input"))
    assert desk.edges() == edges
    assert not desk.session.document.can_undo


def test_a_layer_without_input_refuses_a_link(desk):
    start = desk.port("hidden", "output", "output")
    desk.press(start)
    desk.move(start + QPoint(10, 10))
    desk.move(desk.at("features"))
    assert desk.canvas.gesture.hint == "features has no input."
    desk.release(desk.at("features"))
    assert desk.edges() == {("features", "hidden"), ("hidden", "out")}


def test_the_end_of_an_edge_can_be_taken_elsewhere(desk):
    desk.drag(desk.port("out", "input", "input"), desk.port("loose", "input", "input"))
    assert desk.edges() == {("features", "hidden"), ("hidden", "loose")}
    assert undo_steps(desk) == 1


def test_the_begin_of_an_edge_can_be_taken_elsewhere(desk):
    near_source = desk.port("hidden", "output", "output") + QPoint(0, 18)
    desk.drag(near_source, desk.port("features", "output", "output"))
    assert desk.edges() == {("features", "hidden"), ("features", "out")}


def test_an_edge_end_dropped_on_nothing_deletes_the_edge(desk):
    desk.drag(desk.port("out", "input", "input"), desk.empty(-300, 200))
    assert desk.edges() == {("features", "hidden")}


def test_a_link_dropped_on_nothing_offers_layers_that_fit(desk):
    desk.drag(desk.port("hidden", "output", "output"), desk.empty(-300, 300))
    popup = desk.page.adding.popup
    assert popup.isVisible()
    assert "Dense" in popup.keys
    assert "InputLayer" not in popup.keys
    before = set(desk.graph.nodes)
    desk.type("drop")
    assert popup.keys[0] == "Dropout"
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    added = desk.only_new(before)
    assert added.layer == "Dropout"
    assert ("hidden", added.name) in desk.edges()
    assert abs(added.position[0] + 300) <= 8


def test_compatible_ports_light_up_while_linking(desk):
    start = desk.port("hidden", "output", "output")
    port = desk.port("loose", "input", "input")
    before = desk.canvas.grab().toImage().pixelColor(port)
    desk.press(start)
    desk.move(start + QPoint(-60, 60))
    lit = desk.canvas.grab().toImage().pixelColor(port)
    desk.release(start)
    assert lit != before


# ---- renaming ----------------------------------------------------------------------------------


def test_double_click_on_the_title_renames_in_place(desk):
    QTest.mouseDClick(desk.canvas, Qt.MouseButton.LeftButton, pos=desk.title("hidden"))
    field = desk.find(QLineEdit, "design.rename")
    assert field.text() == "hidden"
    desk.type("encoder")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.graph.node("hidden").name == "encoder"
    assert not field.isVisible()
    assert desk.window.focusWidget() is desk.canvas


def test_escape_keeps_the_old_name_and_a_taken_name_is_refused(desk, qtbot):
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_F2)
    field = desk.find(QLineEdit, "design.rename")
    desk.type("nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert desk.graph.node("hidden").name == "hidden"
    desk.key(Qt.Key.Key_F2)
    desk.type("out")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.graph.node("hidden").name == "hidden"
    assert desk.page.notice.words.text().startswith("Another layer is called out.")


# ---- looking -----------------------------------------------------------------------------------


def wheel(desk, at, notches, keys=Qt.KeyboardModifier.NoModifier):
    where = QPointF(at)
    event = QWheelEvent(
        where, QPointF(desk.canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.canvas, event)


def test_the_wheel_zooms_at_the_pointer(desk):
    at = desk.at("out")
    scene = desk.canvas.camera.to_scene(QPointF(at))
    wheel(desk, at, -2)
    assert round(desk.canvas.camera.scale, 3) == round(1 / 1.44, 3)
    after = desk.canvas.camera.to_view(scene)
    assert (after - QPointF(at)).manhattanLength() < 0.01


def test_shift_and_wheel_pan(desk):
    before = desk.at("out")
    wheel(desk, before, 1, SHIFT)
    assert desk.canvas.camera.scale == 1.0
    assert desk.at("out") - before == QPoint(60, 0)


def test_middle_button_and_space_pan(desk):
    before = desk.at("out")
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(desk.canvas, middle, pos=desk.empty())
    desk.move(desk.empty() + QPoint(30, 20))
    QTest.mouseRelease(desk.canvas, middle, pos=desk.empty() + QPoint(0, 0))
    moved = desk.at("out") - before
    assert moved != QPoint(0, 0)
    QTest.keyPress(desk.canvas, Qt.Key.Key_Space)
    desk.press(desk.at("hidden"))
    desk.move(desk.at("hidden") + QPoint(50, 0))
    desk.release(desk.at("hidden"))
    QTest.keyRelease(desk.canvas, Qt.Key.Key_Space)
    assert desk.selected == set()
    assert not desk.session.document.can_undo
    assert not desk.canvas.space_held


def test_hovering_an_edge_highlights_its_path(desk):
    at = desk.middle("hidden", "out")
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(desk.canvas.mapToGlobal(at)),
        Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(desk.canvas, event)
    edge = Edge(Endpoint("hidden", "output"), Endpoint("out", "input"))
    assert desk.canvas.hover.edge == edge
    above = Edge(Endpoint("features", "output"), Endpoint("hidden", "input"))
    assert desk.canvas.hover.on_path(above)
    desk.session.apply(Connect(Edge(Endpoint("features", "output"), Endpoint("loose", "input"))))
    desk.canvas.hover.look(desk.canvas.camera.to_scene(QPointF(at)), desk.canvas.reach())
    aside = Edge(Endpoint("features", "output"), Endpoint("loose", "input"))
    assert not desk.canvas.hover.on_path(aside)
