"""Divides the rows into training, validation and test part: by seed, the same on every machine.

The order comes from the raw 64-bit stream of PCG64, which NumPy promises never to change (the
algorithms of `Generator.permutation` and of scikit-learn's splitters may change with a version).
A row keeps its random key whatever other rows are dropped, so that another treatment of missing
values does not shuffle everything anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from workbench.data.spec import SplitSpec
from workbench.errors import DataError, Place

Rows: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Positions of the rows of each part among the usable rows, ascending int64 arrays."""

    train: Rows
    validation: Rows
    test: Rows

    def part(self, name: str) -> Rows:
        """Return a part by name: `"train"`, `"validation"`, `"test"` or `"all"` (in order).

        Raises:
            DataError: There is no such part.
        """
        if name == "all":
            return np.sort(np.concatenate([self.train, self.validation, self.test]))
        if name not in ("train", "validation", "test"):
            raise DataError(
                f"There is no part of the data called {name!r}.",
                expected="train, validation, test or all",
            )
        part: Rows = getattr(self, name)
        return part


def split_rows(
    spec: SplitSpec,
    rows: int | npt.NDArray[np.integer],
    labels: npt.NDArray[np.integer] | None = None,
) -> Split:
    """Divide rows.

    Args:
        spec: Fractions, seed, whether to stratify.
        rows: Number of rows, or the table rows that are usable, int array of shape (n,).
        labels: Class code of each row, from 0, int array of shape (n,), to keep the class shares in
            every part; None (or `spec.stratify` off) divides without regard to classes.

    Returns:
        Positions into `rows` (0 to n - 1) of each part.

    Raises:
        DataError: A fraction is out of range, or no row would be left for training.
    """
    row_ids = np.arange(rows, dtype=np.int64) if isinstance(rows, int) else np.asarray(rows)
    n = len(row_ids)
    _, *held_out = part_sizes(spec, n)
    keys = _keys(spec.seed, int(row_ids.max()) + 1 if n else 0)[row_ids]
    if labels is None or not spec.stratify:
        return _divide(keys, [np.arange(n)], np.array([held_out]))
    sizes = np.bincount(labels)
    small = np.asarray(labels).astype(np.uint16 if len(sizes) <= 2**16 else np.int64)
    by_class = np.argsort(small, kind="stable")  # a radix sort for 16-bit classes
    members = np.split(by_class, np.cumsum(sizes)[:-1])
    return _divide(keys, members, _shares(sizes, held_out))


def check_fractions(spec: SplitSpec) -> None:
    """Raise when a fraction cannot be used.

    Raises:
        DataError: A fraction is outside [0, 1), or both leave nothing for training.
    """
    for name in ("validation", "test"):
        fraction = getattr(spec, name)
        if not isinstance(fraction, int | float) or not 0 <= fraction < 1:
            raise DataError(
                f"The {name} fraction is out of range.",
                expected="a number from 0 to below 1",
                received=str(fraction),
                place=Place("field", f"split.{name}"),
            )
    if spec.validation + spec.test >= 1:
        raise DataError(
            "Validation and test part together take all rows.",
            expected="fractions that add up to less than 1",
            received=f"{spec.validation:g} + {spec.test:g}",
            place=Place("field", "split"),
        )


def part_sizes(spec: SplitSpec, rows: int) -> tuple[int, int, int]:
    """Return how many rows training, validation and test part get of `rows` usable rows.

    Raises:
        DataError: A fraction is out of range, or no row would be left for training.
    """
    check_fractions(spec)
    validation, test = round(rows * spec.validation), round(rows * spec.test)
    if rows - validation - test < 1:
        raise DataError(
            "No row is left for training.",
            expected="at least one row that is neither held out nor dropped",
            received=f"{rows:,} usable rows",
            remedy="Hold out less, or treat missing values in another way than dropping rows.",
            place=Place("field", "split"),
        )
    return rows - validation - test, validation, test


def _keys(seed: int, count: int) -> npt.NDArray[np.uint64]:
    return np.random.PCG64(abs(seed)).random_raw(count)


def _shares(sizes: npt.NDArray[np.intp], wanted: list[int]) -> npt.NDArray[np.int64]:
    """Return how many rows of each class go to validation and test, shape (classes, 2).

    Largest remainders: every class gets its rounded-down share, the rows still missing go to the
    classes that lost most by rounding. A class always keeps one row for training.
    """
    total = int(sizes.sum())
    left = np.maximum(sizes.astype(np.int64) - 1, 0)
    counts = np.zeros((len(sizes), 2), np.int64)
    for part, count in enumerate(wanted):
        exact = sizes * (count / total)
        taken = np.minimum(np.floor(exact).astype(np.int64), left)
        preference = np.argsort(-(exact - np.floor(exact)), kind="stable")
        missing = count - int(taken.sum())
        while missing > 0:
            open_classes = [c for c in preference if taken[c] < left[c]]
            if not open_classes:
                break
            for c in open_classes[:missing]:
                taken[c] += 1
            missing = count - int(taken.sum())
        counts[:, part] = taken
        left -= taken
    return counts


def _divide(
    keys: npt.NDArray[np.uint64], members: Sequence[Rows], counts: npt.NDArray[np.int64]
) -> Split:
    """Give the rows of each class with the smallest keys to validation, the next to test.

    Args:
        keys: Random key of each row.
        members: Positions of the rows of each class, ascending.
        counts: Validation and test rows of each class, shape (classes, 2).
    """
    part = np.zeros(len(keys), np.uint8)
    for rows, (validation, test) in zip(members, counts.tolist(), strict=True):
        own = keys[rows]
        held_out = _smallest(own, validation + test)
        part[rows[held_out]] = 2
        part[rows[held_out[_smallest(own[held_out], validation)]]] = 1
    return Split(*(np.flatnonzero(part == number).astype(np.int64) for number in (0, 1, 2)))


def _smallest(keys: npt.NDArray[np.uint64], count: int) -> Rows:
    """Return the positions of the smallest keys, ascending; of equal keys the first ones."""
    if count == 0:
        return np.empty(0, np.int64)
    limit = np.partition(keys, count - 1)[count - 1]
    below = np.flatnonzero(keys < limit)
    equal = np.flatnonzero(keys == limit)[: count - len(below)]
    return np.sort(np.concatenate([below, equal]))
