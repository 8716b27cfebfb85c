"""Limits on plain data from elsewhere: depth, number of entries, size of numbers and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from workbench.importing.files import refusal

_MOST_ENTRIES: Final = 2_000_000
_DEEPEST: Final = 200
_LARGEST_NUMBER: Final = 2**63 - 1
_LONGEST_TEXT: Final = 100_000
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


def entries(path: Path, settings: Any) -> Iterator[tuple[str, str, Any]]:
    """Iterate over all values of plain data, without recursion, an outer one before its inner ones.

    A mapping may be changed when it comes up; what stands in it then is gone through.

    Args:
        path: The file, for messages.
        settings: Mappings, lists, texts, numbers.

    Yields:
        Name of the layer that the value stands in ("" outside), key it stands under, the value.

    Raises:
        GraphError: The data is too deep or too large.
    """
    waiting: list[tuple[str, str, Any, int]] = [("", "", settings, 0)]
    seen = 0
    while waiting:
        layer, key, value, depth = waiting.pop()
        seen += 1
        if seen > _MOST_ENTRIES or depth > _DEEPEST:
            raise refusal(path, "its description is too large or too deep")
        yield layer, key, value
        if isinstance(value, dict):
            name = name_of(value) or layer
            waiting += [(name, str(k), entry, depth + 1) for k, entry in value.items()]
        elif isinstance(value, list):
            waiting += [(layer, key, entry, depth + 1) for entry in value]


def check_bounds(path: Path, settings: Any) -> None:
    """Refuse numbers and texts that no model holds.

    Raises:
        GraphError: There is one; the message names the layer and the setting.
    """
    for layer, key, value in entries(path, settings):
        whose = f"the setting {key[:80]!r}" + (f" of {layer[:80]!r}" if layer else "")
        if isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                raise refusal(path, f"{whose} is a text of {len(value):,} characters")
            if _NO_TEXT.search(value):
                raise refusal(path, f"{whose} holds characters that are no text")
        elif isinstance(value, float) and not math.isfinite(value):
            raise refusal(path, f"{whose} is {value}, not a finite number")
        elif isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
            digits = len(str(abs(value)))
            raise refusal(path, f"{whose} is a number of {digits} digits, too large for any layer")
        elif isinstance(value, dict):
            for name in value:
                if len(name) > _LONGEST_TEXT or _NO_TEXT.search(name):
                    raise refusal(path, f"{whose} holds a name that is no text")


def name_of(entry: dict[str, Any]) -> str:
    """Return the name of a layer or a model that a mapping describes, or ""."""
    config = entry.get("config")
    name = config.get("name") if isinstance(config, dict) and "class_name" in entry else None
    return name if isinstance(name, str) else ""
