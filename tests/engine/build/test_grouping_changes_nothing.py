"""A network is the same before and after layers of it become a block, and shared weights fit."""

import keras
import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.graph import Edge, Endpoint, Graph, Node
from workbench.graph.blocking import group, ungroup

pytestmark = pytest.mark.backend
CATALOG = load_catalog()


def network(nodes, edges):
    graph = Graph()
    for node in nodes:
        graph.put_node(node)
    for source, target in edges:
        port = "inputs" if graph.node(target).layer == "Concatenate" else "input"
        end = Endpoint(target, port)
        graph.put_edge(Edge(Endpoint(source, "output"), end, graph.next_index(end)))
    return graph


def three_ends():
    nodes = [Node("i", "InputLayer", "features", {"shape": [4]})]
    nodes += [Node(at, "Dense", at, {"units": units})
              for at, units in (("a", 5), ("b", 6), ("c", 7), ("d", 3))]  # fmt: skip
    return network(nodes, [("i", "a"), ("a", "b"), ("a", "c"), ("i", "d")])


def outputs(graph):
    keras.utils.set_random_seed(3)
    model = build_model(graph, CATALOG)
    return [np.asarray(out) for out in model(np.linspace(0, 1, 8, dtype="float32").reshape(2, 4))]


@pytest.mark.parametrize("chosen", ["a", "ab", "abc", "b", "bd", "ad", "d"])
def test_the_outputs_of_the_network_stay_through_grouping_and_ungrouping(chosen):
    graph = three_ends()
    untouched, before = graph.copy(), outputs(graph)
    change, use = group(graph, chosen, "Part")
    undo = graph.apply(change)
    found = ShapeInference(CATALOG).infer(graph)
    assert not found.has_errors
    assert found.parameters == 25 + 36 + 42 + 15
    after = {out.shape: out for out in outputs(graph)}
    assert len(after) == 3
    for out in before:
        if chosen in ("a", "abc", "b", "d"):  # layers beside each other: the same weights as well
            np.testing.assert_array_equal(after[out.shape], out)
    grouped = graph.copy()
    change, _ = ungroup(graph, use)
    back = graph.apply(change)
    assert len(outputs(graph)) == 3
    graph.apply(back)
    assert graph == grouped
    assert list(graph.nodes) == list(grouped.nodes)
    graph.apply(undo)
    assert graph == untouched
    assert list(graph.nodes) == list(untouched.nodes)


def test_a_block_stands_in_the_order_where_its_layers_stood():
    graph = three_ends()
    change, use = group(graph, "ab", "Part")
    graph.apply(change)
    assert [at if len(at) == 1 else at == use for at in graph.nodes] == ["i", True, False, "c", "d"]
    change, ids = ungroup(graph, use)
    graph.apply(change)
    assert list(graph.nodes)[1:3] == ids


def test_shared_weights_that_do_not_fit_are_told_before_training():
    nodes = [
        Node("i", "InputLayer", "features", {"shape": [4]}),
        Node("n", "LayerNormalization", "norm"),
        Node("w", "Dense", "wide", {"units": 12}),
        Node("m", "LayerNormalization", "again", shared_with="n"),
    ]
    graph = network(nodes, [("i", "n"), ("n", "w"), ("w", "m")])
    shapes = ShapeInference(CATALOG)
    (problem,) = [p for p in shapes.infer(graph).problems if p.severity == "error"]
    assert problem.place.id == "m"
    assert problem.message == (
        "again: the weights that it shares were made for 4, which does not fit here."
    )
    graph.put_node(Node("w", "Dense", "wide", {"units": 4}))
    assert not shapes.infer(graph).has_errors


@pytest.mark.parametrize("width", [4, 6])
def test_shared_attention_takes_values_of_one_width_only(width):
    """Keras makes three rows of two where 4 values come instead of 6."""
    nodes = [
        Node("i", "InputLayer", "first", {"shape": [5, 6]}),
        Node("j", "InputLayer", "second", {"shape": [7, width], "source": "second"}),
        Node("a", "MultiHeadAttention", "attention", {"num_heads": 2, "key_dim": 2}),
        Node("b", "MultiHeadAttention", "again", shared_with="a"),
    ]
    graph = network(nodes, [])
    for source, target in (("i", "a"), ("j", "b")):
        for port in ("query", "value"):
            graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, port)))
    told = [p for p in ShapeInference(CATALOG).infer(graph).problems if p.place.id == "b"]
    errors = [p.message for p in told if p.severity == "error" and "shares" in p.message]
    assert len(errors) == (width != 6)
