"""JAX: a chunk is a row of calls of one compiled step; the state goes in and comes out.

(One compiled loop over all steps of a chunk, as with TensorFlow, was slower: inside a loop XLA uses
one processor core only.) Compiled twice: for full batches, and for the shorter last one.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp
from keras import tree

from workbench.training.arrays import Arrays
from workbench.training.pace import MOST_STEPS
from workbench.training.steppers.base import Losses, Stepper, core_optimizer


class JaxStepper(Stepper):
    """Compiled steps that are sent off without waiting for each other."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ordered: Any = None
        self._state: Any = None
        self._losses: Any = None
        self._put_in_order = jax.jit(
            lambda arrays, order: tree.map_structure(
                lambda values: jnp.take(values, order, axis=0), arrays
            )
        )
        self._step = jax.jit(self._train_step, donate_argnums=(0, 1), static_argnames=("size",))
        self._test = jax.jit(self._test_step, donate_argnums=(0,), static_argnames=("size",))

    # ---- what `fit` calls ----------------------------------------------------------------

    def train_function(self, state: Any, _sample: Any = None) -> Any:
        """Run an epoch."""
        self._state = state
        self.begin_epoch()
        self.conductor.run_epoch(self.train_chunk)
        self._end()
        state, self._state = self._state, None
        return self._blank_logs, state

    def test_function(self, state: Any, _sample: Any = None) -> Any:
        """Run an evaluation."""
        self._state = state
        self.conductor.run_evaluation(self._evaluation_count, self.evaluation_rows, self.test_chunk)
        state, self._state = self._state, None
        return self._blank_logs, state

    @cached_property
    def _blank_logs(self) -> dict[str, float]:
        # The metrics have no values while their state is outside of them: only their names.
        names = [m.name for m in self.trainer.metrics if m.name != "compile_metrics"]
        compiled = self.trainer._compile_metrics
        names += [m.name for m in compiled.metrics] if compiled is not None else []
        return dict.fromkeys(names, 0.0)

    @cached_property
    def _loss_at(self) -> int:
        trainer = self.trainer
        return _position(trainer.non_trainable_variables, trainer.batch_loss)

    # ---- steps ---------------------------------------------------------------------------

    def place(self, arrays: Arrays) -> Any:
        """Return the arrays on the device."""
        return tree.map_structure(jnp.asarray, arrays.structure)

    def note(self, loss: Any) -> None:
        """Note the loss of a batch as part of the state."""
        self.trainer.batch_loss.assign(loss)

    def begin_epoch(self) -> None:
        """Put the rows in their order once."""
        self._ordered = self._put_in_order(self._train, self.conductor.order())
        self._losses = jnp.zeros((MOST_STEPS,), jnp.float32)

    def train_chunk(self, first: int, steps: int) -> Losses:
        """Run training steps and return the loss of each."""
        for done in range(steps):
            start = (first + done) * self.batch_size
            size = min(self.batch_size, self.rows - start)
            self._state, self._losses = self._step(
                self._state, self._losses, self._ordered, np.int32(start), np.int32(done), size=size
            )
        return np.array(self._losses[:steps], np.float32)

    def test_chunk(self, first: int, steps: int) -> None:
        """Run evaluation steps."""
        for step in range(first, first + steps):
            start = step * self.evaluation_rows
            size = min(self.evaluation_rows, self._evaluation_count - start)
            self._state = self._test(self._state, self._evaluation, np.int32(start), size=size)
        jax.block_until_ready(self._state)

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate between two chunks."""
        if self._state is None:
            super().set_learning_rate(rate)
            return
        optimizer = self.trainer.optimizer
        at = _position(optimizer.variables, core_optimizer(optimizer).learning_rate)
        variables = list(self._state[2])
        variables[at] = jnp.asarray(rate, variables[at].dtype)
        self._state = (*self._state[:2], variables, *self._state[3:])

    def _train_step(
        self, state: Any, losses: Any, arrays: Any, start: Any, at: Any, size: int
    ) -> Any:
        self.trainer.inside_step = True
        _, state = self.trainer.train_step(state, _cut(arrays, start, size))
        self.trainer.inside_step = False
        return state, losses.at[at].set(state[1][self._loss_at])

    def _test_step(self, state: Any, arrays: Any, start: Any, size: int) -> Any:
        self.trainer.inside_step = True
        _, state = self.trainer.test_step(state, _cut(arrays, start, size))
        self.trainer.inside_step = False
        return state


def _cut(arrays: Any, start: Any, size: int) -> Any:
    return tree.map_structure(
        lambda values: jax.lax.dynamic_slice_in_dim(values, start, size), arrays
    )


def _position(variables: Any, wanted: Any) -> int:
    return next(at for at, variable in enumerate(variables) if variable is wanted)
