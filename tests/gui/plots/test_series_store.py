"""The envelope of a curve: nothing in view is lost, whatever arrives in whatever portions."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui.plots.series import FAN, SeriesStore

special = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e30, -1e30, 1e-300])
values = st.one_of(st.floats(-1e6, 1e6, width=32), special)


@st.composite
def curves(draw):
    """A store filled in random portions, and what was put in."""
    length = draw(st.integers(0, 1200))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    y = rng.normal(size=length) * 10.0 ** rng.integers(-3, 4)
    for place in draw(st.lists(st.integers(0, max(0, length - 1)), max_size=20)):
        if length:
            y[place] = draw(values)
    if length and draw(st.booleans()):
        start = draw(st.integers(0, length - 1))
        y[start : start + draw(st.integers(1, 300))] = math.nan
    x = np.arange(length) * draw(st.sampled_from([1.0, 0.125, 3.0]))
    store, at = SeriesStore(), 0
    while at < length:
        portion = draw(st.integers(1, 400))
        store.append(x[at : at + portion], y[at : at + portion])
        at += portion
    return store, x, y


def in_view(x, lo, hi):
    return (x >= lo) & (x <= hi)


@settings(max_examples=150, deadline=None)
@given(curve=curves(), data=st.data())
def test_every_extreme_of_every_column_is_drawn(curve, data):
    store, x, y = curve
    edge = st.floats(-50, 4000, allow_nan=False)
    lo, hi = sorted((data.draw(edge), data.draw(edge)))
    columns = data.draw(st.integers(1, 200))
    drawn = store.envelope(lo, hi, columns)
    inside = in_view(drawn.x, lo, hi)
    assert np.all(np.diff(drawn.x) >= 0)
    assert inside.sum() <= 2 * (columns + 2)
    seen = in_view(x, lo, hi) & np.isfinite(y)
    if not seen.any():
        assert not np.isfinite(drawn.y[inside]).any()
        return
    # Column by column: between two drawn positions, the data's extremes are the drawn ones.
    starts = np.unique(drawn.x[inside])
    owner = np.searchsorted(starts, x[seen], side="right") - 1
    assert owner.min() >= 0
    for column, start in enumerate(starts):
        mine = y[seen][owner == column]
        shown = drawn.y[inside & (drawn.x == start)]
        shown = shown[np.isfinite(shown)]
        if len(mine):
            assert shown.min() == mine.min()
            assert shown.max() == mine.max()
        else:
            assert not len(shown)


@settings(max_examples=100, deadline=None)
@given(curve=curves(), data=st.data())
def test_bounds_are_exact(curve, data):
    store, x, y = curve
    edge = st.floats(-50, 4000, allow_nan=False)
    lo, hi = sorted((data.draw(edge), data.draw(edge)))
    seen = y[in_view(x, lo, hi) & np.isfinite(y)]
    assert store.bounds(lo, hi) == ((seen.min(), seen.max()) if len(seen) else None)


@settings(max_examples=50, deadline=None)
@given(curve=curves())
@example(curve=(SeriesStore(), np.empty(0), np.empty(0)))
def test_values_are_kept_as_they_came(curve):
    store, x, y = curve
    np.testing.assert_array_equal(store.x, x)
    np.testing.assert_array_equal(store.y, y)
    finite = np.isfinite(y)
    assert store.missing == np.count_nonzero(~finite)
    assert store.first_missing == (None if finite.all() else x[np.argmin(finite)])
    last = store.last
    if finite.any():
        place = np.flatnonzero(finite)[-1]
        assert last == (x[place], y[place])
    else:
        assert last is None


def test_a_single_spike_among_two_million_is_drawn():
    y = np.random.default_rng(1).normal(size=2_000_000).astype(np.float32)
    y[1_234_567] = 1e6
    y[77] = -1e6
    store = SeriesStore(np.float32)
    for start in range(0, len(y), 50_000):
        store.append(np.arange(start, start + 50_000), y[start : start + 50_000])
    drawn = store.envelope(0, len(y), 1400)
    assert not drawn.exact
    assert len(drawn.x) <= 2 * 1402
    assert np.nanmax(drawn.y) == 1e6
    assert np.nanmin(drawn.y) == -1e6
    assert abs(drawn.x[np.nanargmax(drawn.y)] - 1_234_567) <= 2 * len(y) / 1400


def test_a_short_view_of_a_long_curve_shows_the_points_themselves():
    store = SeriesStore()
    store.append(np.arange(100_000), np.arange(100_000) % 7)
    drawn = store.envelope(50_000, 50_100, 1000)
    assert drawn.exact
    np.testing.assert_array_equal(drawn.x, np.arange(49_999, 50_102))
    np.testing.assert_array_equal(drawn.y, np.arange(49_999, 50_102) % 7)


def test_a_falling_curve_is_drawn_without_saw_teeth():
    store = SeriesStore()
    store.append(np.arange(100_000), np.exp(-np.arange(100_000) / 3e4))
    drawn = store.envelope(0, 100_000, 500)
    assert np.all(np.diff(drawn.y) <= 0)


def test_a_gap_longer_than_a_column_is_a_gap():
    y = np.ones(160_000)
    y[40_000:80_000] = np.nan
    store = SeriesStore()
    store.append(np.arange(len(y)), y)
    drawn = store.envelope(0, len(y), 400)
    broken = drawn.x[np.isnan(drawn.y)]
    assert 40_000 <= broken.min() <= 41_000
    assert 78_000 <= broken.max() <= 80_000
    assert not np.isnan(drawn.y[(drawn.x < 40_000) | (drawn.x >= 80_000)]).any()


def test_levels_hold_a_fan_of_entries():
    store = SeriesStore()
    store.append(np.arange(FAN**3), np.zeros(FAN**3))
    assert [level.count for level in store._levels] == [FAN**2, FAN]


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [([1, 0], [1, 2], "go back"), ([5, 6], [1], "alike"), ([math.nan], [1.0], "go back")],
)
def test_nonsense_is_refused(x, y, words):
    store = SeriesStore()
    with pytest.raises(ValueError, match=words):
        store.append(x, y)


def test_positions_never_go_back_between_portions():
    store = SeriesStore()
    store.append([1, 2], [0, 0])
    with pytest.raises(ValueError, match="go back"):
        store.append([1.5], [0])
    assert len(store) == 2


def test_what_is_handed_out_cannot_be_written():
    store = SeriesStore()
    store.append([1, 2], [3, 4])
    with pytest.raises(ValueError, match="read-only"):
        store.y[0] = 9


@pytest.mark.parametrize(("x", "nearest"), [(-9, 0), (0.4, 0), (0.6, 1), (1.5, 1), (99, 3)])
def test_the_nearest_point_is_found(x, nearest):
    store = SeriesStore()
    store.append([0, 1, 2, 3], [10, 11, 12, 13])
    assert store.at(x) == (nearest, 10 + nearest)
