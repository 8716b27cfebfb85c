"""The parameters of a Keras layer as the catalog writes them: those that are not the default."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from workbench.catalog import Catalog, LayerSpec
from workbench.plain import Plain

_OBJECTS = ("initializer", "regularizer", "constraint")
_BOOKKEEPING = frozenset({"name", "trainable", "batch_input_shape", "batch_shape", "build_config",
                          "module", "registered_name"})  # fmt: skip


def layer_params(
    catalog: Catalog, spec: LayerSpec, layer: Any
) -> tuple[dict[str, Plain], list[str]]:
    """Return the parameters of a layer that differ from the defaults, and what got lost.

    Args:
        catalog: Where layers inside layers are described.
        spec: Description of the layer.
        layer: A Keras layer, or a cell.

    Returns:
        Parameters by name, and the names of settings that the catalog has no word for.
    """
    config = dict(layer.get_config())
    if layer_after(catalog, spec, layer) is not None:
        config["activation"] = "linear"
    return _params(catalog, spec, type(layer), config)


def layer_after(catalog: Catalog, spec: LayerSpec, layer: Any) -> Any:
    """Return the layer that is another one's activation and can stand after it as well, or None.

    Args:
        catalog: The layers that can stand in a graph.
        spec: Description of the layer.
        layer: A Keras layer.
    """
    import keras

    activation = getattr(layer, "activation", None)
    kind = type(activation)
    fits = (
        isinstance(activation, keras.Layer)
        and len(spec.outputs) == 1
        and catalog.get(kind.__name__) is not None
        and getattr(keras.layers, kind.__name__, None) is kind
    )
    return activation if fits else None


def _params(
    catalog: Catalog, spec: LayerSpec, kind: type, config: Mapping[str, Any]
) -> tuple[dict[str, Plain], list[str]]:
    kept = _kept(spec, kind, config)
    lost: list[str] = []
    params = {
        param.name: _value(catalog, param.kind, config[param.name], lost)
        for param in spec.params
        if param.name in kept
    }
    known = {param.name for param in spec.params} | _BOOKKEEPING
    reference = _settings_of(kind, {name: config[name] for name in kept})
    lost += [
        name
        for name, value in config.items()
        if name not in known and (name not in reference or value != reference[name])
    ]
    return params, lost


def _kept(spec: LayerSpec, kind: type, config: Mapping[str, Any]) -> dict[str, None]:
    """Return the parameters that make the layer what it is; all others follow from them.

    Defaults may follow from other parameters (the strides of pooling from its size), so that
    the layer is made anew until nothing differs.
    """
    names = [p.name for p in spec.params if not p.call and p.name in config]
    required = {p.name for p in spec.params if p.required}
    kept = dict.fromkeys(name for name in names if name in required)
    while True:
        reference = _settings_of(kind, {name: config[name] for name in kept})
        missing = [
            name
            for name in names
            if name not in kept and (name not in reference or reference[name] != config[name])
        ]
        if not missing:
            return kept
        kept |= dict.fromkeys(missing)


def _settings_of(kind: Any, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return all settings of a layer that is made with some of them."""
    try:
        settings: Mapping[str, Any] = kind.from_config(deepcopy(dict(config))).get_config()
    except Exception:  # not to be made of these alone; the others are written then
        return {}
    return settings


def _value(catalog: Catalog, kind: str, value: Any, lost: list[str]) -> Plain:
    if value is None:
        return None
    if kind == "dtype":
        return dtype_name(value)
    if kind in _OBJECTS and isinstance(value, Mapping):
        return {
            "class_name": str(value["class_name"]),
            "config": {k: _plain(v) for k, v in value.get("config", {}).items() if v is not None},
        }
    if kind == "activation" and isinstance(value, Mapping):
        inner = value.get("config", value)
        if not isinstance(inner, str):
            lost.append(f"the layer {value.get('class_name')} as activation")
        return str(inner if isinstance(inner, str) else value.get("class_name"))
    if kind == "layer" and isinstance(value, Mapping):
        return _inner(catalog, value, lost)
    if kind == "layers" and isinstance(value, (list, tuple)):
        return [_inner(catalog, entry, lost) for entry in value]
    return _plain(value)


def _inner(catalog: Catalog, value: Mapping[str, Any], lost: list[str]) -> Plain:
    import keras

    key = str(value["class_name"])
    spec, kind = catalog.get(key), getattr(keras.layers, key, None)
    if spec is None or kind is None:
        lost.append(key)
        return {"layer": key, "params": {}}
    config = dict(value["config"])
    if config.get("return_sequences"):
        config.pop("zero_output_for_mask", None)  # Bidirectional sets it by itself
    params, inner_lost = _params(catalog, spec, kind, config)
    lost += [f"{key}.{name}" for name in inner_lost]
    return {"layer": key, "params": params}


def dtype_name(value: Any) -> str | None:
    """Return the name of a dtype or dtype policy, serialized or not."""
    if isinstance(value, Mapping):
        name = value.get("config", {}).get("name")
        return str(name) if name else None
    return str(getattr(value, "name", value))


def _plain(value: Any) -> Plain:
    """Return a setting as plain data: lists for tuples, numbers of Python for those of NumPy."""
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        if value.get("class_name") == "__tuple__":
            return [_plain(entry) for entry in value.get("items", ())]
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
