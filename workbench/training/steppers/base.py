"""What the steppers of all backends have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.training.arrays import Arrays
from workbench.training.conductor import Conductor

Losses = npt.NDArray[np.float32]


class Stepper(ABC):
    """Runs chunks of steps. A subclass per backend.

    Args:
        trainer: The model in training, compiled.
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

    # ---- what `fit` gets and calls (JAX has its own functions) ---------------------------

    def sample(self, arrays: Arrays) -> dict[str, Any]:
        """Return what `fit` and `evaluate` get: a few rows as one single batch."""
        x, y, *weights = arrays.structure
        weight = weights[0] if weights else None
        return {"x": x, "y": y, "sample_weight": weight, "batch_size": arrays.rows}

    def checked(self, arrays: Arrays) -> Any:
        """Return what `fit` gets for validation: a few rows."""
        return arrays.structure

    def sample_size(self, arrays: Arrays | None) -> int | None:
        """Return the batch size that makes those few rows one batch."""
        return arrays.rows if arrays is not None else None

    def train_function(self, *_sample: Any, **_more: Any) -> Any:
        """Run an epoch."""
        self.begin_epoch()
        self.conductor.run_epoch(self.train_chunk)
        self._end()
        return self._logs

    def test_function(self, *_sample: Any, **_more: Any) -> Any:
        """Run an evaluation."""
        self.conductor.run_evaluation(self._evaluation_count, self.evaluation_rows, self.test_chunk)
        return self._logs

    @cached_property
    def _logs(self) -> dict[str, float]:
        # `fit` takes these for the logs of its last step and replaces them by the metrics.
        return dict.fromkeys(self.trainer.get_metrics_result(), 0.0)

    def _end(self) -> None:
        if self.conductor.ending:
            self.trainer.stop_training = True

    # ---- what a backend does -------------------------------------------------------------

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
