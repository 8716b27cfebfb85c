"""Fixtures of the window's tests: services, an open project, the whole window.

Engines are stand-ins without a process unless the test is marked `backend`; what they answer can
be changed per kind of job (`fake_engine.answers["predict"] = function`).
"""

from __future__ import annotations

import gc
import os
import queue
import threading
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from ui.application import make_application, make_services
from ui.jobs import finish_background
from ui.jobs.client import real_client
from ui.jobs.garbage import MainThreadCollector
from workbench.errors import JobCancelled, WorkbenchError
from workbench.jobs import Control
from workbench.settings import Settings


@dataclass
class Ready:
    versions: dict[str, str]
    backend: str
    devices: tuple[str, ...]
    seconds: float = 0.0


@dataclass
class JobEvent:
    job_id: str
    event: dict[str, Any]


@dataclass
class JobDone:
    job_id: str
    result: dict[str, Any]


@dataclass
class JobFailed:
    job_id: str
    error: WorkbenchError


@dataclass
class Reason:
    text: str

    def describe(self) -> str:
        return self.text


@dataclass
class Died:
    reason: Reason


def infer_nothing(spec, emit, control):
    """The answer of the stand-in to `infer`: no shapes, no problems."""
    return {"nodes": {}, "problems": [], "revision": spec["revision"]}


@dataclass
class FakeEngine:
    """What all stand-in engines of a test answer, and what they were asked.

    `answers[kind](spec, emit, control) -> result` runs in a thread of its own.
    """

    answers: dict[str, Any] = field(default_factory=lambda: {"infer": infer_nothing})
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    clients: list[FakeClient] = field(default_factory=list)
    backend: str = "tensorflow"
    devices: tuple[str, ...] = ("CPU:0",)
    dies_at_start: bool = False

    def make(self, role, choice):
        client = FakeClient(self, role, choice)
        self.clients.append(client)
        return client

    def specs(self, kind):
        return [spec for asked, spec in self.asked if asked == kind]


class FakeClient:
    """A client without a process."""

    def __init__(self, engine: FakeEngine, role, choice) -> None:
        self.engine, self.role, self.choice = engine, role, choice
        self._messages: queue.Queue[Any] = queue.Queue()
        self._controls: dict[str, Control] = {}
        self._threads: list[threading.Thread] = []
        self._dead = False
        self.silent_seconds = 0.0

    def start(self) -> None:
        if self.engine.dies_at_start:
            self.die("exit code 1")
            return
        versions = {"tensorflow": "2.21.0", "keras": "3.15.1"}
        self._messages.put(Ready(versions, self.engine.backend, self.engine.devices))

    def submit(self, kind, spec):
        self.engine.asked.append((kind, spec))
        job_id = f"{kind}-{len(self.engine.asked)}"
        control = self._controls[job_id] = Control()
        thread = threading.Thread(target=self._work, args=(job_id, kind, spec, control))
        self._threads.append(thread)
        thread.start()
        return job_id

    def _work(self, job_id, kind, spec, control):
        try:
            answer = self.engine.answers[kind]
            result = answer(spec, lambda e: self._messages.put(JobEvent(job_id, e)), control)
            if control.cancelled.is_set():
                raise JobCancelled("Cancelled.")
            self._messages.put(JobDone(job_id, result))
        except WorkbenchError as error:
            self._messages.put(JobFailed(job_id, error))
        except Exception as error:
            failure = WorkbenchError(f"{type(error).__name__}: {error}")
            self._messages.put(JobFailed(job_id, failure))

    def cancel(self, job_id):
        self._controls[job_id].cancel()

    def stop(self, job_id):
        self._controls[job_id].stop()

    def pause(self, job_id):
        self._controls[job_id].paused.set()

    def resume(self, job_id):
        self._controls[job_id].paused.clear()

    def set(self, job_id, name, value):
        self._controls[job_id].set(name, value)

    def receive(self, timeout=None):
        try:
            return self._messages.get(timeout=timeout)
        except queue.Empty:
            return None

    def die(self, reason="killed by signal SIGKILL"):
        """End as a process does that is killed from outside."""
        self._messages.put(Died(Reason(reason)))

    def kill(self):
        for control in self._controls.values():
            control.cancel()
        self.die("killed")

    def close(self):
        for control in self._controls.values():
            control.cancel()
            control.stop()
        for thread in self._threads:
            thread.join(2.0)


@pytest.fixture(scope="session")
def qapp():
    """The application, dressed as the real one is."""
    return make_application(["tests"])


@pytest.fixture(autouse=True)
def collected(qapp):
    """Collect cycles where the application would: in the main thread, between two tests."""
    yield
    qapp.findChild(MainThreadCollector).collect_due()


@pytest.fixture
def fake_engine() -> FakeEngine:
    """What the stand-in engines of this test answer."""
    return FakeEngine()


@pytest.fixture
def settings(tmp_path) -> Settings:
    """The person's settings of this test."""
    return Settings(theme="light", path=tmp_path / "settings.json")


@pytest.fixture
def services(qapp, request, settings, fake_engine):
    """The window's services; engines are running (real ones in `backend` tests)."""
    real = request.node.get_closest_marker("backend") is not None
    made = make_services(
        qapp, settings, make_client=real_client if real else fake_engine.make, keep_spare=False
    )
    made.engines.start()
    yield made
    assert made.engines.close(15_000), "an engine did not end"
    assert finish_background(), "background work did not end"
    made.layout.flush()
    gc.unfreeze()
    QApplication.sendPostedEvents(None, 0)


@pytest.fixture
def document(tmp_path):
    """A project made from the template `breast_cancer`."""
    from workbench.project.templates import create_from_template

    made = create_from_template("breast_cancer", tmp_path / "Breast cancer")
    yield made
    made.close(discard=True)


@pytest.fixture
def folders(tmp_path):
    """Two projects made from the template `wine`: their layers have the same ids."""
    from workbench.project.templates import create_from_template

    made = [tmp_path / "One", tmp_path / "Two"]
    for folder in made:
        create_from_template("wine", folder).close()
    return made


@pytest.fixture
def session(services, document):
    """An open project."""
    from ui.session import ProjectSession

    made = ProjectSession(document, services)
    yield made
    made.close(discard=True)


@pytest.fixture
def main_window(services, qtbot):
    """The whole window on its welcome page, shown at 1366 × 768."""
    from ui.main_window import MainWindow

    window = MainWindow(services)
    qtbot.addWidget(window, before_close_func=_give_up)
    window.resize(1366, 768)
    window.start(engines=False)
    qtbot.waitExposed(window)
    window.activateWindow()  # an X server without a window manager activates nothing by itself
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return window


def _give_up(window):
    """Close the project without asking anything."""
    if window.flow.session is not None:
        window.flow.session.cancel_training()
    window.flow.give_up()
    window.drawer.log.close_log()


@pytest.fixture
def project_window(main_window, document, qtbot):
    """The whole window with a project open."""
    folder = document.folder
    document.close()
    with qtbot.waitSignal(main_window.flow.session_changed, timeout=10_000):
        main_window.flow.open(folder)
    return main_window
