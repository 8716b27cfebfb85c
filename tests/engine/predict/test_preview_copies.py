"""Copies of a repeated block each have values of their own, and weights beneath every layer."""

from __future__ import annotations

import numpy as np

from tests.engine.predict.conftest import row_of
from tests.engine.predict.test_preview_blocks import with_block
from workbench.graph.preview import NodePreview
from workbench.training.material import build_network, infer_shapes
from workbench.training.surroundings import seed_everything


def test_every_copy_gives_what_its_layer_in_the_model_gives(table):
    import keras

    graph = with_block(3)
    seen = table(graph, nodes=["use/one", "use#2/one", "use#3/one", "use#2/in", "use#2/out"])
    shapes = infer_shapes(graph, table.signature)
    seed_everything(3)
    model = build_network(graph, table.signature, shapes)
    rows = table.session._samples.rows(table.data, table.folder, None)
    given = rows.encoded([seen.sample.row])["features"]
    layers = [layer for layer in model.layers if layer.name.endswith("one")]
    assert len(layers) == 3
    for node, layer in zip(("use/one", "use#2/one", "use#3/one"), layers, strict=True):
        inside = keras.Model(model.inputs, layer.output)
        expected = inside.predict(given, verbose=0)[0]
        np.testing.assert_allclose(seen.nodes[node].output.values, expected, rtol=1e-5)
    np.testing.assert_allclose(
        seen.nodes["use#2/in"].output.values,
        table(graph, nodes=["use/two"]).nodes["use/two"].output.values,
    )


def test_weights_of_every_node_are_told_where_asked_for(table):
    graph = row_of(("Dense", {"units": 3}), ("Activation", {"activation": "relu"}))
    plain = table(graph, nodes=["n1", "n2"]).nodes
    assert plain["n1"].spread is None
    seen = table(graph, nodes=["n1", "n2", "n0"], weights=True).nodes
    assert [tensor.name for tensor in seen["n1"].spread] == ["kernel", "bias"]
    assert seen["n1"].spread[0].histogram.counts.sum() == np.prod(seen["n1"].spread[0].shape)
    assert seen["n2"].spread == ()
    again = NodePreview.from_plain(seen["n1"].to_plain())
    assert again.spread[0].statistics == seen["n1"].spread[0].statistics


def test_weights_of_a_use_are_those_of_its_layers(table):
    seen = table(with_block(2), nodes=["use"], weights=True).nodes["use"]
    assert len(seen.spread) == 4
