"""No noise: advice on networks that experts made is none, or what they would agree with."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.engine.importing.test_import_applications import ONE_OF_EACH, OTHERS
from workbench.build.scope import weightless
from workbench.build.shapes import ShapeInference
from workbench.data.spec import DataSignature, InputSignature
from workbench.graph.advice import grouped
from workbench.importing.from_keras import graph_from_model

pytestmark = pytest.mark.backend

TOLD = {
    "ResNet50": {"useless_bias": 53},
    "ResNet101": {"useless_bias": 104},
    "ResNet152": {"useless_bias": 155},
    "VGG16": {"large_dense": 1},
    "VGG19": {"large_dense": 1},
}
"""What is said about `keras.applications`, all of it right: these ResNets do have biases before
each normalisation (later versions dropped them), and the first Dense of VGG has 103 M weights.
About the other networks nothing is said."""
NO_TOP = ("NASNetLarge",)


def advice_on(model, catalog, classes=1000):
    shape = tuple(model.inputs[0].shape[1:])
    signature = DataSignature(
        (InputSignature("features", shape),), "multiclass", classes,
        tuple(str(n) for n in range(classes)), 10**9,
    )  # fmt: skip
    found = ShapeInference(catalog).infer(graph_from_model(model, catalog).graph, signature)
    assert not found.has_errors, [p.message for p in found.problems]
    return found.problems


@pytest.mark.parametrize(
    "name",
    [*ONE_OF_EACH, *(pytest.param(n, marks=pytest.mark.slow) for n in OTHERS if n not in NO_TOP)],
)
def test_about_keras_applications(name, catalog):
    import keras

    side = 299 if "nception" in name or name == "Xception" else 224
    with weightless():
        model = getattr(keras.applications, name)(weights=None, input_shape=(side, side, 3))
    problems = advice_on(model, catalog)
    assert Counter(p.code for p in problems) == TOLD.get(name, {})
    assert len(grouped(problems)) <= 1


def good(keras):
    """Yield ordinary good networks: name and model."""
    layers = keras.layers

    def row(*entries, shape, classes=5):
        x = inputs = keras.Input(shape, dtype="int32" if len(shape) == 1 and text else "float32")
        for entry in entries:
            x = entry(x)
        return keras.Model(inputs, layers.Dense(classes, "softmax")(x))

    text = False
    yield "rows", row(layers.Dense(64, "relu"), layers.Dropout(0.3), layers.Dense(32, "relu"),
                      shape=(20,))  # fmt: skip
    yield "normalised rows", row(layers.Dense(64, use_bias=False), layers.BatchNormalization(),
                                 layers.ReLU(), layers.Dropout(0.5), shape=(20,))  # fmt: skip
    yield "self-normalising", row(
        layers.Dense(64, "selu", kernel_initializer="lecun_normal"), layers.AlphaDropout(0.1),
        layers.Dense(64, "selu", kernel_initializer="lecun_normal"), shape=(20,),
    )  # fmt: skip
    yield "bottleneck", row(layers.Dense(64, "relu"), layers.Dense(4), layers.Dense(64, "relu"),
                            shape=(20,))  # fmt: skip
    yield "LeNet", row(
        layers.Conv2D(6, 5, padding="same", activation="tanh"), layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2), layers.Flatten(),
        layers.Dense(120, "tanh"), layers.Dense(84, "tanh"), shape=(28, 28, 1),
    )  # fmt: skip
    yield "pictures", row(
        layers.Rescaling(1 / 255), layers.RandomFlip(), layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(3, 2), layers.Conv2D(64, 3, activation="relu"),
        layers.GlobalAveragePooling2D(), layers.Dropout(0.5), shape=(64, 64, 3),
    )  # fmt: skip
    yield "patches", row(layers.Conv2D(32, 4, 4), layers.LayerNormalization(),
                         layers.Conv2D(64, 2, 2, activation="gelu"), layers.GlobalMaxPooling2D(),
                         shape=(64, 64, 3))  # fmt: skip
    yield "steps", row(layers.LSTM(32, return_sequences=True, dropout=0.2), layers.LSTM(32),
                       layers.Dense(32, "relu"), shape=(50, 6))  # fmt: skip
    yield "convolved steps", row(
        layers.Conv1D(32, 5, activation="relu"), layers.MaxPooling1D(),
        layers.Bidirectional(layers.GRU(32)), shape=(50, 6),
    )  # fmt: skip
    yield "dilated", row(*(layers.Conv1D(32, 3, padding="causal", dilation_rate=2**n,
                                         activation="relu") for n in range(5)),
                         layers.GlobalAveragePooling1D(), shape=(100, 3))  # fmt: skip
    text = True
    yield "words", row(layers.Embedding(5000, 64), layers.SpatialDropout1D(0.2),
                       layers.Bidirectional(layers.LSTM(32)), shape=(80,))  # fmt: skip
    yield "bag of words", row(layers.Embedding(5000, 16), layers.GlobalAveragePooling1D(),
                              layers.Dense(16, "relu"), shape=(80,))  # fmt: skip


def test_about_ordinary_good_networks(catalog):
    import keras

    told = {name: [p.message for p in advice_on(model, catalog, 5)] for name, model in good(keras)}
    assert {name: messages for name, messages in told.items() if messages} == {}
    assert len(told) == 12
