"""Networks whose training memory is measured: half to calibrate the estimate, half to judge it.

Every network is of a kind that people train; sizes are chosen so that a step takes from a few
hundred megabytes to about three gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A training to measure.

    Attributes:
        build: Makes the network, given Keras.
        batch: Rows per step.
        optimizer: Name of the optimizer.
        params: Its settings that differ from the defaults.
        precision: Keras dtype policy.
        classes: Number of codes that integer inputs hold.
        part: `"fitted"` to fit the estimate's constants, `"held out"` of the fit, `"later"`
            chosen and measured after everything about the estimate was fixed.
    """

    build: Callable[[Any], Any]
    batch: int
    optimizer: str = "Adam"
    params: tuple[tuple[str, float], ...] = ()
    precision: str = "float32"
    classes: int = 100
    part: Literal["fitted", "held out", "later"] = "fitted"


def dense(width: int, layers: int, features: int) -> Callable[[Any], Any]:
    """Return the maker of a network of equal Dense layers."""

    def build(keras: Any) -> Any:
        x = inputs = keras.Input((features,))
        for _ in range(layers):
            x = keras.layers.Dense(width, "relu")(x)
        return keras.Model(inputs, keras.layers.Dense(10, "softmax")(x))

    return build


def convolutional(side: int, filters: tuple[int, ...], normal: bool = True) -> Callable[[Any], Any]:
    """Return the maker of a plain convolutional network: two convolutions a stage."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        x = inputs = keras.Input((side, side, 3))
        for width in filters:
            for _ in range(2):
                if normal:
                    x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
                    x = layers.ReLU()(layers.BatchNormalization()(x))
                else:
                    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D()(x)
        x = layers.GlobalAveragePooling2D()(x)
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


def residual(side: int, filters: tuple[int, ...], blocks: int) -> Callable[[Any], Any]:
    """Return the maker of a residual network of basic blocks (He et al. 2015)."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        x = inputs = keras.Input((side, side, 3))
        x = layers.Conv2D(filters[0], 3, padding="same", activation="relu")(x)
        for stage, width in enumerate(filters):
            for number in range(blocks):
                stride = 2 if stage and not number else 1
                y = layers.Conv2D(width, 3, stride, "same", use_bias=False)(x)
                y = layers.ReLU()(layers.BatchNormalization()(y))
                y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
                y = layers.BatchNormalization()(y)
                if stride > 1:
                    x = layers.Conv2D(width, 1, stride)(x)
                x = layers.ReLU()(layers.Add()([x, y]))
        x = layers.GlobalAveragePooling2D()(x)
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


def application(name: str, side: int) -> Callable[[Any], Any]:
    """Return the maker of a network of `keras.applications`, with random weights."""

    def build(keras: Any) -> Any:
        return getattr(keras.applications, name)(
            weights=None, input_shape=(side, side, 3), classes=10
        )

    return build


def u_net(side: int, filters: tuple[int, ...], transposed: bool) -> Callable[[Any], Any]:
    """Return the maker of a U-Net (Ronneberger et al. 2015)."""

    def build(keras: Any) -> Any:
        layers = keras.layers

        def twice(x: Any, width: int) -> Any:
            for _ in range(2):
                x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            return x

        x = inputs = keras.Input((side, side, 3))
        kept = []
        for width in filters[:-1]:
            x = twice(x, width)
            kept.append(x)
            x = layers.MaxPooling2D()(x)
        x = twice(x, filters[-1])
        for width, skip in zip(filters[-2::-1], kept[::-1], strict=True):
            larger = layers.Conv2DTranspose(width, 2, 2) if transposed else layers.UpSampling2D()
            x = larger(x)
            x = twice(layers.Concatenate()([skip, x]), width)
        x = layers.Conv2D(1, 1, activation="sigmoid")(x)
        return keras.Model(inputs, x)

    return build


def waves(length: int, filters: tuple[int, ...]) -> Callable[[Any], Any]:
    """Return the maker of a network of Conv1D over raw sound."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        x = inputs = keras.Input((length, 1))
        for width in filters:
            x = layers.Conv1D(width, 9, padding="same", activation="relu")(x)
            x = layers.BatchNormalization()(x)
            x = layers.MaxPooling1D(4)(x)
        x = layers.Dense(64, "relu")(layers.Flatten()(x))
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


def recurrent(
    kind: str, steps: int, features: int, units: tuple[int, ...], both: bool = False
) -> Callable[[Any], Any]:
    """Return the maker of a stack of recurrent layers."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        x = inputs = keras.Input((steps, features))
        for number, width in enumerate(units):
            layer = getattr(layers, kind)(width, return_sequences=number < len(units) - 1)
            x = (layers.Bidirectional(layer) if both else layer)(x)
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


def transformer(
    steps: int, width: int, heads: int, blocks: int, drop: float = 0.0, codes: int = 0
) -> Callable[[Any], Any]:
    """Return the maker of a transformer encoder (Vaswani et al. 2017)."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        if codes:
            inputs = keras.Input((steps,), dtype="int32")
            x = layers.Embedding(codes, width)(inputs)
        else:
            x = inputs = keras.Input((steps, width))
        for _ in range(blocks):
            y = layers.MultiHeadAttention(heads, width // heads, dropout=drop)(x, x)
            x = layers.LayerNormalization()(layers.Add()([x, y]))
            y = layers.Dense(4 * width, "gelu" if drop else "relu")(x)
            y = layers.Dense(width)(y)
            if drop:
                y = layers.Dropout(drop)(y)
            x = layers.LayerNormalization()(layers.Add()([x, y]))
        x = layers.GlobalAveragePooling1D()(x)
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


def embedded(codes: int, width: int, steps: int, units: int = 0) -> Callable[[Any], Any]:
    """Return the maker of a text classifier whose weights are mostly an embedding's."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        inputs = keras.Input((steps,), dtype="int32")
        x = layers.Embedding(codes, width)(inputs)
        x = layers.GRU(units)(x) if units else layers.GlobalAveragePooling1D()(x)
        x = layers.Dense(64, "relu")(x)
        return keras.Model(inputs, layers.Dense(10, "softmax")(x))

    return build


MOMENTUM: Final = (("momentum", 0.9),)
CASES: Final[dict[str, Case]] = {
    "dense, wide": Case(dense(4096, 3, 2048), 32),
    "dense, tiny": Case(dense(32, 2, 20), 32),
    "dense, 150 layers": Case(dense(16, 150, 16), 8),
    "dense, 150 layers, SGD": Case(dense(16, 150, 16), 8, "SGD"),
    "residual, 150 layers": Case(residual(8, (8, 8), 10), 4),
    "convolutional, 128": Case(convolutional(128, (32, 64, 128)), 32),
    "convolutional, plain, 96": Case(convolutional(96, (32, 64, 128), False), 64, "SGD"),
    "convolutional, float16": Case(convolutional(64, (32, 64)), 32, precision="mixed_float16"),
    "MobileNetV2, 128": Case(application("MobileNetV2", 128), 32, "RMSprop"),
    "ResNet50, 160": Case(application("ResNet50", 160), 8, "SGD", MOMENTUM),
    "U-Net, 128": Case(u_net(128, (32, 64, 128, 256), False), 8),
    "sound, Conv1D": Case(waves(16000, (32, 64, 128)), 32),
    "LSTM, 400 steps": Case(recurrent("LSTM", 400, 64, (256, 256)), 32),
    "GRU, 200 steps": Case(recurrent("GRU", 200, 32, (192,)), 64, "RMSprop"),
    "transformer, 256 steps": Case(transformer(256, 256, 8, 4), 32),
    "transformer, bfloat16": Case(transformer(128, 256, 4, 4), 32, precision="mixed_bfloat16"),
    "embedding, 200,000 codes": Case(embedded(200_000, 128, 100), 64, classes=200_000),
    "dense, deep": Case(dense(1024, 12, 512), 1024, "SGD", MOMENTUM, part="held out"),
    "dense, bfloat16": Case(dense(3072, 4, 1024), 64, "RMSprop", precision="mixed_bfloat16",
                            part="held out"),
    "dense, small": Case(dense(64, 3, 30), 256, part="held out"),
    "residual, 64": Case(residual(64, (32, 64, 128), 3), 64, part="held out"),
    "residual, bfloat16": Case(residual(64, (32, 64), 2), 48, precision="mixed_bfloat16",
                               part="held out"),
    "MobileNet, 160": Case(application("MobileNet", 160), 16, part="held out"),
    "EfficientNetB0, 128": Case(application("EfficientNetB0", 128), 16, part="held out"),
    "DenseNet121, 96": Case(application("DenseNet121", 96), 16, "SGD", part="held out"),
    "Xception, 128": Case(application("Xception", 128), 8, "RMSprop", part="held out"),
    "VGG16, 96": Case(application("VGG16", 96), 16, "SGD", MOMENTUM, part="held out"),
    "U-Net, transposed, 192": Case(u_net(192, (16, 32, 64, 128), True), 8, "SGD", part="held out"),
    "sound, long": Case(waves(32000, (16, 32, 64, 128)), 16, "RMSprop", part="held out"),
    "LSTM, both ways": Case(recurrent("LSTM", 100, 64, (128, 128), True), 128, part="held out"),
    "GRU, stacked": Case(recurrent("GRU", 150, 48, (256, 128)), 32, part="held out"),
    "transformer, dropout": Case(transformer(128, 384, 6, 4, 0.1, 20_000), 16, classes=20_000,
                                 part="held out"),
    "transformer, long": Case(transformer(512, 128, 4, 3), 8, "RMSprop", part="held out"),
    "embedding, GRU": Case(embedded(120_000, 96, 60, 64), 32, "SGD", classes=120_000,
                           part="held out"),
    "transformer, float16": Case(transformer(96, 192, 4, 3), 32, precision="mixed_float16",
                                 part="held out"),
    "MobileNetV3Small, 160": Case(application("MobileNetV3Small", 160), 16, part="later"),
    "ConvNeXtTiny, 64": Case(application("ConvNeXtTiny", 64), 8, part="later"),
    "ResNet50V2, 96": Case(application("ResNet50V2", 96), 16, "RMSprop", part="later"),
    "InceptionV3, 128": Case(application("InceptionV3", 128), 8, "SGD", MOMENTUM, part="later"),
    "U-Net, deep, bfloat16": Case(u_net(96, (24, 48, 96, 192, 384), True), 12,
                                  precision="mixed_bfloat16", part="later"),
    "SimpleRNN, 120 steps": Case(recurrent("SimpleRNN", 120, 40, (256, 256)), 128, part="later"),
    "LSTM, three layers": Case(recurrent("LSTM", 60, 24, (192, 192, 96)), 64, "RMSprop",
                               part="later"),
    "transformer, wide, bfloat16": Case(transformer(192, 320, 5, 3), 24,
                                        precision="mixed_bfloat16", part="later"),
    "transformer, small, SGD": Case(transformer(64, 128, 4, 6, 0.1, 5_000), 64, "SGD",
                                    classes=5_000, part="later"),
    "embedding, GRU, Adam": Case(embedded(20_000, 128, 120, 128), 64, classes=20_000,
                                 part="later"),
    "dense, two wide, SGD": Case(dense(6000, 2, 1000), 256, "SGD", part="later"),
    "residual, deep": Case(residual(48, (16, 32, 64), 9), 32, part="later"),
}  # fmt: skip
