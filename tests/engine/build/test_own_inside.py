"""Own layers inside other layers and inside blocks: built, exported, copied, kept."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.build import own_code
from workbench.build.model import build_model
from workbench.build.own_describe import describe
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.export.model import model_code
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.blocking import group
from workbench.graph.clipboard import copy, paste
from workbench.graph.own_layers import described, own_files, uses_of
from workbench.trust import fingerprint

TEXT = """import keras


class Scale(keras.layers.Layer):
    def __init__(self, factor: float = 2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        if self.factor < 0:
            raise ValueError("negative")
        return x * self.factor

    def compute_output_shape(self, shape):
        return shape


class NoRule(keras.layers.Layer):
    def call(self, x):
        return x


class NoConfig(keras.layers.Layer):
    state_size = 3

    def call(self, x, states):
        return x, [x]


@keras.saving.register_keras_serializable()
class Cell(keras.layers.Layer):
    def __init__(self, units: int, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")

    def call(self, x, states):
        given = keras.ops.matmul(x, self.kernel) + states[0]
        return given, [given]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
"""


@pytest.fixture
def file():
    specs = [spec.to_plain() for spec in describe("mine.py", TEXT)]
    own_code.allow([fingerprint(TEXT)])
    yield described("mine.py", TEXT, specs, record_id="f1")
    own_code.allow([])


def network(file, layer: str, params) -> Graph:
    graph = Graph()
    graph.apply(PutRecord(file))
    graph.apply(AddNode(Node("i", "InputLayer", "input", {"shape": [5, 3]})))
    graph.apply(AddNode(Node("w", layer, "outer", params)))
    graph.apply(AddNode(Node("d", "Dense", "dense", {"units": 1})))
    graph.apply(Connect(Edge(Endpoint("i", "output"), Endpoint("w", "input"))))
    graph.apply(Connect(Edge(Endpoint("w", "output"), Endpoint("d", "input"))))
    return graph


INSIDE = [
    ("TimeDistributed", "layer", {"layer": "own:f1.Scale", "params": {"factor": 3.0}}),
    ("RNN", "cell", {"layer": "own:f1.Cell", "params": {"units": 4}}),
    ("Pipeline", "layers", [{"layer": "own:f1.Scale", "params": {}}]),
    ("Bidirectional", "layer",
     {"layer": "RNN", "params": {"cell": {"layer": "own:f1.Cell", "params": {"units": 4}}}}),
]  # fmt: skip


def errors(graph: Graph) -> list[str]:
    found = ShapeInference(load_catalog()).infer(graph)
    return [p.message for p in found.problems if p.severity == "error"]


@pytest.mark.parametrize(("layer", "param", "value"), INSIDE)
def test_inside_another_layer_it_is_built_and_exported_alike(file, layer, param, value):
    graph = network(file, layer, {param: value})
    assert errors(graph) == []
    model = build_model(graph, load_catalog())
    x = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    code = model_code(graph, load_catalog())
    space: dict = {"__name__": "exported"}
    exec(compile(code.text, "exported.py", "exec"), space)
    made = space["build_model"]()
    made.set_weights(model.get_weights())
    np.testing.assert_allclose(np.asarray(made(x)), np.asarray(model(x)), rtol=1e-6)
    assert uses_of(graph, "f1") == 1
    other = Graph()
    other.apply(paste(other, copy(graph, ["i", "w", "d"]))[0])
    assert own_files(other.records) == [file] and errors(other) == []
    again = Graph.from_plain(graph.to_plain())
    assert again.to_plain() == graph.to_plain() and errors(again) == []


def test_a_fault_inside_a_wrapper_is_told_with_its_line(file):
    inner = {"layer": "own:f1.Scale", "params": {"factor": -1.0}}
    (told,) = errors(network(file, "TimeDistributed", {"layer": inner}))
    assert "mine.py, line 11: ValueError: negative" in told
    own_code.allow([])
    (told,) = errors(network(file, "TimeDistributed", {"layer": inner}))
    assert "has not been trusted on this computer" in told


def test_what_a_wrapper_needs_of_a_layer_is_told(file):
    inner = {"layer": "own:f1.NoRule", "params": {}}
    (told,) = errors(network(file, "TimeDistributed", {"layer": inner}))
    assert "mine.py, line 18: TimeDistributed asks NoRule for its output shape" in told
    rnn = {"layer": "RNN", "params": {"cell": {"layer": "own:f1.NoConfig", "params": {}}}}
    (told,) = errors(network(file, "Bidirectional", {"layer": rnn}))
    assert "line 23: Bidirectional copies what is inside it by its configuration" in told


def test_what_cannot_stand_inside_is_a_problem(file):
    for layer, param, key in (
        ("TimeDistributed", "layer", "own:f1.Missing"), ("RNN", "cell", "own:f1.Scale"),
        ("TimeDistributed", "layer", "own:other.Scale"),
    ):  # fmt: skip
        graph = network(file, layer, {param: {"layer": key, "params": {}}})
        assert errors(graph), key


def test_inside_a_block_it_travels_with_the_block(file):
    graph = network(file, "own:f1.Scale", {"factor": 3.0})
    change, use = group(graph, ["w"], "scaled")
    graph.apply(change)
    assert errors(graph) == []
    other = Graph()
    other.apply(paste(other, copy(graph, ["i", use, "d"]))[0])
    assert own_files(other.records) == [file] and errors(other) == []
    code = model_code(graph, load_catalog())
    space: dict = {"__name__": "exported"}
    exec(compile(code.text, "exported.py", "exec"), space)
    x = np.ones((1, 5, 3), "float32")
    model = build_model(graph, load_catalog())
    made = space["build_model"]()
    made.set_weights(model.get_weights())
    np.testing.assert_allclose(np.asarray(made(x)), np.asarray(model(x)), rtol=1e-6)
