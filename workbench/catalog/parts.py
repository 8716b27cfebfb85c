"""Describes what parameters of layers can be: initializers, regularizers, constraints.

Each gets an entry like a layer's, with parameters of its own, so that the same forms and the same
checks serve it. Entries have the role "part": they are found by `Catalog.part` only.
"""

from __future__ import annotations

import inspect
from typing import Any

from workbench.catalog.param_forms import ParamFacts, choice_of, count_of, flag_of, sizes_of
from workbench.catalog.param_specs import KINDS, param_spec, plain_default
from workbench.catalog.schema import PART_KINDS, LayerSpec, ParamSpec

_WITHOUT_ARGUMENTS = ("self", "args", "kwargs")
_BASES = frozenset({"Initializer", "Regularizer", "Constraint"})
_FAN_AXES = "Axes that count as {}; worked out from the shape when empty."

_FACTS: dict[str, ParamFacts] = {
    "value": ParamFacts("float", "What every weight starts as."),
    "gain": ParamFacts("float", "Factor of the matrix."),
    "mean": ParamFacts("float", "Mean of the random values."),
    "stddev": ParamFacts("float", "Standard deviation of the random values.", 0.0),
    "minval": ParamFacts("float", "Smallest random value."),
    "maxval": ParamFacts("float", "Largest random value."),
    "seed": count_of("Seed of the randomness; the run's own when empty.", minimum=0,
                     nullable=True),
    "input_axes": sizes_of(_FAN_AXES.format("inputs"), minimum=None, nullable=True,
                           advanced=True),
    "output_axes": sizes_of(_FAN_AXES.format("outputs"), minimum=None, nullable=True,
                            advanced=True),
    "scale": ParamFacts("float", "Factor of the variance.", 0.0, exclusive=True),
    "distribution": choice_of("What the random values are drawn from.", "truncated_normal",
                              "untruncated_normal", "uniform"),
    "side": choice_of("Which part of the transform.", "real", "imag"),
    "window": choice_of("Shape of the window.", "hann", "hamming", nullable=True),
    "scaling": choice_of("Scaling of the window.", "density", "spectrum", nullable=True),
    "periodic": flag_of("Use a periodic window."),
    "l1": ParamFacts("float", "Weight of the sum of absolute values.", 0.0),
    "l2": ParamFacts("float", "Weight of the sum of squares.", 0.0),
    "factor": ParamFacts("float", "Weight of the penalty.", 0.0),
    "max_value": ParamFacts("float", "Longest that a unit's weights may be.", 0.0),
    "min_value": ParamFacts("float", "Shortest that a unit's weights may be.", 0.0),
    "rate": ParamFacts("float", "Share of the way to the limit that each step goes.", 0.0, 1.0),
    "axis": sizes_of("Axes along which lengths are measured: 0 for a dense layer.", minimum=None),
}  # fmt: skip
_OVERRIDES = {
    ("VarianceScaling", "mode"): choice_of("What the variance is divided by.", "fan_in",
                                         "fan_out", "fan_avg"),
    ("OrthogonalRegularizer", "mode"): choice_of("What is to be orthogonal.", "rows", "columns"),
}  # fmt: skip

_SUMMARIES = {
    "Constant": "Every weight starts as one value.",
    "GlorotNormal": "Random values for layers with a symmetric activation (Xavier).",
    "GlorotUniform": "Random values within bounds, for symmetric activations (Xavier).",
    "HeNormal": "Random values for layers with ReLU.",
    "HeUniform": "Random values within bounds, for layers with ReLU.",
    "Identity": "The matrix that changes nothing; two axes only.",
    "LecunNormal": "Random values for layers with SELU.",
    "LecunUniform": "Random values within bounds, for layers with SELU.",
    "Ones": "Every weight starts as one.",
    "Orthogonal": "A random matrix that keeps lengths.",
    "RandomNormal": "Random values from a bell curve.",
    "RandomUniform": "Random values within bounds.",
    "STFT": "Kernels of a short-time Fourier transform.",
    "TruncatedNormal": "Random values from a bell curve, those far out drawn again.",
    "VarianceScaling": "Random values whose spread follows the size of the layer.",
    "Zeros": "Every weight starts as zero.",
    "L1": "Pushes weights to zero, and many of them all the way.",
    "L1L2": "L1 and L2 together.",
    "L2": "Keeps weights small.",
    "OrthogonalRegularizer": "Pushes rows or columns towards right angles.",
    "MaxNorm": "Shortens the weights of a unit that grow too long.",
    "MinMaxNorm": "Keeps the length of a unit's weights between two bounds.",
    "NonNeg": "Sets negative weights to zero.",
    "UnitNorm": "Gives the weights of each unit length one.",
}


def part_specs() -> list[LayerSpec]:
    """Return the entries of all public initializers, regularizers and constraints."""
    import keras

    modules = {
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
    }
    return [
        LayerSpec(
            key=f"{kind}:{name}",
            module=f"keras.{kind}s",
            family="custom",
            summary=_SUMMARIES.get(name, ""),
            params=_params(name, cls),
            inputs=(),
            outputs=(),
            role="part",
        )
        for kind in PART_KINDS
        for name, cls in sorted(vars(modules[kind]).items())
        if inspect.isclass(cls) and cls.__name__ == name and name not in _BASES
    ]


def _params(name: str, cls: Any) -> tuple[ParamSpec, ...]:
    return tuple(
        _param(name, p)
        for p in inspect.signature(cls.__init__).parameters.values()
        if p.name not in _WITHOUT_ARGUMENTS
    )


def _param(name: str, argument: inspect.Parameter) -> ParamSpec:
    default = plain_default(argument.default)
    facts = _OVERRIDES.get((name, argument.name)) or _FACTS.get(argument.name)
    return param_spec(
        argument.name, facts or ParamFacts(KINDS.get(type(default), "json"), ""), default=default
    )
