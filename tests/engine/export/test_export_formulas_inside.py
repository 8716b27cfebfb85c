"""Block parameters followed by settings of layers inside layers: shapes, model and code agree."""

import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import ParamSpec, load_catalog
from workbench.export import model_code
from workbench.graph import PutRecord
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.records import Records

CATALOG = load_catalog()
INNER = {
    "layer": {
        "layer": "LSTM",
        "params": {
            "units": {"$": "units * 2"},
            "kernel_regularizer": {"class_name": "L2", "config": {"l2": {"$": "decay"}}},
        },
    }
}


@pytest.fixture
def graph():
    inner = Graph(Records())
    for node in (Node("in", BLOCK_INPUT, "x"), Node("both", "Bidirectional", "both", INNER),
                 Node("out", BLOCK_OUTPUT, "y")):  # fmt: skip
        inner.put_node(node)
    inner.put_edge(Edge(Endpoint("in", "output"), Endpoint("both", "input")))
    inner.put_edge(Edge(Endpoint("both", "output"), Endpoint("out", "input")))
    params = (ParamSpec("units", "int", default=3), ParamSpec("decay", "float", default=0.25))
    graph = Graph()
    graph.apply(PutRecord(Block("enc", "Encoder", inner, params)))
    graph.put_node(Node("f", "InputLayer", "f", {"shape": [5, 2]}))
    graph.put_node(Node("use", layer_of("enc"), "encoder", {"units": 4}))
    graph.put_edge(Edge(Endpoint("f", "output"), Endpoint("use", "in")))
    return graph


def test_shapes_follow_the_parameter(graph):
    found = ShapeInference(CATALOG).infer(graph, None)
    assert not found.has_errors
    assert found.nodes["use"].outputs["out"].shape == (None, 16)


def test_model_and_code_are_the_same(graph):
    model = build_model(graph, CATALOG)
    code = model_code(graph, CATALOG).text
    assert "units=units * 2" in code
    assert "l2=decay" in code
    scope = {}
    exec(compile(code, "exported", "exec"), scope)
    again = scope["build_model"]()
    assert again.count_params() == model.count_params()
    layers = [m.layers[1] for m in (model, again)]
    assert [layer.forward_layer.units for layer in layers] == [8, 8]
    assert [float(layer.forward_layer.kernel_regularizer.l2) for layer in layers] == [0.25, 0.25]
