"""Exponential smoothing of a growing curve, unbiased at its beginning.

The smoothed value after t finite values is s_t / (1 - w^t) with s_t = w s_{t-1} + (1 - w) y_t:
the bias correction of Kingma and Ba (2015), so that the first values are not drawn towards zero.
A million values take tens of milliseconds, more than a redraw may: the work is done in portions.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ui.plots.series import Floats, SeriesStore

_BLOCK: Final = 128
_NEGLIGIBLE: Final = 1e-17


class Smoother:
    """Follows a curve and keeps its smoothed version.

    Args:
        source: The curve.
        weight: Share of the past, in [0, 1): 0 leaves the curve as it is.

    Attributes:
        store: The smoothed points made so far; NaN where the curve has a gap.
    """

    def __init__(self, source: SeriesStore, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"the weight must be in [0, 1), not {weight}")
        self.store = SeriesStore(source.y.dtype)
        self._source = source
        self._weight = weight
        self._state = 0.0
        self._seen = 0
        ages = np.arange(_BLOCK)
        lag = ages[:, None] - ages[None, :]
        self._response = np.where(lag >= 0, (1 - weight) * weight ** np.maximum(lag, 0), 0.0).T
        self._decay = weight ** (ages + 1.0)

    @property
    def behind(self) -> int:
        """Number of points of the curve that are not smoothed yet."""
        return len(self._source) - len(self.store)

    def advance(self, most: int) -> int:
        """Smooth further points.

        Args:
            most: Largest number of points to take, >= 1.

        Returns:
            Number of points taken.
        """
        start = len(self.store)
        end = min(len(self._source), start + most)
        if end <= start:
            return 0
        raw = self._source.y[start:end].astype(float)
        finite = np.isfinite(raw)
        smooth = np.full(len(raw), np.nan)
        smooth[finite] = self._smooth(raw[finite])
        self.store.append(self._source.x[start:end], smooth)
        return end - start

    def _smooth(self, values: Floats) -> Floats:
        count = len(values)
        if not count:
            return values
        blocks = -(-count // _BLOCK)
        padded = np.zeros(blocks * _BLOCK)
        padded[:count] = values
        own = padded.reshape(blocks, _BLOCK) @ self._response
        carried = np.empty(blocks)
        state, over = self._state, float(self._decay[-1])
        for block, last in enumerate(own[:, -1].tolist()):
            carried[block] = state
            state = state * over + last
        biased = (own + carried[:, None] * self._decay).ravel()[:count]
        self._state = float(biased[-1])
        first, self._seen = self._seen + 1, self._seen + count
        if self._weight**first < _NEGLIGIBLE:
            return np.asarray(biased)
        with np.errstate(under="ignore"):
            corrections = 1.0 - self._weight ** np.arange(first, first + count, dtype=float)
        return np.asarray(biased / corrections)
