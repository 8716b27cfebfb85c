"""Smoothing: the textbook recursion, gaps left out, in portions of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.plots.series import SeriesStore
from ui.plots.smoothing import Smoother


def recursion(values, weight):
    """Kingma and Ba's bias-corrected average, one value after the other."""
    smoothed, state, seen = [], 0.0, 0
    for value in values:
        if not np.isfinite(value):
            smoothed.append(np.nan)
            continue
        seen += 1
        state = weight * state + (1 - weight) * value
        smoothed.append(state / (1 - weight**seen))
    return np.array(smoothed)


@settings(max_examples=60, deadline=None)
@given(
    length=st.integers(0, 700),
    weight=st.sampled_from([0.0, 0.1, 0.6, 0.9, 0.99, 0.999]),
    seed=st.integers(0, 1000),
    portion=st.integers(1, 300),
    gaps=st.floats(0, 0.5),
)
def test_it_is_the_bias_corrected_average(length, weight, seed, portion, gaps):
    rng = np.random.default_rng(seed)
    y = rng.normal(5, 2, length)
    y[rng.random(length) < gaps] = np.nan
    store = SeriesStore()
    smoother = Smoother(store, weight)
    for start in range(0, length, 111):  # the curve grows meanwhile
        part = slice(start, min(length, start + 111))
        store.append(np.arange(part.start, part.stop), y[part])
        smoother.advance(portion)
    while smoother.behind:
        assert smoother.advance(portion) > 0
    np.testing.assert_allclose(smoother.store.y, recursion(y, weight), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(smoother.store.x, store.x)


def test_the_first_value_is_not_drawn_towards_zero():
    store = SeriesStore()
    store.append([1.0], [0.7])
    smoother = Smoother(store, 0.99)
    smoother.advance(10)
    assert smoother.store.y[0] == pytest.approx(0.7)


@pytest.mark.parametrize("weight", [1.0, 1.5, -0.1])
def test_an_impossible_weight_is_refused(weight):
    with pytest.raises(ValueError, match="weight"):
        Smoother(SeriesStore(), weight)
