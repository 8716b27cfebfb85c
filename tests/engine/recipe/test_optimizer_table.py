"""The tables agree with the installed Keras: names, parameters, defaults."""

from __future__ import annotations

import inspect

import pytest

from workbench.engine.local import prepare_process
from workbench.recipe.optimizers import OPTIMIZERS
from workbench.recipe.spec import OptimizerSpec

pytestmark = [pytest.mark.backend, pytest.mark.slow]

LEFT_OUT = {
    "Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap", "ScheduleFreeAdamW",
}  # fmt: skip


@pytest.fixture(scope="module")
def keras():
    prepare_process("auto", "cpu")
    import keras

    return keras


def test_every_optimizer_of_keras_is_there_or_left_out_on_purpose(keras):
    there = {
        name for name in dir(keras.optimizers) if inspect.isclass(getattr(keras.optimizers, name))
    }
    assert {o.name for o in OPTIMIZERS} == there - LEFT_OUT


@pytest.mark.parametrize("entry", OPTIMIZERS, ids=lambda o: o.name)
def test_parameters_and_defaults_are_those_of_keras(keras, entry):
    signature = inspect.signature(getattr(keras.optimizers, entry.name).__init__)
    assert signature.parameters["learning_rate"].default == entry.learning_rate
    for param in entry.params:
        assert signature.parameters[param.name].default == param.default, param.name


@pytest.mark.parametrize("entry", OPTIMIZERS, ids=lambda o: o.name)
def test_keras_accepts_what_the_form_offers(keras, entry):
    from workbench.training.compiling import make_optimizer

    given = {p.name: p.default for p in entry.params}
    given |= {"clipnorm": 1.0, "gradient_accumulation_steps": 2, "weight_decay": 0.01}
    made = make_optimizer(OptimizerSpec(entry.name, 0.01, given))
    assert made.clipnorm == 1.0 and made.gradient_accumulation_steps == 2
    assert float(keras.ops.convert_to_numpy(made.learning_rate)) == pytest.approx(0.01)
