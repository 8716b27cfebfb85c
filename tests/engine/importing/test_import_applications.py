"""Every architecture of `keras.applications`: Keras → graph → Keras and graph → Python → Keras.

Weights are random and copied over; then the outputs must be the same to the last bit.
"""

import gc
import inspect

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.export import model_code
from workbench.graph.expand import expand
from workbench.graph.model import Graph
from workbench.importing.from_keras import graph_from_model

pytestmark = pytest.mark.backend

ONE_OF_EACH = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2",
    "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50",
    "ResNet50V2", "VGG16", "Xception",
)  # fmt: skip
OTHERS = (
    "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge", "DenseNet169",
    "DenseNet201", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4",
    "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B1", "EfficientNetV2B2",
    "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S",
    "MobileNetV3Large", "NASNetLarge", "ResNet101", "ResNet101V2", "ResNet152", "ResNet152V2",
    "VGG19",
)  # fmt: skip
SIZES = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
FIXED = {"NASNetMobile": 224, "NASNetLarge": 331}
"""With their classifying end these take one size only; without it any."""


def make(name):
    import keras

    size = SIZES.get(name, 32)
    settings = {"include_top": False, "pooling": "avg"} if name in FIXED else {"classes": 10}
    return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), **settings)


def copy_weights(imported, target):
    flat = expand(imported.graph).graph
    for node_id, layer in imported.layers.items():
        if layer.weights:
            target.get_layer(flat.node(node_id).name).set_weights(layer.get_weights())


def same_settings(imported, built):
    flat = expand(imported.graph).graph
    for node_id, layer in imported.layers.items():
        wanted, made = layer.get_config(), built.get_layer(flat.node(node_id).name).get_config()
        assert {**made, "name": ""} == {**wanted, "name": ""}


def check(name, catalog):
    model = make(name)
    imported = graph_from_model(model, catalog)
    assert imported.lost == []
    graph = Graph.from_plain(imported.graph.to_plain())
    shapes = ShapeInference(catalog).infer(graph)
    assert [p.message for p in shapes.problems if p.severity == "error"] == []
    assert shapes.parameters == model.count_params()
    size = model.input_shape[1]
    rows = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype("float32")
    wanted = np.asarray(model(rows))
    built = build_model(graph, catalog, shapes=shapes)
    same_settings(imported, built)
    copy_weights(imported, built)
    assert np.abs(np.asarray(built(rows)) - wanted).max() == 0.0
    del built
    gc.collect()

    space = {}
    exec(compile(model_code(graph, catalog).text, "exported.py", "exec"), space)
    exported = space["build_model"]()
    assert exported.count_params() == model.count_params()
    copy_weights(imported, exported)
    assert np.abs(np.asarray(exported(rows)) - wanted).max() == 0.0


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_one_of_each_family_goes_round(name, catalog):
    check(name, catalog)
    gc.collect()


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_its_larger_relatives_go_round(name, catalog):
    check(name, catalog)
    gc.collect()


def test_no_architecture_is_forgotten():
    import keras

    there = {
        name for name, value in vars(keras.applications).items()
        if inspect.isfunction(value) and name[0].isupper()
    }  # fmt: skip
    assert there == {*ONE_OF_EACH, *OTHERS}
