"""The longest common part of two sequences, for sequences that differ in few places."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

MOST_DIFFERENCES: Final = 600
"""Differences after which an alignment is given up: the work grows with their square."""


def align(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    check: Callable[[], None] = lambda: None,
    most: int = MOST_DIFFERENCES,
) -> list[tuple[int, int]] | None:
    """Return pairs of places that hold equal things, in the order of both sequences.

    Myers, "An O(ND) Difference Algorithm and Its Variations", 1986: the greedy search for the
    furthest place on every diagonal.

    Args:
        first: A sequence.
        second: Another.
        check: Called now and then; what it raises ends the work.
        most: Differences after which the work is given up.

    Returns:
        The pairs of a longest common subsequence, or None when more than `most` things differ.
    """
    start = 0
    shorter = min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    inner = _inner(first[start : len(first) - end], second[start : len(second) - end], check, most)
    if inner is None:
        return None
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
