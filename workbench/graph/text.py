"""What a node says about itself: the two or three parameters that matter, as a person says them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workbench.catalog import Catalog, LayerSpec
from workbench.graph.inference import TensorInfo, describe_shape
from workbench.graph.model import Node
from workbench.graph.operation_text import operation_headline
from workbench.plain import Plain
from workbench.wording import bytes_, count, plural

format_count = count
format_bytes = bytes_


def headline(
    node: Node,
    spec: LayerSpec,
    catalog: Catalog | None = None,
    params: Mapping[str, Plain] | None = None,
) -> str:
    """Return a node's headline: "32 × 3×3, relu", "64 units", "30 %".

    Args:
        node: The node.
        spec: Description of its layer.
        catalog: To describe the layer inside a wrapper too.
        params: The parameters in force where they are not the node's own (a shared layer).
    """
    return _headline(spec, node.params if params is None else params, catalog)


def _headline(spec: LayerSpec, params: Mapping[str, Plain], catalog: Catalog | None) -> str:
    if spec.is_operation:
        return operation_headline(spec, params)
    values: dict[str, Any] = {}
    for name in spec.headline:
        param = spec.param(name)
        if param is not None:
            values[name] = params.get(name, param.default)
    parts: list[str] = []
    for names, wording in _TOGETHER:
        if all(values.get(name) is not None for name in names):
            parts.append(wording(spec, [values.pop(name) for name in names]))
    for name, value in values.items():
        if name in ("layer", "cell"):
            parts.append(_inner(value, catalog))
            continue
        declared = spec.param(name)
        text = _single(spec, name, value, declared.default if declared else None)
        parts.append(text)
    return ", ".join(part for part in parts if part)


def _inner(value: Any, catalog: Catalog | None) -> str:
    if not isinstance(value, Mapping) or not isinstance(value.get("layer"), str):
        return ""
    spec = catalog.get(value["layer"]) if catalog else None
    params = value.get("params", {})
    inside = _headline(spec, params, None) if spec and isinstance(params, Mapping) else ""
    return f"{value['layer']} {inside}".strip()


def _axes(spec: LayerSpec, value: Any) -> str:
    """Return a size per axis: 3 → "3×3" in a 2-D layer, [3, 5] → "3×5"."""
    found = re.search(r"([123])D", spec.key)
    if isinstance(value, int) and not isinstance(value, bool):
        return "×".join([str(value)] * (int(found[1]) if found else 1))
    if isinstance(value, (list, tuple)):
        if any(isinstance(entry, (list, tuple)) for entry in value):
            return " ".join(_axes(spec, entry).replace("×", "+") for entry in value)
        return "×".join("?" if entry is None else str(entry) for entry in value)
    return str(value)


def _shape(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return describe_shape(TensorInfo((None, *value)))
    return str(value)


_TOGETHER: tuple[tuple[tuple[str, ...], Callable[[LayerSpec, list[Any]], str]], ...] = (
    (("filters", "kernel_size"), lambda s, v: f"{v[0]} × {_axes(s, v[1])}"),
    (("input_dim", "output_dim"), lambda _, v: f"{_number(v[0])} → {_number(v[1])}"),
    (("num_heads", "key_dim"), lambda _, v: f"{v[0]} heads × {v[1]}"),
    (("num_query_heads", "num_key_value_heads", "head_dim"),
     lambda _, v: f"{v[0]} heads × {v[2]}, {v[1]} shared"),
    (("height", "width"), lambda _, v: f"{v[0]} × {v[1]}"),
)  # fmt: skip


def _number(value: Any) -> str:
    return count(value) if isinstance(value, int) else str(value)


def _single(spec: LayerSpec, name: str, value: Any, default: Any) -> str:
    if value is None or value == "":
        return ""
    if name in _ALWAYS:
        return _ALWAYS[name](spec, value)
    if isinstance(value, bool):
        return name.replace("return_", "").replace("_", " ") if value else ""
    if value == default or _same_size(value, default):
        return ""
    if isinstance(value, float):
        value = f"{value:g}"
    return f"{name.replace('_', ' ')} {_axes(spec, value)}"


def _same_size(value: Any, default: Any) -> bool:
    """Tell whether a size is the default in another spelling: 1 and [1, 1]."""
    return isinstance(default, (list, tuple)) and all(entry == value for entry in default)


def _text(_spec: LayerSpec, value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_ALWAYS: Mapping[str, Callable[[LayerSpec, Any], str]] = {
    "units": lambda _, v: f"{_number(v)} unit{'' if v == 1 else 's'}",
    "filters": lambda _, v: f"{v} filters",
    "kernel_size": _axes,
    "strides": lambda s, v: "" if v in (1, [1, 1], [1, 1, 1], [1]) else f"stride {_axes(s, v)}",
    "pool_size": _axes,
    "output_size": _axes,
    "size": lambda s, v: f"× {_axes(s, v)}",
    "padding": _axes,
    "cropping": _axes,
    "activation": lambda _, v: "" if v == "linear" else str(v),
    "rate": lambda _, v: f"{v * 100:g} %" if isinstance(v, (int, float)) else str(v),
    "stddev": lambda _, v: f"σ {_text(_, v)}",
    "groups": lambda _, v: f"{v} groups",
    "target_shape": lambda _, v: _shape(v),
    "shape": lambda _, v: _shape(v),
    "source": _text,
    "dims": lambda _, v: ", ".join(map(str, v)) if isinstance(v, (list, tuple)) else str(v),
    "n": lambda _, v: f"× {v}",
    "equation": _text,
    "num_tokens": lambda _, v: f"{_number(v)} codes",
    "num_bins": lambda _, v: f"{_number(v)} bins",
    "bin_boundaries": lambda _, v: f"{len(v) + 1} bins" if isinstance(v, list) else "",
    "depth_multiplier": lambda _, v: "" if v == 1 else f"{v} per channel",
    "layers": lambda _, v: plural(len(v), "layer") if isinstance(v, list) else "",
    "cells": lambda _, v: plural(len(v), "cell") if isinstance(v, list) else "",
    "mode": lambda _, v: str(v).replace("_", " "),
    "scale": lambda _, v: "1/255" if v == 1 / 255 else f"× {_text(_, v)}",
}
