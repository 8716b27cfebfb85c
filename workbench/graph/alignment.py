"""The longest common part of two sequences, for sequences that differ in few places."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

MOST_DIFFERENCES: Final = 600
"""Differences up to which sequences are aligned as a whole: the work grows with their square."""
_WINDOW: Final = 400
_KEPT: Final = 240
"""Places of a window whose pairs are kept; nearer to its end they may be wrong."""
_MOST_IN_WINDOW: Final = 300


def align(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    check: Callable[[], None] = lambda: None,
    most: int = MOST_DIFFERENCES,
) -> list[tuple[int, int]]:
    """Return pairs of places that hold equal things, in the order of both sequences.

    Those of a longest common subsequence where few things differ; else found window by window,
    which misses pairs where many things differ at one place.

    Myers, "An O(ND) Difference Algorithm and Its Variations", 1986: the greedy search for the
    furthest place on every diagonal.

    Args:
        first: A sequence.
        second: Another.
        check: Called now and then; what it raises ends the work.
        most: Differences up to which the sequences are aligned as a whole.
    """
    start = 0
    shorter = min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    one, two = first[start : len(first) - end], second[start : len(second) - end]
    inner = _inner(one, two, check, most)
    if inner is None:
        inner = _in_windows(one, two, check)
    return [
        *((i, i) for i in range(start)),
        *((start + i, start + j) for i, j in inner),
        *((len(first) - i, len(second) - i) for i in range(end, 0, -1)),
    ]


def _inner(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    check: Callable[[], None],
    most: int,
) -> list[tuple[int, int]] | None:
    if not first or not second:
        return [] if len(first) + len(second) <= most else None
    if abs(len(first) - len(second)) > most:
        return None
    furthest: dict[int, int] = {1: 0}
    steps: list[dict[int, int]] = []
    for differences in range(min(len(first) + len(second), most) + 1):
        check()
        steps.append(dict(furthest))
        for diagonal in range(-differences, differences + 1, 2):
            down = diagonal == -differences or (
                diagonal != differences
                and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            )
            i = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            j = i - diagonal
            while i < len(first) and j < len(second) and first[i] == second[j]:
                i, j = i + 1, j + 1
            furthest[diagonal] = i
            if i >= len(first) and j >= len(second):
                return _way_back(len(first), len(second), steps)
    return None


def _in_windows(
    first: Sequence[Hashable], second: Sequence[Hashable], check: Callable[[], None]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        check()
        ends = i + _WINDOW >= len(first) and j + _WINDOW >= len(second)
        found = _inner(first[i : i + _WINDOW], second[j : j + _WINDOW], check, _MOST_IN_WINDOW)
        kept = [(a, b) for a, b in found or () if ends or max(a, b) < _KEPT]
        pairs += [(i + a, j + b) for a, b in kept]
        if ends:
            break
        by_first, by_second = kept[-1] if kept else (_KEPT - 1, _KEPT - 1)
        i, j = i + by_first + 1, j + by_second + 1
    return pairs


def _way_back(i: int, j: int, steps: list[dict[int, int]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for differences in range(len(steps) - 1, -1, -1):
        furthest, diagonal = steps[differences], i - j
        down = diagonal == -differences or (
            diagonal != differences
            and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if down else diagonal - 1
        i_before = furthest[before]
        j_before = i_before - before
        while i > max(i_before, 0) and j > max(j_before, 0):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        i, j = i_before, j_before
    return pairs[::-1]


__all__ = ["MOST_DIFFERENCES", "align"]
