"""Multiply-adds, receptive fields, axis names, states: against published and measured numbers."""

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.graph.inference import describe_axes


def last(net, ids):
    return net.infer().nodes[ids[-1]]


PUBLISHED = {
    # He et al. 2016, table 1: 3.8e9 multiply-adds (stride in the 1×1 convolution, as in Keras).
    "ResNet50": ((224, 224, 3), 3.8e9, 0.03),
    # Simonyan and Zisserman 2015: 15.5e9 for configuration D.
    "VGG16": ((224, 224, 3), 15.5e9, 0.01),
    # Howard et al. 2017, table 4: 569 million.
    "MobileNet": ((224, 224, 3), 569e6, 0.01),
    # Sandler et al. 2018, table 4: 300 million.
    "MobileNetV2": ((224, 224, 3), 300e6, 0.01),
    # Tan and Le 2019, table 2: 0.39 thousand million.
    "EfficientNetB0": ((224, 224, 3), 0.39e9, 0.02),
    # Liu et al. 2022, table 1: 4.5 thousand million.
    "ConvNeXtTiny": ((224, 224, 3), 4.5e9, 0.02),
}
FIELDS = {"VGG16": 212, "ResNet50": 483}
"""Receptive fields of the last layer with places, as Araujo, Norris and Sim (Distill 2019) give
them: 212 for VGG16, 483 for ResNet50."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_multiply_adds(name, catalog):
    import keras

    from workbench.importing.from_keras import graph_from_model

    shape, expected, tolerance = PUBLISHED[name]
    model = getattr(keras.applications, name)(weights=None, input_shape=shape)
    found = ShapeInference(catalog).infer(graph_from_model(model, catalog).graph)
    assert not found.has_errors
    assert found.macs == pytest.approx(expected, rel=tolerance)
    assert found.parameters == model.count_params()
    frozen = sum(int(np.prod(v.shape)) for v in model.non_trainable_weights)
    assert sum(info.states + info.frozen for info in found.nodes.values()) == frozen
    if name in FIELDS:
        fields = [info.receptive[0] for info in found.nodes.values() if info.receptive]
        assert max(fields) == FIELDS[name]


CHAINS = {
    "plain": [("Conv2D", {"filters": 2, "kernel_size": 3}),
              ("Conv2D", {"filters": 2, "kernel_size": [5, 1], "strides": [2, 1]}),
              ("AveragePooling2D", {"pool_size": 2}),
              ("Conv2D", {"filters": 1, "kernel_size": 3})],
    "dilated": [("Conv2D", {"filters": 2, "kernel_size": 3, "dilation_rate": 3}),
                ("DepthwiseConv2D", {"kernel_size": 3}),
                ("SeparableConv2D", {"filters": 1, "kernel_size": 2})],
    "upsampled": [("AveragePooling2D", {"pool_size": 2}),
                  ("UpSampling2D", {"size": 2}),
                  ("Conv2D", {"filters": 1, "kernel_size": 4})],
    "transposed": [("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 2}),
                   ("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "strides": 2}),
                   ("Conv2D", {"filters": 1, "kernel_size": 3})],
    "stretched twice": [("AveragePooling2D", {"pool_size": 4}),
                        ("UpSampling2D", {"size": 2}),
                        ("Conv2D", {"filters": 1, "kernel_size": 2}),
                        ("Conv2DTranspose", {"filters": 1, "kernel_size": 2, "strides": 2}),
                        ("Conv2D", {"filters": 1, "kernel_size": 2})],
    "smooth": [("AveragePooling2D", {"pool_size": 2}),
               ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}),
               ("Conv2D", {"filters": 1, "kernel_size": 3})],
}  # fmt: skip


@pytest.mark.backend
@pytest.mark.parametrize("name", CHAINS)
def test_receptive_field_is_where_the_gradient_reaches(name, net):
    """The largest support of the gradient of one output value, over all places."""
    import keras
    import tensorflow as tf

    ids = net.chain(*CHAINS[name], shape=(48, 48, 1))
    expected = last(net, ids).receptive
    model = build_model(net.graph, net.catalog, None)
    for weight in model.weights:
        weight.assign(np.abs(np.random.default_rng(1).normal(size=weight.shape)) + 0.1)
    assert keras.backend.backend() == "tensorflow"
    x = tf.ones((1, 48, 48, 1))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(model(x), axis=-1)
        middle = y.shape[1] // 2
        picked = [y[0, middle + dy, middle + dx] for dy in range(4) for dx in range(4)]
    sizes = []
    for value in picked:
        reached = np.abs(tape.gradient(value, x).numpy()[0, :, :, 0]) > 0
        rows, columns = np.flatnonzero(reached.any(1)), np.flatnonzero(reached.any(0))
        sizes.append((np.ptp(rows) + 1, np.ptp(columns) + 1))
    assert expected == tuple(max(size[axis] for size in sizes) for axis in (0, 1))


MACS = [
    ((30,), ("Dense", {"units": 8}), 240),
    ((5, 30), ("Dense", {"units": 8}), 1200),
    ((10, 4), ("LSTM", {"units": 6}), 10 * 4 * 6 * (4 + 6)),
    ((10, 4), ("GRU", {"units": 6}), 10 * 3 * 6 * (4 + 6)),
    ((10, 4), ("SimpleRNN", {"units": 6, "return_sequences": True}), 10 * 6 * (4 + 6)),
    ((10, 4), ("Bidirectional", {"layer": {"layer": "LSTM", "params": {"units": 6}}}),
     2 * 10 * 4 * 6 * (4 + 6)),
    ((10, 4), ("RNN", {"cell": {"layer": "GRUCell", "params": {"units": 6}}}), 10 * 3 * 6 * 10),
    ((10, 8, 8, 3), ("TimeDistributed",
     {"layer": {"layer": "Conv2D", "params": {"filters": 4, "kernel_size": 3}}}),
     10 * 6 * 6 * 4 * 3 * 9),
    ((20, 8), ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal",
                          "dilation_rate": 2}), 20 * 4 * 8 * 3),
    ((12, 12, 8), ("Conv2D", {"filters": 6, "kernel_size": [3, 1], "groups": 2}),
     10 * 12 * 6 * 4 * 3),
    ((12, 12, 8), ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}),
     10 * 10 * 16 * 9),
    ((12, 12, 8), ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}),
     10 * 10 * 16 * (9 + 5)),
    ((6, 6, 8), ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "strides": 2}),
     6 * 6 * 8 * 4 * 9),
    ((4, 6, 6, 2), ("Conv3D", {"filters": 3, "kernel_size": 2}), 3 * 5 * 5 * 3 * 2 * 8),
    ((5, 8, 8, 2), ("ConvLSTM2D", {"filters": 3, "kernel_size": 3}),
     5 * 4 * 6 * 6 * 3 * (2 + 3) * 9),
    ((7, 16), ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 9]}),
     7 * 16 * 9),
    ((7, 16), ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": [9]}), 7 * 16 * 9),
    ((8, 8, 4), ("MaxPooling2D", {}), 0),
    ((8, 8, 4), ("BatchNormalization", {}), 0),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layer", "expected"), MACS, ids=lambda v: str(v)[:40])
def test_multiply_adds(shape, layer, expected, net):
    assert last(net, net.chain(layer, shape=shape)).macs == expected


def attention(net, key, params):
    query = net.add("InputLayer", {"shape": [6, 16]})
    value = net.add("InputLayer", {"shape": [9, 16]})
    layer = net.add(key, params)
    net.connect(query, layer, "query")
    net.connect(value, layer, "value")
    return net.infer().nodes[layer]


def test_multiply_adds_of_attention(new_net):
    heads = attention(new_net(), "MultiHeadAttention", {"num_heads": 2, "key_dim": 4})
    projections = 6 * 16 * 8 + 2 * 9 * 16 * 8 + 6 * 8 * 16
    assert heads.macs == projections + 2 * 6 * 9 * (4 + 4)
    same = {"num_heads": 2, "key_dim": 4, "attention_axes": [1]}
    assert attention(new_net(), "MultiHeadAttention", same).macs == heads.macs
    net = new_net()
    frames = net.add("InputLayer", {"shape": [5, 6, 16]})
    rows = net.add("MultiHeadAttention", {"num_heads": 2, "key_dim": 4, "attention_axes": [2]})
    net.connect(frames, rows, "query")
    net.connect(frames, rows, "value")
    expected = 5 * (3 * 6 * 16 * 8 + 6 * 8 * 16 + 2 * 6 * 6 * (4 + 4))
    assert net.infer().nodes[rows].macs == expected
    assert attention(new_net(), "Attention", {}).macs == 6 * 9 * 16 * 2
    additive = attention(new_net(), "AdditiveAttention", {"use_scale": False})
    assert additive.macs == 6 * 9 * 16


def test_multiply_adds_of_operations(net):
    first = net.add("InputLayer", {"shape": [6, 16]})
    second = net.add("InputLayer", {"shape": [16, 5]})
    product = net.add("ops.matmul")
    net.connect(first, product, "x1")
    net.connect(second, product, "x2")
    sum_ = net.add("ops.einsum", {"subscripts": "bij,bjk->bik"})
    net.connect(first, sum_, "operands", 0)
    net.connect(second, sum_, "operands", 1)
    relu = net.after(product, "ops.relu")
    other = net.after(product, "ops.svd")
    found = net.infer()
    nodes = found.nodes
    assert nodes[product].macs == nodes[sum_].macs == 6 * 16 * 5
    assert nodes[relu].macs == 0
    assert other not in nodes or nodes[other].macs is None


def test_an_unknown_length_gives_no_number(net):
    ids = net.chain(("LSTM", {"units": 4}), shape=(None, 3))
    assert last(net, ids).macs is None
    assert net.infer().macs is None


AXES = [
    ((28, 28, 1), [("Conv2D", {"filters": 32, "kernel_size": 3})],
     "height 26 × width 26 × channel 32"),
    ((1, 28, 28), [("ZeroPadding2D", {"data_format": "channels_first"})],
     "channel 1 × height 30 × width 30"),
    ((28, 28, 1), [("MaxPooling2D", {}), "Flatten"], "feature 196"),
    ((8, 9, 10, 2), [("MaxPooling3D", {})], "depth 4 × height 4 × width 5 × channel 2"),
    ((12,), [("Embedding", {"input_dim": 9, "output_dim": 4})], "token 12 × feature 4"),
    ((12,), [("Embedding", {"input_dim": 9, "output_dim": 4}), ("Conv1D", {"filters": 7,
     "kernel_size": 3})], "token 10 × channel 7"),
    ((10, 4), [("LSTM", {"units": 6, "return_sequences": True})], "time 10 × feature 6"),
    ((10, 4), [("LSTM", {"units": 6})], "feature 6"),
    ((28, 20, 3), [("Conv2D", {"filters": 4, "kernel_size": 1}), ("Permute", {"dims": [2, 1, 3]})],
     "width 20 × height 28 × channel 4"),
    ((5, 8, 8, 3), [("TimeDistributed", {"layer": {"layer": "Conv2D",
     "params": {"filters": 4, "kernel_size": 3}}})],
     "time 5 × height 6 × width 6 × channel 4"),
    ((7, 6), [("Reshape", {"target_shape": [6, 7]})], "6 × 7"),
    ((7, 6), ["ops.transpose"], None),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layers", "expected"), AXES, ids=lambda v: str(v)[:40])
def test_names_of_axes(shape, layers, expected, net):
    ids = net.chain(*layers, shape=shape)
    info = last(net, ids)
    told = describe_axes(info.output, info.axes["output"])
    if expected is None:
        assert not any(info.axes["output"])
    else:
        assert told == expected


def test_an_input_is_named_by_what_reads_it(net):
    ids = net.chain("Rescaling", ("Conv2D", {"filters": 2, "kernel_size": 3}), shape=(9, 9, 3))
    assert net.infer().axes(ids[0], "output") == ("batch", "height", "width", "channel")
    other = net.chain(("Reshape", {"target_shape": [27]}), shape=(9, 3))
    assert net.infer().axes(other[0], "output") == ("batch", "", "")


def test_states_and_frozen_weights_are_told_apart(net):
    from workbench.graph.changes import SetTrainable

    ids = net.chain("BatchNormalization", ("Dense", {"units": 2}), shape=(5,))
    net.graph.apply(SetTrainable(ids[2], False))
    nodes = net.infer().nodes
    normal, dense = nodes[ids[1]], nodes[ids[2]]
    assert (normal.parameters, normal.trainable, normal.states, normal.frozen) == (20, 10, 10, 0)
    assert (dense.parameters, dense.trainable, dense.states, dense.frozen) == (12, 0, 0, 12)


def test_values_that_training_leaves_alone_are_no_states(net):
    """A frozen BatchNormalization keeps its averages; Normalization takes them from the data."""
    from workbench.graph.changes import SetTrainable

    frozen, before, spectral = net.chain(
        "BatchNormalization",
        "Normalization",
        ("SpectralNormalization", {"layer": {"layer": "Dense", "params": {"units": 2}}}),
        shape=(5,),
    )[1:]
    for at in (frozen, spectral):
        net.graph.apply(SetTrainable(at, False))
    nodes = net.infer().nodes
    told = [(n.parameters, n.states, n.frozen) for n in map(nodes.get, (frozen, before, spectral))]
    assert told == [(20, 0, 20), (11, 0, 11), (14, 2, 12)]


def test_a_block_has_the_sums_of_its_layers(net):
    from workbench.graph.blocking import group

    ids = net.chain(
        ("Conv2D", {"filters": 4, "kernel_size": 3}),
        "BatchNormalization",
        ("Conv2D", {"filters": 5, "kernel_size": 3}),
        shape=(9, 9, 2),
    )
    flat = net.infer()
    change, use = group(net.graph, ids[1:], "stem")
    net.graph.apply(change)
    block = net.infer().nodes[use]
    inside = [flat.nodes[at] for at in ids[1:]]
    assert block.macs == sum(info.macs for info in inside) == 7 * 7 * 4 * 18 + 5 * 5 * 5 * 36
    assert block.states == 8
    assert block.kept_bytes == sum(info.kept_bytes for info in inside)
    assert block.receptive == (5, 5)
    assert list(block.axes.values()) == [("batch", "height", "width", "channel")]


def test_an_edit_looks_at_what_it_changes_only(net):
    from workbench.graph.changes import SetParam

    layers = [("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same"}), "BatchNormalization"]
    ids = net.chain(*(layers * 20), shape=(16, 16, 3))
    before = net.infer()
    net.graph.apply(SetParam(ids[21], "filters", 8))
    after = net.infer()
    assert net.shapes._flow.visited <= 5
    assert after.nodes[ids[40]] is before.nodes[ids[40]]
    fresh = ShapeInference(net.catalog).infer(net.graph)
    assert dict(fresh.nodes) == dict(after.nodes)


def test_what_is_known_survives_being_sent(net):
    from workbench.graph.inference import Inference

    net.chain(("Conv2D", {"filters": 4, "kernel_size": 3}), "Flatten", shape=(8, 8, 1))
    found = net.infer()
    assert dict(Inference.from_plain(found.to_plain()).nodes) == dict(found.nodes)
