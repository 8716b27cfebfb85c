"""Makes Keras layers from catalog entries and plain parameters, and calls them by ports.

Only classes and functions that the catalog lists are ever used, each taken by name, and those of
own layers whose text is trusted (`workbench.build.own_code`); every parameter is checked first
(`workbench.catalog.validate`), so that a project file cannot name other code or a file to read.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.build import own_code
from workbench.build.operations import OperationStep, operation_arguments
from workbench.catalog import Catalog, LayerSpec, PortSpec
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.schema import APPLICATIONS
from workbench.catalog.validate import check_params
from workbench.errors import GraphError
from workbench.graph.own_layers import catalog_with_own, is_own
from workbench.graph.records import Records
from workbench.plain import Plain


def make_layer(
    catalog: Catalog,
    key: str,
    params: Mapping[str, Plain],
    *,
    name: str,
    trainable: bool = True,
    records: Records | None = None,
) -> Any:
    """Return a Keras layer that is not built yet.

    Args:
        catalog: Where the layer is described.
        key: Catalog key.
        params: Constructor parameters that differ from the defaults; call arguments are skipped.
        name: Name of the layer.
        trainable: False freezes its weights.
        records: Records of the document, where own layers are described.

    Raises:
        GraphError: There is no such layer, or a parameter is not legal.
    """
    if records is not None:
        catalog = catalog_with_own(records, catalog)
    spec = catalog.get(key)
    if spec is None:
        raise GraphError(f"There is no layer called {key}.")
    reasons = check_params(spec, params, catalog)
    if reasons:
        raise GraphError(f"{name}: {next(iter(reasons.values()))}")
    return _make(catalog, spec, params, name, trainable, records)


def _make(
    catalog: Catalog,
    spec: LayerSpec,
    params: Mapping[str, Plain],
    name: str,
    trainable: bool,
    records: Records | None = None,
) -> Any:
    settings: dict[str, Any] = {}
    for param_name, value in params.items():
        param = spec.param(param_name)
        if param is None or param.call:
            continue
        if param.kind == "layer" and value is not None:
            settings[param_name] = _inner(catalog, value, f"{name}_{param_name}", records)
        elif param.kind == "layers" and value is not None:
            entries: Any = value
            settings[param_name] = [
                _inner(catalog, entry, f"{name}_{param_name}_{number}", records)
                for number, entry in enumerate(entries)
            ]
        else:
            settings[param_name] = _argument(param.kind, value)
    if spec.is_operation:
        return OperationStep(spec, name)
    layer = _class_of(spec, records)(name=name, **settings)
    if not trainable:
        layer.trainable = False
    return layer


def _class_of(spec: LayerSpec, records: Records | None) -> Any:
    """Return the class of a layer: public, on the list of applications, or the person's own."""
    import keras

    if records is not None and is_own(spec.key):
        return own_code.class_of(records, spec.key)

    if not spec.key.startswith(APPLICATIONS):
        return getattr(keras.layers, spec.key)
    return getattr(importlib.import_module(APPLICATION_LAYERS[spec.name]), spec.name)


def _inner(catalog: Catalog, value: Any, name: str, records: Records | None) -> Any:
    spec = catalog.get(value["layer"])
    if spec is None:
        raise GraphError(f"There is no layer called {value['layer']}.")
    return _make(catalog, spec, value.get("params", {}), name, trainable=True, records=records)


def _argument(kind: str, value: Any) -> Any:
    """Return the value as the constructor wants it: tuples for lists, objects for names."""
    import keras

    modules = {
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
    }
    if kind in modules and isinstance(value, Mapping):
        class_name = value["class_name"]
        if class_name.lower() != class_name:
            known = getattr(modules[kind], class_name)
        else:
            known = vars(modules[kind])[class_name]
        return known(**{name: _tuples(entry) for name, entry in value.get("config", {}).items()})
    if kind in ("int_tuple", "float_tuple", "shape"):
        return _tuples(value)
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list) else value


def call_arguments(
    spec: LayerSpec,
    ports: Sequence[PortSpec],
    tensors: Mapping[str, Sequence[Any]],
    params: Mapping[str, Plain],
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments with which a layer is called.

    Args:
        spec: Description of the layer.
        ports: The input ports that the node has.
        tensors: Port id → the tensors connected to it, in order.
        params: The node's parameters; those that are call arguments are passed on.

    Returns:
        Positional and keyword arguments. The first port's argument is positional; ports with
        one argument make a list, without the unconnected ones at its end.
    """
    if spec.is_operation:
        return operation_arguments(spec, ports, tensors, params)
    groups: dict[str, list[PortSpec]] = {}
    for port in ports:
        groups.setdefault(port.argument, []).append(port)
    values: list[tuple[str, Any]] = []
    for argument, members in groups.items():
        value = _group_value(members, tensors)
        if value is not None or not values:
            values.append((argument, value))
    keywords: dict[str, Any] = dict(values[1:])
    for param in spec.params:
        if param.call and params.get(param.name, param.default) != param.default:
            keywords[param.name] = params[param.name]
    return [values[0][1]] if values else [], keywords


def _group_value(ports: Sequence[PortSpec], tensors: Mapping[str, Sequence[Any]]) -> Any:
    if len(ports) == 1:
        port = ports[0]
        connected = list(tensors.get(port.id, ()))
        if port.variadic:
            return connected or None
        return connected[0] if connected else None
    members = [next(iter(tensors.get(port.id, ())), None) for port in ports]
    while members and members[-1] is None:
        members.pop()
    return members or None


def named_outputs(ports: Sequence[PortSpec], outputs: Any) -> dict[str, Any]:
    """Return output port id → tensor for what a layer's call returned."""
    return dict(zip((port.id for port in ports), _flat(outputs), strict=False))


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [entry for part in value for entry in _flat(part)]
    return [value]
