"""Keeps a training's checkpoint up to date, and takes a training up again from it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from workbench.errors import RunError
from workbench.training.checkpoint import Checkpoint, damaged, read_checkpoint, write_checkpoint
from workbench.training.conductor import Conductor
from workbench.training.watch import Watch

EVERY_SECONDS: Final = 30.0
"""Shortest time between two checkpoints, s."""
_SHARE: Final = 0.02
"""Largest share of the time of a training that writing them may take."""

_log = logging.getLogger(__name__)


class Checkpoints(keras.callbacks.Callback):
    """The callback that `fit` gets after the `Watch`.

    Args:
        path: The file.
        conductor: Runs the epochs.
        watch: Judges the epochs.
        resumed: Whether to go on from the file.
        every: Shortest time between two checkpoints, s.

    Attributes:
        seconds: Time that the training had taken before it was taken up again, s.
    """

    def __init__(
        self,
        path: Path,
        conductor: Conductor,
        watch: Watch,
        *,
        resumed: bool = False,
        every: float | None = None,
    ) -> None:
        super().__init__()
        self._path, self._conductor, self._watch = path, conductor, watch
        self._resumed = resumed
        self._every = EVERY_SECONDS if every is None else every
        self._due = 0.0
        self._began = time.monotonic()
        self.seconds = 0.0

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Go on from the file."""
        self._began = time.monotonic()
        self._due = self._began + self._every
        if self._resumed:
            # Keras would make the optimizer's variables in the first step.
            if not self.model.optimizer.built:
                self.model.optimizer.build(self.model.trainable_variables)
            self._restore(read_checkpoint(self._path, self._variables()))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Write a checkpoint if it is time."""
        started = time.monotonic()
        if self._conductor.failure is not None or self.model.stop_training or started < self._due:
            return
        try:
            write_checkpoint(self._path, self._checkpoint(epoch + 1))
        except RunError as error:
            # The training is worth more than its checkpoint: on a full disk it goes on without.
            _log.warning("No checkpoint was written: %s", error.message)
        now = time.monotonic()
        self._due = now + max(self._every, (now - started) / _SHARE)

    def elapsed(self) -> float:
        """Return the time spent in training, s, pauses left out."""
        running = time.monotonic() - self._began - self._conductor.paused_seconds
        return self.seconds + running

    # ---- inside --------------------------------------------------------------------------

    def _variables(self) -> dict[str, list[Any]]:
        """Return what makes up the state of a training.

        `Model.variables` holds the states of random generators too; metrics begin anew in every
        epoch.
        """
        return {
            "trainer": list(self.model.variables),
            "optimizer": list(self.model.optimizer.variables),
            "best": list(self.model.network.weights),
        }

    def _checkpoint(self, epoch: int) -> Checkpoint:
        arrays = {
            name: [keras.ops.convert_to_numpy(variable) for variable in variables]
            for name, variables in self._variables().items()
        }
        arrays["best"] = self._watch.best_weights
        return Checkpoint(epoch, self._conductor.step, self.elapsed(), self._watch.state(), arrays)

    def _restore(self, checkpoint: Checkpoint) -> None:
        variables = self._variables()
        for name in ("trainer", "optimizer"):
            for variable, value in zip(variables[name], checkpoint.arrays[name], strict=True):
                variable.assign(value)
        best = [
            np.asarray(value, dtype=np.asarray(weight).dtype)
            for value, weight in zip(
                checkpoint.arrays["best"], self.model.network.get_weights(), strict=False
            )
        ]
        try:
            self._watch.restore(checkpoint.watch, best)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(self._path, f"{type(error).__name__}: {error}") from error
        self.seconds = checkpoint.seconds
