"""A layer with its parameters as the constructor call that a person would write.

The same decisions as in `workbench.build.layers`, which makes the objects themselves: lists that
Keras wants as tuples, initializers and regularizers as objects, layers inside layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.catalog import Catalog, LayerSpec, ParamSpec
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.schema import APPLICATIONS, OPERATIONS
from workbench.catalog.validate import check_params
from workbench.errors import GraphError
from workbench.export.expressions import (
    Call,
    Expression,
    Group,
    Item,
    Text,
    arguments,
    identifier,
    literal,
)
from workbench.graph.formulas import formula_text, resolve
from workbench.graph.own_layers import class_name, is_own
from workbench.plain import Plain

_MODULES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}
_TUPLES = ("int_tuple", "float_tuple", "shape")


def constructor(
    catalog: Catalog,
    spec: LayerSpec,
    params: Mapping[str, Plain],
    name: str | Expression,
    values: Mapping[str, Plain] | None = None,
) -> tuple[str, Group]:
    """Return the class of a layer, `layers.Dense`, and the arguments of its constructor.

    Args:
        catalog: Where layers inside layers are described.
        spec: Description of the layer.
        params: Parameters that differ from the defaults; call arguments are skipped.
        name: Name of the Keras layer.
        values: Values of the parameters that formulas in `params` name, to check them with.

    Raises:
        GraphError: A parameter is not legal.
    """
    checked = {key: resolve(value, values or {}) for key, value in params.items()}
    reasons = check_params(spec, checked, catalog)
    shown = Text(name) if isinstance(name, str) else name
    if reasons:
        label = name if isinstance(name, str) else shown.flat()
        raise GraphError(f"{label}: {next(iter(reasons.values()))}")
    settings = _settings(catalog, spec, params)
    return _class(spec), arguments((), {**settings, "name": shown})


def layer_imports(keys: Iterable[str]) -> list[str]:
    """Return the statements that import what the code of these layers names, beside `keras`."""
    used = set(keys)
    found = []
    if any(not key.startswith((OPERATIONS, APPLICATIONS)) and not is_own(key) for key in used):
        found.append("from keras import layers")
    modules = {APPLICATION_LAYERS.get(key.removeprefix(APPLICATIONS), "") for key in used}
    for module in sorted(modules - {""}):
        package, _, name = module.rpartition(".")
        found.append(f"from {package} import {name}")
    return found


def _class(spec: LayerSpec) -> str:
    """Return the class of a layer as it stands in code: `layers.Dense`."""
    if spec.key.startswith(APPLICATIONS):
        module = APPLICATION_LAYERS[spec.name].rpartition(".")[2]
        return f"{identifier(module)}.{identifier(spec.name)}"
    if is_own(spec.key):
        return identifier(class_name(spec.key))
    return f"layers.{identifier(spec.key)}"


def call_settings(spec: LayerSpec, params: Mapping[str, Plain]) -> dict[str, Expression]:
    """Return the parameters that are arguments of calling the layer and not at their default."""
    return {
        param.name: literal(params[param.name])
        for param in spec.params
        if param.call and params.get(param.name, param.default) != param.default
    }


def _settings(
    catalog: Catalog, spec: LayerSpec, params: Mapping[str, Plain]
) -> dict[str, Expression]:
    return {
        param.name: _argument(catalog, param, params[param.name])
        for param in spec.params
        if param.name in params and not param.call and not _is_default(param, params[param.name])
    }


def _is_default(param: ParamSpec, value: Plain) -> bool:
    return (
        not param.required
        and value == param.default
        and isinstance(value, bool) == isinstance(param.default, bool)
    )


def _argument(catalog: Catalog, param: ParamSpec, value: Any) -> Expression:
    if value is None:
        return literal(None)
    if formula_text(value) is not None:
        return literal(value)
    if param.kind == "layer":
        return _inner(catalog, value)
    if param.kind == "layers":
        return Group("[", "]", [Item(_inner(catalog, entry)) for entry in value])
    if param.kind in _MODULES and isinstance(value, Mapping):
        head = f"{_MODULES[param.kind]}.{identifier(value['class_name'])}"
        config = value.get("config", {})
        return Call(head, (arguments((), {k: literal(v, tuples=True) for k, v in config.items()}),))
    return literal(value, tuples=param.kind in _TUPLES)


def _inner(catalog: Catalog, value: Any) -> Expression:
    spec = catalog.get(value["layer"])
    if spec is None:
        raise GraphError(f"There is no layer called {value['layer']}.")
    settings = _settings(catalog, spec, value.get("params", {}))
    return Call(_class(spec), (arguments((), settings),))
