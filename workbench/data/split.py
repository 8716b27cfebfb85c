"""Divides the rows into training, validation and test part: by seed, the same on every machine.

The order comes from the raw 64-bit stream of PCG64, which NumPy promises never to change (the
algorithms of `Generator.permutation` and of scikit-learn's splitters may change with a version).
A row keeps its random key whatever other rows are dropped, so that another treatment of missing
values does not shuffle everything anew.
"""

from __future__ import annotations

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
        labels: Class code of each row, int array of shape (n,), to keep the class shares in
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
        order = np.argsort(keys, kind="stable")
        counts = np.array([held_out])
        classes = np.zeros(n, np.int64)
    else:
        classes = np.unique(labels, return_inverse=True)[1].astype(np.int64)
        order = np.lexsort((keys, classes))
        counts = _shares(np.bincount(classes), held_out)
    return _divide(order, classes, counts)


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


def _divide(order: Rows, classes: Rows, counts: npt.NDArray[np.int64]) -> Split:
    """Give the first rows of each class (in random order) to validation, the next to test."""
    sizes = np.bincount(classes, minlength=len(counts))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = np.arange(len(order)) - np.repeat(starts, sizes)
    limits = np.repeat(np.cumsum(counts, axis=1), sizes, axis=0)
    in_validation = rank < limits[:, 0]
    in_test = (rank < limits[:, 1]) & ~in_validation
    return Split(
        train=np.sort(order[~in_validation & ~in_test]).astype(np.int64),
        validation=np.sort(order[in_validation]).astype(np.int64),
        test=np.sort(order[in_test]).astype(np.int64),
    )
