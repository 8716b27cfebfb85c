import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.data.source import open_table, sniff
from workbench.data.values import as_codes, as_numbers

ROWS = 10_000_000


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Ten million rows in row groups of a usual size."""
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    schema = pa.schema({"row": pa.int64(), "value": pa.float32(), "town": pa.string()})
    towns = pa.array([f"town {i}" for i in range(100)])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, ROWS, 500_000):
            row = np.arange(start, start + 500_000)
            town = pa.DictionaryArray.from_arrays(pa.array((row % 100).astype(np.int32)), towns)
            arrays = [pa.array(row), pa.array((row * 0.5).astype(np.float32)), town.cast("string")]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return path


def test_ten_million_rows_open_at_once_and_any_window_is_right(large):
    start = time.perf_counter()
    table = open_table(sniff(large), large.parent)
    opened = time.perf_counter() - start
    assert table.rows == ROWS
    assert opened < 0.5
    cold, warm = [], []
    for first in (0, ROWS - 100, 4_999_950, 123_456, 9_250_000):
        for times in (cold, warm):
            start = time.perf_counter()
            window = table.read(first, first + 100)
            times.append(time.perf_counter() - start)
            assert window.column("row").to_pylist() == list(range(first, first + 100))
            assert window.column("town")[1].as_py() == f"town {(first + 1) % 100}"
    assert np.median(cold) < 0.3
    assert np.median(warm) < 0.01


def test_sample_and_column_agree_with_the_file(large):
    table = open_table(sniff(large), large.parent)
    sample = table.sample("row", 1000).to_pylist()
    assert sample[:3] == [0, 1, 2]
    assert len(sample) == 1000
    values = table.column("value")
    assert len(values) == ROWS
    assert values[ROWS - 1].as_py() == np.float32((ROWS - 1) * 0.5)


def test_bounds_are_those_of_the_file_and_spare_reading_it(large, monkeypatch):
    from workbench.data.summary import facts_of

    table = open_table(sniff(large), large.parent)
    assert table.bounds("row") == (0, 0, ROWS - 1)
    assert table.bounds("town") is None
    monkeypatch.setattr(table, "column", None)
    facts = facts_of(table, "value", "numeric")
    assert (facts.missing, facts.distinct) == (0, 2)


def test_not_a_number_is_missing_although_the_footer_does_not_say_so(tmp_path):
    from workbench.data.summary import facts_of

    values = np.arange(600_000.0)
    values[::2] = np.nan
    path = tmp_path / "nan.parquet"
    pq.write_table(pa.table({"x": values}), path)
    table = open_table(sniff(path), tmp_path)
    assert table.bounds("x") == (0, 1, 599_999)
    assert facts_of(table, "x", "numeric").missing == 300_000


def test_every_type_becomes_numbers_or_codes(tmp_path):
    import datetime
    import decimal

    day = datetime.date(1970, 1, 3)
    table = pa.table(
        {
            "half": pa.array([1.5, None, 2.0], pa.float16()),
            "decimal": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("2")]),
            "date": pa.array([day, None, day]),
            "stamp": pa.array([datetime.datetime(1970, 1, 1, 12), None, None], pa.timestamp("ms")),
            "time": pa.array([datetime.time(0, 1), None, None], pa.time64("us")),
            "flag": pa.array([True, None, False]),
            "empty": pa.nulls(3),
            "list": pa.array([[1], None, [2, 3]]),
            "big": pa.array([2**63, None, 1], pa.uint64()),
            "large": pa.array(["1", None, "2"], pa.large_string()),
            "bytes": pa.array([b"ab", None, b"c"], pa.binary()),
            "coded": pa.array(["a", None, "b"]).dictionary_encode(),
        }
    )
    path = tmp_path / "types.parquet"
    pq.write_table(table, path)
    opened = open_table(sniff(path), tmp_path)
    numbers = {
        "half": [1.5, np.nan, 2], "decimal": [1.25, np.nan, 2], "date": [2, np.nan, 2],
        "stamp": [0.5, np.nan, np.nan], "time": [60, np.nan, np.nan], "flag": [1, np.nan, 0],
        "empty": [np.nan] * 3, "list": [np.nan] * 3, "big": [2.0**63, np.nan, 1],
        "large": [1, np.nan, 2], "bytes": [np.nan] * 3, "coded": [np.nan] * 3,
    }  # fmt: skip
    texts = {
        "half": ["1.5", "2"], "decimal": ["1.25", "2.00"], "date": ["1970-01-03"],
        "flag": ["false", "true"], "empty": [], "list": ["[1]", "[2, 3]"], "large": ["1", "2"],
        "bytes": ["ab", "c"], "coded": ["a", "b"],
    }  # fmt: skip
    for name, expected in numbers.items():
        np.testing.assert_array_equal(as_numbers(opened.column(name)), expected, err_msg=name)
        assert as_codes(opened.column(name)).codes[1] == -1, name
    for name, expected in texts.items():
        assert list(as_codes(opened.column(name)).texts) == expected, name
    assert opened.read(0, 3).num_columns == len(table.columns)


def test_repeated_names_in_parquet(tmp_path):
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1, 2]), pa.array(["x", "y"])], ["a", "a"]), path)
    table = open_table(sniff(path), tmp_path)
    assert table.columns == ("a", "a_2")
    assert table.column("a").to_pylist() == [1, 2]
    assert table.column("a_2").to_pylist() == ["x", "y"]
    assert table.read(1, 2).to_pylist() == [{"a": 2, "a_2": "y"}]


def test_ten_thousand_parquet_columns_scroll(tmp_path):
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{i}": np.arange(50.0) + i for i in range(10_000)}), path)
    table = open_table(sniff(path), tmp_path)
    start = time.perf_counter()
    window = table.read(10, 30, [f"c{i}" for i in range(9_000, 9_020)])
    assert time.perf_counter() - start < 0.5
    assert window.column("c9019")[0].as_py() == 9029
