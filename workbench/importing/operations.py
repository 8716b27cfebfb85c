"""Steps of a model that are functions of `keras.ops`, as the catalog's operations."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from workbench.catalog import Catalog, LayerSpec
from workbench.catalog.schema import OPERATIONS
from workbench.plain import Plain

_MOST_NUMBERS: Final = 10_000


def operation_spec(catalog: Catalog, operation: Any) -> LayerSpec | None:
    """Return the catalog entry of an operation of a model, or None.

    Classes are called as the functions are, `GetItem` for `get_item`.
    """
    if not type(operation).__module__.startswith("keras.src.ops."):
        return None
    image = type(operation).__module__.endswith(".image")
    name = type(operation).__name__.lower()
    return _by_class(catalog).get((image, name)) or _by_class(catalog).get((False, name))


@lru_cache(maxsize=4)
def _by_class(catalog: Catalog) -> Mapping[tuple[bool, str], LayerSpec]:
    found = {}
    for spec in catalog:
        if spec.key.startswith(OPERATIONS):
            module, _, name = spec.key.removeprefix(OPERATIONS).rpartition(".")
            found[module == "image", name.replace("_", "")] = spec
    return found


def operation_arguments(operation: Any, arguments: Any) -> dict[str, Any]:
    """Return argument name → value for one call, tensors and settings alike."""
    given = dict(getattr(getattr(operation, "_auto_config", None), "config", None) or {})
    given.pop("name", None)
    signature = inspect.signature(operation.call)
    try:
        bound = signature.bind(*arguments.args, **arguments.kwargs).arguments
    except TypeError:
        bound = dict(arguments.kwargs)
    for name, value in bound.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            given |= value
        else:
            given[name] = value
    return given


def operation_params(
    spec: LayerSpec, given: Mapping[str, Any]
) -> tuple[dict[str, Plain], list[str]]:
    """Return the parameters of an operation, and the names of what could not be written.

    Args:
        spec: Description of the operation.
        given: Argument name → value; tensors of the model are passed over.
    """
    import keras

    params: dict[str, Plain] = {}
    lost: list[str] = []
    for name, value in given.items():
        flat = keras.tree.flatten(value)
        if value is None or any(isinstance(entry, keras.KerasTensor) for entry in flat):
            continue
        param = spec.param(name) or spec.param(_OTHER_NAMES.get(name, ""))
        if param is None and spec.key.endswith("get_item") and name == "key":
            param = next((p for p in spec.params if p.kind == "index"), None)
        if param is None:
            lost.append(name)
            continue
        plain = index_text(value) if param.kind == "index" else _plain(value)
        if plain is None:
            lost.append(name)
        elif param.required or plain != param.default:
            params[param.name] = plain
    return params, lost


_OTHER_NAMES: Final = {"key": "key", "newshape": "newshape", "shape": "newshape"}


def _plain(value: Any) -> Plain:
    import keras

    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if hasattr(value, "shape"):
        array = keras.ops.convert_to_numpy(value)
        return array.tolist() if array.size <= _MOST_NUMBERS else None
    return None


def index_text(key: Any) -> str | None:
    """Return an index as the catalog writes it, ":, 1:3", or None where there is no word for it."""
    parts = tuple(key) if isinstance(key, (tuple, list)) else (key,)
    texts = [_part(part) for part in parts]
    return ", ".join(text for text in texts if text) if all(texts) else None


def _part(part: Any) -> str | None:
    if part is Ellipsis:
        return "..."
    if part is None:
        return "None"
    if isinstance(part, slice):
        if not all(n is None or isinstance(n, int) for n in (part.start, part.stop, part.step)):
            return None
        start, stop = (("" if n is None else str(n)) for n in (part.start, part.stop))
        return f"{start}:{stop}" + (f":{part.step}" if part.step not in (None, 1) else "")
    return str(int(part)) if isinstance(part, int) and not isinstance(part, bool) else None
