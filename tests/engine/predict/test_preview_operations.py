"""The preview runs operations as the model does; training goes through them."""

import numpy as np

from workbench.build.model import build_model
from workbench.catalog import load_catalog
from workbench.graph.model import Edge, Endpoint, Graph, Node


def network():
    graph = Graph()
    graph.put_node(Node("n0", "InputLayer", "input", {}))

    def put(node_id, key, params, source, port, output="output"):
        if node_id not in graph:
            graph.put_node(Node(node_id, key, node_id, params))
        graph.put_edge(Edge(Endpoint(source, output), Endpoint(node_id, port)))

    put("plus", "ops.add", {"x2": 1.0}, "n0", "x1")
    put("parts", "ops.split", {"indices_or_sections": [1], "axis": -1}, "plus", "x")
    put("times", "ops.multiply", {}, "parts", "x1")
    put("times", "ops.multiply", {}, "parts", "x2", "output_2")
    put("first", "ops.get_item", {"key": ":, 0:1"}, "times", "x")
    put("out", "Dense", {"units": 2}, "first", "input")
    return graph


def test_values_of_operations(table):
    graph = network()
    seen = table(graph, index=3)
    assert [node for node in graph.nodes if seen.nodes[node].message] == []
    shown = {node: seen.nodes[node].output.values for node in ("n0", "plus", "times", "first")}
    np.testing.assert_allclose(shown["plus"], shown["n0"] + 1, rtol=1e-6)
    plus = shown["plus"]
    np.testing.assert_allclose(shown["times"], plus[:1] * plus[1:], rtol=1e-6)
    np.testing.assert_allclose(shown["first"], shown["times"][:1])


def test_a_network_with_operations_trains():
    import keras

    graph = network()
    graph.put_node(Node("n0", "InputLayer", "input", {"shape": [3]}))
    model = build_model(graph, load_catalog())
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    given = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")
    history = model.fit(given, np.arange(10) % 2, batch_size=4, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert model.predict(given, verbose=0).shape == (10, 2)
