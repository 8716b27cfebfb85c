from dataclasses import replace

import numpy as np
import pytest

from workbench.data import prepare as prepare_module
from workbench.data.infer import infer_columns
from workbench.data.prepare import prepare, signature_of
from workbench.data.source import open_table, path_for_document, sniff
from workbench.data.spec import MAIN_INPUT, DataSpec, SplitSpec
from workbench.errors import DataError


@pytest.fixture
def mixed(write):
    """Numbers with gaps, categories, yes/no, and a target with gaps."""
    rng = np.random.default_rng(3)
    rows = [["age", "town", "kind", "member", "outcome"]]
    rows += [
        [
            "" if i % 17 == 0 else round(rng.normal(40, 10), 1),
            "" if i % 13 == 0 else rng.choice(["Rome", "Oslo", "Lima"]),
            rng.choice([f"k{j}" for j in range(30)]),
            rng.choice(["yes", "no"]),
            "" if i % 40 == 0 else rng.choice(["a", "b", "c"], p=[0.6, 0.3, 0.1]),
        ]
        for i in range(200)
    ]
    path = write(rows)
    source = sniff(path)
    columns = infer_columns(open_table(source, path.parent))
    return DataSpec(source, columns, SplitSpec(0.2, 0.25, 4)), path.parent


def test_a_table_is_ready_to_train(mixed):
    spec, base = mixed
    events = []
    prepared = prepare(spec, base, events.append)
    assert len(prepared.row_ids) == 195
    assert 0 not in prepared.row_ids
    assert 40 not in prepared.row_ids
    assert prepared.inputs[MAIN_INPUT].dtype == np.float32
    assert set(prepared.inputs) == {MAIN_INPUT, "kind"}
    assert prepared.inputs[MAIN_INPUT].shape == (195, 1 + 4 + 1)
    assert np.isfinite(prepared.inputs[MAIN_INPUT]).all()
    sizes = [len(prepared.split.part(p)) for p in ("train", "validation", "test")]
    assert sizes == [107, 39, 49]
    train = prepared.part("train").inputs[MAIN_INPUT]
    assert abs(train[:, 0].mean()) < 1e-5
    assert train[:, 0].std() == pytest.approx(1, abs=1e-5)
    assert abs(prepared.part("test").inputs[MAIN_INPUT][:, 0].mean()) > 1e-4
    assert [e["event"] for e in events][:2] == ["phase", "phase"]
    shares = [
        np.bincount(prepared.part(p).target) / len(prepared.part(p).target)
        for p in ("train", "test")
    ]
    np.testing.assert_allclose(shares[0], shares[1], atol=0.02)


def test_the_arrays_are_what_the_encoder_gives_for_the_raw_rows(mixed):
    prepared = prepare(*mixed)
    test = prepared.part("test")
    again = prepared.encoder.transform(prepared.raw_columns(test.row_ids))
    for name, values in test.inputs.items():
        np.testing.assert_array_equal(values, again[name])
    raw = prepared.raw_values(test.row_ids[:3])
    assert len(raw) == 3
    assert len(raw[0]) == 4
    target = prepared.raw_columns(test.row_ids)["outcome"].to_pylist()
    assert prepared.encoder.decode_target(test.target) == target


def test_signature_is_that_of_the_fitted_encoder(mixed):
    spec, base = mixed
    for scaling in ("own_category", "most_frequent", "drop_row"):
        columns = tuple(
            replace(c, missing=scaling) if c.name == "town" else c for c in spec.columns
        )
        changed = replace(spec, columns=columns)
        assert signature_of(changed, base) == prepare(changed, base).encoder.signature
    numbers = tuple(
        replace(c, role="ignore") if c.name in ("town", "kind") else c for c in spec.columns
    )
    changed = replace(spec, columns=numbers)
    assert signature_of(changed, base) == prepare(changed, base).encoder.signature


def test_signature_is_kept_until_the_file_changes(mixed, monkeypatch):
    from workbench.data import signature as signature_module

    spec, base = mixed
    first = signature_of(spec, base)
    monkeypatch.setattr(signature_module, "layout_of", lambda *_: pytest.fail("read again"))
    assert signature_of(spec, base) is first
    monkeypatch.undo()
    path = base / "table.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:101]) + "\n")
    assert signature_of(spec, base).rows < first.rows


def test_positions_of_table_rows(mixed):
    prepared = prepare(*mixed)
    positions = prepared.positions_of([5, 199])
    assert prepared.row_ids[positions].tolist() == [5, 199]
    for row in (40, 200, -1):
        with pytest.raises(DataError, match=f"Row {row} cannot be used"):
            prepared.positions_of([row])


def test_rows_with_missing_values_can_be_dropped(mixed):
    spec, base = mixed
    columns = tuple(replace(c, missing="drop_row") for c in spec.columns)
    prepared = prepare(replace(spec, columns=columns), base)
    assert not any(row % 17 == 0 or row % 13 == 0 for row in prepared.row_ids)
    assert prepared.encoder.usable(prepared.raw_columns(prepared.row_ids), target=True).all()


def test_without_target_there_is_no_target(mixed):
    spec, base = mixed
    columns = tuple(replace(c, role="feature" if c.role == "feature" else "ignore")
                    for c in spec.columns)  # fmt: skip
    prepared = prepare(replace(spec, columns=columns), base)
    assert prepared.target is None
    assert prepared.encoder.signature.task is None
    assert len(prepared.row_ids) == 200


def refused(spec, base):
    """Return the error, which must be the same for the signature."""
    with pytest.raises(DataError) as first:
        signature_of(spec, base)
    with pytest.raises(DataError) as second:
        prepare(spec, base)
    assert first.value.describe() == second.value.describe()
    return second.value


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("x,y\n1,a\n2,a\n", "categorical", "has one class only: a"),
        ("x,y\n1,3\n2,3\n", "numeric", "is 3 in every row"),
        ("x,y\n1,\n2,\n", "categorical", "has no value in any row"),
        ("x,y\n1,NaN\n2,NaN\n", "numeric", "has no number in any row"),
        ("x,y\n1,a\n2,b\n", "numeric", "has no number in any row"),
        ("x,y\n1,a\n2,b\n3,c\n", "boolean", "set to yes / no but has 3 values"),
    ],
)
def test_targets_that_cannot_be_learnt(write, spec_for, text, kind, said):
    path = write(text)
    error = refused(spec_for(path, x=("feature", "numeric"), y=("target", kind)), path.parent)
    assert said in error.message
    assert error.place.id == "y"


def test_data_that_cannot_be_used(write, spec_for):
    path = write("x,y,z\n1,a,\n2,b,\n3,a,\n")
    spec = spec_for(path, y=("target", "categorical"))
    assert "No column is a feature" in refused(spec, path.parent).message
    spec = spec_for(path, gone=("feature", "numeric"), y=("target", "categorical"))
    assert "no column gone" in refused(spec, path.parent).message
    drop = {"missing": "drop_row"}
    spec = spec_for(path, z=("feature", "numeric", drop), y=("target", "categorical"))
    assert "Every row has a missing value" in refused(spec, path.parent).message
    spec = spec_for(path, SplitSpec(0.5, 0.49), x=("feature", "numeric"),
                    y=("target", "categorical"))  # fmt: skip
    assert "No row is left for training" in refused(spec, path.parent).message


def test_all_missing_features_do_not_stop_training(write, spec_for):
    path = write("x,z,y\n" + "".join(f"{i},,{'ab'[i % 2]}\n" for i in range(20)))
    spec = spec_for(path, x=("feature", "numeric"), z=("feature", "numeric"),
                    y=("target", "categorical"))  # fmt: skip
    prepared = prepare(spec, path.parent)
    assert prepared.inputs[MAIN_INPUT][:, 1].tolist() == [0] * 20


def test_more_than_the_memory_is_refused_before_it_is_taken(mixed, monkeypatch):
    monkeypatch.setattr(prepare_module, "memory_for_data", lambda: 5000)
    with pytest.raises(DataError, match="does not fit into memory") as caught:
        prepare(*mixed)
    assert caught.value.received == "5.5 kB (195 rows × 6 inputs)"


def test_a_parquet_file_gives_the_same_as_csv(write):
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    rows = [["a", "b", "y"], *([rng.normal(), rng.choice(["p", "q"]), rng.normal()]
                               for _ in range(100))]  # fmt: skip
    path = write(rows)
    pq.write_table(pacsv.read_csv(path), path.with_suffix(".parquet"))
    results = []
    for file in (path, path.with_suffix(".parquet")):
        source = sniff(file)
        spec = DataSpec(source, infer_columns(open_table(source, path.parent)))
        results.append(prepare(spec, path.parent))
    np.testing.assert_array_equal(results[0].inputs[MAIN_INPUT], results[1].inputs[MAIN_INPUT])
    assert results[0].encoder == results[1].encoder


def test_documents_name_files_inside_the_project_by_relative_path(tmp_path):
    inside = tmp_path / "project" / "data" / "t.csv"
    assert path_for_document(inside, tmp_path / "project") == "data/t.csv"
    assert path_for_document(tmp_path / "t.csv", tmp_path / "project") == str(tmp_path / "t.csv")
