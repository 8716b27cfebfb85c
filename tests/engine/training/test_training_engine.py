"""A training in an engine process, as the window runs it: warm start, cancel, sudden death."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest

from workbench.engine.client import EngineClient
from workbench.engine.messages import Died, JobDone, JobEvent, JobFailed, Ready
from workbench.errors import JobCancelled
from workbench.runs.spec import RunState
from workbench.runs.store import RunStore

pytestmark = [pytest.mark.backend, pytest.mark.slow]


def hear(client, until, seconds=90.0):
    """Return messages until one for which `until` holds, that one last."""
    found, limit = [], time.monotonic() + seconds
    while time.monotonic() < limit:
        message = client.receive(0.2)
        if message is not None:
            found.append(message)
            if until(message):
                return found
    raise AssertionError(f"nothing came in {seconds} s after {found[-3:]}")


def is_event(kind):
    return lambda m: isinstance(m, JobEvent) and m.event["event"] == kind


@pytest.fixture(scope="module")
def warm():
    client = EngineClient("run", device="cpu")
    client.start()
    ready = hear(client, lambda m: isinstance(m, Ready | Died), 240)[-1]
    assert isinstance(ready, Ready), ready
    assert ready.backend in ("tensorflow", "torch", "jax") and ready.devices == ("cpu",)
    assert ready.versions["keras"]
    yield client
    client.close()


def test_a_warm_engine_trains_at_once_and_another_one_gives_the_same(warm, make_project, backend):
    project = make_project()
    course = project.course(epochs=5, seed=5)
    started = time.monotonic()
    warm.submit("train", course.spec.to_plain())
    first = hear(warm, is_event("batches"))
    waited = time.monotonic() - started
    messages = first + hear(warm, lambda m: isinstance(m, JobDone))
    assert waited < (5.0 if backend != "jax" else 10.0)
    store = RunStore(project.folder)
    store.create(course.spec)
    for message in messages:
        if is_event("batches")(message):
            store.add_batches(
                course.spec.run_id, message.event["first_step"], message.event["values"]
            )
        elif is_event("epoch")(message):
            store.add_epoch(course.spec.run_id, message.event)
    store.finish(course.spec.run_id, RunState.DONE, messages[-1].result)
    assert store.latest_with_weights().run_id == course.spec.run_id
    assert len(store.batches(course.spec.run_id)["loss"]) == 5 * 4
    assert [e["epoch"] for e in store.epochs(course.spec.run_id)] == [1, 2, 3, 4, 5]
    store.close()
    json.dumps(messages[-1].result)
    here = project.course(epochs=5, seed=5).train()
    there = {k: v.tobytes() for k, v in course.weights.items()}
    assert there == {k: v.tobytes() for k, v in here.weights.items()}


def test_cancel_answers_within_a_second_and_the_engine_lives(warm, make_project):
    course = make_project().course(epochs=1_000_000)
    job = warm.submit("train", course.spec.to_plain())
    hear(warm, is_event("epoch"))
    started = time.monotonic()
    warm.cancel(job)
    failed = hear(warm, lambda m: isinstance(m, JobFailed | Died))[-1]
    assert time.monotonic() - started < 1.0
    assert isinstance(failed, JobFailed) and isinstance(failed.error, JobCancelled)
    assert warm.running and not course.folder.exists()


def test_stop_and_then_predict_in_the_same_engine(warm, make_project):
    project = make_project("multiclass")
    course = project.course(epochs=1_000_000)
    job = warm.submit("train", course.spec.to_plain())
    hear(warm, is_event("epoch"))
    warm.stop(job)
    done = hear(warm, lambda m: isinstance(m, JobDone | JobFailed | Died))[-1]
    assert done.result["state"] == "stopped"
    spec = {"project": str(project.folder), "run_id": course.spec.run_id, "part": "test"}
    warm.submit("predict", spec)
    result = hear(warm, lambda m: isinstance(m, JobDone | JobFailed | Died))[-1].result
    assert result["output"].shape == (42, 3) and result["rows"].dtype == "int64"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_killed_training_leaves_the_project_whole(warm, make_project):
    project = make_project()
    course = project.course(epochs=1_000_000)
    warm.submit("train", course.spec.to_plain())
    hear(warm, is_event("epoch"))
    os.kill(warm.pid, signal.SIGKILL)
    *_, failed, died = hear(warm, lambda m: isinstance(m, Died))
    assert isinstance(failed, JobFailed) and "SIGKILL" in failed.error.message
    assert died.reason.signal == "SIGKILL"
    assert not course.folder.joinpath("result.json").exists()
    assert not course.folder.joinpath("model.weights.h5").exists()
    assert project.course(epochs=1).train().result["state"] == "done"
