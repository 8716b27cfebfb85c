"""Looks through a model's settings for anything but plain Keras, before anything is made of them.

Keras makes objects of whatever class the settings name, and some layers read the file that a
setting names. So every class must be in a table, with its module, and Keras is told the table's
words for it, not the file's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from workbench.catalog import Catalog
from workbench.errors import GraphError
from workbench.importing.bounds import check_bounds, entries, name_of
from workbench.importing.files import refusal
from workbench.importing.known_classes import FORMS, MODELS, known_classes, known_names
from workbench.importing.plain_forms import make_plain

_FILES: Final = frozenset({"vocabulary", "idf_weights", "file", "filepath", "path", "filename"})
_NUMBERS: Final = re.compile(r"bool|u?int\d{1,3}|b?float\d{1,3}|complex\d{1,3}|string")
_PYTHON: Final = "Take the network from the Python that builds it: File › Paste Python…"


def vet(path: Path, settings: dict[str, Any], catalog: Catalog) -> list[str]:
    """Make sure that settings name nothing but plain Keras; they are rewritten in place.

    Args:
        path: The file they are from, for messages.
        settings: What `read_settings` returned.
        catalog: The layers that may stand in a graph.

    Returns:
        What could not be taken over, a sentence each.

    Raises:
        GraphError: They name something else, or are too deep, too many or too large.
    """
    check_bounds(path, settings)
    kind = settings.get("class_name")
    if not isinstance(kind, str) or kind not in MODELS:
        raise _other_model(path, str(kind))
    lost = make_plain(path, settings)
    for layer, _, value in entries(path, settings):
        if isinstance(value, dict):
            _vet_class(path, name_of(value) or layer, value, catalog)
            for name in _FILES & value.keys():
                if isinstance(value[name], str):
                    raise refusal(path, f"a layer would read the file {value[name][:200]!r}")
    return lost


def _vet_class(path: Path, layer: str, entry: dict[str, Any], catalog: Catalog) -> None:
    name = entry.get("class_name")
    if name is None:
        if "registered_name" in entry or isinstance(entry.get("module"), str):
            raise refusal(path, "it holds an object without a class")
        return
    if not isinstance(name, str):
        raise refusal(path, "it holds an object whose class is no name")
    whose = f"{layer[:80]!r} is of the class {name[:80]!r}" if layer else f"it uses {name[:80]!r}"
    if name in ("Lambda", "__lambda__"):
        which = f"the layer {layer[:80]!r}" if layer else "a layer of it"
        raise refusal(
            path, f"{which} is a Lambda, which holds a program that would have to be run", _PYTHON
        )
    module, registered = entry.get("module"), entry.get("registered_name")
    if module is None:
        if registered not in (None, name) or name not in known_names(catalog):
            raise _unknown(path, whose, "")
        if name in FORMS:
            _vet_form(path, entry)
        return
    if not isinstance(module, str):
        raise refusal(path, f"{whose}, from something that is no module")
    known = known_classes(catalog).get((module, name))
    if known is None or name in FORMS:
        raise _unknown(path, whose, module)
    if registered not in (None, name, known.registered, f"keras>{name}"):
        raise refusal(path, f"{whose}, registered as {str(registered)[:80]!r}", _PYTHON)
    entry["module"], entry["registered_name"] = known.module, known.registered


def _vet_form(path: Path, entry: dict[str, Any]) -> None:
    """Refuse an array of values whose number format is none."""
    config = entry.get("config")
    dtype = config.get("dtype") if isinstance(config, dict) else None
    if entry["class_name"] in ("__numpy__", "__tensor__", "__keras_tensor__") and not (
        isinstance(dtype, str) and _NUMBERS.fullmatch(dtype)
    ):
        raise refusal(path, f"values in it have the number format {str(dtype)[:80]!r}")


def _unknown(path: Path, whose: str, module: str) -> GraphError:
    if module.partition(".")[0] in ("", "keras"):
        source = f" of {module[:80]}" if module else ""
        return refusal(path, f"{whose}{source}, which this program does not know", _PYTHON)
    return refusal(path, f"{whose}, which is from {module[:80]!r}, not from Keras", _PYTHON)


def _other_model(path: Path, kind: str) -> GraphError:
    return refusal(
        path,
        f"its model is of a class of its own, {kind[:80]!r}: what its layers do with each other "
        "stands in its Python, not in the file",
        "Functional and Sequential models hold a network that can be drawn: rewrite it as one; "
        "File › Paste Python… takes it then.",
    )
