"""The course of a training: the right steps, every batch's own loss, the best weights."""

from __future__ import annotations

import itertools
import math
import threading

import numpy as np
import pytest

from workbench.errors import JobCancelled, RunError
from workbench.jobs import Control
from workbench.recipe.spec import EarlyStopping, OptimizerSpec
from workbench.runs.files import read_json

pytestmark = pytest.mark.backend

PLAIN = [
    ("Dense", {"units": 8, "activation": "relu"}),
    ("Dense", {"units": 1, "activation": "sigmoid"}),
]


def test_it_is_the_training_that_keras_would_do(make_project, network, backend):
    """Every batch's loss and the final weights against `train_on_batch` over the same order."""
    import keras

    from workbench.data.prepare import prepare
    from workbench.training.material import build_network, infer_shapes
    from workbench.training.surroundings import seed_everything

    project = make_project()
    course = project.course(network(*PLAIN), epochs=2, seed=11, batch_size=40).train()

    prepared = prepare(project.data, project.folder)
    part = prepared.part("train")
    x, y = part.inputs["features"], part.target
    shapes = infer_shapes(course.spec.graph, prepared.encoder.signature)
    seed_everything(11)
    model = build_network(course.spec.graph, prepared.encoder.signature, shapes)
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    expected = []
    for epoch in range(2):
        order = np.random.default_rng([11, epoch]).permutation(len(x))
        for start in range(0, len(x), 40):
            rows = order[start : start + 40]
            expected.append(model.train_on_batch(x[rows], y[rows]))
    assert len(x) % 40  # the last batch of an epoch is shorter
    assert np.allclose(course.losses, expected, rtol=1e-4, atol=1e-6)
    last = course.of("epoch")[-1]
    if last["best"]:
        for ours, theirs in zip(_loaded(course).get_weights(), model.get_weights(), strict=True):
            assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def _loaded(course):
    from pathlib import Path

    from workbench.training.load import load_run

    return load_run(Path(course.spec.project), course.spec.run_id).model


@pytest.mark.parametrize("batch_size", [1, 7, 32, 126, 500])
def test_every_batch_is_there_once_and_epochs_are_their_means(make_project, batch_size):
    course = make_project().course(epochs=3, batch_size=batch_size).train()
    started = course.of("run_started")[0]
    rows, steps = started["rows"]["train"], started["steps_per_epoch"]
    assert steps == math.ceil(rows / batch_size)
    losses = course.losses
    assert len(losses) == 3 * steps and np.isfinite(losses).all()
    sizes = np.full(steps, min(batch_size, rows), float)
    sizes[-1] = rows - (steps - 1) * batch_size if steps > 1 else rows
    for event, some in zip(course.of("epoch"), losses.reshape(3, steps), strict=True):
        assert event["step"] == event["epoch"] * steps
        assert event["values"]["loss"] == pytest.approx(np.average(some, weights=sizes), rel=1e-4)


def test_the_same_seed_gives_the_same_weights_bit_for_bit(make_project):
    project = make_project()
    first, second, other = (project.course(seed=seed, epochs=5).train() for seed in (3, 3, 4))
    assert first.weights.keys() == second.weights.keys()
    assert all(np.array_equal(first.weights[k], second.weights[k]) for k in first.weights)
    assert np.array_equal(first.losses, second.losses)
    assert first.result["values"] == second.result["values"]
    assert not np.array_equal(first.losses, other.losses)


def test_the_events_tell_the_whole_course(make_project):
    course = make_project("multiclass").course(epochs=3).train()
    started = course.of("run_started")[0]
    assert started["rows"] == {"train": 126, "validation": 42, "test": 42}
    assert started["parameters"] == (7 * 8 + 8) + (8 * 3 + 3)
    assert started["metrics"] == ["loss", "accuracy"] and started["monitor"] == "val_loss"
    epochs = course.of("epoch")
    assert [e["epoch"] for e in epochs] == [1, 2, 3]
    for event in epochs:
        assert set(event["values"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert event["learning_rate"] == pytest.approx(0.02)
        assert event["seconds"] > 0
    assert course.events.index(course.of("batches")[0]) < course.events.index(epochs[0])
    result = course.result
    assert (result["run_id"], result["state"], result["epochs"]) == (course.spec.run_id, "done", 3)
    best = epochs[result["best_epoch"] - 1]
    assert best["best"] and result["values"] == best["values"]
    assert set(result["test"]) == {"loss", "accuracy", "f1"}
    assert read_json(course.folder / "result.json") == result
    versions = read_json(course.folder / "spec.json")["versions"]
    assert versions["backend"] == result["backend"] and versions["keras"]
    assert sorted(p.name for p in course.folder.iterdir()) == [
        "encoder.json", "model.weights.h5", "result.json", "spec.json",
    ]  # fmt: skip


def test_early_stopping_counts_its_patience_and_keeps_the_best(make_project):
    project = make_project()
    stopping = EarlyStopping(patience=4)
    course = project.course(
        epochs=300, optimizer=OptimizerSpec("Adam", 0.1), early_stopping=stopping
    ).train()
    epochs = course.of("epoch")
    assert len(epochs) < 300
    assert epochs[-1]["patience"] == [4, 4]
    values = [e["values"]["val_loss"] for e in epochs]
    best = course.result["best_epoch"]
    assert values[best - 1] == min(values) and len(epochs) == best + 4
    for before, event in itertools.pairwise(epochs):
        assert event["patience"][0] in (0, before["patience"][0] + 1)
    # The weights that were kept are those of the best epoch, not of the last.
    found = project.predict(course.spec.run_id, part="validation")
    p = np.clip(found["output"][:, 0].astype(float), 1e-7, 1 - 1e-7)
    truth = np.array([label == "yes" for label in found["target"]])
    loss = -np.log(np.where(truth, p, 1 - p)).mean()
    assert loss == pytest.approx(min(values), rel=1e-3)


def test_a_smallest_improvement_is_asked_for(make_project):
    stopping = EarlyStopping(patience=3, min_delta=10.0)
    course = make_project().course(epochs=50, early_stopping=stopping).train()
    assert len(course.of("epoch")) == 4  # the first improves on nothing at all
    assert course.result["best_epoch"] >= 1


def test_a_larger_value_can_be_better(make_project):
    stopping = EarlyStopping(patience=5, monitor="val_accuracy")
    course = make_project().course(epochs=20, early_stopping=stopping).train()
    accuracies = [e["values"]["val_accuracy"] for e in course.of("epoch")]
    assert course.result["best_epoch"] == 1 + int(np.argmax(accuracies))


# ---- what the person asks while it runs ----------------------------------------------------


def test_stop_keeps_the_best(make_project):
    control = Control()
    project = make_project()
    course = project.course(epochs=100_000)
    course.train(lambda e: control.stop() if e.get("epoch") == 3 else None, control)
    assert course.result["state"] == "stopped"
    assert 3 <= course.result["epochs"] < 2000
    assert course.folder.joinpath("model.weights.h5").is_file()
    assert len(course.losses) == course.of("epoch")[-1]["step"]
    assert len(project.predict(course.spec.run_id)["rows"]) == 42


def test_a_stop_before_the_first_step_still_trains_one(make_project):
    control = Control()
    control.stop()
    course = make_project().course(epochs=50).train(control=control)
    assert course.result["state"] == "stopped"
    assert 1 <= len(course.losses) < 50
    assert course.result["best_epoch"] == 1


@pytest.mark.parametrize("moment", ["phase", "run_started", "batches", "epoch"])
def test_cancel_discards_the_folder(make_project, moment):
    control = Control()
    course = make_project().course(epochs=100_000)
    with pytest.raises(JobCancelled):
        course.train(lambda e: control.cancel() if e["event"] == moment else None, control)
    assert not course.folder.exists()


def test_pause_waits_and_resume_goes_on(make_project):
    project = make_project()
    plain = project.course(epochs=6, seed=2).train()
    control = Control()
    course = project.course(epochs=6, seed=2)

    def pause(event):
        if event["event"] == "batches" and not course.of("paused"):
            control.pause()
        if event["event"] == "paused":
            timer = threading.Timer(0.3, control.resume)
            timer.start()
            timers.append(timer)

    timers = []
    course.train(pause, control)
    timers[0].join()
    at = course.events.index(course.of("paused")[0])
    assert course.events[at + 1]["event"] == "resumed"
    assert course.events[at]["step"] == course.events[at + 1]["step"]
    assert np.array_equal(course.losses, plain.losses)
    assert all(np.array_equal(course.weights[k], plain.weights[k]) for k in plain.weights)


def test_the_learning_rate_can_be_changed_meanwhile(make_project):
    control = Control()
    course = make_project().course(epochs=12)

    def change(event):
        if event.get("event") == "epoch" and event["epoch"] == 2:
            control.set("learning_rate", 1e-9)
            control.set("learning_rate_of_doom", 1)
        if event["event"] == "learning_rate":
            noted.append(event)

    noted = []
    # Epochs are reported together when they are quick: slow them down.
    course.train(lambda e: (change(e), threading.Event().wait(0.02)), control)
    assert [event["value"] for event in noted] == [1e-9]
    rates = [e["learning_rate"] for e in course.of("epoch")]
    assert rates[0] == pytest.approx(0.02) and rates[-1] == pytest.approx(1e-9)
    losses = [e["values"]["val_loss"] for e in course.of("epoch")]
    assert losses[-1] == pytest.approx(losses[-2], rel=1e-4)  # nothing moves any more
    assert abs(losses[0] - losses[1]) > 1e-3


def test_a_nonsense_learning_rate_is_ignored(make_project):
    control = Control()
    for value in (0.0, -1.0, math.nan):
        control.set("learning_rate", value)
        course = make_project().course(epochs=1).train(control=control)
        assert course.of("epoch")[0]["learning_rate"] == pytest.approx(0.02)


# ---- going wrong ---------------------------------------------------------------------------


def test_a_loss_that_is_no_number_ends_with_its_step(make_project):
    project = make_project("regression")
    course = project.course(epochs=50, optimizer=OptimizerSpec("SGD", 1e12))
    with pytest.raises(RunError, match="The loss became") as caught:
        course.train()
    losses = course.losses
    first_bad = int(np.flatnonzero(~np.isfinite(losses))[0])
    assert f"at step {first_bad + 1:,}, in epoch 1" in caught.value.message
    assert "learning rate" in caught.value.remedy
    assert not course.folder.exists()


def test_the_best_weights_survive_a_later_explosion(make_project):
    control = Control()
    project = make_project("regression")
    course = project.course(epochs=100_000, optimizer=OptimizerSpec("SGD", 0.01))
    with pytest.raises(RunError, match="The loss became"):
        course.train(
            lambda e: control.set("learning_rate", 1e30) if e["event"] == "epoch" else None, control
        )
    kept = read_json(course.folder / "result.json")
    assert kept["state"] == "failed" and kept["best_epoch"] >= 1
    assert "The loss became" in kept["error"]["message"]
    assert all(np.isfinite(w).all() for w in course.weights.values())
    assert len(project.predict(course.spec.run_id)["rows"]) == 42
