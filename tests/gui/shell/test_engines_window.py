"""Engines on the window's side: warm, restarted with a reason, ended without a trace."""

import threading

import pytest
from PySide6.QtCore import QThread

from ui.jobs import EngineChoice, Engines
from workbench.errors import EngineError, JobCancelled, WorkbenchError


@pytest.fixture
def engines(qapp, fake_engine):
    made = Engines(fake_engine.make, keep_spare=True)
    yield made
    assert made.close()


def wait_ready(engines, qtbot):
    qtbot.waitUntil(lambda: engines.design is not None and engines.design.state == "ready")


def test_events_and_result_arrive_in_the_windows_thread_in_order(engines, fake_engine, qtbot):
    threads, got = [], []

    def answer(spec, emit, control):
        for number in range(50):
            emit({"event": "progress", "done": number})
        return {"sum": spec["a"] + 1}

    fake_engine.answers["add"] = answer
    engines.start()
    handle = engines.design_job("add", {"a": 2}, "Adding")
    handle.event.connect(lambda e: (got.append(e["done"]), threads.append(QThread.currentThread())))
    with qtbot.waitSignal(handle.done) as done:
        pass
    assert done.args == [{"sum": 3}]
    assert got == list(range(50))
    assert handle.state == "done"


def test_a_failed_job_fails_with_the_jobs_error_and_the_engine_lives(engines, fake_engine, qtbot):
    def answer(spec, emit, control):
        raise WorkbenchError("No such thing.")

    fake_engine.answers["bad"] = answer
    engines.start()
    handle = engines.design_job("bad", {}, "")
    with qtbot.waitSignal(handle.failed) as failed:
        pass
    assert failed.args[0].message == "No such thing."
    wait_ready(engines, qtbot)


def test_a_cancelled_job_ends_as_cancelled(engines, fake_engine, qtbot):
    def answer(spec, emit, control):
        control.cancelled.wait(5)
        return {}

    fake_engine.answers["wait"] = answer
    handle = engines.run_job("wait", {}, "Waiting")
    handle.cancel()
    with qtbot.waitSignal(handle.failed) as failed:
        pass
    assert isinstance(failed.args[0], JobCancelled)


def test_commands_reach_the_job(engines, fake_engine, qtbot):
    def answer(spec, emit, control):
        control.stopped.wait(5)
        return {"rate": control.take_settings()["learning_rate"], "stopped": True}

    fake_engine.answers["train"] = answer
    handle = engines.run_job("train", {}, "Training")
    handle.set("learning_rate", 0.5)
    handle.stop()
    with qtbot.waitSignal(handle.done) as done:
        pass
    assert done.args[0] == {"rate": 0.5, "stopped": True}


def test_a_dead_design_engine_is_told_and_restarted(engines, fake_engine, qtbot):
    engines.start()
    wait_ready(engines, qtbot)
    said = []
    engines.died.connect(said.append)
    with qtbot.waitSignals([engines.died, engines.design_restarted]):
        fake_engine.clients[0].die("killed by signal SIGKILL")
    error = said[0]
    assert isinstance(error, EngineError)
    assert "SIGKILL" in error.remedy
    wait_ready(engines, qtbot)
    assert engines.design_job("infer", {"revision": 4}).running


def test_a_job_whose_engine_dies_fails_with_the_reason(engines, fake_engine, qtbot):
    started = threading.Event()

    def answer(spec, emit, control):
        started.set()
        control.cancelled.wait(5)
        return {}

    fake_engine.answers["train"] = answer
    handle = engines.run_job("train", {}, "Training")
    assert started.wait(5)
    client = fake_engine.clients[-1]
    with qtbot.waitSignal(handle.failed) as failed:
        client.die("killed by signal SIGKILL")
    assert isinstance(failed.args[0], EngineError)
    assert "SIGKILL" in failed.args[0].message


def test_an_engine_that_cannot_start_is_given_up_after_three_times(fake_engine, qtbot, monkeypatch):
    monkeypatch.setattr("ui.jobs.engines._RESTART_AFTER", (1, 1))
    fake_engine.dies_at_start = True
    engines = Engines(fake_engine.make, keep_spare=False)
    said = []
    engines.died.connect(said.append)
    engines.start()
    qtbot.waitUntil(lambda: len(said) == 3)
    qtbot.wait(50)
    assert len(fake_engine.clients) == 3
    assert "three times" in said[-1].message
    fake_engine.dies_at_start = False
    engines.restart()
    wait_ready(engines, qtbot)
    assert engines.close()


def test_a_training_gets_an_engine_that_never_trained(engines, fake_engine, qtbot):
    fake_engine.answers["train"] = lambda spec, emit, control: {}
    fake_engine.answers["predict"] = lambda spec, emit, control: {}
    for kind in ("train", "predict", "train"):
        handle = engines.run_job(kind, {}, kind)
        with qtbot.waitSignal(handle.finished):
            pass
    runs = [c for c in fake_engine.clients if c.role == "run"]
    used = [next(i for i, c in enumerate(runs) if c._threads and kind in kinds(c))
            for kind in ("train",)]  # fmt: skip
    assert used == [0]
    trainers = [c for c in runs if kinds(c).count("train")]
    assert [kinds(c).count("train") for c in trainers] == [1, 1]
    assert "predict" in kinds(runs[0])


def kinds(client):
    return [job.rpartition("-")[0] for job in client._controls]


def test_the_spare_is_made_once_the_design_engine_is_ready(engines, fake_engine, qtbot):
    engines.start()
    qtbot.waitUntil(lambda: [c.role for c in fake_engine.clients] == ["design", "run"])
    spare = fake_engine.clients[1]
    fake_engine.answers["predict"] = lambda spec, emit, control: {}
    handle = engines.run_job("predict", {}, "Predicting")
    with qtbot.waitSignal(handle.done):
        pass
    assert kinds(spare) == ["predict"]


def test_another_backend_gets_an_engine_of_its_own(engines, fake_engine, qtbot):
    engines.start()
    qtbot.waitUntil(lambda: len(fake_engine.clients) == 2)
    fake_engine.answers["train"] = lambda spec, emit, control: {}
    handle = engines.run_job("train", {}, "Training", choice=EngineChoice("torch"))
    with qtbot.waitSignal(handle.done):
        pass
    assert fake_engine.clients[2].choice.backend == "torch"


def test_what_a_job_reports_is_written_down_before_the_window_hears_of_it(
    engines, fake_engine, qtbot
):
    class Recorder:
        def __init__(self):
            self.log, self.threads = [], set()

        def event(self, event):
            self.log.append(event["n"])
            self.threads.add(threading.get_ident())

        def done(self, result):
            self.log.append("done")

        def failed(self, error):
            self.log.append("failed")

    def answer(spec, emit, control):
        for n in range(3):
            emit({"event": "batches", "n": n})
        return {}

    fake_engine.answers["train"] = answer
    recorder, seen = Recorder(), []
    handle = engines.run_job("train", {}, "Training", recorder=recorder)
    handle.event.connect(lambda e: seen.append(e["n"] in recorder.log))
    with qtbot.waitSignal(handle.done):
        pass
    assert recorder.log == [0, 1, 2, "done"]
    assert seen == [True, True, True]
    assert threading.get_ident() not in recorder.threads


def test_a_recorder_that_cannot_write_fails_the_job(engines, fake_engine, qtbot):
    class Broken:
        def event(self, event):
            raise OSError(28, "No space left on device")

        def done(self, result): ...

        def failed(self, error): ...

    fake_engine.answers["train"] = lambda spec, emit, control: emit({"event": "batches"}) or {}
    handle = engines.run_job("train", {}, "Training", recorder=Broken())
    with qtbot.waitSignal(handle.failed) as failed:
        pass
    assert "No space left" in failed.args[0].received


def test_an_engine_that_does_not_answer_is_told_in_the_status_bar(main_window, fake_engine, qtbot):
    status = main_window.status
    qtbot.waitUntil(lambda: status.engine.text() == "Engine ready · TensorFlow 2.21 · CPU")
    fake_engine.clients[0].silent_seconds = 60.0
    qtbot.waitUntil(lambda: status.engine.text() == "Engine does not answer")
    fake_engine.clients[0].silent_seconds = 0.0
    qtbot.waitUntil(lambda: status.engine.text().startswith("Engine ready"))
