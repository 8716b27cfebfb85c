"""Multiply-adds against a count of what TensorFlow computes, operation by operation."""

from __future__ import annotations

import math

import pytest

from workbench.build.shapes import ShapeInference
from workbench.importing.from_keras import graph_from_model

pytestmark = pytest.mark.backend


def counted(model):
    """Return the multiply-adds of one row: every product of matrices and kernels of the graph.

    Grouped convolutions are not among them: Keras hides them in functions of their own.
    """
    import tensorflow as tf

    specs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    function = tf.function(lambda *rows: model(rows[0], training=False))
    total = 0
    for operation in function.get_concrete_function(*specs).graph.get_operations():
        shapes = [list(tensor.shape) for tensor in operation.inputs]
        result = list(operation.outputs[0].shape) if operation.outputs else []
        if operation.type == "Conv2D":
            total += math.prod(result) * math.prod(shapes[1][:3])
        elif operation.type == "DepthwiseConv2dNative":
            total += math.prod(result) * math.prod(shapes[1][:2])
        elif operation.type == "Conv2DBackpropInput":  # a transposed convolution going forwards
            total += math.prod(shapes[2]) * math.prod(shapes[1][:3])
        elif operation.type == "MatMul":
            total += math.prod(result) * shapes[0][0 if operation.get_attr("transpose_a") else 1]
        elif operation.type == "BatchMatMulV2":
            total += math.prod(result) * shapes[0][-2 if operation.get_attr("adj_x") else -1]
        elif operation.type == "Einsum" and len(shapes) == 2:
            letters = operation.get_attr("equation").decode().split("->")[0].split(",")
            lengths = dict(
                pair for names, shape in zip(letters, shapes, strict=True)
                for pair in zip(names, shape, strict=True)
            )  # fmt: skip
            total += math.prod(lengths.values())
    return total


def transformer(keras):
    layers = keras.layers
    x = inputs = keras.Input((24, 32))
    y = layers.MultiHeadAttention(4, 8)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    y = layers.Dense(32)(layers.Dense(96, "gelu")(x))
    x = layers.GlobalAveragePooling1D()(layers.Add()([x, y]))
    return keras.Model(inputs, layers.Dense(5)(x))


def u_net(keras):
    layers = keras.layers
    x = inputs = keras.Input((32, 32, 3))
    first = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.SeparableConv2D(16, 3, 2, "same")(first)
    x = layers.Conv2DTranspose(8, 3, 2, "same")(x)
    x = layers.Conv2D(4, 3, dilation_rate=2)(layers.Concatenate()([x, first]))
    return keras.Model(inputs, layers.Conv2D(6, 3, strides=3)(x))


def application(name, side=64):
    def make(keras):
        model = getattr(keras.applications, name)
        return model(weights=None, input_shape=(side, side, 3), classes=10)

    return make


MODELS = {
    "transformer": transformer, "U-Net": u_net, "MobileNetV2": application("MobileNetV2"),
    "EfficientNetB0": application("EfficientNetB0"), "ResNet50": application("ResNet50"),
    "DenseNet121": application("DenseNet121"), "VGG16": application("VGG16"),
    "Xception": application("Xception", 71),
    "MobileNetV3Large": application("MobileNetV3Large"),
}  # fmt: skip
QUICK = ("transformer", "U-Net", "MobileNetV2")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in MODELS]
)
def test_multiply_adds_are_those_of_the_computation(name, catalog):
    import keras

    model = MODELS[name](keras)
    found = ShapeInference(catalog).infer(graph_from_model(model, catalog).graph)
    assert found.macs == counted(model)
