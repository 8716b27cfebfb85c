"""The layout in a process of its own: the same places, and an end at once when cancelled."""

import json
import threading
import time

import pytest

from workbench.apart import encoded
from workbench.errors import GraphError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, MoveNodes, Node
from workbench.graph.layout import layout
from workbench.graph.layout_apart import LayoutApart


def ladder(size: int) -> Graph:
    graph = Graph()
    for number in range(size):
        graph.apply(AddNode(Node(f"n{number}", "Add", f"n{number}", {}, (7.0 * number, 0.0))))
        for back in (1, 3):
            if number >= back:
                edge = Edge(Endpoint(f"n{number - back}", "output"),
                            Endpoint(f"n{number}", "inputs"), back)  # fmt: skip
                graph.apply(Connect(edge))
    return graph


@pytest.mark.parametrize("direction", ["vertical", "horizontal"])
def test_the_places_are_those_of_the_layout_here(direction):
    graph = ladder(40)
    sizes = {i: (200.0, 60.0 + 4 * (int(i[1:]) % 3)) for i in graph.nodes}
    assert LayoutApart(graph, sizes, direction).run() == layout(graph, sizes, direction)


def test_only_the_chosen_are_moved():
    graph = ladder(20)
    only = {"n3", "n4", "n5"}
    assert set(LayoutApart(graph, {}, only=only).run().positions) == only


def test_a_cancelled_layout_ends_within_a_second():
    work = LayoutApart(ladder(4000), {})
    found: list[MoveNodes] = []
    thread = threading.Thread(target=lambda: found.append(work.run()))
    thread.start()
    time.sleep(0.2)
    start = time.perf_counter()
    work.cancel()
    thread.join(5)
    assert time.perf_counter() - start < 1
    assert found == [MoveNodes({})]


def test_cancelled_before_it_began():
    work = LayoutApart(ladder(3), {})
    work.cancel()
    assert work.run() == MoveNodes({})


def test_a_process_that_fails_is_an_error(monkeypatch):
    monkeypatch.setattr("workbench.apart.sys.executable", "/no/such/python")
    with pytest.raises(GraphError, match="placed"):
        LayoutApart(ladder(3), {}).run()


def test_it_tells_how_far_it_is():
    graph = ladder(30)
    for number in range(40):  # pieces of their own
        graph.apply(AddNode(Node(f"alone{number}", "Add", f"alone{number}", {}, (0.0, 0.0))))
    told: list[float] = []
    LayoutApart(graph, {}).run(told.append)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] > 0.9


def test_what_is_sent_is_json():
    value = {"a": [1, "é", None], "b": {"c": [], "d": {}}, "e": 2.5, "f": [{"g": True}]}
    assert json.loads(b"".join(encoded(value))) == value
