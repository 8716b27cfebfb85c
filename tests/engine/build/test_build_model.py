"""Built models against the same networks written by hand in Keras: equal weights and outputs."""

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.data.spec import DataSignature, InputSignature
from workbench.errors import GraphError
from workbench.graph import Disconnect, Graph, SetParam
from workbench.graph.changes import SetTrainable
from workbench.graph.edits import share

pytestmark = pytest.mark.backend


def same(model, hand, *inputs):
    """Copy the weights over; both must then compute the same."""
    import keras

    assert model.count_params() == hand.count_params()
    assert [tuple(w.shape) for w in model.weights] == [tuple(w.shape) for w in hand.weights]
    hand.set_weights(model.get_weights())
    values = list(inputs) if len(inputs) > 1 else inputs[0]
    for ours, theirs in zip(_flat(model(_named(model, inputs))), _flat(hand(values)), strict=True):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(ours), keras.ops.convert_to_numpy(theirs)
        )


def _named(model, inputs):
    """One array as it is; several by the names of the inputs, in the order of the nodes."""
    if len(inputs) == 1:
        return inputs[0]
    order = [
        layer.output.name for layer in model.layers if not layer._inbound_nodes[0].input_tensors
    ]
    return dict(zip(order, inputs, strict=True))


def _flat(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def random(*shape):
    return np.random.default_rng(1).normal(size=(3, *shape)).astype("float32")


def test_a_table_network(net):
    import keras
    from keras import layers as k

    signature = DataSignature((InputSignature("features", (30,)),), "binary", 1, ("a", "b"), 9)
    net.chain(
        ("Dense", {"units": 16, "activation": "relu", "kernel_initializer": "he_normal",
                   "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.01}}}),
        "BatchNormalization", "Dropout", ("Dense", {"units": 1, "activation": "sigmoid"}),
        shape=None,
    )  # fmt: skip
    model = build_model(net.graph, net.catalog, signature)
    assert [layer.name for layer in model.layers] == [node.name for node in net.graph]
    assert model.layers[1].kernel_regularizer.l2 == pytest.approx(0.01)
    x = keras.Input((30,))
    y = k.Dense(16, "relu")(x)
    y = k.Dropout(0.3)(k.BatchNormalization()(y))
    same(model, keras.Model(x, k.Dense(1, "sigmoid")(y)), random(30))
    assert [tensor.name for tensor in model.inputs] == ["features"]
    assert model.predict(random(30), verbose=0).shape == (3, 1)


def test_a_residual_image_network(net):
    import keras
    from keras import layers as k

    entry, conv, norm = net.chain(
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3], "padding": "same", "use_bias": False}),
        "BatchNormalization", shape=(16, 16, 3),
    )  # fmt: skip
    skip = net.after(entry, "Conv2D", {"filters": 8, "kernel_size": 1})
    join = net.after(norm, "Add")
    net.connect(skip, join, "inputs", 1)
    last = net.after(net.after(net.after(join, "ReLU"), "GlobalAveragePooling2D"), "Dense",
                     {"units": 5, "activation": "softmax"})  # fmt: skip
    x = keras.Input((16, 16, 3))
    a = k.BatchNormalization()(k.Conv2D(8, 3, padding="same", use_bias=False)(x))
    y = k.ReLU()(k.Add()([a, k.Conv2D(8, 1)(x)]))
    hand = keras.Model(x, k.Dense(5, "softmax")(k.GlobalAveragePooling2D()(y)))
    same(build_model(net.graph, net.catalog), hand, random(16, 16, 3))
    assert conv in net.graph and last in net.graph


def test_a_sequence_network_with_states_and_wrappers(net):
    import keras
    from keras import layers as k

    _, encoder = net.chain(("LSTM", {"units": 6, "return_state": True}), shape=(7, 4))
    decoder_in = net.add("InputLayer", {"shape": [5, 4], "source": "later"})
    decoder = net.after(decoder_in, "LSTM", {"units": 6, "return_sequences": True})
    net.connect(encoder, decoder, "initial_state_h", output="state_h")
    net.connect(encoder, decoder, "initial_state_c", output="state_c")
    both = net.after(decoder, "Bidirectional", {
        "layer": {"layer": "GRU", "params": {"units": 3, "return_sequences": True}}})  # fmt: skip
    net.after(both, "TimeDistributed", {"layer": {"layer": "Dense", "params": {"units": 2}}})
    x, z = keras.Input((7, 4)), keras.Input((5, 4))
    _, h, c = k.LSTM(6, return_state=True)(x)
    y = k.LSTM(6, return_sequences=True)(z, initial_state=[h, c])
    y = k.Bidirectional(k.GRU(3, return_sequences=True))(y)
    hand = keras.Model([x, z], k.TimeDistributed(k.Dense(2))(y))
    model = build_model(net.graph, net.catalog)
    assert {t.name for t in model.inputs} == {"features", "later"}
    same(model, hand, random(7, 4), random(5, 4))


def test_attention_with_call_arguments(net):
    import keras
    from keras import layers as k

    _, attention = net.chain(
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 4, "use_causal_mask": True}),
        shape=(6, 8),
    )
    net.after(net.after(attention, "LayerNormalization"), "Flatten")
    x = keras.Input((6, 8))
    y = k.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    hand = keras.Model(x, k.Flatten()(k.LayerNormalization()(y)))
    same(build_model(net.graph, net.catalog), hand, random(6, 8))


def test_a_siamese_network_shares_one_set_of_weights(net):
    import keras
    from keras import layers as k

    left = net.add("InputLayer", {"shape": [10], "source": "left"})
    right = net.add("InputLayer", {"shape": [10], "source": "right"})
    dense = net.after(left, "Dense", {"units": 4, "activation": "tanh"})
    change, twin = share(net.graph, dense, (0, 0))
    net.graph.apply(change)
    net.connect(right, twin)
    join = net.after(dense, "Subtract")
    net.connect(twin, join, "inputs", 1)
    net.after(join, "Dense", {"units": 1})
    model = build_model(net.graph, net.catalog)
    assert len(model.weights) == 4
    a, b = keras.Input((10,)), keras.Input((10,))
    layer = k.Dense(4, "tanh")
    hand = keras.Model([a, b], k.Dense(1)(k.Subtract()([layer(a), layer(b)])))
    same(model, hand, random(10), random(10) + 1)


def test_the_owner_of_a_shared_layer_may_come_later(net):
    """The second application stands before the first one in the flow of tensors."""
    import keras

    entry, dense = net.chain(("Dense", {"units": 10}), shape=(10,))
    change, twin = share(net.graph, dense, (0, 0))
    net.graph.apply(change)
    net.graph.apply(Disconnect(net.graph.incoming(dense)[0]))
    net.connect(entry, twin)
    net.connect(twin, dense)
    found = net.infer()
    assert found.problems == ()
    assert found.parameters == 110
    model = build_model(net.graph, net.catalog)
    assert model.count_params() == 110
    values, bias = model.get_weights()
    batch = random(10)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model(batch)),
        (batch @ values + bias) @ values + bias,
        rtol=1e-5,
        atol=1e-5,
    )


def test_embedded_columns(net):
    signature = DataSignature(
        (InputSignature("features", (3,)), InputSignature("a/b c", (1,), "int32", 7)),
        "regression", 1, (), 9,
    )  # fmt: skip
    numbers = net.add("InputLayer")
    codes = net.add("InputLayer", {"source": "a/b c"})
    flat = net.after(net.after(codes, "Embedding", {"input_dim": 7, "output_dim": 2}), "Flatten")
    join = net.after(numbers, "Concatenate")
    net.connect(flat, join, "inputs", 1)
    net.after(join, "Dense", {"units": 1})
    model = build_model(net.graph, net.catalog, signature)
    data = {"features": random(3), "a/b c": np.array([[1], [2], [6]], "int32")}
    assert model.predict(data, verbose=0).shape == (3, 1)
    assert model.count_params() == 14 + 6
    model.compile("sgd", "mse")
    model.fit(data, np.zeros((3, 1), "float32"), verbose=0)


def test_frozen_layers(net):
    _, first, _ = net.chain(("Dense", {"units": 4}), ("Dense", {"units": 2}))
    net.graph.apply(SetTrainable(first, False))
    model = build_model(net.graph, net.catalog)
    assert [layer.trainable for layer in model.layers[1:]] == [False, True]
    assert len(model.trainable_weights) == 2


def test_same_seed_same_weights_whatever_the_order_of_drawing(net):
    import keras

    ids = net.chain(("Dense", {"units": 4}), ("Dense", {"units": 3}), ("Dense", {"units": 2}))
    keras.utils.set_random_seed(3)
    first = build_model(net.graph, net.catalog).get_weights()
    plain = net.graph.to_plain()
    plain["edges"].reverse()
    keras.utils.set_random_seed(3)
    second = build_model(Graph.from_plain(plain), net.catalog).get_weights()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(ids) == 4


def test_several_outputs(net):
    entry = net.add("InputLayer", {"shape": [4]})
    net.after(entry, "Dense", {"units": 2})
    net.after(entry, "Dense", {"units": 3})
    model = build_model(net.graph, net.catalog)
    assert [tuple(o.shape) for o in model.outputs] == [(None, 2), (None, 3)]


def test_errors_are_refused_before_anything_is_built(net):
    _, dense = net.chain(("Dense", {"units": 10**9}))
    with pytest.raises(GraphError, match="31 G weights, 124 GB") as caught:
        build_model(net.graph, net.catalog)
    assert caught.value.place.id == dense
    net.graph.apply(SetParam(dense, "units", 0))
    with pytest.raises(GraphError, match="units must be a whole number") as caught:
        build_model(net.graph, net.catalog)
    assert caught.value.place.part == "units"
    with pytest.raises(GraphError, match="empty"):
        build_model(Graph(), net.catalog)


def test_weights_can_be_saved_and_loaded(net, tmp_path):
    net.chain(("Dense", {"units": 4}), "BatchNormalization")
    model = build_model(net.graph, net.catalog)
    model.save_weights(tmp_path / "model.weights.h5")
    other = build_model(net.graph, net.catalog)
    other.load_weights(tmp_path / "model.weights.h5")
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
def test_a_thousand_layers_in_a_row(net):
    """Keras alone stops at Python's recursion limit."""
    import sys

    kinds = ["Dense", "Activation", "Identity"]
    net.chain(*[(kinds[n % 3], {"units": 4} if n % 3 == 0 else None) for n in range(1200)],
              shape=(4,))  # fmt: skip
    limit = sys.getrecursionlimit()
    model = build_model(net.graph, net.catalog)
    assert len(model.layers) == 1201
    assert sys.getrecursionlimit() == limit
    assert model(random(4)).shape == (3, 4)
