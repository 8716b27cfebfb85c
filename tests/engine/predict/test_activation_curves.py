"""The curves that the window draws are those of Keras, and so are their slopes."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from workbench.catalog import load_catalog
from workbench.graph.activation_curves import NAMES, curve, curves_of

# Off the kinks, where a slope is a matter of taste.
X = np.linspace(-7.03, 7.01, 301)


def slope_by_keras(function, x):
    tf = pytest.importorskip("tensorflow")
    points = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(function(points))
    return np.asarray(tape.gradient(total, points))


def for_one(function):
    """Return a function of all units together for one unit against another at 0."""

    def one(x):
        pair = keras.ops.stack([x, keras.ops.zeros_like(x)], axis=-1)
        return function(pair)[..., 0]

    return one


@pytest.mark.parametrize("name", NAMES)
def test_every_function_is_keras_own(name):
    function = keras.activations.get(name)
    if name in ("softmax", "log_softmax"):
        function = for_one(function)
    drawn = curve(name)
    expected = np.asarray(function(keras.ops.convert_to_tensor(X)))
    np.testing.assert_allclose(drawn.value(X), expected, rtol=1e-5, atol=1e-6)
    if keras.backend.backend() == "tensorflow":
        slope = slope_by_keras(function, X)
        np.testing.assert_allclose(drawn.slope(X), slope, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "params"),
    [
        ("ReLU", {"max_value": 3.0, "negative_slope": 0.1, "threshold": 0.55}),
        ("ReLU", {}),
        ("LeakyReLU", {}),
        ("LeakyReLU", {"negative_slope": 0.07}),
        ("ELU", {"alpha": 1.7}),
        ("PReLU", {}),
    ],
)
def test_layers_that_are_functions(layer, params):
    made = getattr(keras.layers, layer)(**params)
    (drawn,) = curves_of(layer, params)
    x = X.astype(np.float32)
    expected = np.asarray(made(x[:, None]))[:, 0]
    np.testing.assert_allclose(drawn.value(x), expected, rtol=1e-5, atol=1e-5)


def test_every_choice_of_the_catalog_is_drawn_but_those_that_are_no_curve():
    choices = load_catalog().get("Dense").param("activation").choices
    assert {name for name in choices if curve(name) is None} == {"glu", "threshold", "sparsemax"}


def test_what_layers_have():
    assert curves_of("Dense", {"units": 3, "activation": None}) == []
    assert curves_of("Dense", {"activation": "linear"}) == []
    titles = [c.title for c in curves_of("LSTM", {"activation": "tanh",
                                                  "recurrent_activation": "sigmoid"})]  # fmt: skip
    assert titles == ["Activation: tanh", "Gates: sigmoid"]
    (softmax,) = curves_of("Softmax", {})
    assert "compares all units" in softmax.note
