import numpy as np
import pyarrow as pa
import pytest

from workbench.data.csv_table import MemoryTable
from workbench.data.summary import facts_of, histogram_of, summarise
from workbench.errors import DataError, Place


def table(**columns):
    return MemoryTable(pa.table(columns), Place("file", "t.csv"))


def test_numbers():
    values = [3.0, 1.0, None, 2.0, 2.0, float("nan")]
    summary = summarise(table(x=values), "x", "numeric")
    assert (summary.rows, summary.missing, summary.distinct) == (6, 2, 3)
    n = summary.numbers
    assert (n.minimum, n.q1, n.median, n.q3, n.maximum, n.mean) == (1, 1.75, 2, 2.25, 3, 2)
    assert n.std == pytest.approx(np.sqrt(0.5))
    assert summary.histogram.counts == (1, 2, 1)
    assert summary.histogram.edges == (0.5, 1.5, 2.5, 3.5)


def test_histogram_counts_every_value_once():
    values = np.sort(np.random.default_rng(0).normal(size=10_000))
    histogram = histogram_of(values)
    expected, _ = np.histogram(values, histogram.edges)
    assert histogram.counts == tuple(expected)
    assert sum(histogram.counts) == 10_000
    assert 8 <= len(histogram.counts) <= 40
    assert (histogram.edges[0], histogram.edges[-1]) == (values[0], values[-1])


def test_histogram_of_one_value_and_of_outliers():
    assert histogram_of(np.array([5.0, 5.0])).counts == (2,)
    outlier = histogram_of(np.append(np.zeros(1000), 1e9))
    assert sum(outlier.counts) == 1001


def test_categories():
    summary = summarise(table(c=["b", "a", None, "b"]), "c", "categorical")
    assert (summary.missing, summary.distinct, summary.other) == (1, 2, 0)
    assert summary.top == (("a", 1), ("b", 2))


def test_many_categories_show_the_most_frequent():
    values = [f"c{i % 30}" for i in range(300)] + ["c7"] * 50
    summary = summarise(table(c=values), "c", "categorical")
    assert summary.top[0] == ("c7", 60)
    assert len(summary.top) == 12
    assert summary.other == 350 - 60 - 11 * 10


def test_yes_no():
    assert summarise(table(b=[True, False, True]), "b", "boolean").top == (
        ("false", 1), ("true", 2),
    )  # fmt: skip


def test_nothing_there():
    summary = summarise(table(x=pa.nulls(5)), "x", "numeric")
    assert (summary.missing, summary.distinct, summary.numbers) == (5, 0, None)
    assert summarise(table(x=pa.nulls(5)), "x", "categorical").top == ()


def test_facts():
    data = table(a=["1", "x", "2", None], b=[4.0, 4.0, None, 4.0], c=["p", "p", "p", "p"])
    assert facts_of(data, "a", "numeric").unparsed == 1
    assert facts_of(data, "a", "numeric").missing == 2
    assert (facts_of(data, "b", "numeric").distinct, facts_of(data, "b", "numeric").only) == (
        1,
        "4",
    )
    assert facts_of(data, "c", "categorical").only == "p"
    assert facts_of(data, "a", "categorical").distinct == 3


def test_unknown_column():
    with pytest.raises(DataError, match="no column z"):
        summarise(table(x=[1]), "z", "numeric")


def test_a_million_identifiers_are_summarised_from_a_sample():
    values = pa.array(np.char.add("user ", np.arange(1_000_000).astype(str)))
    summary = summarise(table(c=values), "c", "categorical")
    assert summary.sampled
    assert summary.distinct == 1_000_000
    assert facts_of(table(c=values), "c", "categorical").distinct > 900_000
