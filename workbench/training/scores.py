"""How good predictions are on held-out rows: exact, with scikit-learn, in the person's units."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.data.encoder import Encoder
from workbench.training.outputs import Outputs, class_codes


def scores(outputs: Outputs, target: npt.NDArray[np.generic], encoder: Encoder) -> dict[str, float]:
    """Return the scores of some rows.

    Args:
        outputs: Probabilities or values in user units, (rows, units).
        target: The encoded target of the same rows.
        encoder: Knows task, classes and scale.

    Returns:
        binary: `accuracy`, and `auc` where both classes are present; multiclass: `accuracy` and
        `f1` (macro); regression: `r2` (where the target varies), `mae`, `rmse`.
    """
    if not len(outputs):
        return {}
    if encoder.task == "regression":
        truth = np.asarray(encoder.to_user_units(target.astype(np.float64)), np.float64)
        return regression_scores(outputs.astype(np.float64).reshape(-1), truth.reshape(-1))
    from sklearn import metrics

    codes = target.reshape(-1).astype(np.int64)
    guesses = class_codes(outputs)
    found: dict[str, Any] = {"accuracy": metrics.accuracy_score(codes, guesses)}
    if encoder.task == "binary":
        if len(np.unique(codes)) == 2 and np.isfinite(outputs).all():
            found["auc"] = metrics.roc_auc_score(codes, outputs[:, 0])
    else:
        found["f1"] = metrics.f1_score(codes, guesses, average="macro", zero_division=0)
    return {name: float(value) for name, value in found.items()}


def regression_scores(
    guesses: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]
) -> dict[str, float]:
    """Return R² (where the truth varies), mean absolute and root mean squared error."""
    errors = guesses - truth
    found = {
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt(np.square(errors).mean())),
    }
    spread = float(np.square(truth - truth.mean()).sum())
    if spread > 0:
        found = {"r2": 1.0 - float(np.square(errors).sum()) / spread, **found}
    return found
