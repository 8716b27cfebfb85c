import numpy as np
import pyarrow as pa
import pytest

from workbench.data.csv_table import MemoryTable
from workbench.data.infer import as_target, infer_columns, infer_task, merge_columns
from workbench.data.spec import ColumnSpec
from workbench.errors import Place


def table(**columns):
    return MemoryTable(pa.table(columns), Place("file", "t.csv"))


def infer(**columns):
    return {column.name: column for column in infer_columns(table(**columns))}


RNG = np.random.default_rng(0)
X = RNG.normal(size=200)
LABEL = RNG.choice(["a", "b"], 200)


def test_kinds():
    got = infer(
        number=X,
        whole=RNG.integers(0, 90, 200),
        bits=RNG.integers(0, 2, 200),
        truth=RNG.random(200) > 0.5,
        answer=RNG.choice(["yes", "no"], 200),
        few=RNG.choice(["red", "green", "blue"], 200),
        many=RNG.choice([f"city {i}" for i in range(60)], 200),
        label=LABEL,
    )
    assert {name: (c.kind, c.role) for name, c in got.items()} == {
        "number": ("numeric", "feature"),
        "whole": ("numeric", "feature"),
        "bits": ("boolean", "feature"),
        "truth": ("boolean", "feature"),
        "answer": ("boolean", "feature"),
        "few": ("categorical", "feature"),
        "many": ("categorical", "feature"),
        "label": ("categorical", "target"),
    }
    assert (got["few"].encoding, got["many"].encoding) == ("one_hot", "embedding")


def test_what_cannot_be_learnt_from_is_ignored():
    got = infer(
        row=np.arange(1, 201),
        customer_id=RNG.permutation(200) + 5000,
        note=[f"free text number {i}" for i in range(200)],
        when=np.arange(200).astype("datetime64[D]"),
        empty=pa.nulls(200),
        lists=[[1, 2]] * 200,
        x=X,
        label=LABEL,
    )
    assert [name for name, column in got.items() if column.role == "ignore"] == [
        "row", "customer_id", "note", "when", "empty", "lists",
    ]  # fmt: skip


def test_numbers_with_a_few_words_stay_numbers():
    values = [str(v) for v in X]
    values[5] = values[70] = "unknown"
    assert infer(a=values, b=X)["a"].kind == "numeric"


@pytest.mark.parametrize("name", ["target", "Label", "CLASS", "species", "y", "SalePrice"])
def test_a_column_called_like_a_target_is_the_target(name):
    got = infer(**{"x1": X, name: X + 1, "x2": X})
    assert [c.name for c in got.values() if c.role == "target"] == [name]


def test_otherwise_the_last_usable_column_is_the_target():
    got = infer(x=X, value=X * 2, note=[f"text {i} is long" for i in range(200)])
    assert got["value"].role == "target"


def test_one_usable_column_is_no_target():
    assert [c.role for c in infer(x=X).values()] == ["feature"]


@pytest.mark.parametrize(
    ("values", "kind", "task"),
    [
        (RNG.integers(0, 10, 200), "categorical", "multiclass"),
        (RNG.integers(3, 9, 200).astype(float), "categorical", "multiclass"),
        (RNG.integers(0, 2, 200), "categorical", "binary"),
        (RNG.choice([10, 20, 500], 200), "numeric", "regression"),
        (RNG.integers(0, 500, 200), "numeric", "regression"),
        (X, "numeric", "regression"),
        (LABEL, "categorical", "binary"),
    ],
)
def test_task_of_the_target(values, kind, task):
    data = table(x=X, target=values)
    target = infer_columns(data)[1]
    assert (target.role, target.kind, target.missing) == ("target", kind, "drop_row")
    assert infer_task(target, data) == task


def test_reading_again_keeps_what_was_chosen():
    old = (
        ColumnSpec("x", "ignore", "categorical"),
        ColumnSpec("gone"),
        ColumnSpec("label", "target", "categorical", missing="drop_row"),
    )
    merged = merge_columns(old, table(new=X, x=X, label=LABEL))
    assert [c.name for c in merged] == ["new", "x", "label"]
    assert merged[1] == old[0]
    assert merged[2] == old[2]
    assert merged[0].kind == "numeric"


def test_reading_a_wholly_different_table_starts_anew():
    merged = merge_columns((ColumnSpec("gone"),), table(x=X, label=LABEL))
    assert [c.role for c in merged] == ["feature", "target"]


def test_yes_no_target_has_two_classes():
    column = as_target(ColumnSpec("y", kind="boolean"), table(y=LABEL))
    assert column.kind == "categorical"


def test_ten_thousand_columns_are_inferred_in_seconds():
    import time

    names = [f"c{i}" for i in range(10_000)]
    data = table(**{name: RNG.normal(size=40) for name in names})
    start = time.monotonic()
    columns = infer_columns(data)
    assert time.monotonic() - start < 15
    assert columns[-1].role == "target"
