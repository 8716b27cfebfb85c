"""What a preview says is what Keras computes: compared with models made by hand."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.engine.predict.conftest import Look, row_of
from workbench.catalog import load_catalog
from workbench.data.prepare import prepare
from workbench.graph.model import Edge, Endpoint, Node
from workbench.training.material import build_network, infer_shapes
from workbench.training.surroundings import seed_everything

DENSE = row_of(
    ("Dense", {"units": 7, "activation": "relu"}),
    ("Dropout", {"rate": 0.5}),
    ("Dense", {"units": 5, "activation": "tanh"}),
    ("Dense", {"units": 3, "activation": "softmax"}),
)
IMAGE = row_of(
    ("Reshape", {"target_shape": [8, 8, 1]}),
    ("Conv2D", {"filters": 6, "kernel_size": [3, 3], "activation": "relu"}),
    ("BatchNormalization", {}),
    ("MaxPooling2D", {"pool_size": [2, 2]}),
    ("Reshape", {"target_shape": [3, 18]}),
    ("LSTM", {"units": 4}),
    ("Dense", {"units": 1}),
)


def by_hand(look, graph, seed=3):
    """Return the model that a training with the seed starts from, and its sub-models' outputs."""
    shapes = infer_shapes(graph, look.signature)
    seed_everything(seed)
    model = build_network(graph, look.signature, shapes)
    prepared = prepare(look.data, look.folder)
    return model, prepared


def outputs_of(model, prepared, row):
    inner = keras.Model(list(model.inputs), [layer.output for layer in model.layers])
    rows = prepared.take(prepared.positions_of([row])).inputs
    inputs = [rows[str(tensor.name)] for tensor in model.inputs]
    return {
        layer.name: np.asarray(value)[0]
        for layer, value in zip(model.layers, inner(inputs), strict=True)
    }


@pytest.mark.parametrize("kind", ["table", "images"])
def test_every_value_is_that_of_the_model_that_training_starts_from(kind, request):
    look = request.getfixturevalue(kind)
    graph = DENSE if kind == "table" else IMAGE
    seen = look(graph, index=11, detail=list(graph.nodes)[-1])
    model, prepared = by_hand(look, graph)
    expected = outputs_of(model, prepared, seen.sample.row)
    assert len(seen.nodes) == len(graph)
    for node in graph:
        found, want = seen.nodes[node.id].output, expected[node.name]
        assert found.shape == want.shape
        drawn = np.moveaxis(want, -1, 0) if want.ndim == 3 else want
        np.testing.assert_allclose(found.values, drawn, rtol=1e-5, atol=1e-6)
        assert found.statistics.minimum == pytest.approx(want.min(), rel=1e-4, abs=1e-6)
        assert found.statistics.std == pytest.approx(want.std(), rel=1e-4, abs=1e-6)
        assert found.statistics.zeros == pytest.approx((want == 0).mean())


def test_weights_are_told_by_name_and_counted_whole(images):
    seen = images(IMAGE, detail="n2")
    model, _ = by_hand(images, IMAGE)
    kernel = model.get_layer("layer_2").kernel
    told = {weight.name: weight for weight in seen.nodes["n2"].detail.weights}
    assert list(told) == ["kernel", "bias"]
    array = np.asarray(kernel)
    counts, _edges = np.histogram(array, bins=15)  # 2 √54
    assert told["kernel"].shape == (3, 3, 1, 6)
    assert told["kernel"].histogram.counts.tolist() == counts.tolist()
    assert told["kernel"].statistics.mean == pytest.approx(float(array.mean()), abs=1e-7)
    assert told["bias"].statistics.zeros == 1.0
    assert told["bias"].histogram.counts.sum() == 6
    frozen = images(IMAGE, detail="n3").nodes["n3"].detail.weights
    assert [w.trainable for w in frozen] == [True, True, False, False]


def test_what_comes_before_the_activation(table):
    seen = table(DENSE, index=2, detail="n3")
    model, prepared = by_hand(table, DENSE)
    values = outputs_of(model, prepared, seen.sample.row)
    kernel, bias = (np.asarray(w) for w in model.get_layer("layer_3").weights)
    before = values["layer_2"] @ kernel + bias
    told = seen.nodes["n3"].detail.before_statistics
    assert told.count == 5
    assert told.minimum == pytest.approx(before.min(), rel=1e-5)
    assert told.maximum == pytest.approx(before.max(), rel=1e-5)
    after = table(DENSE, index=2).nodes["n3"].output.values
    np.testing.assert_allclose(after, np.tanh(before), rtol=1e-5)


def test_dead_units_are_those_that_give_zero_for_every_row(table):
    graph = row_of(("Dense", {"units": 6, "activation": "relu", "bias_initializer": "zeros"}))
    graph.put_node(Node("n1", "Dense", "layer_1", {
        "units": 6, "activation": "relu",
        "kernel_initializer": {"class_name": "Constant", "config": {"value": -100.0}},
        "bias_initializer": {"class_name": "Constant", "config": {"value": -1e6}},
    }))  # fmt: skip
    found = table(graph, detail="n1").nodes["n1"].detail
    assert (found.dead, found.units) == (6, 6)
    assert found.dead_rows > 20
    assert table(DENSE, detail="n1").nodes["n1"].detail.dead == 0
    assert table(DENSE, detail="n3").nodes["n3"].detail.dead is None


def test_the_output_is_named_in_the_persons_words(table):
    seen = table(DENSE)
    assert seen.nodes["n4"].labels == ("low", "mid", "top")
    assert seen.sample.target[0] == "grade"
    assert seen.sample.target[1] in ("low", "mid", "top")
    assert [name for name, _ in seen.sample.raw] == ["a", "b", "c", "d", "place"]


def test_regression_is_told_in_the_targets_units(images):
    seen = images(IMAGE)
    model, prepared = by_hand(images, IMAGE)
    raw = outputs_of(model, prepared, seen.sample.row)["layer_7"]
    (value,) = seen.nodes["n7"].user
    assert value == pytest.approx(
        float(prepared.encoder.to_user_units(raw.reshape(1, -1))[0, 0]), rel=1e-5
    )
    assert 90 < value < 120


def test_several_outputs_and_a_shared_layer(table):
    graph = row_of(
        ("Dense", {"units": 6}),
        ("Reshape", {"target_shape": [3, 2]}),
        ("LSTM", {"units": 4, "return_sequences": True, "return_state": True}),
    )
    spec = load_catalog().get("LSTM")
    ports = [port.id for port in spec.outputs]
    graph.put_node(Node("again", "Dense", "layer_1_again", {"units": 6}, shared_with="n1"))
    graph.put_edge(Edge(Endpoint("n0", "output"), Endpoint("again", "input")))
    seen = table(graph)
    found = seen.nodes["n3"].outputs
    assert list(found) == ports
    assert found[ports[0]].shape == (3, 4)
    assert found[ports[0]].kind == "sequence"
    np.testing.assert_allclose(found[ports[0]].values[-1], found[ports[1]].values, rtol=1e-6)
    np.testing.assert_array_equal(seen.nodes["again"].output.values, seen.nodes["n1"].output.values)


def test_mixed_precision_is_computed_as_it_trains(table):
    seen = table(DENSE, precision="mixed_bfloat16")
    assert seen.nodes["n1"].output.dtype == "bfloat16"
    assert seen.nodes["n4"].output.dtype == "float32"
    assert seen.nodes["n4"].output.values.sum() == pytest.approx(1.0, abs=1e-5)


def test_operations_are_nodes_like_others(table):
    graph = row_of(("Dense", {"units": 4}), ("ops.absolute", {}), ("ops.add", {"x2": 0.5}))
    if load_catalog().get("ops.add") is None:
        pytest.skip("no operations in the catalog")
    graph.drop_edge(Edge(Endpoint("n1", "output"), Endpoint("n2", "input")))
    graph.put_edge(Edge(Endpoint("n1", "output"), Endpoint("n2", "x")))
    graph.drop_edge(Edge(Endpoint("n2", "output"), Endpoint("n3", "input")))
    graph.put_edge(Edge(Endpoint("n2", "output"), Endpoint("n3", "x1")))
    seen = table(graph, detail="n3")
    before = seen.nodes["n1"].output.values
    np.testing.assert_allclose(seen.nodes["n3"].output.values, np.abs(before) + 0.5, rtol=1e-6)
    assert seen.nodes["n3"].detail.weights == ()


def test_several_inputs_and_a_mask_that_flows_with_the_values(tmp_path, table):
    columns = tuple(
        replace(c, encoding="embedding") if c.name == "place" else c for c in table.data.columns
    )
    look = Look(table.folder, replace(table.data, columns=columns))
    graph = row_of(("Dense", {"units": 4}))
    for node in (
        Node("place", "InputLayer", "place_in", {"source": "place"}),
        Node("emb", "Embedding", "emb", {"input_dim": 5, "output_dim": 3, "mask_zero": True}),
        Node("lstm", "LSTM", "lstm", {"units": 2}),
        Node("cat", "Concatenate", "cat"),
        Node("out", "Dense", "out", {"units": 3, "activation": "softmax"}),
    ):
        graph.put_node(node)
    for source, target, port, index in (
        ("place", "emb", "input", 0), ("emb", "lstm", "input", 0), ("n1", "cat", "inputs", 0),
        ("lstm", "cat", "inputs", 1), ("cat", "out", "input", 0),
    ):  # fmt: skip
        graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, port), index))
    model, prepared = by_hand(look, graph)
    for index in range(6):
        seen = look(graph, index=index)
        expected = outputs_of(model, prepared, seen.sample.row)
        for node in graph:
            np.testing.assert_allclose(
                seen.nodes[node.id].output.values.ravel(), expected[node.name].ravel(),
                rtol=1e-5, atol=1e-6,
            )  # fmt: skip
