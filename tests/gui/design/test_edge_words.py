"""Shapes beside edges and names at ports do not cover each other."""

from __future__ import annotations

import pytest

from ui.design.canvas.lettering import text_width
from ui.design.canvas.paint_edges import free_spot, has_room
from ui.design.canvas.port_names import names_of
from ui.design.canvas.written import Written
from workbench.graph import Edge, Endpoint, Graph, Node

SHAPE = "time ? × feature 64"


@pytest.fixture
def graph():
    """An encoder that hands two states over to a decoder."""
    made = Graph()
    for at, (name, layer, params) in enumerate([
        ("source", "InputLayer", {"shape": [None, 64]}),
        ("encoder", "LSTM", {"units": 64, "return_state": True, "return_sequences": True}),
        ("decoder", "LSTM", {"units": 64}),
    ]):  # fmt: skip
        made.put_node(Node(name, layer, name, params, (0.0, 160.0 * at)))
    for source, target in [
        (("source", "output"), ("encoder", "input")),
        (("encoder", "output"), ("decoder", "input")),
        (("encoder", "state_h"), ("decoder", "initial_state_h")),
        (("encoder", "state_c"), ("decoder", "initial_state_c")),
    ]:
        made.put_edge(Edge(Endpoint(*source), Endpoint(*target)))
    return made


def test_no_shape_covers_the_name_of_a_port_or_another_shape(desk):
    picture, boxes = desk.canvas.picture, []
    taken = Written()
    for figure in picture.nodes.values():
        for name in names_of(figure):
            taken.add(name.left, name.middle, name.width)
            boxes.append((name.left, name.middle - 6, name.left + name.width, name.middle + 6))
    names, width = len(boxes), text_width(SHAPE, "label")
    assert names >= 3
    for edge in picture.edges.values():
        spot = free_spot(edge, width, taken) if has_room(edge, width) else None
        if spot is None:
            continue
        box = (spot.x(), spot.y() - 6, spot.x() + width, spot.y() + 6)
        assert not any(crosses(box, other) for other in boxes)
        boxes.append(box)
        taken.add(spot.x(), spot.y(), width)
    assert len(boxes) > names, "no shape found room at all"


def crosses(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_spot_that_is_taken_is_left_for_the_next_line(desk):
    edge = next(f for f in desk.canvas.picture.edges.values() if f.edge.source.node == "source")
    first = free_spot(edge, 60.0, Written())
    assert first is not None
    taken = Written()
    taken.add(first.x(), first.y(), 60.0)
    second = free_spot(edge, 60.0, taken)
    assert second is not None and abs(second.y() - first.y()) >= 12
    for y in range(-400, 800, 4):
        taken.add(first.x() - 500, float(y), 1000.0)
    assert free_spot(edge, 60.0, taken) is None


def test_lines_side_by_side_do_not_meet():
    written = Written()
    written.add(0.0, 0.0, 50.0)
    assert written.meets(40.0, 0.0, 50.0) and written.meets(-20.0, 8.0, 30.0)
    assert not written.meets(60.0, 0.0, 50.0) and not written.meets(0.0, 17.0, 50.0)
