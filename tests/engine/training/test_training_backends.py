"""The whole job – train, predict, explain – with every backend that is installed here."""

from __future__ import annotations

import time

import numpy as np
import pytest

from workbench.engine.client import EngineClient
from workbench.engine.environment import installed_backends
from workbench.engine.messages import Died, JobDone, JobEvent, JobFailed

pytestmark = [pytest.mark.backend, pytest.mark.slow]


def outcome(client, kind, spec, seconds=200.0):
    """Submit a job and return its result and events."""
    job, events, limit = client.submit(kind, spec), [], time.monotonic() + seconds
    while time.monotonic() < limit:
        message = client.receive(0.5)
        if isinstance(message, JobEvent):
            events.append(message.event)
        elif isinstance(message, JobFailed | Died):
            raise AssertionError(getattr(message, "error", message).details)
        elif isinstance(message, JobDone) and message.job_id == job:
            return message.result, events
    raise AssertionError(f"{kind} took more than {seconds} s")


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_train_predict_and_explain(make_project, backend):
    if backend not in installed_backends():
        pytest.skip(f"{backend} is not installed here")
    project = make_project("multiclass")
    course = project.course(epochs=25, backend=backend)
    client = EngineClient("run", backend=backend, device="cpu")
    client.start()
    try:
        result, events = outcome(client, "train", course.spec.to_plain())
        assert result["backend"] == backend and result["device"] == "cpu"
        assert result["test"]["accuracy"] > 0.75
        losses = np.concatenate([e["values"]["loss"] for e in events if e["event"] == "batches"])
        assert len(losses) == 25 * 4 and losses[-4:].mean() < losses[:4].mean()
        spec = {"project": str(project.folder), "run_id": course.spec.run_id, "part": "test"}
        predicted, _ = outcome(client, "predict", spec)
        assert np.allclose(predicted["output"].sum(axis=1), 1, atol=1e-5)
        rows = [int(row) for row in predicted["rows"][:3]]
        spec = {
            "project": str(project.folder), "run_id": course.spec.run_id, "rows": rows,
            "explainer": "auto", "background": 20, "space": "logit", "seed": 0,
        }  # fmt: skip
        explained, _ = outcome(client, "explain", spec)
        values = np.asarray(explained["explanation"]["values"])
        assert values.shape[:2] == (3, 5) and np.isfinite(values).all()
        assert explained["explanation"]["additivity"] < 1e-3
    finally:
        client.close()
