"""Writes what stands in a model's settings in the plainest form that means the same.

Number formats and activations by their names, no trace of how the model was compiled or built.
What has no plain form is told, or left for the look at the classes to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workbench.catalog.param_specs import DTYPES
from workbench.importing.bounds import entries
from workbench.importing.files import refusal
from workbench.importing.known_classes import activation_names

_BY_THE_WAY: Final = frozenset({"compile_config", "build_config", "quantization_config"})
_POLICIES: Final = frozenset({"DTypePolicy", "FloatDTypePolicy", "Policy", "DTypePolicyMap"})
_QUANTIZED: Final = frozenset({"QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy",
                               "Int4DTypePolicy", "GPTQDTypePolicy", "AWQDTypePolicy"})  # fmt: skip
_LEARNS: Final = {
    "Normalization": (("mean",), "mean and variance"),
    "StringLookup": (("vocabulary",), "the vocabulary"),
    "IntegerLookup": (("vocabulary",), "the vocabulary"),
    "TextVectorization": (("vocabulary",), "the vocabulary"),
    "Discretization": (("bin_boundaries",), "the borders of the bins"),
}
"""Layers that learn from data before training → settings that hold it, what it is."""
LEARNED: Final = "what it learned from data"
"""Words after the name of a layer whose settings lack it."""


def make_plain(path: Path, settings: dict[str, Any]) -> list[str]:
    """Rewrite settings in place.

    Args:
        path: The file they are from, for messages.
        settings: What `check_bounds` has found nothing in.

    Returns:
        What is lost by it, a sentence each.

    Raises:
        GraphError: An activation is a function of the model's author, or a number format is none.
    """
    lost: list[str] = []
    for layer, key, value in entries(path, settings):
        if isinstance(value, dict):
            if "class_name" in value:
                _drop(value)
                lost += _unlearned(value)
            for name, entry in list(value.items()):
                value[name] = _plain(path, layer, name, entry, lost)
        elif isinstance(value, list):
            value[:] = [_plain(path, layer, key, entry, lost) for entry in value]
    return list(dict.fromkeys(lost))


def _drop(entry: dict[str, Any]) -> None:
    """Forget how a model was compiled and built, and how its layers were quantized."""
    for name in _BY_THE_WAY & entry.keys():
        del entry[name]
    config = entry.get("config")
    if isinstance(config, dict):
        for name in _BY_THE_WAY & config.keys():
            del config[name]


def _plain(path: Path, layer: str, key: str, value: Any, lost: list[str]) -> Any:
    if not isinstance(value, dict):
        return value
    kind = str(value.get("class_name"))
    if kind == "function":
        return _activation(path, layer, key, value)
    if kind in _POLICIES or kind in _QUANTIZED:
        return _number_format(path, layer, value, lost)
    if kind == "SeedGenerator":
        config = value.get("config")
        return config.get("seed") if isinstance(config, Mapping) else None
    return value


def _activation(path: Path, layer: str, key: str, value: Mapping[str, Any]) -> str:
    name = value.get("config")
    if isinstance(name, str) and name in activation_names():
        return name
    whose = f"the setting {key!r} of {layer[:80]!r}" if layer else f"the setting {key!r}"
    raise refusal(
        path,
        f"{whose} is the function {str(name)[:80]!r} of the program that made the model",
        "The file holds its name only. Take the network from that program: File › Paste Python…",
    )


def _number_format(
    path: Path, layer: str, value: Mapping[str, Any], lost: list[str]
) -> str | None:  # fmt: skip
    kind, config = str(value["class_name"]), value.get("config")
    config = config if isinstance(config, Mapping) else {}
    if kind == "DTypePolicyMap":
        if config.get("policy_map"):
            lost.append(
                f"{layer or 'The model'}: number formats of parts of it are not taken over."
            )
        inner = config.get("default_policy")
        if isinstance(inner, Mapping) and str(inner.get("class_name")) in _POLICIES - {kind}:
            return _number_format(path, layer, inner, lost)
        name = inner
    elif kind in _QUANTIZED:
        mode = str(config.get("mode", "fewer bits"))[:40]
        lost.append(f"{layer or 'The model'}: it is quantized ({mode}); here it is not.")
        name = config.get("source_name") or "float32"
    else:
        name = config.get("name")
    if name is not None and (not isinstance(name, str) or name not in DTYPES):
        raise refusal(path, f"{layer[:80] or 'it'} asks for the number format {str(name)[:80]!r}")
    return name


def _unlearned(entry: Mapping[str, Any]) -> list[str]:
    """Return a sentence when a layer has learned something of data that its settings lack."""
    found = _LEARNS.get(str(entry.get("class_name")))
    config = entry.get("config")
    if found is None or not isinstance(config, Mapping):
        return []
    names, what = found
    if all(config.get(name) is not None for name in names):
        return []
    whose = str(config.get("name", ""))[:80]
    return [
        f"{whose}: {LEARNED} ({what}) is not in the description of the network; "
        "write it into the layer's settings."
    ]
