"""The preview with imported weights: what the model gives, and which layers lack them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.prepare import prepare
from workbench.engine.local import run_local
from workbench.errors import GraphError
from workbench.graph import Graph, SetParam
from workbench.graph.starting_weights import IMPORTED, weights_found, weights_of
from workbench.importing.replacing import replace_network

pytestmark = pytest.mark.backend


@pytest.fixture
def imported(table, tmp_path):
    import keras

    keras.utils.set_random_seed(4)
    start = keras.Input((6,), name="start")
    x = keras.layers.Dense(5, activation="tanh", name="body")(start)
    x = keras.layers.BatchNormalization(name="norm")(x)
    model = keras.Model(start, keras.layers.Dense(3, activation="softmax", name="head")(x))
    random = np.random.default_rng(5)
    for weight in model.weights:
        weight.assign(random.uniform(0.1, 0.9, weight.shape))
    path = tmp_path / "small.keras"
    model.save(path)
    found = run_local("import_file", {"path": str(path), "project": str(table.folder)})
    graph = Graph()
    network = Graph.from_plain(found["graph"])
    graph.apply(replace_network(graph, network, weights=weights_found(found)))
    return table, graph, model


def test_it_shows_what_the_model_in_the_file_gives(imported):
    look, graph, model = imported
    seen = look(graph, run_id=IMPORTED, index=4)
    head = next(node.id for node in graph if node.name == "head")
    inputs = next(iter(prepare(look.data, look.folder).inputs.values()))
    expected = model.predict(inputs[seen.sample.row][None], verbose=0)[0]
    np.testing.assert_allclose(seen.nodes[head].output.values, expected, rtol=1e-6)
    assert seen.run_id == IMPORTED and seen.trained == ("body", "norm", "head")
    assert look(graph, index=4).nodes[head].weights == "fresh"


def test_an_edited_layer_is_told_and_a_network_without_them_is_fresh(imported):
    look, graph, _ = imported
    head = next(node.id for node in graph if node.name == "head")
    graph.apply(SetParam(head, "activation", "linear"))
    assert look(graph, run_id=IMPORTED).fresh == ()
    graph.apply(SetParam(head, "units", 4))
    assert look(graph, run_id=IMPORTED).fresh == ("head",)
    bare = graph.copy()
    bare.apply(replace_network(bare, Graph.from_plain({"nodes": [], "edges": []})))
    assert weights_of(bare) == []
    assert look(bare, run_id=IMPORTED).run_id == ""


def test_a_damaged_file_is_named(imported):
    look, graph, _ = imported
    weights_of(graph)[0].path(look.folder).write_bytes(b"no HDF5")
    with pytest.raises(GraphError, match=r"small\.keras cannot be used"):
        look(graph, run_id=IMPORTED)
