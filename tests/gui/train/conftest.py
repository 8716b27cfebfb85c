"""A training without Keras: what the stand-in engine says, step by step."""

import math
import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.frame.page_host import PageFrame
from ui.train import TrainPage
from workbench.errors import RunError


class Script:
    """A train job that reports epochs, and waits where it is told to.

    Attributes:
        steps_per_epoch: Steps of an epoch.
        hold_after: Epoch after which it waits for `go` (or Stop, or Cancel); 0 for none.
        fails_after: Epoch after which it raises.
        patience: Epochs without improvement after which it ends.
        best: Epoch with the smallest validation loss.
        begins_at: Epoch at which a run that broke off goes on.
        resumed: Whether each run so far was taken up again.
    """

    def __init__(self):
        self.steps_per_epoch = 10
        self.hold_after = 0
        self.fails_after = 0
        self.patience = 5
        self.best = 12
        self.begins_at = 0
        self.resumed = []
        self.go = threading.Event()
        self.settings = []
        self.paused = 0

    def value(self, epoch):
        return 0.6 * math.exp(-epoch / 5) + 0.05

    def validation(self, epoch):
        return self.value(epoch) + 0.02 + 0.02 * max(0, epoch - self.best)

    def __call__(self, spec, emit, control):
        epochs = spec["recipe"]["epochs"]
        self.resumed.append(spec["resumed"])
        done = self.begins_at if spec["resumed"] else 0
        emit({"event": "phase", "text": "Reading data"})
        emit({
            "event": "run_started", "run_id": spec["run_id"], "epochs": epochs,
            "steps_per_epoch": self.steps_per_epoch, "parameters": 1234,
            "epoch": done, "step": done * self.steps_per_epoch,
            "rows": {"train": 398, "validation": 85, "test": 86},
            "metrics": ["loss", "accuracy"], "monitor": "val_loss",
        })  # fmt: skip
        best, best_epoch, waited, epoch = math.inf, 0, 0, 0
        for epoch in range(done + 1, epochs + 1):
            first = (epoch - 1) * self.steps_per_epoch
            losses = np.full(self.steps_per_epoch, self.value(epoch), np.float32)
            if epoch == 3:
                losses[4] = 7.5  # the spike that must be seen
            emit({"event": "batches", "first_step": first, "values": {"loss": losses}})
            validation = self.validation(epoch)
            better = validation < best
            best, waited = min(best, validation), 0 if better else waited + 1
            best_epoch = epoch if better else best_epoch
            emit({
                "event": "epoch", "epoch": epoch, "step": first + self.steps_per_epoch,
                "values": {"loss": self.value(epoch), "val_loss": validation,
                           "accuracy": 1 - self.value(epoch) / 2,
                           "val_accuracy": 1 - validation / 2},
                "seconds": 0.1, "best": better, "learning_rate": 0.001,
                "patience": [waited, self.patience],
            })  # fmt: skip
            emit({"event": "progress", "done": first, "total": epochs * self.steps_per_epoch,
                  "steps_per_second": 321.0})  # fmt: skip
            if epoch == self.fails_after:
                raise RunError(
                    "The loss became not a number.", remedy="Lower the learning rate.", details="x"
                )
            if epoch == self.hold_after:
                self._wait(emit, control)
            if control.stopped.is_set() or control.cancelled.is_set() or waited >= self.patience:
                break
        return {
            "run_id": spec["run_id"], "state": "stopped" if control.stopped.is_set() else "done",
            "epochs": epoch, "best_epoch": best_epoch,
            "values": {"loss": self.value(best_epoch), "val_loss": best},
            "test": {"loss": 0.081, "accuracy": 84 / 86, "auc": 0.9953}, "seconds": 4.2,
        }  # fmt: skip

    def _wait(self, emit, control):
        was_paused = False
        while not self.go.wait(0.005):
            self.settings += list(control.take_settings().items())
            if control.paused.is_set() != was_paused:
                was_paused = not was_paused
                self.paused += was_paused
                emit({"event": "paused" if was_paused else "resumed", "step": 1})
            if control.stopped.is_set() or control.cancelled.is_set():
                return


@pytest.fixture
def script(fake_engine):
    """The training that the stand-in engine plays."""
    made = Script()
    fake_engine.answers["train"] = made
    yield made
    made.go.set()


class Window(QWidget):
    """The Train page under its toolbar, with an open project: the window without other pages."""

    def __init__(self, services, session):
        super().__init__()
        self.services, self.session = services, session
        self.page = TrainPage(services)
        services.actions.add(self.page.actions_table(), self)
        frame = PageFrame(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.page.set_session(session)
        services.actions.set_scope("train")


@pytest.fixture
def window(services, session, qtbot, script):
    """The Train page with the breast cancer project, as the person sees it at first."""
    qtbot.waitUntil(lambda: session.settled, timeout=10_000)
    made = Window(services, session)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    made.page.page_shown()
    qtbot.waitUntil(made.page.is_settled, timeout=5000)
    yield made
    script.go.set()


@pytest.fixture
def page(window):
    """The Train page."""
    return window.page
