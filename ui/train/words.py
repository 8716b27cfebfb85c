"""How the Train page says things: names of metrics, results and hints in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Final

from ui.train.curves import VALIDATION, RunCurves
from workbench.recipe.presets import metric
from workbench.runs.spec import RunState
from workbench.wording import number, plural

_TITLES: Final = {
    "loss": "Loss",
    "binary_accuracy": "Accuracy",
    "sparse_categorical_accuracy": "Accuracy",
    "categorical_accuracy": "Accuracy",
    "mean_absolute_error": "Mean absolute error",
    "mse": "Mean squared error",
    "mean_squared_error": "Mean squared error",
    "root_mean_squared_error": "Root mean squared error",
    "r2_score": "R²",
}
_SHORT: Final = {
    "mae": "MAE",
    "mean_absolute_error": "MAE",
    "mse": "MSE",
    "mean_squared_error": "MSE",
    "rmse": "RMSE",
    "root_mean_squared_error": "RMSE",
}
STATES: Final = {
    RunState.RUNNING: "Running",
    RunState.DONE: "Finished",
    RunState.STOPPED: "Stopped",
    RunState.CANCELLED: "Cancelled",
    RunState.FAILED: "Failed",
}
INTERRUPTED: Final = "Interrupted"
"""What a run is called that broke off and can be taken up again."""
_TURN: Final = 0.1
_TURN_EPOCHS: Final = 3


def metric_title(name: str) -> str:
    """Return the title of a logged value: "Accuracy", "Validation loss"."""
    if name.startswith(VALIDATION):
        title = metric_title(name.removeprefix(VALIDATION))
        return f"Validation {title if title[:2].isupper() or '²' in title else title.lower()}"
    known = metric(name)
    return known.title if known else _TITLES.get(name, name.replace("_", " ").capitalize())


def metric_short(name: str) -> str:
    """Return a short name of a logged value for a narrow column: "val. loss"."""
    validation = name.startswith(VALIDATION)
    base = name.removeprefix(VALIDATION)
    title = _SHORT.get(base) or metric_title(base)
    if title[:2].isupper() or "²" in title:
        return f"Val. {title}" if validation else title
    return f"Val. {title.lower()}" if validation else title[0].upper() + title[1:]


def percent(share: float) -> str:
    """Return a share in words: "97.4 %"; never "100 %" for less than all."""
    text = f"{100 * share:.1f}"
    if text == "100.0" and share < 1:
        text = ">99.9"
    return f"{text.removesuffix('.0')} %"


def result_headline(run: RunCurves, test: Mapping[str, float]) -> str:
    """Say how good the network is on rows it has never seen.

    Args:
        run: The run.
        test: Its metrics on the test part, in the user's units.
    """
    rows = plural(run.rows["test"], "test row") if run.rows.get("test") else "test rows"
    accuracy = next((test[n] for n in test if n.endswith("accuracy")), None)
    if accuracy is not None and math.isfinite(accuracy):
        return f"{percent(accuracy)} of the {rows} are classified correctly."
    r2 = next((test[n] for n in ("r2", "r2_score") if n in test), None)
    if r2 is not None and math.isfinite(r2):
        if r2 <= 0:
            return f"On the {rows} it predicts no better than the mean would (R² {number(r2, 3)})."
        return f"It explains {percent(r2)} of the variation in the {rows} (R² {number(r2, 3)})."
    loss = test.get("loss")
    if loss is not None:
        return f"The loss on the {rows} is {number(loss)}."
    return "There are no test rows: set some aside on the Data page to measure it fairly."


def test_line(test: Mapping[str, float]) -> str:
    """Return all test metrics in one line: "Test: loss 0.081 · accuracy 0.9767"."""
    words = [f"{lowered(metric_title(name))} {number(value)}" for name, value in test.items()]
    return f"Test: {' · '.join(words)}" if words else ""


def how_it_ended(run: RunCurves) -> str:
    """Say how a run ended and which weights were kept."""
    epochs = plural(run.epoch, "epoch")
    kept = f" The weights of epoch {run.best_epoch} were kept." if run.best_epoch else ""
    if run.state is RunState.STOPPED:
        return f"Stopped by you after {epochs}.{kept}"
    if run.state is RunState.DONE and run.planned_epochs and run.epoch < run.planned_epochs:
        name = lowered(metric_title(run.monitor)) if run.monitor else "monitored value"
        waited = run.patience[1] if run.patience else run.epoch - run.best_epoch
        return f"Ended after {epochs}: no better {name} for {plural(waited, 'epoch')}.{kept}"
    return f"Ended after {epochs}.{kept}"


def overfitting_hint(run: RunCurves) -> str:
    """Return a hint when the validation loss turned while the training loss kept falling, or ""."""
    train, validation = run.epochs.get("loss"), run.epochs.get("val_loss")
    if train is None or validation is None or not run.best_epoch:
        return ""
    best = run.best_epoch
    if run.epoch - best < _TURN_EPOCHS:
        return ""
    tail = range(run.epoch - _TURN_EPOCHS + 1, run.epoch + 1)
    # The median of the last epochs: one noisy epoch at the end is no turn.
    ends = [value for epoch in tail if (value := run.value_at("val_loss", epoch)) is not None]
    at_best, at_end = run.value_at("val_loss", best), median(ends) if ends else None
    train_best, train_end = run.value_at("loss", best), run.last("loss")
    if None in (at_best, at_end, train_best, train_end):
        return ""
    assert at_best is not None and at_end is not None
    assert train_best is not None and train_end is not None
    if at_end < at_best * (1 + _TURN) or train_end >= train_best:
        return ""
    return (
        f"Overfitting began after epoch {best}: the validation loss rose from {number(at_best, 3)} "
        f"to {number(at_end, 3)} while the training loss kept falling. The kept weights are from "
        "before it. More data, more dropout or a smaller network would help."
    )


def lowered(title: str) -> str:
    """Return a title as it stands in the middle of a sentence."""
    return title if title[:2].isupper() or "²" in title else title[0].lower() + title[1:]
