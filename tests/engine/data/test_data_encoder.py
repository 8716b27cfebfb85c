import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.csv_table import MemoryTable
from workbench.data.encoder import Encoder
from workbench.data.spec import MAIN_INPUT, ColumnSpec, DataSpec
from workbench.errors import DataError, Place


def table(**columns):
    return MemoryTable(pa.table(columns), Place("file", "t.csv"))


def fit(data, *columns, rows=None):
    rows = np.arange(data.rows) if rows is None else np.asarray(rows)
    return Encoder.fit(data, DataSpec(columns=columns), rows)


def main(encoder, **columns):
    return encoder.transform(columns)[MAIN_INPUT]


def test_standardised_on_the_training_rows_only():
    data = table(x=[1.0, 3.0, 1000.0])
    encoder = fit(data, ColumnSpec("x"), rows=[0, 1])
    assert main(encoder, x=[1.0, 3.0, 2.0, 4.0])[:, 0].tolist() == [-1, 1, 0, 2]


def test_minmax_and_none():
    data = table(a=[10.0, 20.0], b=[10.0, 20.0])
    encoder = fit(data, ColumnSpec("a", scaling="minmax"), ColumnSpec("b", scaling="none"))
    assert main(encoder, a=[15, 30], b=[15, 30]).tolist() == [[0.5, 15], [2, 30]]


@pytest.mark.parametrize(
    ("missing", "fill"),
    [("mean", 4.0), ("median", 3.0), ("zero", 0.0), ("most_frequent", 1.0)],
)
def test_missing_numbers_are_filled(missing, fill):
    data = table(x=[1.0, 1.0, 3.0, 5.0, 10.0, None])
    encoder = fit(data, ColumnSpec("x", missing=missing, scaling="none"))
    assert main(encoder, x=[None, float("nan"), 2.0])[:, 0].tolist() == [fill, fill, 2.0]


def test_what_the_network_sees_has_mean_0_and_spread_1():
    values = np.random.default_rng(0).normal(50, 7, 500)
    values[::5] = np.nan
    encoder = fit(table(x=values), ColumnSpec("x"))
    seen = main(encoder, x=values)
    assert abs(seen.mean()) < 1e-6
    assert seen.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("values", [[5.0, 5.0], [0.1 + 0.2, 0.3], [1e300, -1e300], [None, None]])
@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_extreme_columns_stay_finite(values, scaling):
    encoder = fit(table(x=values), ColumnSpec("x", scaling=scaling))
    assert np.isfinite(main(encoder, x=[*values, 1e308, float("inf")])).all()
    json.loads(encoder.to_json())


def test_one_hot():
    data = table(c=["b", "a", "b", None])
    encoder = fit(data, ColumnSpec("c", kind="categorical", missing="own_category"))
    assert main(encoder, c=["a", "b", None, "z"]).tolist() == [
        [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0],
    ]  # fmt: skip
    encoder = fit(data, ColumnSpec("c", kind="categorical", missing="most_frequent"))
    assert main(encoder, c=[None, "a"]).tolist() == [[0, 1], [1, 0]]


def test_embedding():
    data = table(c=["b", "a", "b", None], x=[1.0, 2.0, 3.0, 4.0])
    column = ColumnSpec("c", kind="categorical", missing="own_category", encoding="embedding")
    encoder = fit(data, column, ColumnSpec("x"))
    inputs = encoder.transform({"c": ["a", "b", None, "z"], "x": [1, 2, 3, 4]})
    assert inputs["c"].dtype == np.int32
    assert inputs["c"].tolist() == [[1], [2], [3], [0]]
    signature = encoder.signature
    assert [(i.name, i.shape, i.dtype, i.cardinality) for i in signature.inputs] == [
        (MAIN_INPUT, (1,), "float32", 0), ("c", (1,), "int32", 4),
    ]  # fmt: skip
    assert inputs["c"].max() < signature.inputs[1].cardinality


def test_an_embedded_column_called_features_does_not_hide_the_main_input():
    data = table(features=["a", "b"], x=[1.0, 2.0])
    encoder = fit(data, ColumnSpec("features", kind="categorical", encoding="embedding"),
                  ColumnSpec("x"))  # fmt: skip
    assert set(encoder.transform({"features": ["a"], "x": [1]})) == {
        MAIN_INPUT, "features (column)",
    }  # fmt: skip


def test_only_embedded_columns_leave_out_the_main_input():
    encoder = fit(table(c=["a", "b"]), ColumnSpec("c", kind="categorical", encoding="embedding"))
    assert set(encoder.transform({"c": ["a"]})) == {"c"}
    assert [i.name for i in encoder.signature.inputs] == ["c"]


@pytest.mark.parametrize(
    ("values", "ask", "expected"),
    [
        ([True, False, None], [True, False, None], [1, 0, 0]),
        (["yes", "no", "yes"], ["no", "yes", None, "true", "0"], [0, 1, 1, 1, 0]),
        ([0, 1, 1], [1, 0, "True"], [1, 0, 1]),
        ([1, 2, 2], [1, 2, None, 7], [0, 1, 1, 1]),
        (["m", "f"], ["f", "m"], [0, 1]),
        (["only"], ["only", "other"], [1, 1]),
    ],
)
def test_yes_no(values, ask, expected):
    encoder = fit(table(b=values), ColumnSpec("b", kind="boolean", missing="most_frequent"))
    assert main(encoder, b=ask)[:, 0].tolist() == expected


def test_yes_no_with_three_values_is_refused():
    with pytest.raises(DataError, match="3 different values") as caught:
        fit(table(b=["a", "b", "c"]), ColumnSpec("b", kind="boolean"))
    assert caught.value.place == Place("column", "b")


def test_too_many_one_hot_categories_are_refused():
    data = table(c=[f"c{i}" for i in range(10_001)])
    with pytest.raises(DataError, match="10,001 categories"):
        fit(data, ColumnSpec("c", kind="categorical"))


def test_groups_lead_back_to_the_columns():
    data = table(n=[1.0, 2.0], c=["a", "b"], e=["p", "q"], b=[True, False])
    encoder = fit(
        data, ColumnSpec("n"), ColumnSpec("c", kind="categorical", missing="most_frequent"),
        ColumnSpec("e", kind="categorical", encoding="embedding"), ColumnSpec("b", kind="boolean"),
    )  # fmt: skip
    assert [(g.column, g.input, g.start, g.stop) for g in encoder.groups] == [
        ("n", MAIN_INPUT, 0, 1), ("c", MAIN_INPUT, 1, 3), ("e", "e", 0, 1), ("b", MAIN_INPUT, 3, 4),
    ]  # fmt: skip
    assert encoder.width == 4
    assert encoder.columns == ("n", "c", "e", "b")


def test_binary_target():
    encoder = fit(table(x=[1, 2], y=["no", "yes"]), ColumnSpec("x"),
                  ColumnSpec("y", "target", "categorical"))  # fmt: skip
    encoded = encoder.encode_target(["yes", "no", None, "maybe"])
    assert (encoded.dtype, encoded.shape) == (np.float32, (4, 1))
    np.testing.assert_array_equal(encoded[:, 0], [1, 0, np.nan, np.nan])
    assert encoder.decode_target(encoded) == ["yes", "no", "", ""]
    assert (encoder.signature.task, encoder.signature.units) == ("binary", 1)
    assert encoder.signature.classes == ("no", "yes")


def test_multiclass_target():
    encoder = fit(table(x=[1, 2, 3], y=[10, 9, 8]), ColumnSpec("x"),
                  ColumnSpec("y", "target", "categorical"))  # fmt: skip
    encoded = encoder.encode_target([8, 9.0, "10", None])
    assert (encoded.dtype, encoded.tolist()) == (np.int32, [0, 1, 2, -1])
    assert encoder.decode_target(encoded) == ["8", "9", "10", ""]
    assert (encoder.signature.task, encoder.signature.units) == ("multiclass", 3)


def test_classes_come_from_all_rows_and_scales_from_the_training_rows():
    data = table(x=[1, 2, 3], y=["a", "b", "rare"])
    encoder = fit(data, ColumnSpec("x"), ColumnSpec("y", "target", "categorical"), rows=[0, 1])
    assert encoder.classes == ("a", "b", "rare")


def test_regression_target_is_scaled_and_scaled_back():
    encoder = fit(table(x=[1, 2, 3], y=[100.0, 200.0, 300.0]), ColumnSpec("x"),
                  ColumnSpec("y", "target", "numeric"), rows=[0, 2])  # fmt: skip
    encoded = encoder.encode_target([100.0, 200.0, 400.0])
    assert (encoded.dtype, encoded[:, 0].tolist()) == (np.float32, [-1, 0, 2])
    assert encoder.to_user_units(encoded)[:, 0].tolist() == [100, 200, 400]
    assert encoder.decode_target(encoded) == [100, 200, 400]
    assert encoder.signature.units == 1


def test_probabilities_are_left_alone():
    encoder = fit(table(x=[1, 2], y=["a", "b"]), ColumnSpec("x"),
                  ColumnSpec("y", "target", "categorical"))  # fmt: skip
    output = np.array([[0.25]], np.float32)
    assert encoder.to_user_units(output) is output


def test_usable_rows():
    encoder = fit(table(a=[1.0, 2.0], c=["p", "q"], y=["a", "b"]),
                  ColumnSpec("a", missing="drop_row"),
                  ColumnSpec("c", kind="categorical", missing="drop_row"),
                  ColumnSpec("y", "target", "categorical"))  # fmt: skip
    columns = {"a": [1, None, 3, 4], "c": ["p", "q", None, "new"], "y": ["a", "a", "a", None]}
    assert encoder.usable(columns).tolist() == [True, False, False, True]
    assert encoder.usable(columns, target=True).tolist() == [True, False, False, False]


def test_missing_column_is_named():
    encoder = fit(table(a=[1.0, 2.0], b=[1.0, 2.0]), ColumnSpec("a"), ColumnSpec("b"))
    with pytest.raises(DataError, match="lacks a column that the network was trained on: b"):
        encoder.transform({"a": [1.0]})


def test_raw_values():
    encoder = fit(table(a=[1.5, 2.0], c=["p", None]), ColumnSpec("a"),
                  ColumnSpec("c", kind="categorical"))  # fmt: skip
    raw = encoder.raw_values({"c": pa.array(["p", None]), "a": pa.array([1.5, 2.0])})
    assert raw == [[1.5, "p"], [2.0, None]]


@pytest.mark.parametrize("missing", ["mean", "median"])
def test_a_gap_between_numbers_at_the_end_of_float64_is_filled_with_a_number(missing):
    column = ColumnSpec("n", missing=missing)
    numbers = [8.988465674311579e307, 8.98846567431158e307, None]
    encoder = fit(table(n=pa.array(numbers, pa.float64()), y=[1.0, 2.0, 3.0]), column,
                  ColumnSpec("y", "target", "numeric"))  # fmt: skip
    (values,) = encoder.transform({"n": pa.array(numbers, pa.float64())}).values()
    assert np.isfinite(values).all() and json.loads(encoder.to_json())


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=20),
    scaling=st.sampled_from(["standard", "minmax", "none"]),
    missing=st.sampled_from(["mean", "median", "zero", "most_frequent"]),
    texts=st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=2, max_size=20),
    encoding=st.sampled_from(["one_hot", "embedding"]),
)
def test_an_encoder_that_is_read_back_gives_the_same_bits(
    numbers, scaling, missing, texts, encoding
):
    size = min(len(numbers), len(texts))
    data = table(n=pa.array(numbers[:size], pa.float64()), c=pa.array(texts[:size], pa.string()),
                 y=pa.array(np.arange(size) / 7))  # fmt: skip
    encoder = fit(
        data, ColumnSpec("n", missing=missing, scaling=scaling),
        ColumnSpec("c", kind="categorical", missing="own_category", encoding=encoding),
        ColumnSpec("y", "target", "numeric"),
    )  # fmt: skip
    back = Encoder.from_plain(json.loads(encoder.to_json()))
    assert back == encoder
    columns = {name: data.column(name) for name in data.columns}
    first, second = encoder.transform(columns), back.transform(columns)
    for name, values in first.items():
        assert np.isfinite(values).all()
        np.testing.assert_array_equal(values, second[name])


@pytest.mark.parametrize(
    "plain",
    [{}, {"format": 99, "features": []}, {"format": 1, "features": [{"kind": "number"}]}, [], None],
)
def test_damaged_or_newer_encoders_are_refused(plain):
    with pytest.raises(DataError):
        Encoder.from_plain(plain)
