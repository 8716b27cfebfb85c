"""Checks a recipe before training: ranges, names, and whether it fits the target. No Keras."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Final

from workbench.data.spec import DataSignature
from workbench.errors import Place
from workbench.graph.changes import SetField
from workbench.graph.model import Graph
from workbench.graph.problems import Fix, Problem, Severity
from workbench.graph.reasons import ELSEWHERE
from workbench.plain import Plain
from workbench.recipe.measures import AUTO_METRICS, losses_for, metrics_for
from workbench.recipe.optimizers import OPTIMIZERS, optimizer
from workbench.recipe.spec import AUTO, RecipeSpec

BACKENDS: dict[str, str] = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
"""Backend → its name as its makers write it."""
PRECISIONS: dict[str, str] = {
    "float32": "32 bit",
    "mixed_float16": "Mixed 16 bit (float16)",
    "mixed_bfloat16": "Mixed 16 bit (bfloat16)",
}
"""Keras dtype policy → title."""
MOST_EPOCHS = 1_000_000
MOST_ROWS = 10_000_000
_LARGEST_RATE: Final = 0.05
_LARGEST_RATES: Final = {"SGD": 1.0, "Adagrad": 1.0, "Ftrl": 1.0, "Adadelta": 10.0, "Lion": 0.01}
"""Learning rates beyond which a loss mostly grows; of optimizers that scale each step by the
gradients' own size the first one (Adam, RMSprop …)."""
_DEVICE = re.compile(r"auto|cpu|gpu(:\d{1,2})?")


def check_recipe(
    recipe: RecipeSpec, signature: DataSignature | None = None, _graph: Graph | None = None
) -> list[Problem]:
    """Return what is wrong with a recipe.

    Args:
        recipe: The recipe.
        signature: What the data asks for; without it only the recipe itself is checked.
    """
    found = [*_numbers(recipe), *_optimizer(recipe), *_engine(recipe)]
    if signature is not None and signature.task is not None:
        found += [*_measures(recipe, signature), *_advice(recipe, signature)]
    return found


def _problem(
    code: str,
    message: str,
    path: tuple[str, ...],
    fix: tuple[str, Plain] | None = None,
    severity: Severity = "error",
) -> Problem:
    fixes = () if fix is None else (Fix(fix[0], SetField("recipe", path, fix[1])),)
    return Problem(code, severity, message, Place("field", ".".join(path)), fixes)


def _numbers(recipe: RecipeSpec) -> Iterator[Problem]:
    stopping = recipe.early_stopping
    whole: tuple[tuple[str, tuple[str, ...], Any, int, int, int], ...] = (
        ("Epochs", ("epochs",), recipe.epochs, 1, MOST_EPOCHS, 100),
        ("Batch size", ("batch_size",), recipe.batch_size, 1, MOST_ROWS, 32),
        ("Seed", ("seed",), recipe.seed, 0, 2**31 - 1, 0),
        ("Patience", ("early_stopping", "patience"), stopping.patience, 1, MOST_EPOCHS, 15),
    )
    for title, path, value, low, high, usual in whole:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        if not fits:
            yield _problem(
                f"{path[-1]}_range",
                f"{title} must be a whole number from {low} to {high:,}; it is {value!r}.",
                path,
                (f"Set to {usual}", usual),
            )
    rate = recipe.optimizer.learning_rate
    if not _is_number(rate) or not math.isfinite(rate) or rate <= 0:
        usual_rate = _usual_rate(recipe)
        yield _problem(
            "learning_rate_range",
            f"The learning rate must be a number greater than 0; it is {rate!r}.",
            ("optimizer", "learning_rate"),
            (f"Set to {usual_rate:g}", usual_rate),
        )
    elif rate > _LARGEST_RATES.get(recipe.optimizer.name, _LARGEST_RATE):
        usual_rate = _usual_rate(recipe)
        told = _problem(
            "learning_rate_large",
            f"A learning rate of {rate:g} is too large for {recipe.optimizer.name} as a rule; "
            f"{usual_rate:g} is usual.",
            ("optimizer", "learning_rate"),
            (f"Set to {usual_rate:g}", usual_rate),
            "warning",
        )
        yield replace(told, why=ELSEWHERE["learning_rate_large"].why)
    delta = stopping.min_delta
    if not _is_number(delta) or not math.isfinite(delta) or delta < 0:
        yield _problem(
            "min_delta_range",
            f"The smallest improvement must be at least 0; it is {delta!r}.",
            ("early_stopping", "min_delta"),
            ("Set to 0", 0.0),
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _usual_rate(recipe: RecipeSpec) -> float:
    known = optimizer(recipe.optimizer.name)
    return known.learning_rate if known else 1e-3


def _optimizer(recipe: RecipeSpec) -> Iterator[Problem]:
    known = optimizer(recipe.optimizer.name)
    if known is None:
        yield _problem(
            "optimizer_unknown",
            f"There is no optimizer {recipe.optimizer.name}. There are: "
            + ", ".join(o.name for o in OPTIMIZERS) + ".",
            ("optimizer", "name"),
            ("Use Adam", "Adam"),
        )  # fmt: skip
        return
    clips = 0
    for name, value in recipe.optimizer.params.items():
        path = ("optimizer", "params", name)
        param = known.param(name)
        if param is None:
            others = {k: v for k, v in recipe.optimizer.params.items() if known.param(k)}
            problem = _problem(
                "optimizer_param_unknown", f"{known.title} has no parameter {name}.", path
            )
            change = SetField("recipe", ("optimizer", "params"), others)
            yield Problem(
                problem.code, "error", problem.message, problem.place, (Fix("Remove it", change),)
            )
            continue
        reason = param.why_not(value)
        if reason is not None:
            yield _problem(
                "optimizer_param_range", reason, path, ("Set to the default", param.default)
            )
        clips += name in ("clipnorm", "clipvalue", "global_clipnorm") and value is not None
    if clips > 1:
        yield _problem(
            "optimizer_clip_twice",
            "Gradients can be clipped in one way only.",
            ("optimizer", "params", "clipnorm"),
            ("Do not clip the norm", None),
        )


def _engine(recipe: RecipeSpec) -> Iterator[Problem]:
    if recipe.backend != AUTO:
        if recipe.backend not in BACKENDS:
            yield _problem(
                "backend_unknown",
                f"{recipe.backend!r} is not a Keras backend.",
                ("backend",),
                ("Choose automatically", AUTO),
            )
        elif find_spec(recipe.backend) is None:
            yield _problem(
                "backend_missing",
                f"{BACKENDS[recipe.backend]} is not installed on this machine.",
                ("backend",),
                ("Choose automatically", AUTO),
            )
    if not isinstance(recipe.device, str) or not _DEVICE.fullmatch(recipe.device):
        yield _problem(
            "device_unknown",
            f"The device {recipe.device!r} is unknown: it is auto, cpu, gpu, or gpu:0, gpu:1 …",
            ("device",),
            ("Choose automatically", AUTO),
        )
    if recipe.precision not in PRECISIONS:
        yield _problem(
            "precision_unknown",
            f"The precision {recipe.precision!r} is unknown.",
            ("precision",),
            ("Use 32 bit", "float32"),
        )
    if recipe.class_weight not in ("none", "balanced"):
        yield _problem(
            "class_weight_unknown",
            f"The class weight {recipe.class_weight!r} is unknown: it is none or balanced.",
            ("class_weight",),
            ("Use none", "none"),
        )


def _measures(recipe: RecipeSpec, signature: DataSignature) -> Iterator[Problem]:
    task = signature.task
    assert task is not None
    if recipe.loss != AUTO and recipe.loss not in [loss.name for loss in losses_for(task)]:
        yield _problem(
            "loss_misfit",
            f"The loss {recipe.loss} does not fit a {_TASKS[task]} target.",
            ("loss",),
            ("Choose automatically", AUTO),
        )
    known = [metric.name for metric in metrics_for(task)]
    wrong = [name for name in recipe.metrics if name != AUTO and name not in known]
    if wrong:
        kept: list[Plain] = [name for name in recipe.metrics if name not in wrong]
        yield _problem(
            "metric_misfit",
            f"{', '.join(wrong)} cannot be measured for a {_TASKS[task]} target.",
            ("metrics",),
            ("Remove", kept or [AUTO]),
        )
    followed = {
        name
        for entry in recipe.metrics
        for name in (AUTO_METRICS[task] if entry == AUTO else (entry,))
    } | {"loss"}
    monitor = recipe.early_stopping.monitor
    if monitor != AUTO and monitor.removeprefix("val_") not in followed - set(wrong):
        yield _problem(
            "monitor_unknown",
            f"Early stopping watches {monitor}, which is not followed in this training.",
            ("early_stopping", "monitor"),
            ("Watch the validation loss", AUTO),
        )


_TASKS = {"binary": "two-class", "multiclass": "multi-class", "regression": "numeric"}


def _advice(recipe: RecipeSpec, signature: DataSignature) -> Iterator[Problem]:
    if recipe.class_weight == "balanced" and signature.task == "regression":
        yield _problem(
            "class_weight_without_classes",
            "Class weights have no effect on a numeric target.",
            ("class_weight",),
            ("Use none", "none"),
            "info",
        )
    size = recipe.batch_size
    if isinstance(size, int) and signature.rows and size > signature.rows:
        yield _problem(
            "batch_size_large",
            f"A batch of {size:,} holds all {signature.rows:,} rows: one step per epoch.",
            ("batch_size",),
            ("Set to 32", 32),
            "info",
        )
