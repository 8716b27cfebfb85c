"""Looks through a model's settings for anything but plain Keras, before anything is made of them.

Keras makes objects of whatever class the settings name, and some layers read the file that a
setting names. So every class must be on a list: the layers of the catalog, Keras's own
initializers, regularizers, constraints, dtype policies and operations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from workbench.catalog import Catalog
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.schema import APPLICATIONS, OPERATIONS
from workbench.importing.files import refusal

_MODELS: Final = frozenset({"Functional", "Sequential", "Model"})
_FORMS: Final = frozenset({"__tuple__", "__keras_tensor__", "__numpy__", "__tensor__",
                           "__ellipsis__", "__slice__", "slice", "DTypePolicy", "FloatDTypePolicy",
                           "DTypePolicyMap"})  # fmt: skip
_FILES: Final = frozenset({"vocabulary", "idf_weights", "file", "filepath", "path", "filename"})
_COMPILED: Final = frozenset({"compile_config", "build_config"})
_MODULES: Final = ("keras", "builtins")
_MOST_ENTRIES: Final = 2_000_000
_DEEPEST: Final = 200


def vet(path: Path, settings: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """Return settings that name nothing but plain Keras, without how the model was compiled.

    Args:
        path: The file they are from, for messages.
        settings: What `read_settings` returned.
        catalog: The layers that may stand in a graph.

    Raises:
        GraphError: They name something else, or are too deep or too many.
    """
    if settings.get("class_name") not in _MODELS:
        raise refusal(path, f"{settings.get('class_name')!r} is no Functional or Sequential model")
    kept: dict[str, Any] = json.loads(json.dumps(settings))
    for entry in _mappings(path, kept):
        if entry.get("class_name") in _MODELS:  # models inside models were compiled as well
            for name in _COMPILED & entry.keys():
                del entry[name]
    allowed = _allowed(catalog)
    for entry in _mappings(path, kept):
        _vet_class(path, entry, allowed)
        for name in _FILES & entry.keys():
            if isinstance(entry[name], str):
                raise refusal(path, f"a layer would read the file {entry[name]!r}")
    return kept


def _vet_class(path: Path, entry: dict[str, Any], allowed: frozenset[str]) -> None:
    name = entry.get("class_name")
    if name is None:
        return
    if not isinstance(name, str) or name not in allowed:
        raise refusal(path, f"it uses {str(name)[:80]!r}, which this program does not know")
    module = entry.get("module")
    if module is not None:
        root = str(module).split(".")[0]
        application = APPLICATION_LAYERS.get(name) == module
        hidden = str(module).startswith("keras.src.") and not application
        if root not in _MODULES or (hidden and not str(module).startswith(_OPEN)):
            raise refusal(path, f"it takes {name} from {str(module)[:80]!r}, not from Keras")
        if root == "builtins" and name not in _FORMS:
            raise refusal(path, f"it takes {name} from Python itself")
    registered = entry.get("registered_name")
    if registered not in (None, name) and not str(registered).endswith(f">{name}"):
        raise refusal(path, f"it registers {name} as {str(registered)[:80]!r}")


_OPEN: Final = ("keras.src.ops.", "keras.src.models.", "keras.src.dtype_policies")


@lru_cache(maxsize=4)
def _allowed(catalog: Catalog) -> frozenset[str]:
    import keras

    names = set(_MODELS | _FORMS)
    for spec in catalog:
        if spec.key.startswith(OPERATIONS):
            names.add("".join(part.title() for part in spec.key.rpartition(".")[2].split("_")))
        else:
            names.add(spec.key.removeprefix(APPLICATIONS))
    for module in (keras.initializers, keras.regularizers, keras.constraints):
        names |= {name for name, value in vars(module).items() if isinstance(value, type)}
    names |= {name for name in vars(keras.layers) if name.endswith(("Cell", "Cells"))}
    names |= {type_.__name__ for type_ in _operation_classes() if type_.__name__.lower() in {
        name.lower() for name in names}}  # fmt: skip
    return frozenset(names)


def _operation_classes() -> Iterator[type]:
    from keras.src.ops import core, image, linalg, math, nn, numpy
    from keras.src.ops.operation import Operation

    for module in (core, image, linalg, math, nn, numpy):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Operation):
                yield value


def _mappings(path: Path, settings: Any) -> Iterator[dict[str, Any]]:
    """Iterate over every mapping in plain data, without recursion."""
    waiting: list[tuple[Any, int]] = [(settings, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > _MOST_ENTRIES or depth > _DEEPEST:
            raise refusal(path, "its description is too large or too deep")
        if isinstance(value, dict):
            yield value
            waiting += [(entry, depth + 1) for entry in value.values()]
        elif isinstance(value, list):
            waiting += [(entry, depth + 1) for entry in value]
