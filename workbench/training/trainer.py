"""The Keras model that is trained: the network itself, with steps that run in chunks.

`keras.Model.fit` stays the loop: epochs, callbacks, validation, history. It is given one sample
batch, from which Keras builds what it needs; where it would call its train function once per
batch, ours runs the whole epoch in chunks on the device – same `train_step`, same losses, same
metrics, far fewer trips through Python – and hands back every batch's own loss. (Keras's own logs
are running means.)
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from workbench.training.arrays import Arrays
from workbench.training.conductor import Conductor

_SAMPLE = 2


class Trainer(keras.Model):
    """A network in training. Its weights are the network's own.

    Args:
        network: The functional model.
    """

    def __init__(self, network: Any) -> None:
        super().__init__(name="trainer")
        self.network = network
        # The loss of the batch that ran last, read back as part of the state by JAX.
        self.batch_loss = self.add_weight(
            shape=(), dtype="float32", initializer="zeros", trainable=False, name="batch_loss"
        )
        self.stepper: Any = None
        self.inside_step = False

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the network's output."""
        return self.network(inputs, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch, penalties of the layers included, and note it."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if training and self.inside_step:
            self.stepper.note(loss)
        return loss

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the metrics; nothing inside a step, where nobody would read them."""
        return {} if self.inside_step else super().get_metrics_result()

    def make_train_function(self, force: bool = False) -> None:  # noqa: ARG002
        """Let the stepper run the epochs."""
        self.train_function = self.stepper.train_function

    def make_test_function(self, force: bool = False) -> None:  # noqa: ARG002
        """Let the stepper run the evaluations."""
        self.test_function = self.stepper.test_function

    def run(
        self,
        conductor: Conductor,
        train: Arrays,
        validation: Arrays | None,
        evaluation_rows: int,
        callbacks: list[keras.callbacks.Callback],
    ) -> None:
        """Train until the last epoch, or until the conductor or a callback end it.

        Args:
            conductor: Runs the epochs.
            train: Training rows; placed on the device once.
            validation: Validation rows, or None.
            evaluation_rows: Rows per step of an evaluation.
            callbacks: Hear how each epoch ended.
        """
        self.stepper = make_stepper(self, conductor, train, evaluation_rows)
        if validation is not None:
            self.stepper.place_evaluation(validation)
        sample = take(train, _SAMPLE)
        checked = None if validation is None else take(validation, _SAMPLE)
        self.fit(
            **self.stepper.sample(sample),
            validation_data=None if checked is None else self.stepper.checked(checked),
            validation_batch_size=self.stepper.sample_size(checked),
            initial_epoch=conductor.first_epoch,
            epochs=conductor.epochs,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )

    def measure(self, arrays: Arrays) -> dict[str, float]:
        """Return loss and metrics on some rows, after `run`."""
        self.stepper.place_evaluation(arrays)
        sample = self.stepper.sample(take(arrays, _SAMPLE))
        found = self.evaluate(**sample, return_dict=True, verbose=0)
        return {name: float(value) for name, value in found.items()}


def make_stepper(
    trainer: Trainer, conductor: Conductor, train: Arrays, evaluation_rows: int
) -> Any:
    """Return the stepper of the backend that Keras runs with."""
    kind: Any
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from workbench.training.steppers.tensorflow import TensorFlowStepper

        kind = TensorFlowStepper
    elif backend == "torch":
        from workbench.training.steppers.torch import TorchStepper

        kind = TorchStepper
    else:
        from workbench.training.steppers.jax import JaxStepper

        kind = JaxStepper
    return kind(trainer, conductor, train, evaluation_rows)


def take(arrays: Arrays, rows: int) -> Arrays:
    """Return the first rows."""
    inputs = arrays.inputs
    first = (
        {name: values[:rows] for name, values in inputs.items()}
        if isinstance(inputs, dict)
        else inputs[:rows]
    )
    weights = None if arrays.weights is None else arrays.weights[:rows]
    return Arrays(first, np.asarray(arrays.target[:rows]), weights)
