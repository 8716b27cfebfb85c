"""Networks as people write them in Keras, there and back: same settings, weights, outputs."""

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.errors import GraphError
from workbench.export import model_code
from workbench.graph.blocks import blocks, is_block
from workbench.graph.expand import expand
from workbench.graph.model import Graph
from workbench.importing.from_keras import graph_from_model

pytestmark = pytest.mark.backend


def transformer():
    """Encoder and decoder with positions added by operations, masks from the embeddings."""
    from keras import Input, Model, layers, ops

    source, target = (
        Input((6,), dtype="int32", name="source"),
        Input((5,), dtype="int32", name="target"),
    )

    def embed(tokens, name):
        at = layers.Embedding(30, 16, mask_zero=True, name=f"{name}_tokens")(tokens)
        return layers.Dropout(0.1)(ops.multiply(at, 4.0) + 0.5)

    def feed_forward(x):
        inner = layers.Dense(32, activation="gelu")(x)
        return layers.LayerNormalization(epsilon=1e-5)(x + layers.Dense(16)(inner))

    encoded = embed(source, "source")
    heads = layers.MultiHeadAttention(2, 8)(encoded, encoded)
    encoded = feed_forward(layers.LayerNormalization()(layers.Add()([encoded, heads])))
    decoded = embed(target, "target")
    own = layers.MultiHeadAttention(2, 8)(decoded, decoded, use_causal_mask=True)
    decoded = layers.LayerNormalization()(layers.Add()([decoded, own]))
    cross, scores = layers.MultiHeadAttention(2, 8)(
        query=decoded, value=encoded, key=encoded, return_attention_scores=True
    )
    decoded = feed_forward(layers.LayerNormalization()(decoded + cross))
    words = layers.Dense(30, activation="softmax")(decoded)
    return Model([source, target], [words, ops.mean(scores, axis=(1, 3))])


def siamese():
    from keras import Input, Model, Sequential, layers, ops

    tower = Sequential(
        [Input((12, 12, 1)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(3, 2),
         layers.Flatten(), layers.Dense(8)],
        name="tower",
    )  # fmt: skip
    left, right = Input((12, 12, 1), name="left"), Input((12, 12, 1), name="right")
    apart = ops.sqrt(ops.sum(ops.square(tower(left) - tower(right)), axis=1, keepdims=True))
    return Model([left, right], layers.Dense(1, activation="sigmoid")(apart))


def u_net():
    from keras import Input, Model, layers

    start = Input((16, 16, 3))
    down, x = [], start
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        down.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.SeparableConv2D(16, 3, padding="same", depth_multiplier=2)(x)
    for filters, skip in ((8, down[1]), (4, down[0])):
        x = layers.Conv2DTranspose(filters, 2, strides=2, padding="same")(x)
        x = layers.Concatenate()([x, skip])
        x = layers.Conv2D(filters, 3, padding="same", kernel_regularizer="l2")(x)
    return Model(start, layers.Conv2D(2, 1, activation="softmax")(x))


def seq2seq():
    from keras import Input, Model, initializers, layers

    source, target = Input((None, 5), name="source"), Input((None, 4), name="target")
    _, h, c = layers.LSTM(6, return_state=True, recurrent_dropout=0.0)(source)
    out, *_ = layers.LSTM(
        6, return_sequences=True, return_state=True,
        kernel_initializer=initializers.VarianceScaling(2.0, "fan_out"),
    )(target, initial_state=[h, c])  # fmt: skip
    both = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(out)
    stacked = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True)(both)
    return Model([source, target], layers.TimeDistributed(layers.Dense(4))(stacked))


def two_towers():
    from keras import Input, Model, layers

    user, item = Input((1,), dtype="int32", name="user"), Input((1,), dtype="int32", name="item")
    towers = []
    for start, size in ((user, 20), (item, 50)):
        vector = layers.Flatten()(
            layers.Embedding(size, 8, embeddings_constraint="unit_norm")(start)
        )
        towers.append(layers.Dense(4, bias_initializer="ones")(vector))
    return Model([user, item], layers.Dot(axes=1, normalize=True)(towers))


def generator():
    from keras import Input, Model, layers

    noise = Input((10,))
    x = layers.LeakyReLU(0.2)(layers.Dense(4 * 4 * 8, use_bias=False)(noise))
    x = layers.Reshape((4, 4, 8))(x)
    x = layers.Conv2DTranspose(4, (4, 4), strides=(2, 2), padding="same")(x)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    return Model(noise, layers.Conv2D(1, 3, padding="same", activation="tanh")(x), name="generator")


def discriminator():
    from keras import Input, Sequential, layers

    return Sequential(
        [Input((16, 16, 1)), layers.SpectralNormalization(layers.Conv2D(4, 3, strides=2)),
         layers.LeakyReLU(), layers.Dropout(0.3), layers.GlobalMaxPooling2D(), layers.Dense(1)],
        name="discriminator",
    )  # fmt: skip


def gan():
    """The pair in one model: the discriminator, frozen, judges what the generator makes."""
    from keras import Input, Model

    judge = discriminator()
    judge.trainable = False
    noise = Input((10,))
    return Model(noise, judge(generator()(noise)))


def operations():
    """Numbers on either side, slices, reshaping, joining, several results."""
    from keras import Input, Model, ops

    start = Input((6, 4))
    first, second = ops.split(start, 2, axis=1)
    x = 2.0 - first / (1.0 + ops.abs(second))
    x = ops.concatenate([x[:, :2], ops.flip(x, axis=1)[:, 1:2]], axis=1)
    x = ops.reshape(x, (-1, 12))[:, 1:7]
    y = ops.einsum("bi,bj->bij", x, x)
    return Model(start, [ops.max(y, axis=-1), ops.clip(x, -0.5, 0.5), ops.matmul(y, y)[:, 0]])


def outputs_on_the_way():
    """An output that is used further on, one twice, and an order that is not that of the layers."""
    from keras import Input, Model, layers

    start = Input((5,))
    first = layers.Dense(3)(start)
    second = layers.Dense(3)(first)
    return Model(start, [second, first, second])


NETWORKS = (
    outputs_on_the_way,
    transformer,
    siamese,
    u_net,
    seq2seq,
    two_towers,
    generator,
    discriminator,
    gan,
    operations,
)


def inputs_for(model):
    rng = np.random.default_rng(3)
    made = []
    for tensor in model.inputs:
        shape = [2, *(n or 7 for n in tensor.shape[1:])]
        if str(tensor.dtype).startswith("int"):
            made.append(rng.integers(1, 20, shape).astype("int32"))
        else:
            made.append(rng.normal(size=shape).astype("float32"))
    return made


def outputs(model, rows, names):
    out = model(dict(zip(names, rows, strict=True)) if len(rows) > 1 else rows[0])
    return [np.asarray(o) for o in (out if isinstance(out, (list, tuple)) else [out])]


def copy_weights(imported, target):
    flat = expand(imported.graph).graph
    for node_id, layer in imported.layers.items():
        if layer.weights:
            target.get_layer(flat.node(node_id).name).set_weights(layer.get_weights())


@pytest.mark.parametrize("make", NETWORKS, ids=lambda make: make.__name__)
def test_a_network_goes_round(make, catalog):
    import keras

    keras.utils.set_random_seed(1)
    model = make()
    imported = graph_from_model(model, catalog)
    assert imported.lost == []
    graph = Graph.from_plain(imported.graph.to_plain())
    shapes = ShapeInference(catalog).infer(graph)
    assert [p.message for p in shapes.problems if p.severity == "error"
            and p.code != "several_outputs"] == []  # fmt: skip
    rows = inputs_for(model)
    wanted = model(rows if len(rows) > 1 else rows[0])
    wanted = [np.asarray(o) for o in (wanted if isinstance(wanted, (list, tuple)) else [wanted])]
    names = [tensor.name for tensor in model.inputs]

    space = {}
    exec(compile(model_code(graph, catalog).text, "exported.py", "exec"), space)
    for again in (build_model(graph, catalog, shapes=shapes), space["build_model"]()):
        assert again.count_params() == model.count_params()
        trainable = sum(int(np.prod(w.shape)) for w in again.trainable_weights)
        assert trainable == sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        copy_weights(imported, again)
        found = outputs(again, rows, names)
        assert len(found) == len(wanted)
        for one, other in zip(wanted, found, strict=True):
            assert one.shape == other.shape
            assert np.abs(one - other).max() == 0.0


def test_models_inside_become_blocks_that_share_their_weights(catalog):
    graph = graph_from_model(siamese(), catalog).graph
    (block,) = blocks(graph.records)
    assert block.name == "tower"
    uses = [node for node in graph if is_block(node.layer)]
    assert [bool(node.shared_with) for node in uses] == [False, True]


def test_what_cannot_be_kept_is_told(catalog):
    import keras
    from keras import layers

    start, shared = keras.Input(batch_shape=(4, 3)), layers.Dense(3, name="both")
    inner = keras.Sequential([keras.Input((3,)), shared], name="inner")
    row = layers.Reshape((1, 3))(inner(shared(start)))
    x = layers.LSTM(2, activation=layers.LeakyReLU(0.37), name="odd")(row)
    told = " ".join(graph_from_model(keras.Model(start, x), catalog).lost)
    assert "fixed number of rows" in told
    assert "both: it is applied in two models" in told
    assert "LeakyReLU as activation" in told


def test_what_there_is_no_word_for_is_told_and_stands_in_the_graph(catalog):
    import keras

    class Odd(keras.layers.Layer):
        def call(self, x):
            return x * 2

    start = keras.Input((3,))
    model = keras.Model(start, keras.layers.Dense(1)(Odd(name="odd")(start)))
    imported = graph_from_model(model, catalog)
    assert len(imported.lost) == 1 and "odd (Odd)" in imported.lost[0]
    problems = ShapeInference(catalog).infer(imported.graph).problems
    assert [p.code for p in problems if p.severity == "error"] == ["unknown_layer"]


def test_a_model_without_a_graph_is_refused_in_words(catalog):
    import keras

    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(GraphError, match="Own has no graph"):
        graph_from_model(Own(), catalog)
    with pytest.raises(GraphError, match="Sequential has no graph"):
        graph_from_model(keras.Sequential(), catalog)


def test_pooling_strides_that_look_like_a_default_are_kept(catalog):
    import keras

    start = keras.Input((9, 9, 1))
    model = keras.Model(start, keras.layers.MaxPooling2D(3, 2)(start))
    graph = graph_from_model(model, catalog).graph
    (pool,) = [node for node in graph if node.layer == "MaxPooling2D"]
    assert pool.params == {"pool_size": [3, 3], "strides": [2, 2]}
