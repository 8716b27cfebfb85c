"""Looks at a file of weights before Keras does: a project may come from somewhere else.

HDF5 can point into other files and declare arrays far larger than itself. What is not plain
numeric data of the size that the network expects is refused.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from workbench.errors import Place, RunError

_SLACK = 1 << 20


def check_weights_file(path: Path, expected_bytes: int) -> None:
    """Refuse a file that holds anything but numbers, or more of them than expected.

    Args:
        path: The file.
        expected_bytes: Memory that the network's weights take.

    Raises:
        RunError: It holds something else.
        OSError: It is not an HDF5 file, or damaged.
    """
    total = 0
    with h5py.File(path, "r") as file:
        waiting: list[Any] = [file]
        while waiting:
            group = waiting.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise _refused(path, "it points into another file")
                item = group[name]
                if isinstance(item, h5py.Group):
                    waiting.append(item)
                    continue
                if item.dtype.kind not in "fiub" or item.external or item.is_virtual:
                    raise _refused(path, "it holds something that is not numbers")
                total += math.prod(item.shape) * item.dtype.itemsize
                if total > 2 * expected_bytes + _SLACK:
                    raise _refused(path, "it declares more numbers than the network has")


def check_finite(model: Any, path: Path) -> None:
    """Refuse weights that are not finite.

    Raises:
        RunError: There are such.
    """
    for weight in model.get_weights():
        if not np.isfinite(np.asarray(weight, np.float64)).all():
            raise _refused(path, "it holds values that are not finite")


def _refused(path: Path, reason: str) -> RunError:
    return RunError(
        f"The weights in {path.name} are not used: {reason}.",
        expected="numbers, one array per weight of the network",
        remedy="Train again.",
        place=Place("file", str(path)),
    )
