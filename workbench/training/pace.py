"""How many steps run between two looks at the person's wishes.

A step of a small network takes a fraction of a millisecond; asking Python after each would cost
more than the step. So steps run in chunks inside the backend, each long enough to be cheap and
short enough that a plot moves and a button acts at once. Results do not depend on the chunks.
"""

from __future__ import annotations

CHUNK_SECONDS = 0.04
"""How long a chunk should take."""
MOST_STEPS = 4096
_GROWTH = 4


class Pacer:
    """Chooses the length of the next chunk from the time that the last ones took."""

    def __init__(self, seconds: float = CHUNK_SECONDS) -> None:
        self._seconds = seconds
        self._steps = 1
        self._traced = False

    def next(self, remaining: int) -> int:
        """Return the number of steps to run next, from 1 to `remaining`."""
        return max(1, min(self._steps, remaining))

    def took(self, steps: int, seconds: float) -> None:
        """Learn from a chunk: the first one is mostly tracing and tells nothing."""
        if not self._traced:
            self._traced = True
            return
        wanted = int(self._seconds * steps / max(seconds, 1e-6))
        self._steps = max(1, min(wanted, self._steps * _GROWTH, MOST_STEPS))
