"""Whether two networks, as files hold them, compute the same with the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_WITHOUT_MEANING: Final = ("position", "notes", "ignored", "arrangements", "weights")
"""What a person sees and the network does not know."""


def same_network(first: Any, second: Any) -> bool:
    """Tell whether two networks differ in places, notes and the like only.

    Layers must have the same ids: it is the same network, not one that was built alike.

    Args:
        first: Plain data of a network (`Graph.to_plain`).
        second: That of another.
    """
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return False
    if len(first.get("nodes", ())) != len(second.get("nodes", ())):
        return False
    return bool(_meaning(first) == _meaning(second))


def _meaning(plain: Any) -> Any:
    """Return plain data without what means nothing, entries with an id found by it."""
    if isinstance(plain, Mapping):
        return {
            key: _meaning(value)
            for key, value in plain.items()
            if key not in _WITHOUT_MEANING
        }  # fmt: skip
    if isinstance(plain, list | tuple):
        entries = [_meaning(entry) for entry in plain]
        if entries and all(isinstance(entry, dict) and "id" in entry for entry in entries):
            return {entry["id"]: entry for entry in entries}
        return entries
    return plain
