"""Makes the catalog of layers by looking at the installed Keras.

`python -m workbench.catalog.generate` writes `resources/catalog/keras.json`, which is checked in;
a test regenerates it and compares. The result depends on nothing but the version of Keras.
"""

from __future__ import annotations

import argparse
import inspect
import json
from pathlib import Path
from typing import Any

from workbench.bundled import resource
from workbench.catalog.applications import application_specs
from workbench.catalog.layer_facts import CELLS, EXCLUDED, LAYER_FACTS, LayerFacts
from workbench.catalog.operations import operation_specs
from workbench.catalog.param_facts import PARAM_FACTS
from workbench.catalog.param_forms import ParamFacts
from workbench.catalog.param_overrides import CALL_FACTS, DROPPED, OVERRIDES, REQUIRED
from workbench.catalog.param_specs import DTYPES, KINDS, param_spec, plain_default
from workbench.catalog.parts import part_specs
from workbench.catalog.ports import input_ports, output_ports
from workbench.catalog.schema import FAMILIES, LayerSpec, ParamSpec
from workbench.plain import Plain, PlainDict

_INPUT_DTYPES = ("float32", "float16", "bfloat16", "float64", "int32", "int64", "uint8", "bool",
                 "string")  # fmt: skip
_SAME_NAME = {"uniform": "random_uniform", "Zeros": "zeros"}


def generate() -> list[LayerSpec]:
    """Return an entry for every layer and operation of the installed Keras that fits a graph.

    Families in palette order, names in alphabetical order within each; initializers and the
    like at the end.
    """
    import keras

    layers = [
        _describe(key, cls)
        for key, cls in sorted(vars(keras.layers).items())
        if inspect.isclass(cls)
        and issubclass(cls, keras.layers.Layer)
        and key not in EXCLUDED
        and not _is_alias(key, cls, keras.layers)
    ]
    layers += [*operation_specs(), *application_specs()]
    layers.sort(key=lambda layer: (FAMILIES.index(layer.family), layer.key))
    return layers + part_specs()


def _is_alias(key: str, cls: Any, module: Any) -> bool:
    """Tell whether the class is public under its own name as well (`Convolution2D`)."""
    return key != cls.__name__ and getattr(module, cls.__name__, None) is cls


def _describe(key: str, cls: Any) -> LayerSpec:
    facts = LAYER_FACTS.get(key, LayerFacts("custom", ""))
    arguments = [name for name in inspect.signature(cls.call).parameters if name != "self"]
    params = _input_params() if key == "InputLayer" else _params(key, cls, arguments, facts)
    return LayerSpec(
        key=key,
        module="keras.layers",
        family=facts.family,
        summary=facts.summary,
        params=params,
        inputs=() if key in CELLS else input_ports(key, arguments),
        outputs=() if key in CELLS else output_ports(key, arguments),
        headline=facts.headline,
        keywords=facts.keywords,
        role="cell" if key in CELLS else "layer",
    )


def _params(key: str, cls: Any, arguments: list[str], facts: LayerFacts) -> tuple[ParamSpec, ...]:
    signature = inspect.signature(cls.__init__).parameters.values()
    named = [
        _param(key, p.name, p.default)
        for p in list(signature)[1:]
        if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        and p.name not in DROPPED
        and p.name != "dtype"
    ]
    called = [
        param_spec(name, CALL_FACTS[name], default=_call_default(cls, name), call=True)
        for name in arguments
        if name in CALL_FACTS and key not in CELLS and _takes_value(key, name)
    ]
    dtype = ParamSpec(
        "dtype",
        "dtype",
        nullable=True,
        choices=DTYPES,
        advanced=True,
        help="Number format of weights and results; the run's own when empty.",
    )

    def rank(param: ParamSpec) -> tuple[bool, bool, bool]:
        return (param.advanced, not param.required, param.name not in facts.headline)

    return (*sorted([*named, *called], key=rank), dtype)


def _takes_value(key: str, argument: str) -> bool:
    """Image layers only act while training, whatever they are told."""
    return argument != "training" or LAYER_FACTS.get(key, LayerFacts("custom", "")).family in (
        "normalisation", "regularisation", "recurrent", "attention",
    )  # fmt: skip


def _call_default(cls: Any, name: str) -> Plain:
    return None if name == "training" else inspect.signature(cls.call).parameters[name].default


def _param(key: str, name: str, default: Any) -> ParamSpec:
    required = default is inspect.Parameter.empty or (key, name) in REQUIRED
    plain = None if required else plain_default(default)
    facts = OVERRIDES.get((key, name)) or PARAM_FACTS.get(name)
    if facts is None:
        facts = ParamFacts(KINDS.get(type(plain), "json"), "")
    if facts.kind == "initializer":
        plain = _SAME_NAME.get(str(plain), plain)
    return param_spec(name, facts, default=plain, required=required)


def _input_params() -> tuple[ParamSpec, ...]:
    return (
        ParamSpec("source", "str", "features",
                  help="Which input of the data: features, or the name of an embedded column."),
        ParamSpec("shape", "shape", nullable=True, minimum=1,
                  help="Shape of a row without the batch axis; taken from the data when empty."),
        ParamSpec("dtype", "dtype", nullable=True, choices=_INPUT_DTYPES, advanced=True,
                  help="Number format of the data; taken from the data when empty."),
    )  # fmt: skip


def render() -> str:
    """Return the text of the catalog file."""
    import keras

    plain: PlainDict = {
        "keras_version": str(keras.__version__),
        "layers": [layer.to_plain() for layer in generate()],
    }
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Write the catalog file.

    Args:
        arguments: Command line; `--out FILE` writes elsewhere than into the checkout.
    """
    parser = argparse.ArgumentParser(prog="python -m workbench.catalog.generate")
    parser.add_argument("--out", type=Path, default=None, help="the file to write")
    chosen = parser.parse_args(arguments).out or resource("catalog", "keras.json")
    chosen.parent.mkdir(parents=True, exist_ok=True)
    chosen.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
