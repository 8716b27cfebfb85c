"""Networks from left to right: ports at the sides, edges sideways, kept with the project."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.gui.design.conftest import LEFT
from ui.design.canvas.hits import edge_at, port_at
from workbench.graph import Endpoint
from workbench.graph.direction import direction_of
from workbench.project.folder import open_project

CTRL = Qt.KeyboardModifier.ControlModifier


def do(desk, name):
    desk.page.services.actions.refresh()
    desk.page.services.actions.trigger(f"design.{name}")


@pytest.fixture
def across(desk):
    do(desk, "tidy_right")
    desk.canvas.navigation.zoom_to(1.0)
    desk.canvas.navigation.fit()
    return desk


def test_layers_stand_in_a_row_and_ports_at_their_sides(across):
    nodes = across.canvas.picture.nodes
    x = [across.graph.node(i).position[0] for i in ("features", "hidden", "out")]
    assert x == sorted(x)
    assert len(set(x)) == 3
    hidden = nodes["hidden"]
    middle = hidden.rect.center().y()
    assert hidden.port_point("input", "input") == QPointF(hidden.rect.left(), middle)
    assert hidden.port_point("output", "output") == QPointF(hidden.rect.right(), middle)


def test_edges_leave_sideways_and_are_found_where_they_are_drawn(across):
    picture = across.canvas.picture
    for figure in picture.edges.values():
        first = figure.path.pointAtPercent(0.02) - figure.start
        assert first.x() > 2 * abs(first.y())
        assert figure.bounds.contains(figure.path.boundingRect().adjusted(0, -1, 0, 1))
        found = edge_at(picture, figure.path.pointAtPercent(0.5), 6.0)
        assert found is not None
    hidden = picture.nodes["hidden"]
    hit = port_at(picture, hidden.port_point("output", "output") + QPointF(3, 4), 12.0)
    assert hit is not None
    assert (hit.end, hit.side) == (Endpoint("hidden", "output"), "output")


def test_one_undo_turns_it_back_and_the_project_keeps_it(across):
    assert direction_of(across.graph) == "horizontal"
    turned = {i: n.position for i, n in across.graph.nodes.items()}
    across.session.undo()
    assert direction_of(across.graph) == "vertical"
    hidden = across.canvas.picture.nodes["hidden"]
    assert hidden.port_point("input", "input").y() == hidden.rect.top()
    across.session.redo()
    assert {i: n.position for i, n in across.graph.nodes.items()} == turned
    document = across.session.document
    document.save()
    folder = document.folder
    document.close()
    again = open_project(folder)
    try:
        assert direction_of(again.graph) == "horizontal"
    finally:
        again.close()


def test_arrows_follow_the_connections_to_the_right(across):
    across.click(across.at("hidden"))
    across.key(Qt.Key.Key_Right)
    assert across.selected == {"out"}
    across.key(Qt.Key.Key_Left)
    across.key(Qt.Key.Key_Left)
    assert across.selected == {"features"}


def test_a_new_layer_comes_to_the_right_and_others_make_room(across, qtbot):
    end = across.graph.node("out").position
    edge = next(e for e in across.graph.edges if e.target.node == "out")
    made = across.page.editor.insert("Dropout", edge)
    at = across.graph.node(made).position
    assert at[1] == pytest.approx(end[1], abs=8)
    assert across.graph.node("hidden").position[0] < at[0] < across.graph.node("out").position[0]
    boxes = across.canvas.picture.nodes
    assert not boxes[made].rect.intersects(boxes["out"].rect)
    after = across.page.editor.add_after("Dense", Endpoint("out", "output"))
    assert across.graph.node(after).position[0] > across.graph.node("out").position[0] + 100


def test_a_connection_is_dragged_from_side_to_side(across):
    nodes, camera = across.canvas.picture.nodes, across.canvas.camera
    start = camera.to_view(nodes["hidden"].port_point("output", "output")).toPoint()
    end = camera.to_view(nodes["loose"].port_point("input", "input")).toPoint()
    QTest.mousePress(across.canvas, LEFT, pos=start)
    across.move(start + (end - start) / 2)
    across.move(end)
    QTest.mouseRelease(across.canvas, LEFT, pos=end)
    assert across.graph.incoming("loose")[0].source == Endpoint("hidden", "output")


def test_pictures_of_it_can_be_taken(across):
    from ui.design.handling.rendering import svg_bytes

    data = svg_bytes(across.page.handling.pictures.drawing())
    assert b"<svg" in data
    assert len(data) > 2000


def test_networks_in_blocks_are_turned_with_the_others(desk):
    from workbench.graph.blocking import group
    from workbench.graph.blocks import blocks

    change, use = group(desk.graph, ["hidden", "out"], "Stem")
    desk.session.apply(change)
    do(desk, "tidy_right")
    (block,) = blocks(desk.page.editor.root.records)
    places = [node.position for node in block.graph]
    x = sorted(place[0] for place in places)
    assert len({y for _, y in places}) == 1
    assert all(b - a > 200 for a, b in pairwise(x))
    desk.page.scopes.go((use,))
    assert all(figure.across for figure in desk.canvas.picture.nodes.values())
    desk.session.undo()
    assert direction_of(desk.page.editor.root) == "vertical"


def test_ports_of_a_new_block_stand_at_its_sides(across):
    from workbench.graph.blocking import group
    from workbench.graph.blocks import block_of

    change, use = group(across.graph, ["hidden"], "Stem")
    across.session.apply(change)
    root = across.page.editor.root
    inner = block_of(root.records, root.node(use).layer).graph
    places = {node.layer: node.position for node in inner}
    assert places["BlockInput"][0] < places["Dense"][0] - 250
    assert places["BlockOutput"][0] > places["Dense"][0] + 250
    assert len({y for _, y in places.values()}) == 1
