"""The losses and metrics to choose from, by task: titles, help, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.data.spec import Task

Mode = Literal["min", "max"]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss.

    Attributes:
        name: Name in `keras.losses`.
        title: Name shown.
        help: One line.
        tasks: Tasks that it fits.
    """

    name: str
    title: str
    help: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is followed while training.

    Attributes:
        name: Name in the recipe, in events and in plots.
        title: Name shown.
        help: One line.
        tasks: Tasks that it fits.
        mode: Whether smaller or larger is better.
        power: With which power of the target's scale it grows: 1 in the target's own units,
            0 without a unit.
    """

    name: str
    title: str
    help: str
    tasks: tuple[Task, ...]
    mode: Mode = "max"
    power: int = 0


LOSSES: tuple[Loss, ...] = (
    Loss(
        "binary_crossentropy", "Binary cross-entropy",
        "How surprised the network is by the true class. The usual choice for two classes.",
        ("binary",),
    ),
    Loss(
        "binary_focal_crossentropy", "Binary focal cross-entropy",
        "Looks mostly at rows that are still wrong; for rare classes.", ("binary",),
    ),
    Loss(
        "sparse_categorical_crossentropy", "Categorical cross-entropy",
        "How surprised the network is by the true class. The usual choice for several classes.",
        ("multiclass",),
    ),
    Loss(
        "categorical_focal_crossentropy", "Categorical focal cross-entropy",
        "Looks mostly at rows that are still wrong; for rare classes.", ("multiclass",),
    ),
    Loss(
        "mean_squared_error", "Mean squared error",
        "Mean of squared errors; large errors count much. The usual choice for numbers.",
        ("regression",),
    ),
    Loss(
        "mean_absolute_error", "Mean absolute error",
        "Mean of absolute errors; outliers count little. Aims at the median.", ("regression",),
    ),
    Loss(
        "huber", "Huber", "Squared for small errors, absolute for large ones.", ("regression",),
    ),
    Loss(
        "log_cosh", "Log-cosh", "Like Huber, but smooth everywhere.", ("regression",),
    ),
)  # fmt: skip
"""All losses, for each task the usual one first."""

METRICS: tuple[Metric, ...] = (
    Metric("accuracy", "Accuracy", "Share of rows whose class is right.",
           ("binary", "multiclass")),
    Metric("auc", "AUC", "Chance that a row of the second class ranks above one of the first.",
           ("binary",)),
    Metric("precision", "Precision", "Share of predicted second-class rows that are right.",
           ("binary",)),
    Metric("recall", "Recall", "Share of second-class rows that are found.", ("binary",)),
    Metric("f1", "F1", "Balance of precision and recall, averaged over classes.",
           ("binary", "multiclass")),
    Metric("top_3_accuracy", "Top-3 accuracy", "Share of rows whose class is among the first 3.",
           ("multiclass",)),
    Metric("mae", "Mean absolute error", "Mean error, in the target's own unit.",
           ("regression",), "min", 1),
    Metric("rmse", "Root mean squared error", "Typical error, in the target's own unit; large "
           "errors count more.", ("regression",), "min", 1),
    Metric("r2", "R²", "Share of the target's variance that is explained; 1 is perfect.",
           ("regression",)),
)  # fmt: skip
"""All metrics."""

AUTO_METRICS: dict[Task, tuple[str, ...]] = {
    "binary": ("accuracy",),
    "multiclass": ("accuracy",),
    "regression": ("mae",),
}
"""What `("auto",)` stands for."""


def losses_for(task: Task | None) -> list[Loss]:
    """Return the losses that fit a task, the usual one first; all without a task."""
    return [loss for loss in LOSSES if task is None or task in loss.tasks]


def metrics_for(task: Task | None) -> list[Metric]:
    """Return the metrics that fit a task; all without a task."""
    return [metric for metric in METRICS if task is None or task in metric.tasks]


def metric(name: str) -> Metric | None:
    """Return the metric of that name, or None."""
    return next((m for m in METRICS if m.name == name), None)


def mode_of(name: str) -> Mode:
    """Return whether a logged value (`"val_loss"`, `"accuracy"` …) is better small or large."""
    found = metric(name.removeprefix("val_"))
    return found.mode if found else "min"
