"""Written Python, and where in it each node stands; free of what writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Code:
    """Python code, and where in it each node of the graph stands.

    Attributes:
        text: The code, ending with a line break.
        lines: Node id → first and last line, counted from 1.
    """

    text: str
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
