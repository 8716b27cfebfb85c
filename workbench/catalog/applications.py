"""Layers that only `keras.applications` has: described one by one, as an explicit allow-list.

They are no public classes of Keras. Each is named here with its module, so that nothing else of
that module can ever be reached from a project file.
"""

from __future__ import annotations

from workbench.catalog.param_forms import ParamFacts, count_of
from workbench.catalog.param_specs import DTYPES, param_spec
from workbench.catalog.schema import APPLICATIONS, LayerSpec, ParamSpec, PortSpec

APPLICATION_LAYERS: dict[str, str] = {
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
"""Class → the module it is taken from."""

_DTYPE = ParamSpec(
    "dtype", "dtype", nullable=True, choices=DTYPES, advanced=True,
    help="Number format of weights and results; the run's own when empty.",
)  # fmt: skip


def application_specs() -> list[LayerSpec]:
    """Return the entries of these layers."""
    scale = (
        param_spec("init_values", ParamFacts("float", "What every factor starts as.", 0.0, 1.0,
                                             suggestion=1e-6), default=None, required=True),
        param_spec("projection_dim", count_of("Number of channels of the input.", 64),
                   default=None, required=True),
        _DTYPE,
    )  # fmt: skip
    depth = (
        param_spec("drop_path_rate", ParamFacts("float", "Share of rows left out while training.",
                                                0.0, 1.0, suggestion=0.1),
                   default=None, required=True),
        param_spec("training", ParamFacts("bool", "Act as in training or not; as the run does when "
                                                  "empty.", nullable=True, advanced=True),
                   default=None, call=True),
        _DTYPE,
    )  # fmt: skip
    residual = (
        param_spec("scale", ParamFacts("float", "Factor of the second input.", suggestion=0.2),
                   default=None, required=True),
        _DTYPE,
    )  # fmt: skip
    both = (PortSpec("inputs", variadic=True, minimum=2, maximum=2),)
    return [
        LayerSpec(
            APPLICATIONS + "CustomScaleLayer", APPLICATION_LAYERS["CustomScaleLayer"], "merge",
            "Adds the second input, scaled, to the first, as InceptionResNetV2 does.", residual,
            inputs=both, headline=("scale",), keywords=("inception", "residual", "scale"),
        ),
        LayerSpec(
            APPLICATIONS + "LayerScale", APPLICATION_LAYERS["LayerScale"], "normalisation",
            "Multiplies each channel by a learned factor, as ConvNeXt does.", scale,
            headline=("init_values", "projection_dim"), keywords=("convnext", "scale"),
        ),
        LayerSpec(
            APPLICATIONS + "StochasticDepth", APPLICATION_LAYERS["StochasticDepth"],
            "regularisation", "Leaves out a branch for random rows while training.", depth,
            headline=("drop_path_rate",), keywords=("convnext", "drop path", "regularization"),
        ),
    ]  # fmt: skip
