"""Training changes nothing of a frozen layer, also where its first call makes layers inside."""

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.export import model_code
from workbench.graph import Edge, Endpoint, Graph, Node

pytestmark = pytest.mark.backend
CATALOG = load_catalog()
DENSE = {"layer": {"layer": "Dense", "params": {"units": 3}}}
LSTM = {"layer": {"layer": "LSTM", "params": {"units": 3}}}


def network(layer, params, ports):
    graph = Graph()
    for node in (Node("i", "InputLayer", "features", {"shape": [5, 4]}),
                 Node("a", layer, "frozen", params, trainable=False),
                 Node("f", "Flatten", "flat"),
                 Node("d", "Dense", "last", {"units": 1})):  # fmt: skip
        graph.put_node(node)
    for port in ports:
        graph.put_edge(Edge(Endpoint("i", "output"), Endpoint("a", port)))
    for source, target in (("a", "f"), ("f", "d")):
        graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, "input")))
    return graph


@pytest.mark.parametrize(
    ("layer", "params", "ports"),
    [
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, ["query", "value"]),
        ("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1},
         ["query", "value"]),
        ("TimeDistributed", DENSE, ["input"]),
        ("Bidirectional", LSTM, ["input"]),
        ("BatchNormalization", {}, ["input"]),
    ],
)  # fmt: skip
def test_inference_model_and_code_agree_on_what_is_trained(layer, params, ports):
    graph = network(layer, params, ports)
    told = ShapeInference(CATALOG).infer(graph).trainable
    scope = {}
    exec(compile(model_code(graph, CATALOG).text, "exported", "exec"), scope)
    for model in (build_model(graph, CATALOG), scope["build_model"]()):
        assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == told
        frozen = model.get_layer("frozen")
        before = [np.array(w) for w in frozen.weights]
        assert before
        model.compile("sgd", "mse")
        rows = np.random.default_rng(0).normal(size=(8, 5, 4))
        model.fit(rows, np.ones((8, 1)), epochs=1, verbose=0)
        for weight, value in zip(frozen.weights, before, strict=True):
            np.testing.assert_array_equal(np.array(weight), value)
