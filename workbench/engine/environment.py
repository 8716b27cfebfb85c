"""Which backend, device and precision an engine gets: all chosen before Keras is imported.

Keras reads its backend, and the backends read their devices, when they are imported and never
again. So the choice is made here, as environment variables of the process to start. No Keras.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec

from workbench.errors import EngineError, Place

BACKENDS = ("tensorflow", "torch", "jax")
"""Keras backends, the preferred one first."""

TITLES = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
"""Names of the backends as their makers write them."""

_DEVICE = re.compile(r"auto|cpu|gpu(:\d{1,2})?")


def installed_backends() -> tuple[str, ...]:
    """Return the backends that can be imported here, the preferred one first. Imports nothing."""
    return tuple(name for name in BACKENDS if find_spec(name) is not None)


def choose_backend(asked: str = "auto") -> str:
    """Return the backend to use.

    Args:
        asked: A backend, or `"auto"`: the one that the environment names (KERAS_BACKEND) when
            it is installed, else TensorFlow, PyTorch or JAX, whichever is installed first.

    Raises:
        EngineError: The backend is unknown or not installed.
    """
    installed = installed_backends()
    if not installed:
        raise EngineError(
            "No Keras backend is installed.",
            expected="TensorFlow, PyTorch or JAX",
            remedy="Install one, for example with: pip install tensorflow",
            place=Place("engine"),
        )
    if asked == "auto":
        preferred = os.environ.get("KERAS_BACKEND", "")
        return preferred if preferred in installed else installed[0]
    if asked not in BACKENDS:
        raise EngineError(
            f"{asked!r} is not a Keras backend.",
            expected=" or ".join(BACKENDS),
            place=Place("field", "backend"),
        )
    if asked not in installed:
        raise EngineError(
            f"{TITLES[asked]} is not installed.",
            expected="an installed backend: " + ", ".join(TITLES[name] for name in installed),
            remedy=f"Choose another backend, or install it with: pip install {asked}",
            place=Place("field", "backend"),
        )
    return asked


_VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "GRPC_VERBOSITY": "ERROR",
    # Leave the graphics memory that other programs and engines need.
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    # cuBLAS is deterministic only with a fixed workspace.
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    # PyTorch's threads would burn the processor while they wait for each other: on two busy
    # cores a small network took 25 s instead of 0.6 s.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def quiet_variables() -> dict[str, str]:
    """Return the environment variables that every process with Keras gets."""
    return dict(_VARIABLES)


def environment_for(
    backend: str, device: str = "auto", base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of an engine process.

    Args:
        backend: A backend that `choose_backend` returned, or "" for an engine without Keras.
        device: `"auto"`, `"cpu"`, `"gpu"` or `"gpu:1"`.
        base: Environment to start from; this process's own by default.

    Raises:
        EngineError: The device is not one of these.
    """
    environment = dict(os.environ if base is None else base)
    environment.update(
        PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PYTHONFAULTHANDLER="1", **_VARIABLES
    )
    if backend:
        environment["KERAS_BACKEND"] = backend
    environment.update(device_variables(device))
    return environment


def device_variables(device: str) -> dict[str, str]:
    """Return the environment variables that choose a device.

    Raises:
        EngineError: The device is not `"auto"`, `"cpu"`, `"gpu"` or `"gpu:<number>"`.
    """
    if not _DEVICE.fullmatch(device):
        raise EngineError(
            f"The device {device!r} is unknown.",
            expected="auto, cpu, gpu, or gpu:0, gpu:1 …",
            place=Place("field", "device"),
        )
    if device == "cpu":
        # KERAS_TORCH_DEVICE: PyTorch on a Mac would take the graphics chip all the same.
        return {
            "CUDA_VISIBLE_DEVICES": "-1",
            "JAX_PLATFORMS": "cpu",
            "KERAS_TORCH_DEVICE": "cpu",
        }
    if ":" in device:
        return {"CUDA_VISIBLE_DEVICES": device.split(":")[1]}
    return {}
