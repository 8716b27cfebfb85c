"""What a docstring says about the arguments of an own layer: their help, and their ranges."""

from __future__ import annotations

import inspect
import re
from typing import Final

_HEAD: Final = re.compile(r"^(args|arguments|parameters|params|attributes)\s*:?\s*$", re.I)
_ENTRY: Final = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_SPHINX: Final = re.compile(
    r":param\s+(?:[\w\[\], |.]+\s+)?(\w+)\s*:\s*([^:]*?)(?=\n\s*:|\n\n|\Z)", re.S
)
_NUMBER: Final = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
_BETWEEN: Final = re.compile(
    rf"(?:between {_NUMBER} and|from {_NUMBER} to|in \[{_NUMBER},) {_NUMBER}", re.I
)
_LEAST: Final = re.compile(rf"(?:at least|>=|≥|not less than) ?{_NUMBER}", re.I)
_MOST: Final = re.compile(rf"(?:at most|<=|≤|not more than) ?{_NUMBER}", re.I)
_LONGEST: Final = 300


def arguments_in(*docstrings: str | None) -> dict[str, str]:
    """Return argument → what docstrings say about it, in one line of text.

    The sections `Args:` (Google), `Parameters` (NumPy) and `:param name:` are read.

    Args:
        docstrings: Docstrings of the class and its constructor; the first that names one wins.
    """
    found: dict[str, str] = {}
    for docstring in docstrings:
        text = inspect.cleandoc(docstring or "")
        for name, words in [*_sections(text), *_SPHINX.findall(text)]:
            plain = " ".join(words.split())
            if plain and name not in found:
                found[name] = plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
    return found


def _sections(text: str) -> list[tuple[str, str]]:
    """Return (argument, words) of the sections that list arguments."""
    entries: list[tuple[str, list[str]]] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        head = lines[at]
        at += 1
        if not _HEAD.match(head.strip()):
            continue
        outer = _depth(head) if at > 1 else -1  # the first line has lost its depth
        numpy = at < len(lines) and set(lines[at].strip()) == {"-"}
        if numpy:
            at += 1  # NumPy's line below the title: its entries are no deeper
            outer -= 1
        first: int | None = None
        while at < len(lines) and (not lines[at].strip() or _depth(lines[at]) > outer):
            line = lines[at]
            if line.strip():
                first = _depth(line) if first is None else first
                entry = _ENTRY.match(line.strip()) if _depth(line) == first else None
                if entry is not None:
                    entries.append((entry[1], [] if numpy else [entry[2]]))
                elif _depth(line) == first:
                    break
                elif entries:
                    entries[-1][1].append(line.strip())
            at += 1
    return [(name, " ".join(words)) for name, words in entries]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def range_in(words: str) -> tuple[float | None, float | None]:
    """Return the smallest and the largest number that a sentence allows, as far as it says so."""
    between = _BETWEEN.search(words)
    if between is not None:
        low = float(next(number for number in between.groups()[:3] if number is not None))
        high = float(between.group(4))
        return (low, high) if low < high else (None, None)
    least, most = _LEAST.search(words), _MOST.search(words)
    return (float(least[1]) if least else None), (float(most[1]) if most else None)
