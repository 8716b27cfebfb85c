"""From the names of a recipe to Keras's optimizer, loss and metrics."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from workbench.errors import Place, RecipeError
from workbench.recipe.presets import ResolvedRecipe, optimizer
from workbench.recipe.spec import OptimizerSpec


def make_optimizer(spec: OptimizerSpec) -> Any:
    """Return a fresh optimizer.

    Raises:
        RecipeError: This Keras does not have it, or refuses its parameters.
    """
    known = optimizer(spec.name)
    kind = getattr(keras.optimizers, spec.name, None) if known else None
    if kind is None:
        raise RecipeError(
            f"There is no optimizer {spec.name}.", place=Place("field", "optimizer.name")
        )
    try:
        return kind(learning_rate=float(spec.learning_rate), name="optimizer", **spec.params)
    except (TypeError, ValueError) as error:
        raise RecipeError(
            f"{spec.name} refuses its settings.",
            received=str(error).splitlines()[0],
            place=Place("field", "optimizer.params"),
        ) from error


def make_loss(recipe: ResolvedRecipe, classes: int) -> Any:
    """Return the loss.

    Args:
        recipe: The recipe without `"auto"`.
        classes: Number of classes; 0 for regression.
    """
    name, logits = recipe.loss, recipe.from_logits
    losses = keras.losses
    if name == "categorical_focal_crossentropy":
        return SparseFocal(classes, logits)
    kinds: dict[str, Any] = {
        "binary_crossentropy": losses.BinaryCrossentropy,
        "binary_focal_crossentropy": losses.BinaryFocalCrossentropy,
        "sparse_categorical_crossentropy": losses.SparseCategoricalCrossentropy,
        "mean_squared_error": losses.MeanSquaredError,
        "mean_absolute_error": losses.MeanAbsoluteError,
        "huber": losses.Huber,
        "log_cosh": losses.LogCosh,
    }
    return kinds[name](from_logits=logits) if "crossentropy" in name else kinds[name]()


class SparseFocal(keras.losses.Loss):
    """Categorical focal cross-entropy for class codes instead of one-hot rows."""

    def __init__(self, classes: int, from_logits: bool) -> None:
        super().__init__(name="categorical_focal_crossentropy")
        self._classes, self._from_logits = classes, from_logits

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each row."""
        codes = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        hot = ops.one_hot(codes, self._classes, dtype=y_pred.dtype)
        return keras.losses.categorical_focal_crossentropy(
            hot, y_pred, from_logits=self._from_logits
        )


def make_metrics(recipe: ResolvedRecipe, classes: int) -> list[Any]:
    """Return the metrics, named as in the recipe.

    Args:
        recipe: The recipe without `"auto"`.
        classes: Number of classes; 0 for regression.
    """
    return [_metric(name, classes, recipe.from_logits) for name in recipe.metrics]


def _metric(name: str, classes: int, logits: bool) -> Any:
    metrics = keras.metrics
    if classes == 0:
        kinds: dict[str, Any] = {
            "mae": metrics.MeanAbsoluteError,
            "rmse": metrics.RootMeanSquaredError,
            "r2": metrics.R2Score,
        }
        return kinds[name](name=name)
    if classes > 2:
        if name == "accuracy":
            return metrics.SparseCategoricalAccuracy(name=name)
        if name == "top_3_accuracy":
            return metrics.SparseTopKCategoricalAccuracy(k=3, name=name)
        return SparseF1(classes, name)
    if name == "accuracy":
        return metrics.BinaryAccuracy(name=name, threshold=0.0 if logits else 0.5)
    if name == "auc":
        return metrics.AUC(name=name, from_logits=logits)
    return BinaryCounts(name, 0.0 if logits else 0.5)


class SparseF1(keras.metrics.F1Score):
    """Macro-averaged F1 for class codes instead of one-hot rows; exact, from counts."""

    def __init__(self, classes: int, name: str) -> None:
        super().__init__(average="macro", name=name)
        self._classes = classes

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Count a batch."""
        codes = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        return super().update_state(ops.one_hot(codes, self._classes), y_pred, sample_weight)


class BinaryCounts(keras.metrics.Metric):
    """Precision, recall or F1 of the second of two classes, from counts.

    Args:
        name: `"precision"`, `"recall"` or `"f1"`.
        threshold: Outputs above it count as the second class: 0.5, or 0 for logits (Keras's own
            metrics take probabilities only).
    """

    def __init__(self, name: str, threshold: float) -> None:
        super().__init__(name=name)
        self._kind, self._threshold = name, threshold
        self._hits = self.add_weight(shape=(), initializer="zeros", name="hits")
        self._called = self.add_weight(shape=(), initializer="zeros", name="called")
        self._real = self.add_weight(shape=(), initializer="zeros", name="real")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # noqa: ARG002
        """Count a batch."""
        real = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        called = ops.cast(ops.reshape(y_pred, (-1,)) > self._threshold, "float32")
        self._hits.assign_add(ops.sum(real * called))
        self._called.assign_add(ops.sum(called))
        self._real.assign_add(ops.sum(real))

    def result(self) -> Any:
        """Return the share; 0 where there is nothing to divide by."""
        below = {
            "precision": self._called + 0.0,
            "recall": self._real + 0.0,
            "f1": (self._called + self._real) / 2.0,
        }[self._kind]
        return ops.divide_no_nan(self._hits + 0.0, below)
