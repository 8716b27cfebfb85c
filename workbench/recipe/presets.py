"""What `"auto"` stands for: loss, metrics and the value to watch, from the target and the output.

Also the one door to the tables of optimizers, losses and metrics, and to the checks. No Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.data.spec import DataSignature
from workbench.errors import Place, RecipeError
from workbench.graph.ending import output_ending
from workbench.graph.expand import expand
from workbench.graph.model import Graph
from workbench.recipe.checks import BACKENDS, PRECISIONS, check_recipe
from workbench.recipe.measures import (
    AUTO_METRICS,
    LOSSES,
    METRICS,
    Loss,
    Metric,
    Mode,
    losses_for,
    metric,
    metrics_for,
    mode_of,
)
from workbench.recipe.optimizers import OPTIMIZERS, Optimizer, OptimizerParam, optimizer
from workbench.recipe.spec import AUTO, RecipeSpec

__all__ = [
    "BACKENDS", "LOSSES", "METRICS", "OPTIMIZERS", "PRECISIONS", "Loss", "Metric", "Optimizer",
    "OptimizerParam", "ResolvedRecipe", "check_recipe", "losses_for", "metric", "metrics_for",
    "mode_of", "monitors", "optimizer", "output_activation", "resolve",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResolvedRecipe:
    """A recipe without `"auto"`.

    Attributes:
        loss: Name of the loss.
        metrics: Names of the metrics.
        monitor: The logged value that decides which epoch is best.
        mode: Whether it is better small or large.
        from_logits: The network ends without a sigmoid or softmax; the loss applies it.
    """

    loss: str
    metrics: tuple[str, ...]
    monitor: str
    mode: Mode
    from_logits: bool = False


def resolve(
    recipe: RecipeSpec,
    signature: DataSignature,
    graph: Graph | None = None,
    *,
    validation: bool = True,
) -> ResolvedRecipe:
    """Return the recipe with every `"auto"` replaced.

    Args:
        recipe: The recipe.
        signature: What the data asks for.
        graph: The network, to tell whether it ends in probabilities; taken for granted if None.
        validation: Whether there are validation rows to watch.

    Raises:
        RecipeError: There is no target, or loss, metric or monitor do not fit the task.
    """
    task = signature.task
    if task is None:
        raise RecipeError(
            "There is no target to train for.",
            remedy="Choose a target column on the data page.",
            place=Place("field", "columns"),
        )
    loss = losses_for(task)[0].name if recipe.loss == AUTO else recipe.loss
    names = tuple(
        dict.fromkeys(
            name
            for entry in recipe.metrics
            for name in (AUTO_METRICS[task] if entry == AUTO else (entry,))
        )
    )
    for field, name, known in (
        ("loss", loss, [x.name for x in losses_for(task)]),
        *(("metrics", name, [x.name for x in metrics_for(task)]) for name in names),
    ):
        if name not in known:
            raise RecipeError(
                f"{name} does not fit this target.",
                expected=" or ".join(known),
                place=Place("field", field),
            )
    monitor = recipe.early_stopping.monitor
    if monitor == AUTO:
        monitor = "val_loss"
    if not validation:
        monitor = monitor.removeprefix("val_")
    if monitor not in monitors(names):
        raise RecipeError(
            f"{monitor} is not followed in this training.",
            expected=" or ".join(monitors(names)),
            place=Place("field", "early_stopping.monitor"),
        )
    activation = output_activation(graph) if graph is not None else None
    from_logits = task != "regression" and activation == "linear"
    return ResolvedRecipe(loss, names, monitor, mode_of(monitor), from_logits)


def monitors(metrics: tuple[str, ...] | list[str]) -> list[str]:
    """Return the values that early stopping can watch, the usual one first."""
    return ["val_loss", *(f"val_{name}" for name in metrics), "loss", *metrics]


def output_activation(graph: Graph) -> str | None:
    """Return the function that a network's only output ends with, or None when unclear.

    `"linear"` stands for none.
    """
    return output_ending(expand(graph).graph)
