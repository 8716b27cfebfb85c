"""Networks with blocks: a use shows what comes out of it, its inside can be looked into."""

from __future__ import annotations

import numpy as np

from tests.engine.predict.conftest import row_of
from workbench.graph import PutRecord
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.records import Records
from workbench.training.material import build_network, infer_shapes
from workbench.training.surroundings import seed_everything


def with_block(repeat=1):
    """Return input → use of a block of two Dense layers → Dense."""
    inner = Graph(Records())
    for node in (
        Node("in", BLOCK_INPUT, "x"),
        Node("one", "Dense", "one", {"units": 8, "activation": "relu"}),
        Node("two", "Dense", "two", {"units": 6, "activation": "tanh"}),
        Node("out", BLOCK_OUTPUT, "y"),
    ):
        inner.put_node(node)
    for source, target in (("in", "one"), ("one", "two"), ("two", "out")):
        inner.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, "input")))
    graph = Graph()
    graph.apply(PutRecord(Block("pair", "Pair", inner)))
    params = {"repeat": repeat} if repeat > 1 else {}
    graph.put_node(Node("n0", "InputLayer", "input"))
    graph.put_node(Node("use", layer_of("pair"), "pair_1", params))
    graph.put_node(Node("n2", "Dense", "grade", {"units": 3, "activation": "softmax"}))
    graph.put_edge(Edge(Endpoint("n0", "output"), Endpoint("use", "in")))
    graph.put_edge(Edge(Endpoint("use", "out"), Endpoint("n2", "input")))
    return graph


def test_a_use_gives_what_its_last_layer_gives(table):
    for repeat in (1, 3):
        graph = with_block(repeat)
        asked = ["use", "use/one", "use/two", "use/in", "use/out", "n0", "n2"]
        seen = table(graph, nodes=asked, detail="use")
        assert set(seen.nodes) == set(asked)
        last = "use/two" if repeat == 1 else f"use#{repeat}/two"
        inside = table(graph, nodes=[last]).nodes[last].output
        (port,) = seen.nodes["use"].outputs
        assert port == "out"
        np.testing.assert_array_equal(seen.nodes["use"].output.values, inside.values)
        first = table(graph, nodes=["use/two"]).nodes["use/two"].output
        np.testing.assert_array_equal(seen.nodes["use/out"].output.values, first.values)
        np.testing.assert_array_equal(
            seen.nodes["use/in"].output.values, seen.nodes["n0"].output.values
        )
        assert seen.nodes["n2"].labels == ("low", "mid", "top")
        assert len(seen.nodes["use"].detail.weights) == 4 * repeat
        assert seen.nodes["use"].detail.weights[0].name.endswith("one/kernel")


def test_its_values_are_those_of_the_model_that_training_starts_from(table):
    graph = with_block(2)
    seen = table(graph, nodes=["n2"])
    shapes = infer_shapes(graph, table.signature)
    seed_everything(3)
    model = build_network(graph, table.signature, shapes)
    rows = table.session._samples.rows(table.data, table.folder, None)
    expected = model.predict(rows.encoded([seen.sample.row])["features"], verbose=0)[0]
    np.testing.assert_allclose(seen.nodes["n2"].output.values, expected, rtol=1e-5)


def test_a_plain_row_still_knows_its_nodes_only(table):
    seen = table(row_of(("Dense", {"units": 3})), nodes=["n1", "gone", "n0/x"])
    assert set(seen.nodes) == {"n1"}
