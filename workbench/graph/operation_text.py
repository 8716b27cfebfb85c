"""What the node of an operation shows of its parameters: "+ 0.5", "[:, 0]", "axis -1"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.catalog import LayerSpec
from workbench.plain import Plain

_SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "true_divide": "÷",
    "floor_divide": "//", "mod": "%", "power": "^", "matmul": "@", "equal": "=", "not_equal": "≠",
    "less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥",
}  # fmt: skip
_MOST = 4
_BARE = frozenset({"subscripts", "newshape", "dtype", "shape", "output_shape", "axes"})


def operation_headline(spec: LayerSpec, params: Mapping[str, Plain]) -> str:
    """Return what a node of an operation says below its title.

    Args:
        spec: Description of the operation.
        params: The node's parameters.
    """
    parts: list[str] = []
    for name in spec.headline:
        param = spec.param(name)
        value = params.get(name, param.default if param else None)
        if param is None or value is None or (value == param.default and not param.required):
            continue
        words = _words(value)
        symbol = _SYMBOLS.get(spec.name)
        if param.kind == "constant" and symbol and name in ("x1", "x2"):
            parts.append(f"{words} {symbol}" if name == "x1" else f"{symbol} {words}")
        elif param.kind == "index":
            parts.append(f"[{words}]")
        elif name in _BARE:
            parts.append(words)
        else:
            parts.append(f"{name.replace('_', ' ')} {words}")
    return ", ".join(parts)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, (list, tuple)):
        if len(value) > _MOST or any(isinstance(entry, (list, tuple)) for entry in value):
            return f"{_count(value)} numbers"
        return "(" + ", ".join(_words(entry) for entry in value) + ")"
    return str(value)


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, (list, tuple)) else 1
