"""A training that broke off goes on from its checkpoint as if nothing had happened."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from workbench.engine.local import run_local
from workbench.errors import DataError, EngineError, JobCancelled, RunError
from workbench.jobs import Control
from workbench.recipe.spec import EarlyStopping, OptimizerSpec
from workbench.runs.files import CHECKPOINT
from workbench.runs.recorder import Recorder
from workbench.runs.spec import RunState
from workbench.runs.store import RunStore

pytestmark = pytest.mark.backend

NETWORK = [
    ("Dense", {"units": 8, "activation": "relu"}),
    ("BatchNormalization", {}),
    ("Dropout", {"rate": 0.3}),
    ("Dense", {"units": 1, "activation": "sigmoid"}),
]


class PowerCutError(BaseException):
    """What a training cannot catch and mend."""


@pytest.fixture(autouse=True)
def _in_every_epoch(monkeypatch):
    monkeypatch.setattr("workbench.training.checkpoints.EVERY_SECONDS", 0.0)
    monkeypatch.setattr("workbench.training.checkpoints._SHARE", np.inf)
    monkeypatch.setattr("workbench.training.conductor.EVENT_SECONDS", 0.0)


def cut_at(epoch: int):
    def hear(event):
        if event["event"] == "epoch" and event["epoch"] == epoch:
            raise PowerCutError

    return hear


def broken(project, graph, epoch=3, **recipe):
    """Return a course that broke off when an epoch ended, before its checkpoint was written."""
    course = project.course(graph, **recipe)
    with pytest.raises(EngineError):
        course.train(cut_at(epoch))
    assert (course.folder / CHECKPOINT).is_file()
    # As a power cut leaves it: nobody wrote how it ended.
    for name in ("result.json", "model.weights.h5"):
        (course.folder / name).unlink(missing_ok=True)
    return course


def go_on(course, emit=None, control=None):
    events = []

    def hear(event):
        events.append(event)
        if emit:
            emit(event)

    spec = {**course.spec.to_plain(), "resumed": True}
    return run_local("train", spec, hear, control or Control()), events


def losses_of(events):
    return np.concatenate([e["values"]["loss"] for e in events if e["event"] == "batches"])


@pytest.mark.parametrize(
    "recipe",
    [
        {"optimizer": OptimizerSpec("Adam", 0.02)},
        {"optimizer": OptimizerSpec("SGD", 0.1, {"momentum": 0.9})},
        {"optimizer": OptimizerSpec("RMSprop", 0.01), "precision": "mixed_bfloat16"},
        {"optimizer": OptimizerSpec("Adam", 0.02), "precision": "mixed_float16"},
    ],
    ids=["adam", "momentum", "bfloat16", "float16"],
)
def test_it_ends_bit_for_bit_where_it_would_have_ended(make_project, network, recipe):
    project = make_project()
    whole = project.course(network(*NETWORK), epochs=6, seed=5, **recipe).train()
    course = broken(project, network(*NETWORK), epochs=6, seed=5, **recipe)
    result, events = go_on(course)
    started = next(e for e in events if e["event"] == "run_started")
    per_epoch = started["steps_per_epoch"]
    assert (started["epoch"], started["step"]) == (2, 2 * per_epoch)
    assert np.array_equal(losses_of(events), whole.losses[2 * per_epoch :])
    assert whole.weights.keys() == course.weights.keys()
    assert all(np.array_equal(whole.weights[k], course.weights[k]) for k in whole.weights)
    same = ("state", "epochs", "best_epoch", "values", "test")
    assert {k: result[k] for k in same} == {k: whole.result[k] for k in same}
    assert not (course.folder / CHECKPOINT).exists()


def test_the_patience_of_early_stopping_is_not_forgotten(make_project, network):
    project = make_project()
    recipe = {
        "epochs": 200, "seed": 2, "optimizer": OptimizerSpec("Adam", 0.2),
        "early_stopping": EarlyStopping(patience=5),
    }  # fmt: skip
    whole = project.course(network(*NETWORK), **recipe).train()
    best = whole.result["best_epoch"]
    assert whole.result["epochs"] == best + 5
    course = broken(project, network(*NETWORK), epoch=best + 4, **recipe)
    result, events = go_on(course)
    assert [e["epoch"] for e in events if e["event"] == "epoch"] == [best + 4, best + 5]
    assert result["values"] == whole.result["values"] and result["best_epoch"] == best
    assert all(np.array_equal(whole.weights[k], course.weights[k]) for k in whole.weights)


def test_a_run_that_broke_off_after_its_last_epoch_only_has_to_be_tested(make_project, network):
    project = make_project()
    whole = project.course(network(*NETWORK), epochs=3, seed=1).train()
    course = project.course(network(*NETWORK), epochs=3, seed=1)

    def hear(event):
        if event["event"] == "phase" and event["text"] == "Testing":
            raise PowerCutError

    with pytest.raises(EngineError):
        course.train(hear)
    result, events = go_on(course)
    assert not [e for e in events if e["event"] in ("batches", "epoch")]
    assert result["test"] == whole.result["test"] and result["epochs"] == 3


def test_the_store_holds_every_batch_and_epoch_once(make_project, network):
    project = make_project()
    whole = project.course(network(*NETWORK), epochs=5, seed=3).train()
    course = project.course(network(*NETWORK), epochs=5, seed=3)
    recorder = Recorder(course.spec)

    def hear(event):
        recorder.event(event)
        cut_at(4)(event)

    with pytest.raises(EngineError):
        course.train(hear)
    recorder._store.close()  # as if the program were gone
    store = RunStore(project.folder)
    run_id = course.spec.run_id
    assert store.fail_unfinished() == 1
    record = store.run(run_id)
    assert record.state is RunState.FAILED and record.can_go_on
    assert [e["epoch"] for e in store.epochs(run_id)] == [1, 2, 3, 4]
    assert len(store.batches(run_id)["loss"]) > 3 * len(whole.losses) // 5
    again = Recorder(course.spec, resumed=True)
    result, _ = go_on(course, again.event)
    again.done(result)
    record = store.run(run_id)
    assert (record.state, record.can_go_on, record.has_weights) == (RunState.DONE, False, True)
    assert [e["epoch"] for e in store.epochs(run_id)] == [1, 2, 3, 4, 5]
    assert np.array_equal(store.batches(run_id)["loss"], whole.losses)
    store.close()


def test_the_time_before_counts(make_project, network):
    course = broken(make_project(), network(*NETWORK), epochs=4)
    with h5py.File(course.folder / CHECKPOINT, "a") as file:
        about = json.loads(file.attrs["about"])
        file.attrs["about"] = json.dumps({**about, "seconds": 1000.0})
    result, _ = go_on(course)
    assert 1000 < result["seconds"] < 1100


def test_cancel_discards_it_and_stop_keeps_the_best(make_project, network):
    project = make_project()
    for end in ("cancelled", "stopped"):
        course = broken(project, network(*NETWORK), epochs=50)
        control = Control()

        def hear(event, end=end, control=control):
            if event["event"] == "epoch" and event["epoch"] == 6:
                getattr(control, end).set()

        if end == "cancelled":
            with pytest.raises(JobCancelled):
                go_on(course, hear, control)
            assert not course.folder.exists()
        else:
            result, _ = go_on(course, hear, control)
            assert result["state"] == "stopped" and 6 <= result["epochs"] < 50


def test_other_data_are_refused_and_nothing_is_lost(make_project, network):
    project = make_project()
    course = broken(project, network(*NETWORK))
    table = project.folder / "data.csv"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace("\n", "\n9,99,9,9,north,yes\n", 1), encoding="utf-8")
    with pytest.raises(DataError, match="data changed"):
        go_on(course)
    assert (course.folder / CHECKPOINT).is_file()
    table.write_text(before, encoding="utf-8")
    assert go_on(course)[0]["state"] == "done"


def damaged(path: Path, how: str) -> None:
    if how == "torn":
        path.write_bytes(path.read_bytes()[:100])
        return
    with h5py.File(path, "a") as file:
        if how == "other shape":
            del file["trainer/0"]
            file["trainer/0"] = np.zeros(3, np.float32)
        elif how == "link":
            del file["trainer/0"]
            file["trainer/0"] = h5py.ExternalLink("/etc/hostname", "x")
        elif how == "huge":
            file["trainer"].create_dataset("999", shape=(1 << 40,), dtype="f4", chunks=(1024,))
        elif how == "no description":
            del file.attrs["about"]
        else:
            about = json.loads(file.attrs["about"])
            file.attrs["about"] = json.dumps({**about, "step": 7})


@pytest.mark.parametrize(
    "how", ["torn", "other shape", "link", "huge", "no description", "other steps"]
)
def test_a_damaged_checkpoint_is_refused_in_words(make_project, network, how):
    course = broken(make_project(), network(*NETWORK))
    damaged(course.folder / CHECKPOINT, how)
    with pytest.raises(RunError) as refused:
        go_on(course)
    assert "checkpoint" in str(refused.value) or "weights" in str(refused.value)
    assert refused.value.remedy


def test_another_optimizer_is_refused(make_project, network):
    course = broken(make_project(), network(*NETWORK))
    recipe = dataclasses.replace(course.spec.recipe, optimizer=OptimizerSpec("SGD", 0.1))
    course.spec = dataclasses.replace(course.spec, recipe=recipe)
    with pytest.raises(RunError, match="optimizer"):
        go_on(course)


def test_a_full_disk_ends_no_training(make_project, network, monkeypatch):
    def full(_path, _checkpoint):
        raise RunError("The disk is full.")

    monkeypatch.setattr("workbench.training.checkpoints.write_checkpoint", full)
    course = make_project().course(network(*NETWORK), epochs=3).train()
    assert course.result["state"] == "done"


def test_a_project_that_moved_goes_on_where_it_is_now(make_project, network, tmp_path):
    project = make_project()
    course = broken(project, network(*NETWORK), epochs=4)
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    shutil.move(project.folder, moved)
    course.spec = dataclasses.replace(course.spec, project=str(moved))
    assert go_on(course)[0]["state"] == "done"
