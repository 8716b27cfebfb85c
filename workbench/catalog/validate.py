"""Checks parameter values against their description, and says in the user's words what is wrong.

Property forms, the problems list, the reader of project files and the builder all ask here, so
that a value which passes is safe to hand to Keras: right type, within its limits, no file path
where a list is meant, no class that is not on the list.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.catalog.indexing import read_index
from workbench.catalog.library import Catalog
from workbench.catalog.schema import PART_KINDS, LayerSpec, ParamSpec
from workbench.catalog.text import format_value, parse_text
from workbench.errors import GraphError
from workbench.plain import Plain

__all__ = ["LARGEST_INT", "check_params", "check_value", "format_value", "parse_text"]

LARGEST_INT = 2**31 - 1
"""Largest whole number that any parameter takes; larger sizes overflow in the backends."""

_DEEPEST = 6
_LONGEST_LIST = 1_000_000


def check_value(param: ParamSpec, value: Plain, catalog: Catalog | None = None) -> str | None:
    """Return the reason a value is not legal, or None when it is.

    Args:
        param: Description of the parameter.
        value: Plain data.
        catalog: Needed to look inside the layers of wrappers; without it they are not checked.
    """
    return _check(param, value, catalog, 0)


def check_params(
    layer: LayerSpec, params: Mapping[str, Plain], catalog: Catalog | None = None
) -> dict[str, str]:
    """Return what is wrong with the parameters of a layer: parameter name → reason.

    Args:
        layer: Description of the layer.
        params: Parameters that differ from the defaults.
        catalog: Needed to look inside the layers of wrappers.
    """
    return _check_params(layer, params, catalog, 0)


def _check_params(
    layer: LayerSpec, params: Mapping[str, Plain], catalog: Catalog | None, depth: int
) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for param in layer.params:
        if param.name in params:
            reason = _check(param, params[param.name], catalog, depth)
            if reason is not None:
                reasons[param.name] = reason
        elif param.required:
            reasons[param.name] = f"{param.name} needs a value."
    for name in params:
        if layer.param(name) is None:
            reasons[name] = f"{layer.key} has no parameter called {name}."
    reasons.update(_nothing_connected(layer, params))
    return reasons


def _nothing_connected(layer: LayerSpec, params: Mapping[str, Plain]) -> dict[str, str]:
    """Refuse numbers in the place of every input of an operation: nothing would lead into it."""
    if not layer.is_operation or len(layer.inputs) < 2:
        return {}
    given = [port.id for port in layer.inputs if port.required and port.when]
    if len(given) < sum(port.required for port in layer.inputs):
        return {}
    if any(params.get(name) is None for name in given):
        return {}
    return {given[-1]: f"{given[-1]} must be empty: one input has to be a connection."}


def _check(param: ParamSpec, value: Plain, catalog: Catalog | None, depth: int) -> str | None:
    if value is None:
        return None if param.nullable else f"{param.name} needs a value."
    reason = _CHECKS[param.kind](param, value)
    if reason is None and param.kind in ("layer", "layers"):
        inner = value if isinstance(value, list) else [value]
        reasons = (_check_inner(param, entry, catalog, depth) for entry in inner)
        return next((text for text in reasons if text), None)
    if reason is None and param.kind in PART_KINDS and isinstance(value, Mapping) and catalog:
        return _check_part(param, value, catalog)
    return f"{param.name} must be {reason}; it is {_show(value)}." if reason else None


def _show(value: Plain) -> str:
    text = repr(value) if isinstance(value, str) else str(value).replace("None", "null")
    return text if len(text) <= 60 else text[:57] + "…"


def _limits(param: ParamSpec) -> str:
    low, high = param.minimum, param.maximum
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" above {low:g}" if param.exclusive else f" of at least {low:g}"
    return f" of at most {high:g}" if high is not None else ""


def _within(param: ParamSpec, value: float) -> bool:
    too_low = param.minimum is not None and (
        value <= param.minimum if param.exclusive else value < param.minimum
    )
    return not too_low and (param.maximum is None or value <= param.maximum)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if _is_int(value):
        return True
    return isinstance(value, float) and math.isfinite(value)


def _check_int(param: ParamSpec, value: Plain) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool) or not _within(param, value):
        return f"a whole number{_limits(param)}"
    if abs(value) > LARGEST_INT:
        return f"at most {LARGEST_INT:,}"
    return None


def _check_float(param: ParamSpec, value: Plain) -> str | None:
    if not isinstance(value, (int, float)) or not _is_number(value) or not _within(param, value):
        return f"a number{_limits(param)}"
    return None


def _check_bool(_param: ParamSpec, value: Plain) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _check_str(_param: ParamSpec, value: Plain) -> str | None:
    return None if isinstance(value, str) and value and len(value) < 10_000 else "text"


def _check_choice(param: ParamSpec, value: Plain) -> str | None:
    if isinstance(value, str) and value in param.choices:
        return None
    return "one of " + ", ".join(param.choices)


def _check_activation(param: ParamSpec, value: Plain) -> str | None:
    if isinstance(value, str) and value in param.choices:
        return None
    return "the name of an activation function"


def _numbers(param: ParamSpec, value: Plain, test: Any, noun: str) -> str | None:
    flat = list(_flatten(value))
    wrong = f"{noun}{_limits(param)}, or a list of them"
    if not flat or len(flat) > _LONGEST_LIST:
        return wrong
    if all(test(entry) and _within(param, entry) for entry in flat):
        return None if all(abs(n) <= LARGEST_INT for n in flat) else f"at most {LARGEST_INT:,}"
    return wrong


def _flatten(value: Plain, depth: int = 0) -> list[Any]:
    if isinstance(value, (list, tuple)) and depth < 3:
        return [entry for part in value for entry in (_flatten(part, depth + 1) or [None])]
    return [value]


def _check_int_tuple(param: ParamSpec, value: Plain) -> str | None:
    return _numbers(param, value, _is_int, "a whole number")


def _check_float_tuple(param: ParamSpec, value: Plain) -> str | None:
    return _numbers(param, value, _is_number, "a number")


def _check_shape(param: ParamSpec, value: Plain) -> str | None:
    wrong = "a list of axis lengths, null where a length is not known"
    if not isinstance(value, (list, tuple)) or len(value) > 16:
        return wrong
    for entry in value:
        if entry is None:
            continue
        if not _is_int(entry) or entry == 0 or not -1 <= entry <= LARGEST_INT:
            return wrong
        if entry < 0 and not (param.minimum is not None and param.minimum < 0):
            return wrong
    return None


def _check_named(param: ParamSpec, value: Plain) -> str | None:
    """A name of the list, or such a name with its settings."""
    wrong = "one of " + ", ".join(param.choices)
    if isinstance(value, str):
        return None if _known(param, value) else wrong
    if not isinstance(value, Mapping) or set(value) - {"class_name", "config"}:
        return wrong
    if not _known(param, value.get("class_name")):
        return wrong
    config = value.get("config", {})
    if not isinstance(config, Mapping) or not all(
        isinstance(entry, (bool, int, str, type(None))) or _is_number(entry)
        for setting in config.values()
        for entry in (setting if isinstance(setting, list) else [setting])
    ):
        return f"{value['class_name']} with plain settings"
    return None


def _check_part(param: ParamSpec, value: Mapping[str, Any], catalog: Catalog) -> str | None:
    """Check the settings of an initializer, regularizer or constraint."""
    name, config = value["class_name"], value.get("config", {})
    part = catalog.part(param.kind, name)
    if part is None:
        return None
    reasons = _check_params(part, config, catalog, 0)
    unknown = next((key for key in config if part.param(key) is None), None)
    if unknown is not None:
        return f"{param.name}: {name} has no setting called {unknown}."
    return next((f"{param.name}: {text}" for text in reasons.values()), None)


def _known(param: ParamSpec, name: Any) -> bool:
    """Keras takes both spellings, `he_normal` and `HeNormal`."""
    if not isinstance(name, str):
        return False
    wanted = name.replace("_", "").lower()
    return any(choice.replace("_", "").lower() == wanted for choice in param.choices)


def _check_constant(_param: ParamSpec, value: Plain) -> str | None:
    shape = _list_shape(value)
    if shape is None:
        return "a number, or lists of numbers of equal length"
    return None if math.prod(shape) <= _LONGEST_LIST else f"at most {_LONGEST_LIST:,} numbers"


def _list_shape(value: Plain) -> tuple[int, ...] | None:
    """Return the lengths of nested lists of numbers, () for a number, None for other things."""
    if isinstance(value, bool) or (_is_number(value) and value is not None):
        return ()
    if not isinstance(value, (list, tuple)) or not value:
        return None
    shapes = {_list_shape(entry) for entry in value}
    inner = next(iter(shapes))
    return (len(value), *inner) if len(shapes) == 1 and inner is not None else None


def _check_index(_param: ParamSpec, value: Plain) -> str | None:
    try:
        read_index(value if isinstance(value, str) else "")
    except GraphError:
        return "an index, for example “:, 0” or “..., 1:3”"
    return None


def _check_json(param: ParamSpec, value: Plain) -> str | None:
    if param.name in ("vocabulary", "idf_weights") and not (
        isinstance(value, list) and 0 < len(value) <= _LONGEST_LIST
    ):
        return "a list"
    return None


def _check_layer(_param: ParamSpec, value: Plain) -> str | None:
    if (
        isinstance(value, Mapping)
        and isinstance(value.get("layer"), str)
        and isinstance(value.get("params", {}), Mapping)
    ):
        return None
    return "a layer with its parameters"


def _check_layers(param: ParamSpec, value: Plain) -> str | None:
    if isinstance(value, list) and 0 < len(value) <= 100:
        return next(
            (text for text in (_check_layer(param, entry) for entry in value) if text), None
        )
    return "a list of layers"


def can_stand_inside(spec: LayerSpec) -> bool:
    """Tell whether a layer can stand inside another: a cell, or one that takes one tensor."""
    if spec.role == "cell":
        return True
    needed = [port for port in spec.inputs if port.required]
    return (
        spec.role == "layer"
        and not spec.is_operation
        and len(needed) == 1
        and not needed[0].variadic
    )


def _check_inner(param: ParamSpec, value: Any, catalog: Catalog | None, depth: int) -> str | None:
    key = value["layer"]
    if depth >= _DEEPEST:
        return f"{param.name} holds layers inside layers too deeply."
    if param.choices and key not in param.choices:
        return f"{param.name} must be one of {', '.join(param.choices)}; it is {key}."
    if catalog is None:
        return None
    spec = catalog.get(key)
    if spec is None or not can_stand_inside(spec):
        return f"{param.name}: there is no layer called {key} that could stand here."
    reasons = _check_params(spec, value.get("params", {}), catalog, depth + 1)
    return next((f"{key} inside {param.name}: {text}" for text in reasons.values()), None)


_CHECKS: Mapping[str, Any] = {
    "int": _check_int,
    "float": _check_float,
    "bool": _check_bool,
    "str": _check_str,
    "choice": _check_choice,
    "int_tuple": _check_int_tuple,
    "float_tuple": _check_float_tuple,
    "shape": _check_shape,
    "activation": _check_activation,
    "initializer": _check_named,
    "regularizer": _check_named,
    "constraint": _check_named,
    "dtype": _check_choice,
    "layer": _check_layer,
    "layers": _check_layers,
    "constant": _check_constant,
    "index": _check_index,
    "json": _check_json,
}
