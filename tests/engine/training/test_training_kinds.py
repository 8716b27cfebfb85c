"""Tasks, losses, metrics, weights, precisions, inputs: what a recipe can ask for works."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.data.spec import SplitSpec
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.recipe.presets import OPTIMIZERS, losses_for, metrics_for
from workbench.recipe.spec import OptimizerSpec

pytestmark = pytest.mark.backend

TASKS = ("binary", "multiclass", "regression")
CASES = [(task, loss.name) for task in TASKS for loss in losses_for(task)]


@pytest.mark.parametrize(("task", "loss"), CASES)
def test_every_loss_learns_with_every_metric(make_project, task, loss):
    names = tuple(m.name for m in metrics_for(task))
    course = make_project(task).course(epochs=30, loss=loss, metrics=names).train()
    epochs = course.of("epoch")
    assert set(epochs[0]["values"]) == {
        prefix + name for name in ("loss", *names) for prefix in ("", "val_")
    }
    assert epochs[-1]["values"]["loss"] < 0.7 * epochs[0]["values"]["loss"]
    test = course.result["test"]
    assert test["r2" if task == "regression" else "accuracy"] > 0.7


@pytest.mark.parametrize("task", TASKS)
def test_validation_metrics_are_exact(make_project, task):
    from sklearn import metrics as exact

    project = make_project(task)
    names = tuple(m.name for m in metrics_for(task))
    course = project.course(epochs=8, metrics=names).train()
    values = course.result["values"]
    found = project.predict(course.spec.run_id, part="validation")
    output, classes = found["output"], found["classes"]
    if task == "regression":
        truth = np.array(found["target"])
        expected = {
            "mae": exact.mean_absolute_error(truth, output[:, 0]),
            "rmse": exact.root_mean_squared_error(truth, output[:, 0]),
            "r2": exact.r2_score(truth, output[:, 0]),
        }
        assert expected["mae"] > 50  # in the target's own units, which go into the thousands
    else:
        truth = np.array([classes.index(label) for label in found["target"]])
        guess = np.array([classes.index(label) for label in found["labels"]])
        expected = {"accuracy": exact.accuracy_score(truth, guess)}
        if task == "binary":
            expected |= {
                "precision": exact.precision_score(truth, guess),
                "recall": exact.recall_score(truth, guess),
                "f1": exact.f1_score(truth, guess),
            }
            assert values["val_auc"] == pytest.approx(
                exact.roc_auc_score(truth, output[:, 0]), abs=0.01
            )  # Keras's AUC has 200 thresholds
        else:
            expected["f1"] = exact.f1_score(truth, guess, average="macro")
            assert values["val_top_3_accuracy"] == 1.0
    for name, value in expected.items():
        assert values[f"val_{name}"] == pytest.approx(value, rel=1e-4, abs=1e-6), name


@pytest.mark.parametrize("task", TASKS)
def test_the_test_scores_are_those_of_the_predictions(make_project, task):
    project = make_project(task)
    course = project.course(epochs=6).train()
    found = project.predict(course.spec.run_id)
    test = course.result["test"]
    if task == "regression":
        errors = np.array(found["target"]) - found["output"][:, 0]
        assert test["mae"] == pytest.approx(np.abs(errors).mean(), rel=1e-4)
        assert test["rmse"] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-4)
        assert found["labels"] is None
    else:
        right = np.array(found["target"]) == np.array(found["labels"])
        assert test["accuracy"] == pytest.approx(right.mean())
    if task == "multiclass":
        assert np.allclose(found["output"].sum(axis=1), 1, atol=1e-5)
        p = found["output"][np.arange(42), [found["classes"].index(t) for t in found["target"]]]
        assert test["loss"] == pytest.approx(-np.log(p.astype(float)).mean(), rel=1e-3)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_network_without_final_activation_is_trained_on_logits(make_project, network, task):
    project = make_project(task)
    units = 1 if task == "binary" else 3
    last = {"binary": "sigmoid", "multiclass": "softmax"}[task]
    names = tuple(m.name for m in metrics_for(task))
    plain, logits = (
        project.course(
            network(("Dense", {"units": 8}), ("Dense", {"units": units, **end})),
            epochs=5, metrics=names,
        ).train()
        for end in ({"activation": last}, {})
    )  # fmt: skip
    assert np.allclose(plain.losses, logits.losses, rtol=1e-3, atol=1e-5)
    for name, value in plain.result["values"].items():
        assert logits.result["values"][name] == pytest.approx(value, rel=0.02, abs=0.02), name
    both = [project.predict(c.spec.run_id)["output"] for c in (plain, logits)]
    assert np.allclose(both[0], both[1], atol=1e-3)


def test_balanced_weights_make_rare_classes_count(make_project):
    from workbench.training.arrays import balanced_weights

    codes = np.array([0] * 90 + [1] * 10)
    weights = balanced_weights(codes, 3)
    assert weights[codes == 0].sum() == pytest.approx(weights[codes == 1].sum())
    assert weights.mean() == pytest.approx(1.0)
    project = make_project()
    plain = project.course(epochs=1).train()
    course = project.course(epochs=1, class_weight="balanced").train()
    assert not np.array_equal(course.losses, plain.losses)
    assert abs(course.losses.mean() - plain.losses.mean()) < 1.0


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_learns_and_puts_the_policy_back(make_project, precision):
    import keras

    project = make_project()
    course = project.course(epochs=15, precision=precision).train()
    assert course.result["test"]["accuracy"] > 0.75
    assert course.of("epoch")[0]["learning_rate"] == pytest.approx(0.02)
    assert keras.config.dtype_policy().name == "float32"
    output = project.predict(course.spec.run_id)["output"]
    assert output.dtype == np.float32 and len(np.unique(output)) > 20


def test_the_learning_rate_changes_under_loss_scaling_too(make_project):
    from workbench.jobs import Control

    control = Control()
    control.set("learning_rate", 0.005)
    course = make_project().course(epochs=2, precision="mixed_float16").train(control=control)
    assert course.of("epoch")[-1]["learning_rate"] == pytest.approx(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("entry", OPTIMIZERS, ids=lambda o: o.name)
def test_every_optimizer_trains(make_project, entry):
    rate = 1.0 if entry.name == "Adadelta" else 0.05
    course = make_project().course(epochs=20, optimizer=OptimizerSpec(entry.name, rate)).train()
    first, last = (course.of("epoch")[at]["values"]["loss"] for at in (0, -1))
    assert last < first


def test_embedded_columns_are_inputs_of_their_own(make_project):
    project = make_project()
    project.column("place", encoding="embedding")
    graph = Graph()
    for node in (
        Node("i", "InputLayer", "numbers", {}),
        Node("p", "InputLayer", "place_code", {"source": "place", "shape": [1], "dtype": "int32"}),
        Node("e", "Embedding", "embedding", {"input_dim": 4, "output_dim": 2}),
        Node("f", "Flatten", "flat", {}),
        Node("c", "Concatenate", "join", {}),
        Node("d", "Dense", "hidden", {"units": 8, "activation": "relu"}),
        Node("o", "Dense", "out", {"units": 1, "activation": "sigmoid"}),
    ):
        graph.put_node(node)
    for source, target, port, index in (
        ("p", "e", "input", 0), ("e", "f", "input", 0), ("i", "c", "inputs", 0),
        ("f", "c", "inputs", 1), ("c", "d", "input", 0), ("d", "o", "input", 0),
    ):  # fmt: skip
        graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, port), index))
    course = project.course(graph, epochs=20).train()
    assert course.result["test"]["accuracy"] > 0.7
    assert len(project.predict(course.spec.run_id)["output"]) == 42


def test_without_validation_and_test_parts(make_project):
    project = make_project("regression")
    data = dataclasses.replace(project.data, split=SplitSpec(0.0, 0.0))
    course = project.course(data=data, epochs=3).train()
    assert course.of("run_started")[0]["rows"] == {"train": 210, "validation": 0, "test": 0}
    assert course.of("run_started")[0]["monitor"] == "loss"
    assert set(course.of("epoch")[0]["values"]) == {"loss", "mae"}
    assert course.result["test"] == {}
    assert len(project.predict(course.spec.run_id, part="train")["rows"]) == 210
    assert len(project.predict(course.spec.run_id, part="test")["rows"]) == 0


def test_penalties_of_layers_are_part_of_the_loss(make_project, network):
    penalty = {"class_name": "L2", "config": {"l2": 0.5}}
    layers = [("Dense", {"units": 8, "kernel_regularizer": penalty}), ("Dense", {"units": 1})]
    project = make_project("regression")
    with_penalty = project.course(network(*layers), epochs=1).train()
    layers[0] = ("Dense", {"units": 8})
    without = project.course(network(*layers), epochs=1).train()
    assert with_penalty.losses[0] > without.losses[0] + 0.5
