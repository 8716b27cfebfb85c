"""Finds what stands before a network's final activation, so that logits can be explained.

Shapley values of probabilities are squeezed where the network is sure; logits add up honestly.
The pre-activation is taken from the network itself: its last layer applied without activation, or
the input of a final activation layer. Only where neither is possible are logits computed back
from the probabilities, which loses precision within 1e-7 of certainty.
"""

from __future__ import annotations

from typing import Any, Literal

from workbench.explain.results import Space

Activation = Literal["sigmoid", "softmax", "linear", "other"]
_ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": "sigmoid", "softmax": "softmax", "linear": "linear",
}  # fmt: skip


def in_space(model: Any, space: Space, classify: bool) -> Any:
    """Return a network with the same inputs whose output is in the wanted space.

    Args:
        model: A functional Keras model with one output of shape (rows, units).
        space: `"logit"`, `"probability"` or `"value"`.
        classify: Whether the network classifies; then a linear output counts as logits.

    Returns:
        A Keras model whose output is float32, shape (rows, units). Logits of several classes are
        given relative to their mean over the classes, since softmax does not change when all of
        them grow alike.
    """
    import keras
    from keras import ops

    output = model.outputs[0]
    if len(output.shape) == 1:
        output = ops.expand_dims(output, -1)
    if not classify or space == "value":
        return keras.Model(model.inputs, ops.cast(output, "float32"))
    units = int(output.shape[-1])
    kind, logits = before_activation(model)
    if logits is None:
        probabilities = _shares(ops.cast(output, "float32"), units)
        logits = _logits_of(probabilities, units)
    else:
        logits = ops.cast(logits, "float32")
        # The loss reads one unit as a sigmoid, several as a softmax, whatever made them.
        squash = ops.sigmoid if kind == "sigmoid" or units == 1 else ops.softmax
        probabilities = _shares(squash(logits), units)
        if kind == "sigmoid" and units > 1:
            logits = _logits_of(probabilities, units)
    if units > 1:
        logits = logits - ops.mean(logits, axis=-1, keepdims=True)
    return keras.Model(model.inputs, logits if space == "logit" else probabilities)


def before_activation(model: Any) -> tuple[Activation, Any]:
    """Return the final activation of a network and the tensor before it.

    Returns:
        The kind, and a symbolic tensor; None where it cannot be reached.
    """
    output = model.outputs[0]
    layer = output._keras_history.operation
    name = type(layer).__name__
    if name == "Softmax" and getattr(layer, "axis", -1) in (-1, len(output.shape) - 1):
        return "softmax", layer.input
    activation = _activation_of(layer)
    if activation == "linear":
        return "linear", output
    if activation == "other" or len(output.shape) != 2:
        return activation, None
    if name == "Activation":
        return activation, layer.input
    return activation, _without_activation(layer)


def _activation_of(layer: Any) -> Activation:
    if not hasattr(layer, "activation"):
        return "other"
    if layer.activation is None:
        return "linear"
    return _ACTIVATIONS.get(getattr(layer.activation, "__name__", ""), "other")


def _without_activation(layer: Any) -> Any:
    """Return a layer's output with a linear activation and the same weights."""
    if type(layer).__name__ not in ("Dense", "EinsumDense"):
        return None
    config = layer.get_config()
    config.update(activation="linear", name=f"{layer.name}_logits", dtype="float32")
    config.pop("quantization_config", None)
    bare = type(layer).from_config(config)
    logits = bare(layer.input)
    bare.set_weights(layer.get_weights())
    return logits


def _shares(probabilities: Any, units: int) -> Any:
    """Return probabilities that sum to one over several classes."""
    from keras import ops

    if units == 1:
        return probabilities
    return probabilities / ops.sum(probabilities, axis=-1, keepdims=True)


def _logits_of(probabilities: Any, units: int) -> Any:
    from keras import ops

    tiny = 1e-7
    clipped = ops.clip(probabilities, tiny, 1 - tiny)
    if units == 1:
        return ops.log(clipped) - ops.log1p(-clipped)
    return ops.log(clipped)
