"""The optimizers to choose from: what they are for, their main parameters, Keras's defaults.

A table, so that forms and checks need no Keras; a test compares it with the installed Keras.
Left out on purpose: `LossScaleOptimizer` (Keras adds it itself for float16), `MultiOptimizer`
(takes other optimizers), and `ScheduleFreeAdamW` and averaged weights (`use_ema`): with both, the
weights that are validated while training are not those that remain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from workbench.plain import Plain

ValueKind = Literal["float", "int", "bool"]


@dataclass(frozen=True, slots=True)
class OptimizerParam:
    """A parameter of an optimizer.

    Attributes:
        name: Keras's name.
        title: Label in the form.
        help: One line.
        kind: Type of the value.
        default: Keras's default; None stands for "off".
        minimum: Smallest value; itself allowed unless `above`.
        maximum: Largest value; itself allowed unless `below`.
        above: Values must be greater than `minimum`.
        below: Values must be smaller than `maximum`.
    """

    name: str
    title: str
    help: str
    kind: ValueKind = "float"
    default: Plain = None
    minimum: float = 0.0
    maximum: float = math.inf
    above: bool = False
    below: bool = False

    def why_not(self, value: Any) -> str | None:
        """Return why a value is out of the question, or None when it is fine."""
        if value is None:
            return None if self.default is None else f"{self.title} needs a value."
        if self.kind == "bool":
            return None if isinstance(value, bool) else f"{self.title} is yes or no."
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{self.title} must be a number."
        if self.kind == "int" and value != int(value):
            return f"{self.title} must be a whole number."
        number = float(value)
        low = number > self.minimum if self.above else number >= self.minimum
        high = number < self.maximum if self.below else number <= self.maximum
        if math.isfinite(number) and low and high:
            return None
        return f"{self.title} must be {self.range_text}."

    @property
    def range_text(self) -> str:
        """The range in words, as in "must be …"."""
        parts = []
        if self.minimum > -math.inf:
            parts.append(f"{'greater than' if self.above else 'at least'} {self.minimum:g}")
        if self.maximum < math.inf:
            parts.append(f"{'smaller than' if self.below else 'at most'} {self.maximum:g}")
        return " and ".join(parts) or "a number"


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer.

    Attributes:
        name: Class name in `keras.optimizers`.
        title: Name shown.
        help: One line: what it is good for.
        learning_rate: Keras's default learning rate.
        params: Its parameters, the most used first.
    """

    name: str
    title: str
    help: str
    learning_rate: float
    params: tuple[OptimizerParam, ...]

    def param(self, name: str) -> OptimizerParam | None:
        """Return the parameter of that name, or None."""
        return next((p for p in self.params if p.name == name), None)


def _share(name: str, title: str, text: str, default: float) -> OptimizerParam:
    return OptimizerParam(name, title, text, "float", default, 0.0, 1.0, below=True)


def _momentum(default: float = 0.0) -> OptimizerParam:
    return _share("momentum", "Momentum", "Share of the last step that is kept.", default)


def _epsilon(default: float = 1e-7, name: str = "epsilon") -> OptimizerParam:
    text = "Small number that keeps divisions finite."
    return OptimizerParam(name, "Epsilon", text, "float", default, above=True)


def _decay(default: float | None = None) -> OptimizerParam:
    text = "Pulls weights towards zero at every step; off when empty."
    return OptimizerParam("weight_decay", "Weight decay", text, "float", default)


_BETA_1 = _share("beta_1", "Beta 1", "How long the mean of the gradients remembers.", 0.9)
_BETA_2 = _share("beta_2", "Beta 2", "How long the mean of their squares remembers.", 0.999)
_RHO = _share("rho", "Rho", "How long the mean of the squared gradients remembers.", 0.9)
_AMSGRAD = OptimizerParam(
    "amsgrad", "AMSGrad", "Never let the step size of a weight grow again.", "bool", False
)
_NESTEROV = OptimizerParam("nesterov", "Nesterov", "Look ahead along the momentum.", "bool", False)
_ACCUMULATOR = OptimizerParam(
    "initial_accumulator_value", "First accumulator", "Sum of squares to begin with.", "float", 0.1
)
_COMMON = (
    OptimizerParam(
        "clipnorm", "Clip norm", "Longest gradient of one weight array; off when empty.",
        "float", None, above=True,
    ),
    OptimizerParam(
        "global_clipnorm", "Clip norm of all", "Longest gradient of all weights together; off "
        "when empty.", "float", None, above=True,
    ),
    OptimizerParam(
        "clipvalue", "Clip value", "Largest entry of a gradient; off when empty.",
        "float", None, above=True,
    ),
    OptimizerParam(
        "gradient_accumulation_steps", "Accumulate steps",
        "Batches whose gradients are averaged before a step; off when empty.",
        "int", None, minimum=2, maximum=100_000,
    ),
)  # fmt: skip


def _penalty(name: str, title: str, text: str) -> OptimizerParam:
    return OptimizerParam(name, title, text, "float", 0.0)


OPTIMIZERS: tuple[Optimizer, ...] = (
    Optimizer(
        "Adam", "Adam", "Adapts the step of every weight. A good first choice.", 1e-3,
        (_BETA_1, _BETA_2, _epsilon(), _AMSGRAD, _decay(), *_COMMON),
    ),
    Optimizer(
        "AdamW", "AdamW", "Adam with weight decay that does not depend on the gradient.", 1e-3,
        (_decay(0.004), _BETA_1, _BETA_2, _epsilon(), _AMSGRAD, *_COMMON),
    ),
    Optimizer(
        "SGD", "SGD", "Plain gradient descent; with momentum often the best in the end.", 1e-2,
        (_momentum(), _NESTEROV, _decay(), *_COMMON),
    ),
    Optimizer(
        "RMSprop", "RMSprop", "Divides by the size of recent gradients; often used for recurrent "
        "networks.", 1e-3,
        (
            _RHO, _momentum(), _epsilon(),
            OptimizerParam("centered", "Centred", "Divide by the variance instead.", "bool", False),
            _decay(), *_COMMON,
        ),
    ),
    Optimizer(
        "Nadam", "Nadam", "Adam with Nesterov momentum.", 1e-3,
        (_BETA_1, _BETA_2, _epsilon(), _decay(), *_COMMON),
    ),
    Optimizer(
        "Adamax", "Adamax", "Adam with the largest gradient instead of the squares; good for "
        "sparse features.", 1e-3,
        (_BETA_1, _BETA_2, _epsilon(), _decay(), *_COMMON),
    ),
    Optimizer(
        "Adagrad", "Adagrad", "Smaller steps for weights that moved much; for sparse features.",
        1e-3, (_ACCUMULATOR, _epsilon(), _decay(), *_COMMON),
    ),
    Optimizer(
        "Adadelta", "Adadelta", "Adagrad that forgets. Wants a large learning rate, near 1.", 1e-3,
        (
            _share("rho", "Rho", "How long the mean of the squared gradients remembers.", 0.95),
            _epsilon(), _decay(), *_COMMON,
        ),
    ),
    Optimizer(
        "Lion", "Lion", "Uses the sign of the momentum. Wants a learning rate 3 to 10 times "
        "smaller than Adam.", 1e-3,
        (
            _BETA_1,
            _share("beta_2", "Beta 2", "How long the momentum remembers.", 0.99),
            _decay(), *_COMMON,
        ),
    ),
    Optimizer(
        "Lamb", "LAMB", "Adam scaled layer by layer; for very large batches.", 1e-3,
        (_BETA_1, _BETA_2, _epsilon(), _decay(), *_COMMON),
    ),
    Optimizer(
        "Muon", "Muon", "Orthogonal steps for weight matrices, Adam for the rest.", 1e-3,
        (
            _momentum(0.95),
            OptimizerParam("nesterov", "Nesterov", "Look ahead along the momentum.", "bool", True),
            OptimizerParam(
                "ns_steps", "Orthogonal steps", "Newton–Schulz steps; more are more exact.",
                "int", 5, 1, 50,
            ),
            _decay(0.004), *_COMMON,
        ),
    ),
    Optimizer(
        "Adafactor", "Adafactor", "Adam with much less memory; for very large networks.", 1e-3,
        (
            OptimizerParam(
                "relative_step", "Relative step", "Let the step fall with time by itself.",
                "bool", True,
            ),
            OptimizerParam(
                "clip_threshold", "Clip threshold", "Largest mean update.", "float", 1.0,
                above=True,
            ),
            OptimizerParam(
                "beta_2_decay", "Beta 2 decay", "Exponent with which memory grows.", "float", -0.8,
                -math.inf, 0.0, below=True,
            ),
            _decay(), *_COMMON,
        ),
    ),
    Optimizer(
        "Ftrl", "FTRL", "Drives weights to exact zeros; for wide, sparse, shallow networks.", 1e-3,
        (
            _penalty("l1_regularization_strength", "L1 strength", "Pull towards exact zeros."),
            _penalty("l2_regularization_strength", "L2 strength", "Pull towards small weights."),
            OptimizerParam(
                "learning_rate_power", "Learning rate power", "How fast the step falls.", "float",
                -0.5, -math.inf, 0.0,
            ),
            _ACCUMULATOR, _decay(), *_COMMON,
        ),
    ),
)  # fmt: skip
"""All optimizers, the most used first."""


def optimizer(name: str) -> Optimizer | None:
    """Return the optimizer of that name, or None."""
    return next((o for o in OPTIMIZERS if o.name == name), None)
