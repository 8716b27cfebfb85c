"""Room for Keras's nested calls: it walks back through a network layer by layer, call in call."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deep_recursion(layers: int) -> Iterator[None]:
    """Let Keras walk back through long chains: it takes a call per layer (and a few around it).

    Python's own calls need no native stack from version 3.11 on.

    Args:
        layers: How many layers there may be in a row.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 1000 + 8 * layers))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
