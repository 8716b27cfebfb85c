"""Where something is written on the canvas already, so that no line of text covers another."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

_ROW: Final = 4.0
"""Height of the rows in which lines are noted, scene units."""
_HALF: Final = 6.0
"""Half of the height of a line of text, scene units."""
_GAP: Final = 3.0
"""Room that a line keeps at its ends, scene units."""


class Written:
    """Lines of text, by the rows that they touch."""

    def __init__(self) -> None:
        self._rows: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)

    def add(self, left: float, middle: float, width: float) -> None:
        """Note a line.

        Args:
            left: Its left end, scene units.
            middle: The middle of its height.
            width: Width of the text.
        """
        for row in _rows(middle):
            self._rows[row].append((left - _GAP, left + width + _GAP))

    def meets(self, left: float, middle: float, width: float) -> bool:
        """Tell whether a line would touch one that is there; arguments as for `add`."""
        right = left + width
        return any(
            left < end and start < right
            for row in _rows(middle)
            for start, end in self._rows.get(row, ())
        )


def _rows(middle: float) -> range:
    return range(int((middle - _HALF) // _ROW), int((middle + _HALF) // _ROW) + 1)
