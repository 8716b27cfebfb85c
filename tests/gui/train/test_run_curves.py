"""What a run has reported: from events, from the store, said in words."""

import math
from pathlib import Path

import numpy as np
import pytest

from ui.train.curves import RunCurves
from ui.train.history import curves_of, load_curves, load_list
from ui.train.words import (
    how_it_ended,
    metric_short,
    metric_title,
    overfitting_hint,
    percent,
    result_headline,
)
from workbench.data.spec import DataSpec
from workbench.graph.model import Graph
from workbench.recipe.spec import RecipeSpec
from workbench.runs.spec import RunSpec, RunState
from workbench.runs.store import RunStore

STARTED = {
    "event": "run_started", "run_id": "r", "epochs": 20, "steps_per_epoch": 10,
    "rows": {"train": 100, "validation": 20, "test": 30}, "metrics": ["loss", "accuracy"],
    "monitor": "val_loss",
}  # fmt: skip


def epoch(number, loss, validation, *, best=False, patience=(0, 5)):
    return {
        "event": "epoch", "epoch": number, "step": number * 10,
        "values": {"loss": loss, "val_loss": validation, "accuracy": 0.9}, "best": best,
        "learning_rate": 0.01, "patience": list(patience),
    }  # fmt: skip


def batches(first, values):
    return {"event": "batches", "first_step": first, "values": {"loss": np.array(values, "f4")}}


@pytest.fixture
def run():
    made = RunCurves("r", name="Run 1")
    made.take(STARTED)
    return made


def test_batches_stand_at_their_share_of_the_epoch(run):
    run.take(batches(0, [3, 2, 1]))
    run.take(batches(3, [9]))
    store = run.batches["loss"]
    np.testing.assert_allclose(store.x, [0.1, 0.2, 0.3, 0.4])
    np.testing.assert_array_equal(store.y, [3, 2, 1, 9])
    assert run.step == 4
    assert run.progress == 4 / 200


def test_what_is_known_already_is_not_taken_twice(run):
    run.take(batches(0, [3, 2, 1]))
    run.take(batches(1, [2, 1, 5]))
    np.testing.assert_array_equal(run.batches["loss"].y, [3, 2, 1, 5])
    run.take(epoch(1, 0.5, 0.6, best=True))
    run.take(epoch(1, 0.5, 0.6, best=True))
    assert len(run.epochs["loss"]) == 1


def test_epochs_tell_the_best_and_the_patience(run):
    run.take(epoch(1, 0.5, 0.6, best=True))
    run.take(epoch(2, 0.4, 0.7, patience=(1, 5)))
    assert (run.best_epoch, run.best_value) == (1, 0.6)
    assert run.patience == (1, 5)
    assert run.logged == ["loss", "accuracy"]
    run.take(epoch(3, 0.4, 0.7, patience=(2, 0)))
    assert run.patience is None  # no early stopping


def test_a_missing_value_is_a_gap(run):
    event = epoch(1, 0.5, 0.6)
    event["values"]["val_loss"] = None
    run.take(event)
    assert run.epochs["val_loss"].missing == 1
    assert run.last("val_loss") is None


def test_pauses_do_not_count(run):
    run.take({"event": "paused"})
    assert run.paused
    before = run.elapsed()
    assert run.elapsed() == before
    run.take({"event": "resumed"})
    run.finish(RunState.DONE)
    assert before <= run.elapsed() == run.elapsed()


def test_time_left_follows_from_progress(run):
    assert run.seconds_left() is None
    run.take(batches(0, [1] * 50))
    run.seconds = 10.0
    assert run.seconds_left() == pytest.approx(30, rel=0.05)
    run.finish(RunState.DONE)
    assert run.seconds_left() is None


@pytest.mark.parametrize(
    ("x", "words"),
    [(3, "epoch 3 · step 30"), (3.1, "epoch 4 · step 31"), (0.1, "epoch 1 · step 1")],
)
def test_a_position_in_words(run, x, words):
    assert run.describe(x) == words


def test_overfitting_is_seen_where_validation_turns(run):
    for number in range(1, 16):
        validation = 0.5 - 0.05 * number if number <= 6 else 0.2 + 0.02 * (number - 6)
        run.take(epoch(number, 0.5 / number, validation, best=number <= 6))
    hint = overfitting_hint(run)
    assert "after epoch 6" in hint
    assert "rose from 0.2 to 0.36" in hint  # the median of the last three epochs


def test_one_bad_epoch_at_the_end_is_no_overfitting(run):
    for number in range(1, 16):
        validation = 0.5 if number == 15 else 0.2
        run.take(epoch(number, 0.5 / number, validation, best=number <= 6))
    assert overfitting_hint(run) == ""


def test_a_flat_end_is_no_overfitting(run):
    for number in range(1, 16):
        run.take(epoch(number, 0.5 / number, 0.2 + 0.001 * (number > 6), best=number <= 6))
    assert overfitting_hint(run) == ""


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({"accuracy": 29 / 30}, "96.7 % of the 30 test rows are classified correctly."),
        ({"r2": 0.46, "mae": 41}, "explains 46 % of the variation in the 30 test rows (R² 0.46)."),
        ({"r2": -0.2}, "no better than the mean"),
        ({}, "There are no test rows"),
    ],
)  # fmt: skip
def test_the_result_in_words(run, test, words):
    assert words in result_headline(run, test)


def test_never_all_unless_it_is_all():
    assert percent(1.0) == "100 %"
    assert percent(0.9999) == ">99.9 %"
    assert percent(0.95) == "95 %"


def test_how_it_ended(run):
    run.take(epoch(1, 0.5, 0.6, best=True))
    run.take(epoch(2, 0.5, 0.7, patience=(5, 5)))
    run.finish(RunState.DONE)
    assert how_it_ended(run) == (
        "Ended after 2 epochs: no better validation loss for 5 epochs. "
        "The weights of epoch 1 were kept."
    )


@pytest.mark.parametrize(
    ("name", "title", "short"),
    [
        ("loss", "Loss", "Loss"),
        ("val_loss", "Validation loss", "Val. loss"),
        ("auc", "AUC", "AUC"),
        ("val_auc", "Validation AUC", "Val. AUC"),
        ("mae", "Mean absolute error", "MAE"),
        ("r2", "R²", "R²"),
        ("my_score", "My score", "My score"),
    ],
)
def test_names_of_metrics(name, title, short):
    assert metric_title(name) == title
    assert metric_short(name) == short


# ---- from the store --------------------------------------------------------------------------


def spec(folder: Path, run_id: str) -> RunSpec:
    return RunSpec(run_id, str(folder), Graph(), DataSpec(), RecipeSpec(epochs=20, seed=7))


def stored(folder: Path, run_id: str, state=RunState.DONE, spike=None):
    store = RunStore(folder)
    store.create(spec(folder, run_id))
    losses = np.linspace(1, 0.1, 30, dtype="f4")
    if spike is not None:
        losses[spike] = 99
    store.add_batches(run_id, 0, {"loss": losses[:7]})
    store.add_batches(run_id, 7, {"loss": losses[7:]})
    for number in (1, 2, 3):
        store.add_epoch(run_id, epoch(number, 1 / number, 1 / number + 0.1, best=number < 3))
    result = {"epochs": 3, "values": {"val_loss": 0.6}, "test": {"accuracy": 0.95}, "seconds": 2.0}
    if state.is_finished:
        store.finish(run_id, state, result if state.has_weights else {"error": {}})
    store.close()


def test_an_earlier_run_is_read_whole(tmp_path):
    stored(tmp_path, "a", spike=21)
    run = load_curves(tmp_path, "a")
    assert run.batches["loss"].y[21] == 99
    assert run.batches["loss"].x[21] == pytest.approx(2.2)
    assert (run.epoch, run.best_epoch, run.steps_per_epoch) == (3, 2, 10)
    assert run.planned_epochs == 20
    assert run.state is RunState.DONE
    assert run.elapsed() == 2.0
    assert run.logged == ["loss", "accuracy"]


def test_the_list_names_runs_once_and_for_all(tmp_path):
    stored(tmp_path, "a")
    stored(tmp_path, "b", RunState.FAILED)
    found = load_list(tmp_path)
    assert [(r.run_id, r.name) for r in found.rows] == [("b", "Run 2"), ("a", "Run 1")]
    assert found.rows[1].test == {"accuracy": 0.95}
    assert found.rows[1].seed == 7
    failed = found.rows[0]
    assert (failed.epochs, failed.best["val_loss"]) == (3, 0.6)
    stored(tmp_path, "c")
    assert [r.name for r in load_list(tmp_path).rows] == ["Run 3", "Run 2", "Run 1"]


def test_no_store_is_made_by_looking(tmp_path):
    assert load_list(tmp_path).rows == []
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store_is_told(tmp_path):
    (tmp_path / "runs.sqlite").write_bytes(b"no database" * 100)
    found = load_list(tmp_path)
    assert found.rows == []
    assert "damaged" in found.message


def test_a_run_without_epochs_or_batches(tmp_path):
    store = RunStore(tmp_path)
    store.create(spec(tmp_path, "a"))
    record = store.run("a")
    store.close()
    run = curves_of(record, [], {})
    assert run.logged == ["loss"]
    assert run.step == 0
    assert math.isnan(run.best_value)


def test_the_engine_knows_the_time_left_of_a_run_taken_up_again(run, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("ui.train.curves.time.monotonic", lambda: clock[0])
    run.planned_epochs, run.steps_per_epoch = 10, 4
    run.add_batches(0, {"loss": [1.0] * 20})
    run.seconds = 5000.0  # most of it on another, slower day
    run.take({"event": "progress", "done": 20, "total": 40, "seconds_left": 8.0})
    assert run.seconds_left() == pytest.approx(8.0)
    clock[0] += 2
    assert run.seconds_left() == pytest.approx(6.0)
    clock[0] += 60
    assert run.seconds_left() == 0
