"""Explanations made so far, row by row.

A row's values do not depend on the rows that were explained with it, so what is there needs not be
made again when the selection changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.explain.results import Explanation, joined

_MOST_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How rows are explained; another manner gives other values.

    Attributes:
        run_id: The run.
        explainer: Name of the explainer, as asked for ("auto" included).
        background: Size of the background.
        space: `"logit"` or `"probability"`.
    """

    run_id: str
    explainer: str = "auto"
    background: int = 50
    space: str = "logit"


class ExplainedRows:
    """Rows explained so far, by manner; the oldest manners go when there is too much."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[Manner, list[Explanation]] = OrderedDict()
        self._places: dict[Manner, dict[int, tuple[int, int]]] = {}

    def add(self, manner: Manner, found: Explanation) -> None:
        """Keep an explanation."""
        blocks = self._blocks.setdefault(manner, [])
        places = self._places.setdefault(manner, {})
        for at, row in enumerate(found.rows):
            places[int(row)] = (len(blocks), at)
        blocks.append(found)
        self._blocks.move_to_end(manner)
        while len(self._blocks) > 1 and self._bytes() > _MOST_BYTES:
            oldest, _ = self._blocks.popitem(last=False)
            del self._places[oldest]

    def missing(self, manner: Manner, rows: Sequence[int]) -> list[int]:
        """Return the rows that are not explained yet."""
        places = self._places.get(manner, {})
        return [row for row in rows if row not in places]

    def get(self, manner: Manner, rows: Sequence[int]) -> Explanation | None:
        """Return the explanation of rows, in their order; None when one is missing."""
        places = self._places.get(manner, {})
        try:
            wanted = np.array([places[row] for row in rows], np.int64).reshape(-1, 2)
        except KeyError:
            return None
        if not len(wanted):
            return None
        blocks = self._blocks[manner]
        used = np.unique(wanted[:, 0])
        whole = joined([blocks[block] for block in used])
        starts = np.cumsum([0, *(len(blocks[block]) for block in used)])
        at = starts[np.searchsorted(used, wanted[:, 0])] + wanted[:, 1]
        if len(at) == len(whole) and np.array_equal(at, np.arange(len(whole))):
            return whole
        return whole.take(at)

    def clear(self) -> None:
        """Forget everything."""
        self._blocks.clear()
        self._places.clear()

    def _bytes(self) -> int:
        return sum(
            block.values.nbytes * (2 if block.standard_error is not None else 1)
            for blocks in self._blocks.values()
            for block in blocks
        )
