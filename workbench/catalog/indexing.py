"""The text of an index, ":, 0, ::2", as a person writes it between square brackets.

Read by a small grammar of our own and never evaluated: whole numbers, slices, "..." and "None".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import EllipsisType

from workbench.errors import GraphError

IndexItem = int | slice | EllipsisType | None

_NUMBER = re.compile(r"[+-]?\d{1,9}")
_SLICE = re.compile(r"([+-]?\d{1,9})?\s*:\s*([+-]?\d{1,9})?\s*(?::\s*([+-]?\d{1,9})?)?")
_MOST = 16


def read_index(text: str) -> tuple[IndexItem, ...]:
    """Return the parts of an index: numbers, slices, Ellipsis, None for a new axis.

    Args:
        text: Parts with commas between them; brackets around them are allowed.

    Raises:
        GraphError: A part is none of these, or there are too many.
    """
    inner = text.strip().removeprefix("[").removesuffix("]")
    parts = [part.strip() for part in inner.split(",")]
    if parts and not parts[-1]:
        parts.pop()
    if not parts or len(parts) > _MOST:
        raise GraphError("An index needs at least one part, for example “:, 0”.")
    items = tuple(_item(part) for part in parts)
    if sum(item is Ellipsis for item in items) > 1:
        raise GraphError("An index can have “...” once only.")
    return items


def _item(part: str) -> IndexItem:
    if part in ("...", "…"):
        return Ellipsis
    if part.lower() in ("none", "newaxis", "null"):
        return None
    if _NUMBER.fullmatch(part):
        return int(part)
    found = _SLICE.fullmatch(part)
    if found is None:
        raise GraphError(
            "An index is made of numbers and ranges such as “0”, “1:3”, “::2”, “...”.",
            received=repr(part[:40]),
        )
    start, stop, step = (int(n) if n else None for n in found.groups())
    if step == 0:
        raise GraphError("The step of a range cannot be 0.")
    return slice(start, stop, step)


def index_text(items: Iterable[IndexItem]) -> str:
    """Return an index as text; `read_index` gives the same items back."""
    parts = [_text(item) for item in items]
    return ", ".join(parts)


def _text(item: IndexItem) -> str:
    if item is Ellipsis:
        return "..."
    if not isinstance(item, slice):
        return str(item)
    start, stop, step = ("" if n is None else str(n) for n in (item.start, item.stop, item.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
