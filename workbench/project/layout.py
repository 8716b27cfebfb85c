"""How `project.json` is laid out: readable, and one node, edge or column a line for git."""

from __future__ import annotations

import json
from collections.abc import Mapping

from workbench.plain import Plain

_WIDTH = 160
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def render(plain: Plain) -> str:
    """Return plain data as JSON text: what fits on a line stands on one.

    Args:
        plain: The data.

    Returns:
        JSON with two spaces a level and a newline at its end. Numbers are written so that they
        read back exactly.
    """
    return _render(plain, 0) + "\n"


def _render(value: Plain, depth: int) -> str:
    nested = isinstance(value, Mapping | list | tuple) and bool(value)
    long = nested and isinstance(value, Mapping | list | tuple) and len(value) > _WIDTH
    if not nested or (depth > 1 and not long):
        line = _encode(value)
        if not nested or len(line) + 2 * depth <= _WIDTH:
            return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, Mapping):
        entries = [
            f"{inner}{_encode(key)}: {_render(item, depth + 1)}" for key, item in value.items()
        ]
        return "{\n" + ",\n".join(entries) + f"\n{outer}}}"
    assert isinstance(value, list | tuple)
    lines = [inner + _render(item, depth + 1) for item in value]
    return "[\n" + ",\n".join(lines) + f"\n{outer}]"
