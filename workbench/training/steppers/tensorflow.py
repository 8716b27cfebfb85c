"""TensorFlow: a chunk is one call of a compiled loop over steps.

The arrays live on the device; the loop gathers each batch there. Measured on two cores, a small
network and 50,000 rows: about half the time of plain `fit`, whose time is spent between steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from keras import tree

from workbench.training.arrays import Arrays
from workbench.training.steppers.base import Losses, Stepper


class TensorFlowStepper(Stepper):
    """Steps in a `tf.while_loop`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._order: Any = None
        self._train_loop = tf.function(self._train_steps, autograph=False)
        self._test_loop = tf.function(self._test_steps, autograph=False, reduce_retracing=True)

    def sample(self, arrays: Arrays) -> dict[str, Any]:
        """Return a data set of one batch: quicker to begin anew in every epoch than arrays."""
        return {"x": self.checked(arrays)}

    def checked(self, arrays: Arrays) -> Any:
        """Return a data set of one batch."""
        return tf.data.Dataset.from_tensors(arrays.structure)

    def sample_size(self, _arrays: Arrays | None) -> None:
        """Return None: a data set knows its batches."""
        return

    def place(self, arrays: Arrays) -> Any:
        """Return the arrays as tensors."""
        return tree.map_structure(tf.convert_to_tensor, arrays.structure)

    def begin_epoch(self) -> None:
        """Place the order of the rows."""
        self._order = tf.convert_to_tensor(self.conductor.order())

    def train_chunk(self, first: int, steps: int) -> Losses:
        """Run training steps and return the loss of each."""
        losses = self._train_loop(self._train, self._order, _scalar(first), _scalar(steps))
        return np.asarray(losses, np.float32)

    def test_chunk(self, first: int, steps: int) -> None:
        """Run evaluation steps."""
        self._test_loop(self._evaluation, _scalar(first), _scalar(steps))

    def _train_steps(self, arrays: Any, order: Any, first: Any, steps: Any) -> Any:
        def body(done: Any, losses: Any) -> Any:
            start = (first + done) * self.batch_size
            rows = order[start : start + self.batch_size]
            batch = tree.map_structure(lambda values: tf.gather(values, rows), arrays)
            self.trainer.inside_step = True
            self.trainer.train_step(batch)
            self.trainer.inside_step = False
            return done + 1, losses.write(done, tf.cast(self.noted, tf.float32))

        empty = tf.TensorArray(tf.float32, size=steps, element_shape=())
        _, losses = tf.while_loop(
            lambda done, _losses: done < steps, body, (0, empty), parallel_iterations=1
        )
        self.noted = None
        return losses.stack()

    def _test_steps(self, arrays: Any, first: Any, steps: Any) -> Any:
        def body(done: Any) -> Any:
            start = (first + done) * self.evaluation_rows
            batch = tree.map_structure(
                lambda values: values[start : start + self.evaluation_rows], arrays
            )
            self.trainer.inside_step = True
            self.trainer.test_step(batch)
            self.trainer.inside_step = False
            return (done + 1,)

        return tf.while_loop(lambda done: done < steps, body, (0,), parallel_iterations=1)


def _scalar(value: int) -> Any:
    return tf.constant(value, tf.int32)
