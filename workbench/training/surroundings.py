"""What a training sets in its process: seeds, determinism, precision – and puts back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras

from workbench.errors import Place, RunError
from workbench.recipe.presets import BACKENDS
from workbench.recipe.spec import AUTO, RecipeSpec


@contextlib.contextmanager
def precision(policy: str) -> Iterator[None]:
    """Build and train layers under a dtype policy.

    Args:
        policy: `"float32"`, `"mixed_float16"` or `"mixed_bfloat16"`.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def seed_everything(seed: int) -> None:
    """Make weights, dropout and everything else random depend on the seed alone.

    On the CPU two trainings with the same seed end with the same weights, bit for bit. On a
    graphics processor TensorFlow would refuse operations without a deterministic form, so there
    the seed holds but single bits may differ.
    """
    keras.utils.set_random_seed(seed)
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True, warn_only=True)


def refuse_other_engine(recipe: RecipeSpec) -> None:
    """Refuse a recipe that this process cannot serve: backend and device are chosen at its start.

    Raises:
        RunError: The recipe asks for another backend, or for a graphics processor where there
            is none.
    """
    running = keras.backend.backend()
    name = BACKENDS.get(running, running)
    if recipe.backend not in (AUTO, running):
        raise RunError(
            f"This engine runs with {name}.",
            expected=BACKENDS.get(recipe.backend, recipe.backend),
            remedy="Start an engine with the backend that the recipe asks for.",
            place=Place("field", "backend"),
        )
    if recipe.device.startswith("gpu") and devices() == ["cpu"]:
        raise RunError(
            f"{name} finds no graphics processor that it can use.",
            remedy="Choose the device “auto” or “cpu”, or install the driver; "
            "keras-workbench doctor tells more.",
            place=Place("field", "device"),
        )


def devices() -> list[str]:
    """Return the devices that the backend sees, for example `["cpu"]` or `["gpu:0"]`."""
    backend = keras.backend.backend()
    if backend == "torch":
        return _torch_devices()
    if backend == "tensorflow":
        import tensorflow as tf

        count = len(tf.config.list_physical_devices("GPU"))
    else:
        import jax

        count = len([d for d in jax.devices() if d.platform != "cpu"])
    return [f"gpu:{number}" for number in range(count)] or ["cpu"]


def _torch_devices() -> list[str]:
    import torch
    from keras.src.backend.torch.core import get_device

    name = str(get_device()).partition(":")[0]
    if name == "cuda":
        return [f"gpu:{number}" for number in range(torch.cuda.device_count())]
    return ["gpu:0"] if name not in ("cpu", "meta") else ["cpu"]
