"""The classes of Keras that an imported file may name: pairs of a module and a class, no more.

A file's own words for where a class is from are replaced by those of this table before Keras
sees them: what is not here is never looked up, let alone imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from workbench.catalog import Catalog
from workbench.catalog.applications import APPLICATION_LAYERS
from workbench.catalog.schema import APPLICATIONS, OPERATIONS

MODELS: Final = frozenset({"Functional", "Sequential", "Model"})
"""Classes of models that have a graph of layers."""
FORMS: Final = frozenset({"__tuple__", "__keras_tensor__", "__numpy__", "__tensor__",
                          "__ellipsis__", "__slice__"})  # fmt: skip
"""How Keras writes values that JSON has no word for; they stand without a module."""
_FUNCTIONAL: Final = "keras.src.models.functional"
_ALIASES: Final = {
    "Functional": (_FUNCTIONAL, ("keras", "keras.models", "keras.engine.functional",
                                 "keras.src.engine.functional", "keras.src.models.functional")),
    "Model": (_FUNCTIONAL, ("keras", "keras.models", "keras.src.models.model", _FUNCTIONAL)),
    "Sequential": ("keras", ("keras", "keras.models", "keras.engine.sequential",
                             "keras.src.engine.sequential", "keras.src.models.sequential")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownClass:
    """Where Keras finds a class.

    Attributes:
        module: The module that Keras itself writes for it.
        registered: The registered name that Keras itself writes for it, or None.
    """

    module: str
    registered: str | None


@lru_cache(maxsize=4)
def known_classes(catalog: Catalog) -> dict[tuple[str, str], KnownClass]:
    """Return (module, class) as a file may write it → where the class is found.

    Args:
        catalog: The layers and operations that may stand in a graph.
    """
    import keras

    found: dict[tuple[str, str], KnownClass] = {}
    for name, (module, aliases) in _ALIASES.items():
        registered = "Functional" if module == _FUNCTIONAL else None
        for alias in aliases:
            found[alias, name] = KnownClass(module, registered)
    layers = {spec.key for spec in catalog if not spec.key.startswith((OPERATIONS, APPLICATIONS))}
    layers |= {name for name in vars(keras.layers) if name.endswith(("Cell", "Cells"))}
    for name in layers:
        _add(found, "keras.layers", name, getattr(keras.layers, name, None))
    for part in ("initializers", "regularizers", "constraints"):
        for name, value in vars(getattr(keras, part)).items():
            if isinstance(value, type):
                _add(found, f"keras.{part}", name, value)
    for name, module in APPLICATION_LAYERS.items():
        if catalog.get(APPLICATIONS + name) is not None:
            found[module, name] = KnownClass(module, name)
    operations = {spec.key.rpartition(".")[2].replace("_", "")
                  for spec in catalog if spec.key.startswith(OPERATIONS)}  # fmt: skip
    for kind in _operation_classes():
        if kind.__name__.lower() in operations:
            found[kind.__module__, kind.__name__] = KnownClass(kind.__module__, kind.__name__)
    return found


@lru_cache(maxsize=4)
def known_names(catalog: Catalog) -> frozenset[str]:
    """Return the names of all known classes, for entries of the older form, without a module."""
    return frozenset(name for _, name in known_classes(catalog)) | FORMS


@lru_cache(maxsize=1)
def activation_names() -> frozenset[str]:
    """Return the names of Keras's activation functions."""
    import keras

    return frozenset(
        name
        for name, value in vars(keras.activations).items()
        if callable(value) and not name.startswith("_")
    ) - {"get", "serialize", "deserialize"}


def _add(found: dict[tuple[str, str], KnownClass], module: str, name: str, value: Any) -> None:
    if not isinstance(value, type):
        return
    for written in (module, value.__module__):
        found[written, name] = KnownClass(module, None)


def _operation_classes() -> Iterator[type]:
    from keras.src.ops import core, image, linalg, math, nn, numpy
    from keras.src.ops.operation import Operation

    for module in (core, image, linalg, math, nn, numpy):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Operation):
                yield value
