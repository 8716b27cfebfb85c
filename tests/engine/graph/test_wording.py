import math

import pytest

from workbench.wording import bytes_, count, duration, listing, number, plural


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (320, "320"), (9_999, "9,999"), (12_345, "12.3 k"), (999_999, "1 M"),
     (1_234_567, "1.2 M"), (31_000_000_000, "31 G"), (-12_345, "-12.3 k"), (120_000, "120 k")],
)  # fmt: skip
def test_counts(value, text):
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (812, "812 bytes"), (4_700_000, "4.7 MB"),
     (1_500, "1.5 kB"), (999_999, "1 MB"), (124 * 10**9, "124 GB")],
)  # fmt: skip
def test_sizes(value, text):
    assert bytes_(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 ms"), (0.05, "50 ms"), (0.4, "0.4 s"), (9.97, "10 s"), (12, "12 s"), (59.6, "1 min"),
     (130, "2 min 10 s"), (3900, "1 h 5 min"), (3600, "1 h"), (86400 * 3 + 3600 * 4, "3 d 4 h"),
     (math.inf, "unknown"), (math.nan, "unknown")],
)  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_numbers_and_lists():
    assert number(0.97368) == "0.9737"
    assert number(math.nan) == "not a number"
    assert number(-math.inf) == "-infinity"
    assert plural(1, "layer") == "1 layer"
    assert plural(2, "loss", "losses") == "2 losses"
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d and 2 more"
    assert listing([]) == ""
