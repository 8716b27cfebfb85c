"""Ranges and marks: round, calm, never empty."""

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ui.plots.annotations import spread
from ui.plots.axis import axis_number
from ui.plots.ranges import calm, log_ticks, padded, round_end, ticks


@pytest.mark.parametrize(
    ("value", "end"), [(0.07, 0.075), (1, 1), (8, 10), (10, 10), (11, 15), (31, 40), (760, 1000)]
)
def test_the_right_edge_is_round(value, end):
    assert round_end(value) == pytest.approx(end)


def test_the_right_edge_is_not_beyond_what_can_be_reached():
    assert round_end(31, 36) == 36
    assert round_end(50, 36) == 50


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_a_padded_range_holds_its_values_and_is_never_empty(low, span):
    bottom, top = padded(low, low + span)
    assert bottom <= low <= low + span <= top
    assert bottom < top


def test_no_room_is_shown_below_zero_when_nothing_is_there():
    bottom, _ = padded(0.0, 1.0)
    assert -0.03 < bottom <= 0


def test_the_view_grows_at_once_and_shrinks_late():
    assert calm((0, 10), (0, 11)) == (0, 11)
    assert calm((0, 10), (0, 7)) == (0, 10)
    assert calm((0, 10), (0, 3)) == (0, 3)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 20))
def test_marks_are_few_and_in_view(low, span, most):
    assume(span > 1e-6 * abs(low))  # closer values than that are not told apart on an axis
    spacing, marks = ticks(low, low + span, most)
    assert len(marks) <= most + 1
    assert all(low - spacing * 1e-6 <= mark <= low + span + spacing * 1e-6 for mark in marks)
    mantissa = spacing / 10 ** math.floor(math.log10(spacing) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-6


def test_epochs_are_marked_whole():
    assert ticks(0, 3, 10, whole=True)[1] == [0, 1, 2, 3]
    assert ticks(0.2, 0.6, 4, whole=True)[1] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6])


@pytest.mark.parametrize(
    ("low", "high", "values"),
    [
        (-3, 0, [0.001, 0.01, 0.1, 1]),
        (-1, 0, [0.1, 0.2, 0.5, 1]),
        (math.log10(0.5), math.log10(0.6), [0.5, 0.52, 0.54, 0.56, 0.58, 0.6]),
    ],
)
def test_a_logarithmic_axis_has_round_marks(low, high, values):
    assert [10**mark for mark in log_ticks(low, high, 6)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [(0.5, 0.1, "0.5"), (0, 0.1, "0"), (1e-17, 0.1, "0"), (1500, 500, "1,500"), (2e6, 5e5, "2 M"),
     (0.00002, 0.00001, "2e-5"), (0.25, 0.05, "0.25"), (100, 0, "100"), (0.001, 0, "0.001")],
)  # fmt: skip
def test_numbers_on_axes(value, spacing, text):
    assert axis_number(value, spacing) == text


@given(st.lists(st.floats(0, 300), max_size=8))
def test_names_are_pushed_apart(places):
    places = sorted(places)
    moved = spread(places, 16, 8, 292)
    assert len(moved) == len(places)
    assert all(b - a >= 16 - 1e-6 for a, b in itertools.pairwise(moved))
    if all(b - a >= 16 for a, b in itertools.pairwise(places)) and all(
        8 <= p <= 292 for p in places
    ):
        assert moved == pytest.approx(places)
