"""The curves of activation functions: value and slope, exact formulas without Keras.

The window draws them for the layer that is selected, whether an engine runs or not. A test
compares every function with Keras, and every slope with Keras's own derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Floats]

_SELU_SCALE: Final = 1.0507009873554805
_SELU_ALPHA: Final = 1.6732632423543772
_AGAINST: Final = "Shown for one unit against a second one at 0; the function compares all units."


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An activation function to draw.

    Attributes:
        title: What it is used for and its name ("Activation: relu").
        name: Keras name.
        value: The function.
        slope: Its derivative; at a kink that of the right side.
        note: What the picture leaves out, or "".
    """

    title: str
    name: str
    value: Function
    slope: Function
    note: str = ""


def _sigmoid(x: Floats) -> Floats:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def _softplus(x: Floats) -> Floats:
    return np.logaddexp(0.0, x)


def _phi(x: Floats) -> Floats:
    """Return the distribution function of the standard normal distribution."""
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x.ravel()]).reshape(x.shape)


def _density(x: Floats) -> Floats:
    return np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def _steps(*pieces: float) -> Callable[[Floats], Floats]:
    """Return a step function: value, edge, value, edge … value."""
    values: Floats = np.asarray(pieces[::2], np.float64)
    edges = np.asarray(pieces[1::2], np.float64)

    def step(x: Floats) -> Floats:
        return values.take(np.searchsorted(edges, x, side="right"))

    return step


def _elu(x: Floats, alpha: float = 1.0) -> Floats:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _elu_slope(x: Floats, alpha: float = 1.0) -> Floats:
    return np.where(x >= 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


def _relu(slope: float, limit: float | None, threshold: float) -> tuple[Function, Function]:
    top = math.inf if limit is None else limit

    def value(x: Floats) -> Floats:
        return np.where(x >= threshold, np.minimum(x, top), slope * (x - threshold))

    def derivative(x: Floats) -> Floats:
        return np.where(x >= threshold, np.where(x < top, 1.0, 0.0), slope)

    return value, derivative


def _shrink(x: Floats) -> Floats:
    return np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)


def _mish_slope(x: Floats) -> Floats:
    inner: Floats = np.tanh(_softplus(x))
    return inner + x * (1 - inner * inner) * _sigmoid(x)


_FUNCTIONS: Final[dict[str, tuple[Function, Function]]] = {
    "linear": (lambda x: x, np.ones_like),
    "relu": _relu(0.0, None, 0.0),
    "relu6": _relu(0.0, 6.0, 0.0),
    "leaky_relu": _relu(0.2, None, 0.0),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "softplus": (_softplus, _sigmoid),
    "softsign": (lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "elu": (_elu, _elu_slope),
    "celu": (_elu, _elu_slope),
    "selu": (
        lambda x: _SELU_SCALE * _elu(x, _SELU_ALPHA),
        lambda x: _SELU_SCALE * _elu_slope(x, _SELU_ALPHA),
    ),
    "exponential": (np.exp, np.exp),
    "gelu": (lambda x: x * _phi(x), lambda x: _phi(x) + x * _density(x)),
    "silu": (lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x))),
    "mish": (lambda x: x * np.tanh(_softplus(x)), _mish_slope),
    "hard_sigmoid": (lambda x: np.clip((x + 3) / 6, 0, 1), _steps(0, -3, 1 / 6, 3, 0)),
    "hard_silu": (
        lambda x: x * np.clip((x + 3) / 6, 0, 1),
        lambda x: np.where(x < -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6)),
    ),
    "hard_tanh": (lambda x: np.clip(x, -1, 1), _steps(0, -1, 1, 1, 0)),
    "hard_shrink": (lambda x: np.where(np.abs(x) > 0.5, x, 0.0), _steps(1, -0.5, 0, 0.5, 1)),
    "soft_shrink": (_shrink, _steps(1, -0.5, 0, 0.5, 1)),
    "tanh_shrink": (lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2),
    "log_sigmoid": (lambda x: -_softplus(-x), lambda x: _sigmoid(-x)),
    "sparse_sigmoid": (lambda x: np.clip((x + 1) / 2, 0, 1), _steps(0, -1, 0.5, 1, 0)),
    "sparse_plus": (
        lambda x: np.where(x <= -1, 0.0, np.where(x >= 1, x, (x + 1) ** 2 / 4)),
        lambda x: np.clip((x + 1) / 2, 0, 1),
    ),
    "squareplus": (
        lambda x: (x + np.sqrt(x * x + 4)) / 2,
        lambda x: (1 + x / np.sqrt(x * x + 4)) / 2,
    ),
    # Functions of all units together, for the first of two units, the second at 0.
    "softmax": (_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "log_softmax": (lambda x: -_softplus(-x), lambda x: _sigmoid(-x)),
}
_TOGETHER: Final = frozenset({"softmax", "log_softmax"})
NAMES: Final = tuple(_FUNCTIONS)
"""Every function that can be drawn."""
CLIPPING: Final = frozenset({"relu", "relu6", "hard_shrink", "soft_shrink", "sparse_plus"})
"""Functions that give exact zeros: units can be dead."""


def curve(name: str, title: str = "") -> Curve | None:
    """Return the curve of a function by its Keras name, or None when it cannot be drawn."""
    name = {"swish": "silu", "hard_swish": "hard_silu"}.get(name, name)
    found = _FUNCTIONS.get(name)
    if found is None:
        return None
    note = _AGAINST if name in _TOGETHER else ""
    return Curve(title or name, name, *found, note)


def curves_of(layer: str, params: Mapping[str, Any]) -> list[Curve]:
    """Return the functions that a layer applies; none for layers without.

    Args:
        layer: Catalog key.
        params: All parameters of the layer, with the defaults of the catalog filled in.
    """
    own = _own(layer, params)
    if own is not None:
        return [own]
    found = []
    for param, words in (("activation", "Activation"), ("recurrent_activation", "Gates")):
        name = params.get(param)
        if not isinstance(name, str) or name == "linear":
            continue
        drawn = curve(name, f"{words}: {name}")
        if drawn is not None:
            found.append(drawn)
    return found


def clips(layer: str, params: Mapping[str, Any]) -> bool:
    """Tell whether a layer's function gives exact zeros, so that units can be dead."""
    if layer == "ReLU":
        return not params.get("negative_slope")
    return params.get("activation") in CLIPPING and "recurrent_activation" not in params


def _own(layer: str, params: Mapping[str, Any]) -> Curve | None:
    """Return the function of a layer that is one."""
    if layer == "ReLU":
        limit = params.get("max_value")
        pair = _relu(
            _number(params.get("negative_slope"), 0.0),
            None if limit is None else _number(limit, 0.0),
            _number(params.get("threshold"), 0.0),
        )
        return Curve("ReLU", "relu", *pair)
    if layer == "LeakyReLU":
        slope = _number(params.get("negative_slope"), 0.3)
        return Curve("Leaky ReLU", "leaky_relu", *_relu(slope, None, 0.0))
    if layer == "PReLU":
        note = "The slope at the left is learned, one for each unit; it starts at 0 here."
        return Curve("PReLU", "prelu", *_relu(0.0, None, 0.0), note)
    if layer == "ELU":
        alpha = _number(params.get("alpha"), 1.0)
        return Curve("ELU", "elu", lambda x: _elu(x, alpha), lambda x: _elu_slope(x, alpha))
    if layer == "Softmax":
        return Curve("Softmax", "softmax", *_FUNCTIONS["softmax"], _AGAINST)
    return None


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
