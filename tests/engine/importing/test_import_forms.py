"""Forms in which Keras writes settings that have a plainer word here, and what gets lost by it."""

import json

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.errors import GraphError
from workbench.graph import Graph
from workbench.graph.checks import check_graph
from workbench.importing.from_settings import read_network

pytestmark = pytest.mark.backend


def read(tmp_path, model):
    """Write a model as JSON, read it; return the layers by name and what got lost."""
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model) if isinstance(model, dict) else model.to_json())
    found = read_network(path)
    return {node["name"]: node for node in found["graph"]["nodes"]}, found["lost"]


def dense(tmp_path, **settings):
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="end", **settings)])
    nodes, lost = read(tmp_path, model)
    return nodes["end"]["params"], lost


def test_activations_of_any_form_become_their_names(tmp_path, catalog):
    import keras

    assert dense(tmp_path, activation=keras.activations.silu)[0]["activation"] == "silu"
    assert dense(tmp_path, activation=keras.ops.relu)[0]["activation"] == "relu"
    plain = json.loads(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).to_json())
    function = {"module": "builtins", "class_name": "function", "config": "gelu"}
    function["registered_name"] = "function"
    plain["config"]["layers"][1]["config"]["activation"] = function
    nodes, lost = read(tmp_path, plain)
    assert [n["params"].get("activation") for n in nodes.values()] == [None, "gelu"]
    assert lost == []


def test_a_layer_as_activation_stands_after_its_layer(tmp_path, catalog):
    import keras
    from keras import layers

    start = keras.Input((4,), name="start")
    shared = layers.Dense(3, activation=layers.LeakyReLU(0.2, name="leaky"), name="both")
    model = keras.Model(start, layers.Add(name="sum")([shared(start), shared(start * 2.0)]))
    path = tmp_path / "m.json"
    path.write_text(model.to_json())
    found = read_network(path)
    assert found["lost"] == []
    graph = Graph.from_plain(found["graph"])
    dense = [node for node in graph if node.layer == "Dense"]
    leaky = [node for node in graph if node.layer == "LeakyReLU"]
    assert [len(dense), len(leaky)] == [2, 2]
    assert "activation" not in dense[0].params and leaky[0].params == {"negative_slope": 0.2}
    assert leaky[1].shared_with == leaky[0].id
    total = next(node for node in graph if node.name == "sum")
    assert {edge.source.node for edge in graph.incoming(total.id)} == {n.id for n in leaky}
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    made = build_model(graph, catalog)
    made.get_layer("both").set_weights(shared.get_weights())
    assert np.abs(made.predict(rows, verbose=0) - model.predict(rows, verbose=0)).max() == 0


def test_objects_inside_settings_are_kept(tmp_path, catalog):
    import keras

    params, lost = dense(
        tmp_path,
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.3, seed=4),
        kernel_regularizer=keras.regularizers.L1(0.5),
        bias_constraint=keras.constraints.MaxNorm(3),
    )
    assert params["kernel_initializer"]["class_name"] == "TruncatedNormal"
    assert params["kernel_initializer"]["config"]["stddev"] == 0.3
    assert params["kernel_regularizer"]["config"]["l1"] == 0.5
    assert params["bias_constraint"]["config"]["max_value"] == 3
    assert lost == []


def test_number_formats_become_their_names(tmp_path, catalog):
    assert dense(tmp_path, dtype="mixed_bfloat16")[0]["dtype"] == "mixed_bfloat16"
    assert "dtype" not in dense(tmp_path)[0]


def test_quantized_layers_are_taken_over_without_it_and_it_is_said(tmp_path, catalog):
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, name="end")])
    model.quantize("int8")
    nodes, lost = read(tmp_path, model)
    assert nodes["end"]["params"] == {"units": 8}
    assert lost == ["end: it is quantized (int8); here it is not."]


def test_what_a_layer_learned_of_data_is_told(tmp_path, catalog):
    import keras

    adapted = keras.layers.Normalization(name="scale")
    adapted.adapt(np.array([[1.0, 2.0], [3.0, 5.0]]))
    _, lost = read(tmp_path, keras.Sequential([keras.Input((2,)), adapted]))
    assert lost == [
        "scale: what it learned from data (mean and variance) is not in the description of the "
        "network; write it into the layer's settings."
    ]
    given = keras.layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 4.0], name="scale")
    nodes, lost = read(tmp_path, keras.Sequential([keras.Input((2,)), given]))
    assert lost == [] and nodes["scale"]["params"]["mean"] == [1.0, 2.0]


def test_a_row_of_layers_without_an_input_is_drawn_and_asks_for_it(tmp_path, catalog):
    import keras

    row = keras.Sequential([keras.layers.Dense(3, name="one"), keras.layers.Dense(2, name="two")])
    path = tmp_path / "row.json"
    path.write_text(row.to_json())
    found = read_network(path)
    graph = Graph.from_plain(found["graph"])
    assert [node.name for node in graph] == ["input", "one", "two"] and len(graph.edges) == 2
    assert "set the shape of its input" in found["lost"][0]
    start = next(iter(graph))
    assert any(problem.place.id == start.id for problem in check_graph(graph, catalog))


def test_mappings_of_inputs_and_outputs_are_taken_over(tmp_path, catalog):
    import keras

    inputs = {"age": keras.Input((1,), name="age"), "words": keras.Input((3,), name="words")}
    x = keras.layers.Concatenate()(list(inputs.values()))
    price, rent = keras.layers.Dense(1, name="price"), keras.layers.Dense(1, name="rent")
    model = keras.Model(inputs, {"rent": rent(x), "price": price(x)})
    nodes, lost = read(tmp_path, model)
    assert lost == []
    assert not any(node["layer"] == "Identity" for node in nodes.values())
    assert [n["params"]["source"] for n in nodes.values() if n["layer"] == "InputLayer"] == [
        "age", "words"]  # fmt: skip


@pytest.mark.filterwarnings("ignore:When providing:UserWarning")
def test_keys_of_a_mapping_are_the_sources_of_inputs_and_told_for_outputs(tmp_path, catalog):
    import keras

    inputs = {"age": keras.Input((1,), name="x1"), "words": keras.Input((3,), name="x2")}
    x = keras.layers.Concatenate()(list(inputs.values()))
    ends = {"price": keras.layers.Dense(1, name="d1")(x), "d2": keras.layers.Dense(1, name="d2")(x)}
    nodes, lost = read(tmp_path, keras.Model(inputs, ends))
    assert {n: v["params"].get("source") for n, v in nodes.items() if n.startswith("x")} == {
        "x1": "age", "x2": "words"}  # fmt: skip
    assert lost == ["The output price is called d1 here."]


def test_outputs_come_in_the_order_of_the_model(tmp_path, catalog):
    import keras

    start = keras.Input((4,), name="start")
    heads = [keras.layers.Dense(2, name=name)(start) for name in ("one", "two", "three")]
    nodes, _ = read(tmp_path, keras.Model(start, [heads[2], heads[0], heads[1]]))
    assert list(nodes) == ["start", "three", "one", "two"]


def test_layers_with_several_outputs_keep_them_apart(tmp_path, catalog):
    import keras

    start = keras.Input((5, 3), name="start")
    out, h, c = keras.layers.LSTM(4, return_sequences=True, return_state=True, name="many")(start)
    model = keras.Model(start, [keras.layers.Dense(2, name="one")(out), keras.layers.Add()([h, c])])
    path = tmp_path / "m.json"
    path.write_text(model.to_json())
    graph = Graph.from_plain(read_network(path)["graph"])
    many = next(node for node in graph if node.name == "many")
    assert len({edge.source.port for edge in graph.edges if edge.source.node == many.id}) == 3


def test_a_class_of_its_own_is_refused_with_the_way_out(tmp_path, catalog):
    import keras

    class Own(keras.Model):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.end = keras.layers.Dense(2)

        def call(self, x):
            return self.end(x)

    model = Own()
    model(np.zeros((1, 3), "float32"))
    path = tmp_path / "own.keras"
    model.save(path)
    with pytest.raises(GraphError, match="a class of its own, 'Own'") as caught:
        read_network(path)
    assert "Paste Python" in caught.value.remedy
