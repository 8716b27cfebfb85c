"""What the steppers of all backends have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.training.arrays import Arrays
from workbench.training.conductor import Conductor

Losses = npt.NDArray[np.float32]


class Stepper(ABC):
    """Runs chunks of steps. A subclass per backend.

    Args:
        trainer: The model in training, built and compiled.
        conductor: Runs the epochs.
        train: Training rows, placed on the device once.
        evaluation_rows: Rows per step of an evaluation.
    """

    def __init__(
        self, trainer: Any, conductor: Conductor, train: Arrays, evaluation_rows: int
    ) -> None:
        self.trainer, self.conductor = trainer, conductor
        self.batch_size, self.evaluation_rows = conductor.batch_size, evaluation_rows
        self.rows = train.rows
        self._train = self.place(train)
        self._evaluation: Any = None
        self._evaluation_count = 0
        self.noted: Any = None
        # `fit` takes these for the logs of its last step and replaces them by the metrics.
        self._logs = dict.fromkeys(trainer.get_metrics_result(), 0.0)

    # ---- what `fit` calls (JAX has its own) ----------------------------------------------

    def train_function(self, *_token: Any, **_more: Any) -> Any:
        """Run an epoch."""
        self.begin_epoch()
        self.conductor.run_epoch(self.train_chunk)
        self._end()
        return self._logs

    def test_function(self, *_token: Any, **_more: Any) -> Any:
        """Run an evaluation."""
        self.conductor.run_evaluation(self._evaluation_count, self.evaluation_rows, self.test_chunk)
        return self._logs

    def _end(self) -> None:
        if self.conductor.ending:
            self.trainer.stop_training = True

    # ---- what a backend does -------------------------------------------------------------

    def token(self) -> Any:
        """Return what `fit` and `evaluate` get in place of batches: one element."""
        return np.zeros((1, 1), np.float32)

    @abstractmethod
    def place(self, arrays: Arrays) -> Any:
        """Return the arrays on the device, in the structure of a step."""

    def place_evaluation(self, arrays: Arrays) -> None:
        """Place the rows of the next evaluations."""
        self._evaluation = self.place(arrays)
        self._evaluation_count = arrays.rows

    def note(self, loss: Any) -> None:
        """Note the loss of the batch that is being computed."""
        self.noted = loss

    @abstractmethod
    def begin_epoch(self) -> None:
        """Get ready for an epoch, with the conductor's new order of rows."""

    @abstractmethod
    def train_chunk(self, first: int, steps: int) -> Losses:
        """Run training steps and return the loss of each."""

    @abstractmethod
    def test_chunk(self, first: int, steps: int) -> None:
        """Run evaluation steps."""

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate between two chunks."""
        core_optimizer(self.trainer.optimizer).learning_rate = rate


def core_optimizer(optimizer: Any) -> Any:
    """Return the optimizer itself, without the loss scaling that float16 puts around it."""
    return getattr(optimizer, "inner_optimizer", optimizer)
