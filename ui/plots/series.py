"""A growing curve that can be drawn at any length without losing an extreme.

Values arrive while a network trains: millions of them, none of which may be dropped, because a
spike is what a person looks for. The store keeps every value in a doubling array and, as values
arrive, a pyramid of minima and maxima over 16, 256, 4096 … neighbours. What a view shows is then
read from the level that has a little more entries than the view has pixels, so that drawing a
million points costs as much as drawing a few thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating]

FAN: Final = 16
"""Entries of one level that are one entry of the next."""
_FINE: Final = 2
"""A level serves a view when it has at least this many entries per column."""
_FIRST_ROOM: Final = 256
_MOST_ROOM: Final = 4_000_000


class _Level:
    """Minimum and maximum of every `size` neighbours; the last entry may cover fewer.

    An entry without a finite value is +inf as minimum and -inf as maximum, so that it never wins.
    """

    def __init__(self, size: int, dtype: np.dtype[Any]) -> None:
        self.size = size
        self.count = 0
        self.low: Floats = np.empty(_FIRST_ROOM, dtype)
        self.high: Floats = np.empty(_FIRST_ROOM, dtype)

    def replace_from(self, start: int, low: Floats, high: Floats) -> None:
        self.count = start + len(low)
        self.low = _with_room(self.low, start, self.count)
        self.high = _with_room(self.high, start, self.count)
        self.low[start : self.count] = low
        self.high[start : self.count] = high


@dataclass(frozen=True, slots=True)
class Envelope:
    """What to draw of a curve for one view.

    Attributes:
        x: Positions, ascending, two (or one) per column.
        y: Values; NaN where the curve has a gap.
        exact: True when these are the points themselves, False when they are minima and maxima.
    """

    x: Floats
    y: Floats
    exact: bool


class SeriesStore:
    """Points of one curve in order of x, with the minima and maxima of any stretch at hand.

    Points should be roughly evenly spaced in x (steps, epochs): columns of a long curve are
    stretches of equal numbers of points.

    Args:
        dtype: Type that values are kept in; float32 is what a training step reports.
        expected: Number of points that will probably come. Room for up to four million is set
            aside at once (it costs no memory before it is used), so that growing never copies.
    """

    def __init__(self, dtype: npt.DTypeLike = np.float64, expected: int = 0) -> None:
        self._dtype: np.dtype[Any] = np.dtype(dtype)
        room = max(_FIRST_ROOM, min(expected, _MOST_ROOM))
        self._x: Floats = np.empty(room)
        self._y: Floats = np.empty(room, self._dtype)
        self._count = 0
        self._levels: list[_Level] = []
        self.missing = 0
        self.first_missing: float | None = None
        self.smallest_positive = np.inf

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Floats:
        """Positions of all points, ascending; read only, valid until the next `append`."""
        return _frozen(self._x[: self._count])

    @property
    def y(self) -> Floats:
        """Values of all points as they came; read only, valid until the next `append`."""
        return _frozen(self._y[: self._count])

    @property
    def last(self) -> tuple[float, float] | None:
        """The last point whose value is finite, or None."""
        for end in range(self._count, 0, -FAN * FAN):
            start = max(0, end - FAN * FAN)
            finite = np.flatnonzero(np.isfinite(self._y[start:end]))
            if len(finite):
                place = start + int(finite[-1])
                return float(self._x[place]), float(self._y[place])
        return None

    def append(self, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Add points.

        Args:
            x: Positions, ascending, none below the last one.
            y: Values, same length. NaN and infinities are kept as they are and drawn as gaps.

        Raises:
            ValueError: Lengths differ, or positions go back.
        """
        new_x = np.atleast_1d(np.asarray(x, float))
        new_y = np.atleast_1d(np.asarray(y, self._dtype))
        if new_x.shape != new_y.shape or new_x.ndim != 1:
            raise ValueError(f"x and y must be alike, not {new_x.shape} and {new_y.shape}")
        if not len(new_x):
            return
        before = self._x[self._count - 1] if self._count else -np.inf
        if not new_x[0] >= before or np.any(np.diff(new_x) < 0):
            raise ValueError("positions must not go back")
        start, self._count = self._count, self._count + len(new_x)
        self._x = _with_room(self._x, start, self._count)
        self._y = _with_room(self._y, start, self._count)
        self._x[start : self._count] = new_x
        self._y[start : self._count] = new_y
        self._note(new_x, new_y)
        self._build_from(start)

    def bounds(self, lo: float = -np.inf, hi: float = np.inf) -> tuple[float, float] | None:
        """Return the smallest and largest finite value with lo <= x <= hi, or None."""
        start, end = self._inside(lo, hi)
        low, high = self._reduce(start, end)
        return (low, high) if low <= high else None

    def at(self, x: float) -> tuple[float, float] | None:
        """Return the point nearest to a position, or None when there is none."""
        if not self._count:
            return None
        right = min(int(np.searchsorted(self._x[: self._count], x)), self._count - 1)
        left = max(0, right - 1)
        near = left if abs(self._x[left] - x) <= abs(self._x[right] - x) else right
        return float(self._x[near]), float(self._y[near])

    def envelope(self, lo: float, hi: float, columns: int) -> Envelope:
        """Return what to draw for a view.

        Args:
            lo: Left edge of the view.
            hi: Right edge of the view.
            columns: Width of the view in pixels, >= 1.

        Returns:
            The points themselves when there are at most two per column; else the minimum and
            maximum of at most `columns + 2` stretches. Every value in the view lies between
            values that are drawn inside the view. One point beyond each edge is included, so
            that lines leave the view.
        """
        columns = max(1, columns)
        start, end = self._inside(lo, hi)
        before, after = max(0, start - 1), min(self._count, end + 1)
        if end - start <= 2 * columns:
            return Envelope(self._x[before:after], _gaps(self._y[before:after]), True)
        edges, low, high, falls = self._columns(start, end, columns)
        x = np.repeat(self._x[edges], 2)
        y = np.empty(2 * len(edges), self._dtype)
        y[0::2] = np.where(falls, high, low)
        y[1::2] = np.where(falls, low, high)
        parts_x = [self._x[before:start], x, self._x[end:after]]
        parts_y = [_gaps(self._y[before:start]), _gaps(y), _gaps(self._y[end:after])]
        return Envelope(np.concatenate(parts_x), np.concatenate(parts_y), False)

    # ---- the pyramid ---------------------------------------------------------------------

    def _note(self, x: Floats, y: Floats) -> None:
        finite = np.isfinite(y)
        if not finite.all():
            if self.first_missing is None:
                self.first_missing = float(x[np.argmin(finite)])
            self.missing += int(len(y) - np.count_nonzero(finite))
        positive = y[finite & (y > 0)]
        if len(positive):
            self.smallest_positive = min(self.smallest_positive, float(positive.min()))

    def _build_from(self, start: int) -> None:
        """Renew every entry of every level that covers points from `start` on."""
        low, high = _neutral(self._y[start // FAN * FAN : self._count])
        place, depth = start // FAN, 0
        while True:
            if depth == len(self._levels):
                self._levels.append(_Level(FAN ** (depth + 1), self._dtype))
            level = self._levels[depth]
            steps = np.arange(0, len(low), FAN)
            level.replace_from(
                place, np.minimum.reduceat(low, steps), np.maximum.reduceat(high, steps)
            )
            if level.count <= FAN:
                return
            depth += 1
            # A level that is made now starts from its first entry, not where the points arrived.
            place = place // FAN if depth < len(self._levels) else 0
            low = level.low[place * FAN : level.count]
            high = level.high[place * FAN : level.count]

    def _inside(self, lo: float, hi: float) -> tuple[int, int]:
        x = self._x[: self._count]
        start, end = int(np.searchsorted(x, lo)), int(np.searchsorted(x, hi, side="right"))
        return start, max(start, end)

    def _columns(
        self, start: int, end: int, columns: int
    ) -> tuple[npt.NDArray[np.intp], Floats, Floats, npt.NDArray[np.bool_]]:
        """Cut points into stretches; return where each starts, its minimum, maximum, direction."""
        size, level = 1, None
        for candidate in self._levels:
            if (end - start) / candidate.size < _FINE * columns:
                break
            size, level = candidate.size, candidate
        entries = -(-(end - start) // size)
        width = size * -(-entries // columns)
        first, last = -(-start // width), end // width
        edges = np.arange(first, last) * width
        if level is None:
            low, high = _neutral(self._y[first * width : last * width])
        else:
            low = level.low[first * width // size : last * width // size]
            high = level.high[first * width // size : last * width // size]
        steps = np.arange(0, len(low), width // size)
        lows = np.minimum.reduceat(low, steps) if len(low) else low
        highs = np.maximum.reduceat(high, steps) if len(high) else high
        # The two ends of the view cut a stretch: reduce their points themselves, so that no
        # extreme inside the view is drawn outside of it.
        pieces = [(start, min(first * width, end)), (max(last * width, start), end)]
        (a_low, a_high), (b_low, b_high) = (self._reduce(*piece) for piece in pieces)
        has_a, has_b = pieces[0][0] < pieces[0][1], last >= first and pieces[1][0] < pieces[1][1]
        edges = np.concatenate([[start][:has_a], edges, [pieces[1][0]][:has_b]]).astype(np.intp)
        lows = np.concatenate([[a_low][:has_a], lows, [b_low][:has_b]])
        highs = np.concatenate([[a_high][:has_a], highs, [b_high][:has_b]])
        ends = np.append(edges[1:], end) - 1
        with np.errstate(invalid="ignore"):
            falls = self._y[edges] > self._y[ends]
        return edges, lows, highs, falls

    def _reduce(self, start: int, end: int) -> tuple[float, float]:
        """Return the exact minimum and maximum of points[start:end]; inf, -inf if none."""
        best_low, best_high = np.inf, -np.inf
        for level in reversed(self._levels):
            first, last = -(-start // level.size), end // level.size
            if end == self._count and end > last * level.size >= start:
                last = level.count
            if first < last:
                best_low = min(best_low, float(level.low[first:last].min()))
                best_high = max(best_high, float(level.high[first:last].max()))
                for piece in ((start, first * level.size), (last * level.size, end)):
                    low, high = self._reduce(*piece) if piece[0] < piece[1] else (np.inf, -np.inf)
                    best_low, best_high = min(best_low, low), max(best_high, high)
                return best_low, best_high
        if start < end:
            lows, highs = _neutral(self._y[start:end])
            return float(lows.min()), float(highs.max())
        return best_low, best_high


def _with_room(array: Floats, used: int, needed: int) -> Floats:
    if needed <= len(array):
        return array
    grown = np.empty(max(needed, 2 * len(array)), array.dtype)
    grown[:used] = array[:used]
    return grown


def _neutral(y: Floats) -> tuple[Floats, Floats]:
    """Return values that never win a minimum (first) or maximum (second) where not finite."""
    finite = np.isfinite(y)
    if finite.all():
        return y, y
    return np.where(finite, y, np.inf), np.where(finite, y, -np.inf)


def _gaps(y: Floats) -> Floats:
    finite = np.isfinite(y)
    return y if finite.all() else np.where(finite, y, np.nan).astype(y.dtype, copy=False)


def _frozen(view: Floats) -> Floats:
    view = view.view()
    view.flags.writeable = False
    return view
