"""Brings a shown text to another one by changing only the lines that differ, bit by bit.

Setting the whole text of a network of 10,000 layers anew, with colours, would hold the window up
for seconds after each edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtGui import QTextCursor, QTextDocument

_AT_ONCE: Final = 20
"""Lines of a step; with colours about 50 µs each."""


def changing(document: QTextDocument, text: str) -> Iterator[float]:
    """Change a document, a little before each value.

    Cursors, selections and the place that is scrolled to stay where their lines stay.

    Args:
        document: What is shown; plain text.
        text: What it will be. As `document`, it ends with a line break or is empty.

    Yields:
        The share that is done, 0 to 1.
    """
    old, new = document.toPlainText().split("\n"), text.split("\n")
    if old == new:
        return
    if document.blockCount() != len(old) or old[-1] != new[-1]:
        document.setPlainText(text)
        return
    head = _alike(old[:-1], new[:-1])
    tail = 1 + _alike(old[head:-1][::-1], new[head:-1][::-1])
    last, lines = len(old) - tail, new[head : len(new) - tail]
    whole, done = max(last - head + len(lines), 1), 0
    while last > head:
        first = max(head, last - _AT_ONCE)
        cursor = _at(document, first)
        cursor.setPosition(_at(document, last).position(), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        done += last - first
        last = first
        yield done / whole
    for start in range(0, len(lines), _AT_ONCE):
        part = lines[start : start + _AT_ONCE]
        _at(document, head + start).insertText("".join(f"{line}\n" for line in part))
        done += len(part)
        yield done / whole


def _at(document: QTextDocument, line: int) -> QTextCursor:
    return QTextCursor(document.findBlockByNumber(line))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts have in common at their beginnings."""
    for number, (line, its) in enumerate(zip(one, other, strict=False)):
        if line != its:
            return number
    return min(len(one), len(other))
