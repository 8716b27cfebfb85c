"""Watches the epochs of a training: reports them, keeps the best weights, ends it early."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from workbench.plain import PlainDict
from workbench.recipe.measures import metric
from workbench.recipe.presets import ResolvedRecipe
from workbench.recipe.spec import EarlyStopping
from workbench.training.conductor import Conductor
from workbench.training.steppers.base import core_optimizer


class Watch(keras.callbacks.Callback):
    """The callback that `fit` gets.

    Args:
        conductor: Runs the epochs.
        recipe: What to watch.
        stopping: When to end early.
        scale: Size of one unit of the scaled target in the person's units; 1 for classes.

    Attributes:
        best_epoch: Epoch (from 1) with the best watched value; 0 before the first.
        best_values: Its values, in the person's units.
        best_weights: Its weights.
        epochs: Epochs that ended.
    """

    def __init__(
        self,
        conductor: Conductor,
        recipe: ResolvedRecipe,
        stopping: EarlyStopping,
        scale: float,
    ) -> None:
        super().__init__()
        self._conductor, self._recipe, self._stopping = conductor, recipe, stopping
        self._scale = scale
        self.best_epoch = self.epochs = 0
        self.best_values: dict[str, float] = {}
        self.best_weights: list[Any] = []
        self._best = self._reference = math.inf
        self._wait = 0
        self._began = self._paused = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self._conductor.epoch = epoch
        self._began, self._paused = time.monotonic(), self._conductor.paused_seconds

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Report the epoch."""
        if self._conductor.failure is not None:
            return
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.epochs = epoch + 1
        best = self._judge(values.get(self._recipe.monitor, math.nan))
        values = self._in_user_units(values)
        if best:
            self.best_epoch, self.best_values = epoch + 1, values
            self.best_weights = [np.array(w) for w in self.model.network.get_weights()]
        paused = self._conductor.paused_seconds - self._paused
        self._conductor.report_epoch(
            {
                "event": "epoch",
                "epoch": epoch + 1,
                "step": self._conductor.step,
                "values": values,
                "seconds": time.monotonic() - self._began - paused,
                "best": best,
                "learning_rate": self.learning_rate,
                "patience": [self._wait, self._stopping.patience if self._stopping.enabled else 0],
            }
        )
        if self._stopping.enabled and self._wait >= self._stopping.patience:
            self.model.stop_training = True

    def state(self) -> PlainDict:
        """Return all that is known but the best weights, as plain data."""
        return {
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "best_values": dict(self.best_values),
            "best": self._best,
            "reference": self._reference,
            "wait": self._wait,
        }

    def restore(self, state: Mapping[str, Any], best_weights: list[Any]) -> None:
        """Go on from what another watch knew.

        Args:
            state: What its `state` returned.
            best_weights: Its best weights.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It is none.
        """
        self.epochs, self.best_epoch = int(state["epochs"]), int(state["best_epoch"])
        self.best_values = {str(k): float(v) for k, v in state["best_values"].items()}
        self._best, self._reference = float(state["best"]), float(state["reference"])
        self._wait = int(state["wait"])
        self.best_weights = best_weights

    @property
    def learning_rate(self) -> float:
        """The learning rate now."""
        rate = core_optimizer(self.model.optimizer).learning_rate
        return float(keras.ops.convert_to_numpy(rate))

    def _judge(self, value: float) -> bool:
        """Compare the watched value with the best so far; count the patience."""
        if self._recipe.mode == "max":
            value = -value
        if not self.best_epoch and math.isnan(value):
            value = math.inf  # better these weights than none
            self._wait += 1
            return True
        if value < self._reference - self._stopping.min_delta:
            self._reference, self._wait = value, 0
        else:
            self._wait += 1
        if value < self._best or not self.best_epoch:
            self._best = value
            return True
        return False

    def _in_user_units(self, values: dict[str, float]) -> dict[str, float]:
        found = {}
        for name, value in values.items():
            known = metric(name.removeprefix("val_"))
            found[name] = value * abs(self._scale) ** (known.power if known else 0)
        return found
