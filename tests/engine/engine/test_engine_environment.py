"""Backend and device are chosen before Keras is imported."""

from __future__ import annotations

import pytest

from workbench.engine import environment
from workbench.engine.environment import choose_backend, device_variables, environment_for
from workbench.errors import EngineError


@pytest.fixture
def installed(monkeypatch):
    def set_installed(*names):
        monkeypatch.delenv("KERAS_BACKEND", raising=False)
        monkeypatch.setattr(environment, "find_spec", lambda name: name in names or None)

    return set_installed


def test_auto_prefers_tensorflow_then_torch_then_jax(installed, monkeypatch):
    installed("jax", "torch", "tensorflow")
    assert choose_backend() == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend() == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "numpy")
    assert choose_backend() == "tensorflow"
    installed("jax", "torch")
    assert choose_backend() == "torch"
    installed("jax")
    assert choose_backend() == "jax"


def test_what_is_missing_is_named_with_its_remedy(installed):
    installed("tensorflow")
    with pytest.raises(EngineError, match="PyTorch is not installed") as caught:
        choose_backend("torch")
    assert "pip install torch" in caught.value.remedy
    assert caught.value.place.id == "backend"
    installed()
    with pytest.raises(EngineError, match="No Keras backend"):
        choose_backend()
    with pytest.raises(EngineError, match="No Keras backend"):
        choose_backend("torch")


def test_devices_become_environment_variables():
    assert device_variables("auto") == {}
    assert device_variables("gpu") == {}
    assert device_variables("cpu")["CUDA_VISIBLE_DEVICES"] == "-1"
    assert device_variables("gpu:1") == {"CUDA_VISIBLE_DEVICES": "1"}
    for wrong in ("tpu", "gpu:", "gpu:x", "", "cpu;rm", "gpu:1\n"):
        with pytest.raises(EngineError):
            device_variables(wrong)


def test_an_engine_inherits_the_rest_of_the_environment():
    made = environment_for("torch", "cpu", {"PATH": "/bin", "KERAS_BACKEND": "jax"})
    assert made["PATH"] == "/bin"
    assert made["KERAS_BACKEND"] == "torch"
    assert made["TF_CPP_MIN_LOG_LEVEL"] == "2"
    assert "KERAS_BACKEND" not in environment_for("", "auto", {})
