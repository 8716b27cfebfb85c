"""Lining layers up, notes as records, and finding layers by what is known about them."""

import pytest

from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Batch,
    Connect,
    DropRecord,
    Edge,
    Endpoint,
    Graph,
    Node,
    PutRecord,
)
from workbench.graph.arrange import align, distribute, tidy_new, unplaced
from workbench.graph.blocking import group
from workbench.graph.finding import find
from workbench.graph.inference import Inference, NodeInfo, TensorInfo
from workbench.graph.notes import Note, inside_frame, notes_of, read_note

SIZES = {"a": (100.0, 40.0), "b": (200.0, 60.0), "c": (100.0, 40.0)}


def three() -> Graph:
    graph = Graph()
    graph.apply(AddNode(Node("a", "InputLayer", "features", {"shape": [28, 28, 1]}, (0.0, 0.0))))
    graph.apply(
        AddNode(
            Node(
                "b",
                "Conv2D",
                "conv",
                {"filters": 64, "kernel_size": [3, 3], "activation": "relu"},
                (90.0, 100.0),
            )
        )
    )
    graph.apply(AddNode(Node("c", "Dense", "out", {"units": 10}, (40.0, 500.0))))
    graph.apply(Connect(Edge(Endpoint("a", "output"), Endpoint("b", "input"))))
    graph.apply(Connect(Edge(Endpoint("b", "output"), Endpoint("c", "input"))))
    return graph


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("left", {"a": -50, "b": -50, "c": -50}),
        ("right", {"a": 90, "b": -10, "c": 90}),
        ("centre", {"a": 20, "b": -30, "c": 20}),
    ],
)
def test_align_across(side, expected):
    graph = three()
    graph.apply(align(graph, SIZES, ["a", "b", "c"], side))
    left = {i: graph.node(i).position[0] - SIZES[i][0] / 2 for i in SIZES}
    assert left == expected
    assert [graph.node(i).position[1] for i in "abc"] == [0, 100, 500]


def test_align_along_and_back():
    graph = three()
    inverse = graph.apply(align(graph, SIZES, ["a", "b"], "bottom"))
    assert graph.node("a").position == (0, 110)
    assert graph.node("c").position == (40, 500)
    graph.apply(inverse)
    assert graph == three()


def test_distribute_makes_gaps_equal_and_keeps_the_ends():
    graph = three()
    graph.apply(distribute(graph, SIZES, ["a", "b", "c"], "vertical"))
    assert graph.node("a").position == (0, 0)
    assert graph.node("c").position == (40, 500)
    top, bottom = graph.node("b").position[1] - 30, graph.node("b").position[1] + 30
    assert top - 20 == pytest.approx(480 - bottom)


def test_too_few_layers_stay():
    graph = three()
    assert not align(graph, SIZES, ["a"], "left").positions
    assert not distribute(graph, SIZES, ["a", "b"], "vertical").positions


def test_tidy_new_leaves_the_arranged_ones_and_covers_nothing():
    graph = three()
    for number in range(4):
        graph.apply(AddNode(Node(f"n{number}", "Dense", f"n{number}", {"units": 2}, (0.0, 0.0))))
        graph.apply(Connect(Edge(Endpoint("b", "output"), Endpoint(f"n{number}", "input"))))
    graph.apply(AddNode(Node("alone", "Dense", "alone", {"units": 2}, (0.0, 0.0))))
    sizes = dict.fromkeys(graph.nodes, (200.0, 60.0))
    new = unplaced(graph, sizes)
    assert new == ["n0", "n1", "n2", "n3", "alone"]
    change = tidy_new(graph, sizes, new)
    assert set(change.positions) <= set(new)
    graph.apply(change)
    assert unplaced(graph, sizes) == []
    assert graph.node("n0").position[1] > graph.node("b").position[1]
    assert graph.node("alone").position[1] > graph.node("c").position[1]


def test_notes_are_kept_in_files_and_undone():
    graph = three()
    note = Note("t1", "Why 64?", (10.0, 20.0, 200.0, 90.0), "blue", "frame")
    inverse = graph.apply(PutRecord(note, "Add note"))
    again = Graph.from_plain(graph.to_plain())
    assert notes_of(again) == [note]
    assert notes_of(again, "another block") == []
    graph.apply(inverse)
    assert notes_of(graph) == []
    assert "notes" not in graph.to_plain()
    with pytest.raises(GraphError):
        graph.apply(DropRecord("note", "t1"))


@pytest.mark.parametrize("rect", [None, [1, 2, 3], [0, 0, "x", 1], [0, 0, float("nan"), 1]])
def test_a_damaged_note_is_named(rect):
    with pytest.raises(GraphError, match="note"):
        read_note({"id": "t", "rect": rect})


def test_a_note_has_a_least_size():
    assert read_note({"id": "t", "rect": [0, 0, 1, 1]}).rect == (0, 0, 48, 32)


def test_a_frame_takes_along_what_lies_in_it():
    frame = Note("f", "Head", (-60.0, -60.0, 300.0, 240.0), form="frame")
    note, far = Note("n", "", (0.0, 0.0, 50.0, 50.0)), Note("m", "", (900.0, 0.0, 50.0, 50.0))
    centres = {node.id: node.position for node in three()}
    assert inside_frame(frame, centres, [frame, note, far]) == (["a", "b"], [note])
    assert inside_frame(note, centres, [frame, note, far]) == ([], [])


SHAPES = Inference(
    {
        "a": NodeInfo({"output": TensorInfo((None, 28, 28, 1))}),
        "b": NodeInfo({"output": TensorInfo((None, 26, 26, 64))}),
    }
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("conv", "b"), ("CONV2D", "b"), ("dense", "c"), ("relu", "b"), ("filters=64", "b"),
        ("filters:64", "b"), ("filters=32", ""), ("units>=10", "c"), ("units>10", ""),
        ("26x26", "b"), ("26×26x64", "b"), ("8x28", ""), ("28x28", "a"), ("kernel_size=3", "b"),
        ("kernel_size=3,3", "b"), ("use_bias=true", "bc"), ("units!=9", "c"), ("", ""),
        ("relu 26x26", "b"), ("relu dense", ""), ("o", "bc"),
    ],
)  # fmt: skip
def test_find(query, found):
    places = find(three(), load_catalog(), query, SHAPES)
    assert "".join(place.node_id for place in places) == found
    assert all(place.path == () for place in places)


def test_find_goes_into_blocks():
    graph = three()
    change, use = group(graph, ["b"], "Stem")
    graph.apply(change)
    (place,) = find(graph, load_catalog(), "filters=64")
    assert place.path == (use,)
    assert [p.path for p in find(graph, load_catalog(), "stem")] == [()]


def test_batches_of_notes_and_moves():
    graph = three()
    note = Note("t1", "x", (0.0, 0.0, 80.0, 80.0))
    graph.apply(Batch((PutRecord(note), PutRecord(note.moved(8, 8))), ""))
    assert notes_of(graph)[0].rect == (8, 8, 80, 80)
