import numpy as np
import pyarrow as pa
import pytest

from workbench.data.table import unique_names
from workbench.data.values import as_codes, as_numbers, codes_in, number_text, ordered


def test_numbers_from_text():
    values = pa.chunked_array([["1", " 2.5 ", "x"], [None, "1e3", "1_0", "inf"]])
    np.testing.assert_array_equal(
        as_numbers(values), [1, 2.5, np.nan, np.nan, 1000, np.nan, np.nan]
    )


def test_infinite_is_missing():
    np.testing.assert_array_equal(as_numbers(np.array([1.0, np.inf, -np.inf])), [1, np.nan, np.nan])
    assert as_codes(pa.array([1.5, float("inf"), float("nan")])).codes.tolist() == [0, -1, -1]


def test_numbers_from_lists_and_numpy():
    assert as_numbers([1, None, 3.5]).tolist()[::2] == [1, 3.5]
    assert as_numbers(np.array([1, 2], np.int8)).tolist() == [1, 2]
    assert as_numbers([1, "2", "x"])[:2].tolist() == [1, 2]


def test_whole_floats_and_integers_are_the_same_category():
    assert as_codes(pa.array([1.0, 2.5])).texts == ("1", "2.5")
    assert as_codes(pa.array([1, 2])).texts == ("1", "2")
    assert number_text(1e300) == "1e+300"
    assert number_text(-3.0) == "-3"


def test_blank_text_is_missing_and_space_is_cut():
    coded = as_codes(pa.array(["a", " a ", "", "  ", None, "b"]))
    assert coded.codes.tolist() == [0, 0, -1, -1, -1, 1]
    assert coded.texts == ("a", "b")


def test_chunks_with_different_dictionaries():
    array = pa.chunked_array(
        [pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", None, "c"]).dictionary_encode()]
    )
    coded = as_codes(array)
    assert [coded.texts[c] if c >= 0 else None for c in coded.codes] == ["a", "b", "b", None, "c"]


def test_dictionary_values_that_no_row_has_are_no_categories():
    array = pa.DictionaryArray.from_arrays(pa.array([1, 1, 2]), pa.array(["never", "a", "b"]))
    coded = as_codes(array)
    assert coded.texts == ("a", "b")
    assert coded.codes.tolist() == [0, 0, 1]


def test_take_leaves_out_texts_that_no_row_has():
    coded = as_codes(["a", "b", None, "c"]).take(np.array([3, 2, 0]))
    assert (coded.codes.tolist(), coded.texts) == ([1, -1, 0], ("a", "c"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["10", "9", "1"], ["1", "9", "10"]),
        (["yes", "no"], ["no", "yes"]),
        (["True", "False"], ["False", "True"]),
        (["b", "A", "c"], ["A", "b", "c"]),
        (["1", "x"], ["1", "x"]),
    ],
)
def test_reading_order(texts, expected):
    assert ordered(texts) == expected


def test_codes_in_given_categories():
    codes, missing = codes_in(["b", "z", None, "a"], ("a", "b"))
    assert codes.tolist() == [1, -1, -1, 0]
    assert missing.tolist() == [False, False, True, False]


def test_unique_names():
    assert unique_names([" a ", "a", "a_2", "", "a"]) == ("a", "a_3", "a_2", "column_4", "a_4")
