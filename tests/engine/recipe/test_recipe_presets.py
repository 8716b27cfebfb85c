"""What "auto" stands for, and what is wrong with a recipe."""

from __future__ import annotations

import math

import pytest

from workbench.data.spec import DataSignature, InputSignature
from workbench.errors import RecipeError
from workbench.graph.changes import SetField
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.recipe.presets import (
    LOSSES,
    METRICS,
    OPTIMIZERS,
    check_recipe,
    losses_for,
    metrics_for,
    mode_of,
    monitors,
    optimizer,
    output_activation,
    resolve,
)
from workbench.recipe.spec import EarlyStopping, OptimizerSpec, RecipeSpec

UNITS = {"binary": 1, "multiclass": 3, "regression": 1}
CLASSES = {"binary": ("a", "b"), "multiclass": ("a", "b", "c"), "regression": ()}


def signature(task, rows=100):
    inputs = (InputSignature("features", (4,)),)
    return DataSignature(inputs, task, UNITS.get(task, 0), CLASSES.get(task, ()), rows)


def network(*layers):
    graph = Graph()
    for at, (layer, params) in enumerate([("InputLayer", {}), *layers]):
        graph.put_node(Node(f"n{at}", layer, f"l{at}", params))
        if at:
            graph.put_edge(Edge(Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")))
    return graph


@pytest.mark.parametrize(
    ("task", "loss", "metrics"),
    [
        ("binary", "binary_crossentropy", ("accuracy",)),
        ("multiclass", "sparse_categorical_crossentropy", ("accuracy",)),
        ("regression", "mean_squared_error", ("mae",)),
    ],
)
def test_auto_follows_the_task(task, loss, metrics):
    found = resolve(RecipeSpec(), signature(task))
    assert (found.loss, found.metrics, found.monitor, found.mode) == (
        loss, metrics, "val_loss", "min",
    )  # fmt: skip
    assert not found.from_logits


def test_without_validation_rows_training_is_watched():
    assert resolve(RecipeSpec(), signature("binary"), validation=False).monitor == "loss"
    recipe = RecipeSpec(early_stopping=EarlyStopping(monitor="val_accuracy"))
    found = resolve(recipe, signature("binary"), validation=False)
    assert (found.monitor, found.mode) == ("accuracy", "max")


def test_auto_beside_other_metrics_is_not_doubled():
    recipe = RecipeSpec(metrics=("auc", "auto", "accuracy"))
    assert resolve(recipe, signature("binary")).metrics == ("auc", "accuracy")


@pytest.mark.parametrize(
    "recipe",
    [
        RecipeSpec(loss="huber"), RecipeSpec(loss="nonsense"), RecipeSpec(metrics=("r2",)),
        RecipeSpec(early_stopping=EarlyStopping(monitor="val_auc")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(recipe):
    with pytest.raises(RecipeError) as caught:
        resolve(recipe, signature("binary"))
    assert caught.value.expected
    assert any(p.severity == "error" for p in check_recipe(recipe, signature("binary")))


def test_no_target_is_one_clear_message():
    with pytest.raises(RecipeError, match="no target"):
        resolve(RecipeSpec(), signature(None))


DENSE = ("Dense", {"units": 1})


@pytest.mark.parametrize(
    ("layers", "activation", "logits"),
    [
        ([DENSE], "linear", True),
        ([("Dense", {"units": 1, "activation": None})], "linear", True),
        ([("Dense", {"units": 1, "activation": "sigmoid"})], "sigmoid", False),
        ([DENSE, ("Activation", {"activation": "sigmoid"})], "sigmoid", False),
        ([DENSE, ("Softmax", {})], "softmax", False),
        ([DENSE, ("Reshape", {"target_shape": [1]}), ("Dropout", {})], "linear", True),
        ([DENSE, ("BatchNormalization", {})], None, False),
    ],
)
def test_logits_are_recognised(layers, activation, logits):
    graph = network(*layers)
    assert output_activation(graph) == activation
    assert resolve(RecipeSpec(), signature("binary"), graph).from_logits is logits
    assert not resolve(RecipeSpec(), signature("regression"), graph).from_logits


def test_two_outputs_have_no_last_activation():
    graph = network(DENSE)
    graph.put_node(Node("x", "Dense", "x", {"units": 1}))
    graph.put_edge(Edge(Endpoint("n0", "output"), Endpoint("x", "input")))
    assert output_activation(graph) is None


def test_a_shared_layer_has_its_owners_activation():
    graph = network(("Dense", {"units": 1, "activation": "sigmoid"}))
    graph.put_node(Node("x", "Dense", "x", {}, shared_with="n1"))
    graph.put_edge(Edge(Endpoint("n1", "output"), Endpoint("x", "input")))
    assert output_activation(graph) == "sigmoid"


def test_modes():
    assert mode_of("val_loss") == mode_of("mae") == mode_of("val_rmse") == "min"
    assert mode_of("val_accuracy") == mode_of("r2") == "max"
    assert monitors(["auc"]) == ["val_loss", "val_auc", "loss", "auc"]


def test_every_entry_has_words_and_every_task_its_choices():
    for entry in (*LOSSES, *METRICS, *OPTIMIZERS):
        assert entry.title and entry.help.endswith(".")
    assert len({o.name for o in OPTIMIZERS}) == len(OPTIMIZERS) >= 12
    for task in UNITS:
        assert len(losses_for(task)) >= 2 and metrics_for(task)
    for entry in OPTIMIZERS:
        for param in entry.params:
            assert param.why_not(param.default) is None, (entry.name, param.name)


# ---- checks --------------------------------------------------------------------------------


def test_the_default_recipe_has_no_problem():
    for task in UNITS:
        assert check_recipe(RecipeSpec(), signature(task)) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"epochs": 0}, "epochs_range"),
        ({"epochs": 2.5}, "epochs_range"),
        ({"epochs": True}, "epochs_range"),
        ({"batch_size": -1}, "batch_size_range"),
        ({"batch_size": "32"}, "batch_size_range"),
        ({"seed": -1}, "seed_range"),
        ({"seed": 2**40}, "seed_range"),
        ({"early_stopping": EarlyStopping(patience=0)}, "patience_range"),
        ({"early_stopping": EarlyStopping(min_delta=-1.0)}, "min_delta_range"),
        ({"early_stopping": EarlyStopping(monitor="val_r2")}, "monitor_unknown"),
        ({"optimizer": OptimizerSpec(learning_rate=0)}, "learning_rate_range"),
        ({"optimizer": OptimizerSpec(learning_rate=math.nan)}, "learning_rate_range"),
        ({"optimizer": OptimizerSpec("Magic")}, "optimizer_unknown"),
        ({"optimizer": OptimizerSpec(params={"magic": 1})}, "optimizer_param_unknown"),
        ({"optimizer": OptimizerSpec(params={"beta_1": 1.0})}, "optimizer_param_range"),
        ({"optimizer": OptimizerSpec(params={"beta_1": None})}, "optimizer_param_range"),
        ({"optimizer": OptimizerSpec(params={"amsgrad": 1})}, "optimizer_param_range"),
        ({"optimizer": OptimizerSpec(params={"clipnorm": 0.0})}, "optimizer_param_range"),
        (
            {"optimizer": OptimizerSpec(params={"clipnorm": 1.0, "clipvalue": 1.0})},
            "optimizer_clip_twice",
        ),
        ({"backend": "theano"}, "backend_unknown"),
        ({"device": "tpu"}, "device_unknown"),
        ({"device": None}, "device_unknown"),
        ({"precision": "float8"}, "precision_unknown"),
        ({"class_weight": "some"}, "class_weight_unknown"),
        ({"loss": "huber"}, "loss_misfit"),
        ({"metrics": ("mae", "accuracy")}, "metric_misfit"),
    ],
)
def test_each_error_is_found_with_a_repair_that_repairs(changes, code):
    recipe = RecipeSpec(**changes)
    problems = check_recipe(recipe, signature("binary"))
    found = next(p for p in problems if p.code == code)
    assert found.severity == "error" and found.place.kind == "field"
    assert found.fixes
    plain = recipe.to_plain()
    apply(plain, found.fixes[0].change)
    repaired = check_recipe(RecipeSpec.from_plain(plain), signature("binary"))
    assert code not in [p.code for p in repaired]


def apply(plain, change):
    assert isinstance(change, SetField) and change.document == "recipe"
    for key in change.path[:-1]:
        plain = plain[key]
    plain[change.path[-1]] = change.value


def test_a_backend_that_is_not_installed_is_an_error(monkeypatch):
    from workbench.recipe import checks

    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    (problem,) = check_recipe(RecipeSpec(backend="jax"))
    assert problem.code == "backend_missing" and "JAX" in problem.message


def test_advice_does_not_prevent_training():
    recipe = RecipeSpec(OptimizerSpec(learning_rate=5.0), batch_size=1000, class_weight="balanced")
    problems = check_recipe(recipe, signature("regression"))
    assert {p.code for p in problems} == {
        "learning_rate_large", "batch_size_large", "class_weight_without_classes",
    }  # fmt: skip
    assert all(p.severity != "error" for p in problems)


@pytest.mark.parametrize(
    ("name", "rate", "large"),
    [("Adam", 0.01, False), ("Adam", 0.05, False), ("Adam", 0.1, True), ("RMSprop", 0.3, True),
     ("SGD", 0.1, False), ("SGD", 1.0, False), ("SGD", 2.0, True), ("Adagrad", 0.5, False),
     ("Adadelta", 1.0, False), ("Lion", 0.05, True), ("AdamW", 0.003, False)],
)  # fmt: skip
def test_a_learning_rate_is_judged_by_its_optimizer(name, rate, large):
    recipe = RecipeSpec(OptimizerSpec(name, learning_rate=rate))
    told = [p for p in check_recipe(recipe) if p.code == "learning_rate_large"]
    assert bool(told) is large
    if large:
        assert told[0].why and told[0].severity == "warning" and name in told[0].message


def test_ranges_in_words():
    beta = optimizer("Adam").param("beta_1")
    assert beta.why_not(2) == "Beta 1 must be at least 0 and smaller than 1."
    assert optimizer("Adam").param("clipnorm").why_not("x") == "Clip norm must be a number."
    assert optimizer("Muon").param("ns_steps").why_not(2.5).endswith("a whole number.")
    assert optimizer("Magic") is None
