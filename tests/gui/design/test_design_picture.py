"""The picture follows the document: after any changes and undos it is what a fresh one would be."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas import geometry
from ui.design.canvas.camera import MAX_SCALE, Camera
from ui.design.canvas.figures import EdgeFigure
from ui.design.canvas.hits import edge_at, node_at, port_at
from ui.design.canvas.index import CELL
from ui.design.canvas.ink import Level, level_for
from ui.design.canvas.picture import Picture
from workbench.catalog import load_catalog
from workbench.errors import GraphError, Place
from workbench.graph import (
    AddNode,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    Node,
    Problem,
    RemoveNode,
    RenameNode,
    SetParam,
)
from workbench.graph.changes import UNSET, SetTrainable
from workbench.graph.clipboard import duplicate
from workbench.graph.edits import delete, insert_on_edge, share
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

LAYERS = ("Dense", "Add", "LSTM", "MultiHeadAttention", "InputLayer", "Gone", "Flatten")


def seen(picture):
    """Return all that a picture shows, as plain values."""
    nodes = {
        figure.id: (
            figure.node, figure.family, figure.headline, figure.shape, figure.count,
            figure.severity, figure.reasons, figure.rect.getRect(), figure.inputs, figure.outputs,
        )
        for figure in picture.nodes.values()
    }  # fmt: skip
    edges = {
        e: (*rounded(f.start), *rounded(f.end), f.shape, f.dtype) for e, f in picture.edges.items()
    }
    return nodes, edges


def rounded(point):
    """Return a point without the last bits: moving adds differences to it."""
    return round(point.x(), 6), round(point.y(), 6)


def everything(picture):
    """Return the keys that the spatial indexes hold, each where a look around finds it."""
    whole = QRectF(-1e7, -1e7, 2e7, 2e7)
    return (
        {f.id for f in picture.node_index.inside(whole)},
        {f.edge for f in picture.edge_index.inside(whole)},
    )


def assert_same(picture, graph, inference=None, problems=()):
    fresh = Picture(picture.catalog)
    fresh.show_graph(graph)
    fresh.set_inference(inference)
    fresh.set_problems(problems)
    assert seen(picture) == seen(fresh)
    assert everything(picture) == (set(graph.nodes), set(picture.edges))
    assert set(picture.edges) == set(graph.edges)


def random_change(draw, graph):
    """Draw a change that may or may not fit the graph."""
    ids = list(graph.nodes) or ["none"]
    one, other = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
    kind = draw(st.integers(0, 13))
    if kind <= 3:
        layer = draw(st.sampled_from(LAYERS))
        name = f"n{draw(st.integers(0, 10**6))}"
        place = (draw(st.integers(-9000, 9000)) * 1.0, draw(st.integers(-9000, 9000)) * 1.0)
        return AddNode(Node(name, layer, name, {}, place), draw(st.integers(-1, 3)))
    if kind <= 6:
        port = draw(st.sampled_from(["input", "inputs", "query", "value", "stray"]))
        out = draw(st.sampled_from(["output", "state_h"]))
        return Connect(Edge(Endpoint(one, out), Endpoint(other, port), draw(st.integers(0, 3))))
    if kind == 7 and graph.edges:
        return Disconnect(draw(st.sampled_from(list(graph.edges))))
    if kind == 8:
        return SetParam(one, "units", draw(st.sampled_from([1, 64, "relu", UNSET])))
    if kind == 9:
        return draw(st.sampled_from([
            RemoveNode(one), RenameNode(one, "x" * draw(st.integers(0, 40))),
            SetTrainable(one, False), SetParam(one, "return_state", True),
        ]))  # fmt: skip
    if kind == 10:
        return MoveNodes({one: (5000.0, -64.0), other: (0.0, 0.0)})
    if kind == 11:
        return delete(graph, [one, other], bridge=True)
    if kind == 12 and one in graph:
        if draw(st.booleans()):
            return duplicate(graph, [one, other])[0]
        return share(graph, one, (0.0, 0.0))[0]
    if graph.edges:
        edge = draw(st.sampled_from(list(graph.edges)))
        return insert_on_edge(graph, load_catalog(), "Dense", edge)[0]
    return MoveNodes({one: (8.0, 8.0)})


@given(st.data())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_random_changes_and_undo_the_picture_is_the_document(qapp, data):
    graph, picture = Graph(), Picture(load_catalog())
    picture.show_graph(graph)
    inverses = []
    for _ in range(data.draw(st.integers(1, 25))):
        if inverses and data.draw(st.integers(0, 4)) == 0:
            change = inverses.pop()
            graph.apply(change)
        else:
            try:
                change = random_change(data.draw, graph)
                inverses.append(graph.apply(change))
            except GraphError:
                continue
        if data.draw(st.integers(0, 5)) == 0:
            picture.lift(list(graph.nodes)[:2])
        picture.touch(change)
    picture.land()
    assert_same(picture, graph)
    for inverse in reversed(inverses):
        graph.apply(inverse)
        picture.touch(inverse)
    assert_same(picture, graph)
    assert not picture.nodes
    assert not picture.edges


@pytest.fixture
def picture(qapp, graph):
    made = Picture(load_catalog())
    made.show_graph(graph)
    return made


def test_shapes_and_problems_change_only_what_they_concern(picture, graph):
    before = dict(picture.nodes)
    shapes = Inference({"hidden": NodeInfo({"output": TensorInfo((None, 16))}, 496, 496, 1984)})
    picture.set_inference(shapes)
    assert picture.nodes["hidden"].shape == "16"
    assert picture.nodes["hidden"].count == "496"
    assert picture.nodes["out"] is before["out"]
    edge = Edge(Endpoint("hidden", "output"), Endpoint("out", "input"))
    assert (picture.edges[edge].shape, picture.edges[edge].dtype) == ("16", "float32")
    named = {"output": ("batch", "feature")}
    known = NodeInfo({"output": TensorInfo((None, 16))}, 496, 496, 1984, axes=named)
    picture.set_inference(Inference({"hidden": known}))
    assert picture.edges[edge].shape == "feature 16"
    large = TensorInfo((None, 26, 26, 32))
    places = {"output": ("batch", "height", "width", "channel")}
    picture.set_inference(Inference({"hidden": NodeInfo({"output": large}, axes=places)}))
    assert picture.edges[edge].shape == "H 26 × W 26 × C 32"
    picture.set_inference(shapes)
    wrong = Problem("x", "error", "Bad.", Place("param", "out", "units"))
    soft = Problem("y", "warning", "Odd.", Place("node", "out"))
    advice = Problem("z", "info", "Think.", Place("node", "loose"))
    picture.set_problems([soft, wrong, advice])
    assert picture.nodes["out"].severity == "error"
    assert picture.nodes["out"].reasons == ("Odd.", "Bad.")
    assert picture.nodes["loose"].severity is None
    assert_same(picture, graph, shapes, [soft, wrong, advice])
    picture.set_problems([])
    assert picture.nodes["out"].severity is None


def test_what_is_under_the_pointer(picture):
    figure = picture.nodes["hidden"]
    assert node_at(picture, figure.rect.center()).id == "hidden"
    assert node_at(picture, QPointF(-900, 0)) is None
    port = figure.port_point("output", "output")
    hit = port_at(picture, port + QPointF(3, 4), 12)
    assert (hit.end, hit.side) == (Endpoint("hidden", "output"), "output")
    assert port_at(picture, port + QPointF(20, 0), 12) is None
    assert port_at(picture, port, 12, "input") is None
    edge = edge_at(picture, port + QPointF(6, 28), 12)
    assert edge.edge.target == Endpoint("out", "input")
    assert edge_at(picture, port + QPointF(30, 28), 12) is None


def test_lifted_nodes_leave_the_index_and_land_again(picture, graph):
    lifted = picture.lift(["hidden"])
    assert "hidden" not in everything(picture)[0]
    lifted.offset = QPointF(100, 0)
    start = {f.edge.source.node: f for f in lifted.border_figures()}["hidden"].start
    assert start.x() == picture.nodes["hidden"].rect.center().x() + 100
    picture.land()
    assert_same(picture, graph)


def test_a_far_edge_is_found_in_every_part_it_crosses(picture, graph):
    picture.graph.apply(MoveNodes({"out": (0.0, 20 * CELL)}))
    picture.touch(MoveNodes({"out": (0.0, 20 * CELL)}))
    edge = Edge(Endpoint("hidden", "output"), Endpoint("out", "input"))
    for part in range(1, 20):
        area = QRectF(-10, part * CELL, 20, 20)
        assert edge in {f.edge for f in picture.edge_index.inside(area)}


# ---- geometry ----------------------------------------------------------------------------------


@given(st.floats(-4000, 4000), st.floats(-4000, 4000), st.floats(0.2, 3.0), st.floats(0.5, 2.0))
def test_zooming_keeps_the_point_under_the_pointer(x, y, scale, factor):
    camera = Camera()
    camera.zoom_to(scale, QPointF(0, 0))
    pointer = QPointF(x, y)
    fixed = camera.to_scene(pointer)
    camera.zoom(factor, pointer)
    assert (camera.to_view(fixed) - pointer).manhattanLength() < 1e-6
    assert camera.min_scale <= camera.scale <= MAX_SCALE


def test_zooming_stops_at_actual_size():
    camera = Camera()
    camera.zoom_to(0.9, QPointF())
    camera.zoom(1.2, QPointF())
    assert camera.scale == 1.0
    camera.zoom(1.2, QPointF())
    assert camera.scale == 1.2


def test_fit_shows_everything_and_never_enlarges():
    camera, view = Camera(), QRectF(0, 0, 800, 600)
    camera.fit(QRectF(-1e6, 0, 2e6, 5e5), view)
    shown = camera.rect_to_scene(view)
    assert shown.contains(QRectF(-1e6, 0, 2e6, 5e5))
    camera.fit(QRectF(0, 0, 100, 100), view)
    assert camera.scale == 1.0
    assert camera.to_view(QPointF(50, 50)) == view.center()


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_edges_leave_downwards_and_arrive_from_above(dx, dy):
    path = geometry.edge_path(QPointF(0, 0), QPointF(dx, dy))
    assert path.pointAtPercent(0.002).y() >= 0
    assert path.pointAtPercent(0.998).y() <= dy
    figure = EdgeFigure(Edge(Endpoint("a", "o"), Endpoint("b", "i")), QPointF(0, 0),
                        QPointF(dx, dy), "", "")  # fmt: skip
    assert figure.bounds.contains(path.boundingRect().adjusted(-0.5, 0, 0.5, 0.5))


def test_levels_of_detail_follow_the_scale():
    levels = [level_for(s) for s in (0.05, 0.25, 0.5, 1.0)]
    assert levels == [Level.DOTS, Level.FAR, Level.NAMES, Level.FULL]


def test_a_free_spot_covers_nothing():
    taken = [QRectF(-104, -36 + 100 * i, 208, 72) for i in range(5)]
    spot = geometry.free_spot(QPointF(0, 0), (208, 72), taken)
    assert not any(r.intersects(geometry.node_rect(spot.toTuple(), (208, 72))) for r in taken)
    assert spot.x() == 0
