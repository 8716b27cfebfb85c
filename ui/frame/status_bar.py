"""The status bar: the engine, what is going on and how to cancel it, the number of problems."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from ui.theme import set_icon
from ui.widgets import ElidedText, Line, StatusProgress, Symbol
from workbench.graph.advice import grouped
from workbench.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.jobs import Engines, JobHandle
    from workbench.graph.problems import Problem

_MESSAGE_TIME: Final = 6000
_BACKENDS: Final = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}


class StatusBar(QFrame):
    """The line at the bottom of the window.

    Args:
        engines: The engine processes whose state is shown.
        parent: Parent widget.

    Attributes:
        engine_clicked: Emitted when the engine's state was clicked.
        problems_clicked: Emitted when the number of problems was clicked.
    """

    engine_clicked = Signal()
    problems_clicked = Signal()

    def __init__(self, engines: Engines, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAccessibleName("Status")
        self.setFixedHeight(29)
        self._engines = engines
        self._jobs: list[JobHandle] = []
        self._engine_words = ("", "", "", "")
        self._symbol = Symbol("engine", "text_secondary", 16)
        self.engine = QToolButton()
        self.engine.setObjectName("status.engine")
        self.engine.clicked.connect(self.engine_clicked)
        self.message = ElidedText("", name="status.message")
        self.progress = StatusProgress("status.progress")
        self.progress.setFixedWidth(440)
        self.progress.cancel_requested.connect(self._cancel)
        self.problems = QToolButton()
        self.problems.setObjectName("status.problems")
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems.setToolTip("Open or close the list of problems (Ctrl+Shift+M)")
        self.problems.clicked.connect(self.problems_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self._symbol)
        layout.addWidget(self.engine)
        layout.addWidget(Line("vertical"))
        layout.addSpacing(4)
        layout.addWidget(self.message, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.problems)
        self._clear = QTimer(self)
        self._clear.setSingleShot(True)
        self._clear.setInterval(_MESSAGE_TIME)
        self._clear.timeout.connect(self.message.clear)
        engines.changed.connect(self.show_engine)
        self.show_engine()
        self.show_problems([], project_open=False)

    def show_message(self, text: str) -> None:
        """Show a short notice for some seconds."""
        self.message.setText(text)
        self._clear.start()

    @Slot()
    def show_engine(self) -> None:
        """Show the state of the design engine, its backend and device."""
        words = engine_words(self._engines)
        if words == self._engine_words:  # asked at the beginning and end of every job
            return
        self._engine_words = words
        text, tip, icon, role = words
        self.engine.setText(text)
        self.engine.setToolTip(tip)
        self.engine.setAccessibleName(text)
        self._symbol.show_icon(icon, role)

    def show_problems(
        self, problems: Sequence[Problem], *, project_open: bool = True, checked: bool = True
    ) -> None:
        """Show how many problems there are.

        Args:
            problems: The problems.
            project_open: Whether there is anything to have problems.
            checked: Whether everything has been looked at once.
        """
        self.problems.setVisible(project_open)
        errors = sum(problem.severity == "error" for problem in problems)
        if not problems and not checked:
            set_icon(self.problems, "clock", "text_secondary")
            self.problems.setText("Checking …")
        elif not problems:
            set_icon(self.problems, "ok", "ok")
            self.problems.setText("No problems")
        else:
            worst = "error" if errors else problems[0].severity
            set_icon(self.problems, worst, "accent" if worst == "info" else worst)
            self.problems.setText(plural(len(grouped(problems)), "problem"))
        self.problems.setAccessibleName(self.problems.text())

    def watch(self, job: JobHandle) -> None:
        """Show the progress of a job until it ends."""
        self._jobs.append(job)
        watcher = _Watcher(job, self)
        job.event.connect(watcher.report)
        job.finished.connect(watcher.end)
        self.progress.start(job.title)

    def job_ended(self, job: JobHandle) -> None:
        """Show the job that is still going on, or none."""
        if job in self._jobs:
            self._jobs.remove(job)
        if self._jobs:
            self.progress.start(self._jobs[-1].title)
        else:
            self.progress.finish()

    def report(self, job: JobHandle, text: str, done: float, total: float,
               seconds_left: float | None) -> None:  # fmt: skip
        """Show how far a job is, when it is the latest one."""
        if self._jobs and job is self._jobs[-1]:
            self.progress.set_progress(text, done, total, seconds_left)

    @Slot()
    def _cancel(self) -> None:
        if self._jobs:
            self._jobs[-1].cancel()
            self.progress.set_progress("Cancelling …", 0, 0)


class _Watcher(QWidget):
    """Follows one job; an object of its own, so that signals arrive in the window's thread."""

    def __init__(self, job: JobHandle, bar: StatusBar) -> None:
        super().__init__(bar)
        self.hide()
        self._job, self._bar = job, bar
        self._epochs, self._before, self._began = 0, 0, time.monotonic()

    @Slot(object)
    def report(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "run_started":
            self._epochs, self._began = int(event["epochs"]), time.monotonic()
            self._before = int(event.get("epoch") or 0)  # of a run that was taken up again
            self._bar.report(self._job, "Training", self._before, self._epochs, None)
        elif kind == "epoch" and self._epochs:
            done = int(event["epoch"])
            each = (time.monotonic() - self._began) / max(1, done - self._before)
            text = f"Training: epoch {done} of {self._epochs}"
            self._bar.report(self._job, text, done, self._epochs, each * (self._epochs - done))
        elif kind == "phase":
            self._bar.report(self._job, str(event.get("text", "")), 0, 0, None)
        elif kind == "progress" and event.get("total") and not self._epochs:
            left = event.get("seconds_left")
            self._bar.report(
                self._job, self._job.title, float(event["done"]), float(event["total"]), left
            )

    @Slot()
    def end(self) -> None:
        self._bar.job_ended(self._job)
        self.deleteLater()


def engine_words(engines: Engines) -> tuple[str, str, str, str]:
    """Return text, tooltip, icon and colour role for the state of the engines."""
    design = engines.design
    if design is None:
        return ("Engine starts soon", "Computes shapes and trains", "engine", "text_secondary")
    if design.state == "dead":
        reason = engines.last_reason.strip().partition("\n")[0]
        return ("Engine ended", reason or "Click for more", "error", "error")
    if any(engine.silent for engine in engines.processes()):
        tip = "The machine may be busy or out of memory; Restart engine in the menu ends it"
        return ("Engine does not answer", tip, "warning", "warning")
    if design.ready is None:
        tip = "Keras is being loaded in another process; you can work meanwhile"
        return ("Engine starting …", tip, "engine", "text_secondary")
    text = "Engine ready" if design.state != "busy" else "Engine computing"
    words = describe_engine(design.ready)
    return (f"Engine ready · {words}" if words else text, _tip(engines), "engine", "ok")


def describe_engine(ready: Any) -> str:
    """Return backend with version and device of an engine ("TensorFlow 2.21 · CPU")."""
    backend = str(getattr(ready, "backend", "") or "")
    versions = dict(getattr(ready, "versions", {}) or {})
    version = ".".join(str(versions.get(backend, "")).split(".")[:2])
    parts = [f"{_BACKENDS.get(backend, backend)} {version}".strip()]
    devices = [str(device) for device in getattr(ready, "devices", ()) or ()]
    has_gpu = any("gpu" in device.lower() for device in devices)
    parts.append("GPU" if has_gpu else "CPU")
    return " · ".join(part for part in parts if part)


def _tip(engines: Engines) -> str:
    others = len(engines.processes()) - 1
    return (
        f"Shapes are computed in a process of its own; {plural(others, 'further engine')} running"
    )
