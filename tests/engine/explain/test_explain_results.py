from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from workbench.data.spec import DataSignature
from workbench.errors import ExplainError
from workbench.explain.choices import Speed, automatic, choices, guess_speed, seconds
from workbench.explain.results import Explanation, for_both_classes, joined


def _explanation() -> Explanation:
    values = np.arange(12, dtype=np.float64).reshape(2, 3, 2) / 7
    return Explanation(
        columns=("mean radius", "=cmd()", "colour"),
        values=values,
        base=np.array([0.5, -0.5]),
        output=values.sum(1) + np.array([0.5, -0.5]),
        rows=np.array([4, 9]),
        raw=[[14.2, "=1+1", "red"], [None, "ok", "-7"]],
        output_names=("benign", "malignant"),
        space="logit",
        additivity=1e-9,
        spread=np.array([2.0, 4.0]),
        explainer="permutation",
        standard_error=np.full((2, 3, 2), 0.01),
        probability=np.array([[0.2, 0.8], [0.6, 0.4]]),
        background_size=50,
    )


def test_survives_a_message_and_json():
    before = _explanation()
    for plain in (before.to_plain(), json.loads(before.to_json())):
        after = Explanation.from_plain(plain)
        assert after.columns == before.columns
        assert np.array_equal(after.values, before.values)
        assert np.array_equal(after.probability, before.probability)
        assert after.rows.dtype == np.int64
        assert after.raw == before.raw
        assert after.base_probability is None


def test_damaged_data_is_named():
    plain = _explanation().to_plain()
    del plain["values"]
    with pytest.raises(ExplainError, match="cannot be read"):
        Explanation.from_plain(plain)


def test_csv_holds_values_and_contributions_and_no_formula():
    lines = list(csv.reader(io.StringIO(_explanation().to_csv())))
    assert len(lines) == 1 + 2 * 2
    assert lines[0][5:7] == ["mean radius", "mean radius (contribution)"]
    assert lines[0][7] == "'=cmd()"
    assert lines[1][:3] == ["4", "benign", "logit"]
    assert lines[1][7] == "'=1+1"
    assert lines[3][9] == "'-7"
    assert lines[3][5] == ""
    total = float(lines[2][3]) + sum(float(lines[2][at]) for at in (6, 8, 10))
    assert total == pytest.approx(float(lines[2][4]), abs=1e-12)


def test_one_row_and_importance():
    whole = _explanation()
    one = whole.take([1])
    assert len(one) == 1
    assert one.raw == [[None, "ok", "-7"]]
    assert np.array_equal(one.values[0], whole.values[1])
    both = joined([one, whole.take([0])])
    assert both.rows.tolist() == [9, 4]
    assert np.array_equal(both.standard_error, whole.standard_error[::-1])
    assert both.raw[1] == [14.2, "=1+1", "red"]
    assert np.allclose(whole.importance(0), np.abs(whole.values[:, :, 0]).mean(0))
    assert whole.largest_error == pytest.approx(0.005)


def test_one_unit_speaks_for_both_classes():
    assert for_both_classes(np.array([[2.0]]), "logit").tolist() == [[-2.0, 2.0]]
    assert for_both_classes(np.array([0.25]), "probability").tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("columns", "name"),
    [(1, "exact"), (14, "exact"), (15, "permutation"), (200, "permutation"), (201, "gradients")],
)
def test_automatic_choice(columns, name):
    assert automatic(columns) == name


def test_every_choice_has_a_time_or_a_reason():
    signature = DataSignature(task="multiclass", units=3, classes=("a", "b", "c"))
    for columns in (8, 30, 1000):
        for choice in choices(signature, None, columns, rows=4):
            assert (choice.seconds is None) == bool(choice.reason_blocked)
            assert choice.seconds is None or choice.seconds > 0
    blocked = {c.name: c.reason_blocked for c in choices(signature, None, 30, 1)}
    assert "2^30" in blocked["exact"]
    assert "14–172 %" in blocked["shap_deep"]
    assert not blocked["permutation"]
    assert choices(signature, None, 8, 1)[0].title == "Automatic: Exact Shapley values"


def test_a_measured_speed_moves_the_estimate():
    slow, fast = Speed(1e-4, 3e-4, 0.5), Speed(1e-7, 3e-7, 0.5)
    assert seconds("exact", 10, 5, 50, slow) > 10 * seconds("exact", 10, 5, 50, fast)
    assert seconds("exact", 10, 5, 50, slow) == pytest.approx(0.5 + 5 * 1024 * 50 * 1e-4, rel=0.1)
    assert seconds("permutation", 100, 10, 50, fast) > seconds("permutation", 100, 1, 50, fast)
    assert Speed.from_plain(slow.to_plain()) == slow
    assert guess_speed(None, 10**6).row > guess_speed(None, 10**3).row
