"""A tiny training, run when a spare engine starts, so that a person's first one does not wait.

The first training of a process pays for imports, thread pools and tracing machinery: two to five
seconds on two cores, after Keras has been imported.
"""

from __future__ import annotations

import keras
import numpy as np

from workbench.jobs import Control, ignore
from workbench.recipe.presets import ResolvedRecipe
from workbench.recipe.spec import EarlyStopping, OptimizerSpec
from workbench.training.arrays import Arrays
from workbench.training.compiling import make_loss, make_metrics, make_optimizer
from workbench.training.conductor import Conductor
from workbench.training.surroundings import seed_everything
from workbench.training.trainer import Trainer
from workbench.training.watch import Watch


def train_once() -> None:
    """Train a network of five weights for two epochs."""
    seed_everything(0)
    inputs = keras.Input((2,), name="features")
    hidden = keras.layers.Dense(2, "relu", name="warm_hidden")(inputs)
    hidden = keras.layers.Dropout(0.1, name="warm_dropout")(hidden)
    network = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="warm_output")(hidden))
    recipe = ResolvedRecipe("binary_crossentropy", ("accuracy",), "val_loss", "min")
    rows = Arrays(np.zeros((6, 2), np.float32), np.zeros((6, 1), np.float32))
    trainer = Trainer(network)
    trainer.compile(
        make_optimizer(OptimizerSpec()), make_loss(recipe, 2), metrics=make_metrics(recipe, 2),
        jit_compile=False,
    )  # fmt: skip
    conductor = Conductor(6, 4, 2, 0, ignore, Control(), _nothing)
    trainer.run(conductor, rows, rows, 4, Watch(conductor, recipe, EarlyStopping(), 1.0))


def _nothing(_rate: float) -> None:
    return
