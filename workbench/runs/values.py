"""How the store of runs writes values, and reads them back whatever stands there."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

_GAP = 1_000_000
Series = npt.NDArray[np.float32]


def joined(parts: list[tuple[int, Series]]) -> Series:
    """Join pieces of a series.

    Args:
        parts: Number of the first value, and float32 values, of each piece.

    Returns:
        One value per number from 0; NaN where no piece has one.
    """
    values = sum(len(series) for _, series in parts)
    # A step far beyond all that was recorded is damage, not a reason to allocate.
    parts = [p for p in parts if 0 <= p[0] <= 16 * values + _GAP]
    length = max((first + len(series) for first, series in parts), default=0)
    joined = np.full(length, np.nan, np.float32)
    for first, series in parts:
        joined[first : first + len(series)] = series
    return joined


def read_plain(text: Any) -> dict[str, Any]:
    """Read a JSON object; empty when it is none."""
    try:
        value = json.loads(text) if text else {}
    except (ValueError, TypeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def write_plain(value: Any) -> str:
    """Write plain data, NumPy's numbers among it, as JSON."""
    return json.dumps(value, ensure_ascii=False, default=_number)


def _number(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not plain data")
