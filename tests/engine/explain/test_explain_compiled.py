"""The Keras side: logits without the activation, compiled calls, gradients, embeddings."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from workbench.errors import ExplainError
from workbench.explain.compiled import CompiledNetwork, DifferentiableNetwork, rows_per_call
from workbench.explain.exact import exact_values
from workbench.explain.game import Background, Game
from workbench.explain.gradients import gradient_values, quadrature
from workbench.explain.head import before_activation, in_space
from workbench.explain.players import Layout, Players

from .conftest import Group, single_columns, textbook_values

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(0)
    return keras


def dense(keras, tensor, kernel, activation=None):
    """Apply a Dense layer with given weights and no bias."""
    layer = keras.layers.Dense(kernel.shape[1], activation, use_bias=False)
    output = layer(tensor)
    layer.set_weights([kernel])
    return output


@pytest.fixture(scope="module")
def trained8(keras, table8):
    """A trained classifier of 8 features and 3 classes."""
    rows, target = table8
    classes = np.digitize(target[:, 0], np.quantile(target[:, 0], [0.33, 0.66]))
    model = keras.Sequential([
        keras.Input((8,), name="features"),
        keras.layers.Dense(16, "relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(3, "softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(rows[:300], classes[:300], epochs=15, verbose=0)
    return model


@pytest.fixture(scope="module")
def layout8():
    return Layout([("features", (8,), "float32")])


def _by_hand(model, rows):
    """The trained network's centred logits, computed layer by layer in numpy."""
    first, norm, last = model.layers[0], model.layers[1], model.layers[3]
    kernel, bias = (np.asarray(w, np.float64) for w in first.get_weights())
    gamma, beta, mean, variance = (np.asarray(w, np.float64) for w in norm.get_weights())
    hidden = np.maximum(np.asarray(rows, np.float64) @ kernel + bias, 0)
    hidden = (hidden - mean) / np.sqrt(variance + norm.epsilon) * gamma + beta
    kernel, bias = (np.asarray(w, np.float64) for w in last.get_weights())
    logits = hidden @ kernel + bias
    return logits - logits.mean(1, keepdims=True)


def test_exact_values_of_a_trained_network_equal_the_textbook(trained8, layout8, table8):
    """The promise of issue 2: within 1e-3 of enumeration; computed in float64 by hand here."""
    rows = table8[0]
    network = CompiledNetwork(in_space(trained8, "logit", True), layout8, ["features"])
    background = Background(rows[:12], np.random.default_rng(0).dirichlet(np.ones(12)))
    game = Game(network, single_columns(8), background)
    for row in rows[300:302]:
        ours = exact_values(game, row)
        book = textbook_values(
            lambda x: _by_hand(trained8, x), row, background, range(8), 8
        )  # fmt: skip
        assert (np.abs(ours - book) / game.spread).max() <= 1e-4
        assert (np.abs(ours.sum(0) + game.base - game.evaluate(row[None])[0])
                / game.spread).max() <= 1e-5  # fmt: skip


def test_logits_and_probabilities_are_those_of_the_network(keras, trained8, layout8, table8):
    rows = table8[0][:50]
    logits = CompiledNetwork(in_space(trained8, "logit", True), layout8, ["features"])(rows)
    shares = CompiledNetwork(in_space(trained8, "probability", True), layout8, ["features"])(rows)
    assert np.allclose(logits, _by_hand(trained8, rows), atol=1e-4)
    assert np.allclose(logits.mean(1), 0, atol=1e-6)
    assert np.allclose(shares, keras.ops.convert_to_numpy(trained8(rows)), atol=1e-6)
    powers = np.exp(logits)
    assert np.allclose(powers / powers.sum(1, keepdims=True), shares, atol=1e-6)


@pytest.mark.parametrize(
    "ending", ["sigmoid", "Activation", "linear", "unreachable", "Softmax", "two sigmoids"]
)
def test_every_ending_gives_the_same_logits(keras, ending):
    inputs = keras.Input((3,), name="features")
    units = {"Softmax": 3, "two sigmoids": 2}.get(ending, 1)
    kernel = np.random.default_rng(1).normal(size=(3, units)).astype(np.float32)
    plain = dense(keras, inputs, kernel)
    squashed = dense(keras, inputs, kernel, "sigmoid")
    output = {
        "sigmoid": lambda: squashed,
        "Activation": lambda: keras.layers.Activation("sigmoid")(plain),
        "linear": lambda: plain,
        "unreachable": lambda: keras.layers.Average()([squashed, squashed]),
        "Softmax": lambda: keras.layers.Softmax()(plain),
        "two sigmoids": lambda: squashed,
    }[ending]()
    model = keras.Model(inputs, output)
    rows = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    layout = Layout([("features", (3,), "float32")])
    logits = CompiledNetwork(in_space(model, "logit", True), layout, ["features"])(rows)
    expected = rows.astype(np.float64) @ kernel
    if ending == "two sigmoids":  # read as shares of two classes
        shares = 1 / (1 + np.exp(-expected))
        expected = np.log(shares / shares.sum(1, keepdims=True))
    if units > 1:
        expected -= expected.mean(1, keepdims=True)
    assert np.allclose(logits, expected, atol=2e-5)
    assert (before_activation(model)[1] is None) == (ending == "unreachable")


def test_regression_is_given_in_the_target_s_units(keras):
    inputs = keras.Input((2,), name="features")
    kernel = np.array([[1.0], [2.0]], np.float32)
    model = keras.Model(inputs, dense(keras, inputs, kernel))
    layout = Layout([("features", (2,), "float32")])
    value = in_space(model, "value", False)
    network = CompiledNetwork(value, layout, ["features"], (50.0, 300_000.0))
    rows = np.array([[0.001, 0.0], [1.0, 1.0]], np.float32)
    assert np.allclose(network(rows)[:, 0], [300_000.05, 300_150.0], rtol=0, atol=1e-4)
    slopes = DifferentiableNetwork(value, layout, ["features"], np.arange(2), 50.0)
    nodes, shares = quadrature(16)
    found = slopes.path_gradients(rows, rows[0], nodes, shares)
    assert np.allclose(found[:, 0], [[50.0, 100.0]] * 2)


def test_gradients_of_a_linear_network_have_the_closed_form(keras, layout8, table8):
    inputs = keras.Input((8,), name="features")
    kernel = np.random.default_rng(3).normal(size=(8, 3)).astype(np.float32)
    model = keras.Model(inputs, dense(keras, inputs, kernel, "softmax"))
    space = in_space(model, "logit", True)
    rows = table8[0]
    network = CompiledNetwork(space, layout8, ["features"])
    game = Game(network, single_columns(8), Background(rows[:20], np.full(20, 0.05)))
    slopes = DifferentiableNetwork(space, layout8, ["features"], np.arange(8))
    found = gradient_values(game, slopes, rows[50]).values
    centred = kernel - kernel.mean(1, keepdims=True)
    expected = centred * (rows[50] - rows[:20].mean(0, dtype=np.float64))[:, None]
    assert np.allclose(found, expected, atol=1e-5)


def test_gradients_add_up_on_a_trained_network(trained8, layout8, table8):
    rows = table8[0]
    space = in_space(trained8, "logit", True)
    network = CompiledNetwork(space, layout8, ["features"])
    game = Game(network, single_columns(8), Background(rows[:20], np.full(20, 0.05)))
    slopes = DifferentiableNetwork(space, layout8, ["features"], np.arange(8))
    found = gradient_values(game, slopes, rows[50])
    wanted = game.evaluate(rows[50:51])[0] - game.base
    assert (np.abs(found.values.sum(0) - wanted) / game.spread).max() <= 1e-3


@pytest.fixture(scope="module")
def embedding_model(keras):
    """Two numbers beside a city of six codes that an embedding of four values stands for."""
    features, city = keras.Input((2,), name="features"), keras.Input((1,), name="city",
                                                                     dtype="int32")  # fmt: skip
    keras.utils.set_random_seed(1)
    vector = keras.layers.Flatten()(keras.layers.Embedding(6, 4, "normal")(city))
    joined = keras.layers.Concatenate()([features, vector])
    hidden = keras.layers.Dense(12, "tanh")(joined)
    output = keras.layers.Dense(1, "sigmoid")(hidden)
    layout = Layout([("features", (2,), "float32"), ("city", (1,), "int32")])
    groups = [
        Group("a", "features", 0, 1), Group("b", "features", 1, 2), Group("city", "city", 0, 1),
    ]  # fmt: skip
    model = keras.Model({"features": features, "city": city}, output)
    return model, layout, Players.from_groups(groups, layout, ["city"])


def test_an_embedded_column_is_one_player(keras, embedding_model):
    model, layout, players = embedding_model
    generator = np.random.default_rng(0)
    rows = np.hstack([generator.normal(size=(12, 2)), generator.integers(0, 6, (12, 1))])
    rows = rows.astype(np.float32)
    sources = [tensor.name for tensor in model.inputs]
    space = in_space(model, "logit", True)
    game = Game(CompiledNetwork(space, layout, sources), players,
                Background(rows[:8], np.full(8, 1 / 8)))  # fmt: skip

    def network(x):
        x = np.asarray(x, np.float32)
        said = model({"features": x[:, :2], "city": x[:, 2:].astype(np.int32)})
        shares = keras.ops.convert_to_numpy(said)
        return np.log(shares / (1 - shares))

    book = textbook_values(network, rows[9], game.background, players.owner, 3)
    assert np.abs(exact_values(game, rows[9]) - book).max() <= 1e-4 * game.spread.min() + 1e-5
    slopes = DifferentiableNetwork(space, layout, sources, players.owner)
    assert sorted(np.bincount(slopes.owner)) == [1, 1, 4]
    found = gradient_values(game, slopes, rows[9])
    wanted = game.evaluate(rows[9:10])[0] - game.base
    assert np.abs(found.values.sum(0) - wanted).max() <= 1e-3 * game.spread.min()
    assert abs(found.values[2, 0]) > 1e-3  # the city has a share of its own


def test_codes_that_go_elsewhere_than_into_an_embedding_are_named(keras):
    city = keras.Input((1,), name="city", dtype="int32")
    spelled = keras.layers.CategoryEncoding(6)(city)
    model = keras.Model(city, keras.layers.Dense(1, "sigmoid")(spelled))
    layout = Layout([("city", (1,), "int32")])
    with pytest.raises(ExplainError, match="city"):
        DifferentiableNetwork(in_space(model, "logit", True), layout, ["city"], np.zeros(1, int))


def test_a_large_network_is_asked_in_small_calls(keras):
    inputs = keras.Input((64, 64, 3), name="features")
    wide = keras.layers.Conv2D(64, 3)(inputs)
    small = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    assert rows_per_call(small) == 32_768
    assert 64 <= rows_per_call(keras.Model(inputs, wide)) <= 256


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_all_of_this_holds_with_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        pytest.skip("this is another backend already")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", __file__, "-q", "-p", "no:cacheprovider"],
        env={**os.environ, "KERAS_BACKEND": backend}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
