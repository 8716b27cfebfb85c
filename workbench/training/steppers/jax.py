"""JAX: a chunk is one call of a compiled loop over steps; the state goes in and comes out.

Compiled twice: for full batches, and for the shorter last one of an epoch.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp
from keras import tree

from workbench.training.arrays import Arrays
from workbench.training.pace import MOST_STEPS
from workbench.training.steppers.base import Losses, Stepper, core_optimizer


class JaxStepper(Stepper):
    """Steps in a `jax.lax.fori_loop`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._order: Any = None
        self._state: Any = None
        trainer = self.trainer
        self._loss_at = _position(trainer.non_trainable_variables, trainer.batch_loss)
        optimizer = trainer.optimizer
        self._rate_at = _position(optimizer.variables, core_optimizer(optimizer).learning_rate)
        self._train_loop = jax.jit(partial(self._train_steps, self.batch_size), donate_argnums=(0,))
        rest = self.rows % self.batch_size
        self._train_rest = jax.jit(partial(self._train_steps, rest), donate_argnums=(0,))
        self._test_loop = jax.jit(self._test_steps, donate_argnums=(0,), static_argnames=("size",))

    # ---- what `fit` calls ----------------------------------------------------------------

    def train_function(self, state: Any, _token: Any = None) -> Any:
        """Run an epoch."""
        self._state = state
        self.begin_epoch()
        self.conductor.run_epoch(self.train_chunk)
        self._end()
        state, self._state = self._state, None
        return self._logs, state

    def test_function(self, state: Any, _token: Any = None) -> Any:
        """Run an evaluation."""
        self._state = state
        self.conductor.run_evaluation(self._evaluation_count, self.evaluation_rows, self.test_chunk)
        state, self._state = self._state, None
        return self._logs, state

    # ---- steps ---------------------------------------------------------------------------

    def place(self, arrays: Arrays) -> Any:
        """Return the arrays on the device."""
        return tree.map_structure(jnp.asarray, arrays.structure)

    def note(self, loss: Any) -> None:
        """Note the loss of a batch as part of the state."""
        self.trainer.batch_loss.assign(loss)

    def begin_epoch(self) -> None:
        """Place the order of the rows."""
        self._order = jnp.asarray(self.conductor.order())

    def train_chunk(self, first: int, steps: int) -> Losses:
        """Run training steps and return the loss of each."""
        full = min(steps, self.rows // self.batch_size - first)
        parts = []
        if full > 0:
            self._state, losses = self._train_loop(
                self._state, self._train, self._order, first, full
            )
            parts.append(np.asarray(losses)[:full])
        if full < steps:  # the last batch of the epoch has fewer rows
            self._state, losses = self._train_rest(
                self._state, self._train, self._order, first + max(full, 0), 1
            )
            parts.append(np.asarray(losses)[:1])
        return np.concatenate(parts).astype(np.float32)

    def test_chunk(self, first: int, steps: int) -> None:
        """Run evaluation steps."""
        for step in range(first, first + steps):
            start = step * self.evaluation_rows
            size = min(self.evaluation_rows, self._evaluation_count - start)
            self._state = self._test_loop(self._state, self._evaluation, start, size=size)

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate between two chunks."""
        if self._state is None or self._rate_at is None:
            super().set_learning_rate(rate)
            return
        variables = list(self._state[2])
        variables[self._rate_at] = jnp.asarray(rate, variables[self._rate_at].dtype)
        self._state = (*self._state[:2], variables, *self._state[3:])

    def _train_steps(
        self, size: int, state: Any, arrays: Any, order: Any, first: Any, steps: Any
    ) -> Any:
        def body(done: Any, carried: Any) -> Any:
            state, losses = carried
            start = (first + done) * self.batch_size
            rows = jax.lax.dynamic_slice(order, (start,), (size,))
            batch = tree.map_structure(lambda values: jnp.take(values, rows, axis=0), arrays)
            self.trainer.inside_step = True
            _, state = self.trainer.train_step(state, batch)
            self.trainer.inside_step = False
            return state, losses.at[done].set(state[1][self._loss_at])

        empty = jnp.zeros((MOST_STEPS,), jnp.float32)
        return jax.lax.fori_loop(0, steps, body, (state, empty))

    def _test_steps(self, state: Any, arrays: Any, start: Any, size: int) -> Any:
        batch = tree.map_structure(
            lambda values: jax.lax.dynamic_slice_in_dim(values, start, size), arrays
        )
        self.trainer.inside_step = True
        _, state = self.trainer.test_step(state, batch)
        self.trainer.inside_step = False
        return state


def _position(variables: Any, wanted: Any) -> Any:
    return next((at for at, variable in enumerate(variables) if variable is wanted), None)
