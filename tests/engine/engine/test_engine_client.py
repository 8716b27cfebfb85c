"""The window's side of an engine: nothing hangs, everything that happens is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from workbench.engine import client as client_module
from workbench.engine.client import EngineClient
from workbench.engine.messages import Died, ExitReason, JobDone, JobEvent, JobFailed, Ready
from workbench.engine.protocol import ProtocolError
from workbench.errors import EngineError, JobCancelled

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def test_it_gets_ready_and_answers(client, await_message):
    job = client.submit("echo", {"value": {"rows": np.arange(3)}, "steps": 2})
    messages = await_message(client, JobDone)
    ready = messages[0]
    assert isinstance(ready, Ready) and ready.versions["numpy"] == np.__version__
    assert [m.event["done"] for m in messages if isinstance(m, JobEvent)] == [1, 2]
    done = messages[-1]
    assert done.job_id == job
    assert np.array_equal(done.result["value"]["rows"], [0, 1, 2])
    assert done.result["pid"] == client.pid != os.getpid()


def test_prints_go_to_stderr_not_into_the_pipe(client, await_message):
    client.submit("echo", {"behaviour": "noisy", "value": 1})
    assert await_message(client, JobDone)[-1].result["value"] == 1
    client.submit("echo", {"behaviour": "exit"})
    tail = await_message(client, Died)[-1].reason.stderr_tail
    assert "printed by a library" in tail
    assert "written by native code" in tail
    assert tail.splitlines()[-1] == "last words"


def test_an_error_comes_back_in_words_with_its_traceback(client, await_message):
    client.submit("echo", {"behaviour": "raise"})
    failed = await_message(client, JobFailed)[-1]
    assert isinstance(failed.error, EngineError)
    assert "made to fail" in failed.error.received
    assert "Traceback" in failed.error.details
    client.submit("echo", {"behaviour": "memory"})
    assert "not enough memory" in await_message(client, JobFailed)[-1].error.message
    client.submit("nonsense", {})
    assert "no job 'nonsense'" in await_message(client, JobFailed)[-1].error.message
    assert client.running


def test_cancel_is_polite_to_a_polite_job(client, await_message):
    await_message(client, Ready)
    job = client.submit("echo", {"steps": 1000, "seconds": 0.01})
    await_message(client, JobEvent)
    client.cancel(job)
    failed = await_message(client, JobFailed)[-1]
    assert isinstance(failed.error, JobCancelled)
    assert client.running
    client.submit("echo", {"value": 5})
    assert await_message(client, JobDone)[-1].result["value"] == 5


def test_cancel_ends_a_deaf_job_within_a_second_or_so(client, await_message):
    await_message(client, Ready)
    job = client.submit("echo", {"steps": 1000, "seconds": 0.05, "behaviour": "deaf"})
    await_message(client, JobEvent)
    started = time.monotonic()
    client.cancel(job)
    messages = await_message(client, Died)
    assert time.monotonic() - started < client_module.CANCEL_SECONDS + 1.5
    failed = [m for m in messages if isinstance(m, JobFailed)]
    assert len(failed) == 1 and isinstance(failed[0].error, JobCancelled)
    assert messages[-1].reason.asked


def test_a_waiting_job_can_be_cancelled(client, await_message):
    first = client.submit("echo", {"steps": 20, "seconds": 0.01})
    second = client.submit("echo", {"value": 1})
    client.cancel(second)
    messages = await_message(client, JobFailed)
    assert [m.job_id for m in messages if isinstance(m, JobDone)] == [first]
    assert messages[-1].job_id == second


def test_stop_pause_resume_and_settings_reach_the_job(client, await_message):
    job = client.submit("echo", {"steps": 10_000, "seconds": 0.005})
    await_message(client, JobEvent)
    client.pause(job)
    time.sleep(0.3)
    while client.receive(0) is not None:
        pass
    assert client.receive(0.3) is None
    client.set(job, "learning_rate", 0.5)
    client.resume(job)
    await_message(client, JobEvent)
    client.stop(job)
    result = await_message(client, JobDone)[-1].result
    assert result["stopped"] and result["settings"] == {"learning_rate": 0.5}


@posix
def test_a_killed_engine_is_explained_and_can_be_started_again(client, await_message):
    await_message(client, Ready)
    job = client.submit("echo", {"steps": 1000, "seconds": 0.01})
    await_message(client, JobEvent)
    os.kill(client.pid, signal.SIGKILL)
    messages = await_message(client, Died)
    failed = [m for m in messages if isinstance(m, JobFailed)]
    assert [m.job_id for m in failed] == [job]
    assert "memory ran out" in failed[0].error.message
    reason = messages[-1].reason
    assert (reason.code, reason.signal, reason.asked) == (-9, "SIGKILL", False)
    assert client.exit_reason() == reason
    refused = client.submit("echo", {})
    late = await_message(client, JobFailed)[-1]
    assert late.job_id == refused and "SIGKILL" in late.error.message
    client.start()
    client.submit("echo", {"value": 7})
    assert await_message(client, JobDone)[-1].result["value"] == 7
    assert client.exit_reason() is None


@posix
def test_a_native_crash_is_told_apart(client, await_message):
    client.submit("echo", {"behaviour": "abort"})
    reason = await_message(client, Died)[-1].reason
    assert reason.signal == "SIGABRT"
    assert "crashed in native code" in reason.describe()
    assert "Fatal Python error" in reason.stderr_tail


def test_restart_fails_the_old_jobs_and_serves_new_ones(client, await_message):
    await_message(client, Ready)
    job = client.submit("echo", {"steps": 1000, "seconds": 0.01})
    before = client.pid
    client.restart()
    messages = await_message(client, Ready)
    assert [m.job_id for m in messages if isinstance(m, JobFailed)] == [job]
    assert any(isinstance(m, Died) and m.reason.asked for m in messages)
    assert client.pid not in (None, before)


def test_rubbish_from_an_engine_is_reported_not_believed(monkeypatch, await_message):
    rubbish = [sys.executable, "-c", "import os; os.write(1, b'\\x00\\x00\\x00\\x04\\xc1abc')"]
    monkeypatch.setattr(client_module, "command", lambda role: rubbish)
    client = EngineClient("bare")
    client.start()
    reason = await_message(client, Died)[-1].reason
    assert "unreadable" in reason.describe()
    client.close()


def test_an_engine_that_cannot_start_says_so(monkeypatch, await_message):
    monkeypatch.setattr(client_module, "command", lambda role: ["/nowhere/python"])
    client = EngineClient("bare")
    client.start()
    reason = await_message(client, Died)[-1].reason
    assert reason.code is None and "could not be started" in reason.describe()
    client.close()


def test_an_unknown_backend_or_device_is_a_message(await_message):
    for client in (EngineClient("run", backend="theano"), EngineClient("run", device="tpu")):
        client.start()
        text = await_message(client, Died)[-1].reason.describe()
        assert "not a Keras backend" in text or "device" in text
        client.close()


def test_a_job_of_no_engine_fails_at_once(await_message):
    client = EngineClient("bare")
    job = client.submit("echo", {})
    assert await_message(client, JobFailed)[-1].job_id == job


def test_a_spec_that_cannot_be_sent_is_refused_and_forgotten(client, await_message):
    await_message(client, Ready)
    with pytest.raises(ProtocolError):
        client.submit("echo", {"value": object()})
    client.submit("echo", {"value": 1})
    assert await_message(client, JobDone)[-1].result["value"] == 1
    client.kill()
    assert [type(m) for m in await_message(client, Died)] == [Died]


def test_close_is_quick_even_with_a_deaf_job(client, await_message):
    await_message(client, Ready)
    client.submit("echo", {"steps": 1000, "seconds": 0.05, "behaviour": "deaf"})
    pid = client.pid
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 2.0
    assert not psutil.pid_exists(pid)


@posix
def test_a_stopped_engine_neither_blocks_the_window_nor_survives_it(client, await_message):
    await_message(client, Ready)
    os.kill(client.pid, signal.SIGSTOP)
    started = time.monotonic()
    for _ in range(40):  # far more than a pipe holds
        client.submit("echo", {"value": np.zeros(100_000, np.uint8)})
    assert time.monotonic() - started < 2.0
    client.close()
    assert not client.running


@posix
def test_an_engine_ends_when_its_window_is_gone(tmp_path):
    code = (
        "import time\n"
        "from workbench.engine.client import EngineClient\n"
        "c = EngineClient('bare'); c.start()\n"
        "c.submit('echo', {'steps': 10000, 'seconds': 0.05, 'behaviour': 'deaf'})\n"
        "while type(c.receive(1)).__name__ != 'JobEvent': pass\n"
        "print(c.pid, flush=True); time.sleep(60)\n"
    )
    root = str(Path(client_module.__file__).parents[2])
    window = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    engine = psutil.Process(int(window.stdout.readline()))
    window.kill()
    window.wait()
    window.stdout.close()
    engine.wait(timeout=5)


def test_it_runs_outside_of_any_project(client, await_message):
    await_message(client, Ready)
    folder = Path(psutil.Process(client.pid).cwd())
    assert "keras-workbench-engine-" in folder.name
    assert list(folder.iterdir()) == []
    client.close()
    assert not folder.exists()


def test_many_threads_may_use_one_client(client, await_message):
    threads = [
        threading.Thread(target=lambda: client.submit("echo", {"value": np.arange(2000)}))
        for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = 0
    while done < 30:
        done += isinstance(await_message(client, JobDone)[-1], JobDone)
    assert client.receive(0) is None


def test_the_heartbeat_is_heard(client, await_message):
    await_message(client, Ready)
    time.sleep(1.5)
    assert client.silent_seconds < 1.4


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "memory"), (137, "memory"), (-11, "native code"), (139, "native code"),
        (-15, "from outside"), (1, "exit code 1"), (0, "by itself"),
        (-1073741819 & 0xFFFFFFFF, "access violation"), (None, "could not be started"),
    ],
)  # fmt: skip
def test_exit_codes_in_words(code, words):
    assert words in ExitReason(code).describe()
