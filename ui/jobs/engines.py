"""All engine processes of the window.

One *design engine* (CPU, kept warm) answers shape inference. One *spare* run engine is kept warm,
so that training starts within about a second. A training always gets an engine that has never
trained; afterwards that engine serves predictions and explanations. A dead engine is restarted and
its reason told; an engine that dies again and again at the start is given up until asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ui.jobs.client import EngineChoice, EngineRole, MakeClient, real_client
from ui.jobs.handle import JobHandle
from ui.jobs.live import LiveEngine
from ui.jobs.thread import Ending, Recorder
from workbench.errors import EngineError, Place

_JOBS_PER_ENGINE: Final = 20
"""Jobs after which a run engine is replaced; every fit leaves some megabytes behind."""
_SPARE_BYTES: Final = 1.5e9
"""Free memory that a spare engine needs."""
_RESTART_AFTER: tuple[int, int] = (200, 2000)
"""Wait (ms) before a design engine is started again: after a long life, after a failed start."""
_QUICK_DEATH: Final = 20.0
"""An engine that lives shorter than this (s) without a job counts as a failed start."""


class Engines(QObject):
    """The window's engine processes.

    Args:
        make_client: Makes clients; tests pass one without a process.
        keep_spare: Whether a warm spare run engine is kept.
        backend: Keras backend where a job asks for `"auto"`.
        parent: Parent object.

    Attributes:
        changed: Emitted when the state of any engine changed.
        died: Emitted with an `EngineError` when an engine died by itself.
        design_restarted: Emitted when a new design engine took the place of a dead one.
        trusted: Returns the fingerprints of the code that the person trusts; told to every job.
        trust_changed: Emitted by whoever asked the person, when code became trusted.
    """

    changed = Signal()
    died = Signal(object)
    design_restarted = Signal()
    trust_changed = Signal()

    def __init__(
        self,
        make_client: MakeClient = real_client,
        *,
        keep_spare: bool = True,
        backend: str = "auto",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_client, self._keep_spare, self._backend = make_client, keep_spare, backend
        self.trusted: Callable[[], list[str]] = list
        self.design: LiveEngine | None = None
        self._runs: list[LiveEngine] = []
        self._faulty: dict[str, dict[str, Any]] = {}
        self._failed_starts = 0
        self._started = self._closed = False
        self.last_reason = ""
        self._spare_timer = QTimer(self)
        self._spare_timer.setSingleShot(True)
        self._spare_timer.setInterval(1000)
        self._spare_timer.timeout.connect(self._make_spare)

    # ---- what the window asks ------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Start the design engine, then the spare; called once the window is shown."""
        if self._started or self._closed:
            return
        self._started = True
        self._start_design()

    @property
    def started(self) -> bool:
        """Whether `start` has been called."""
        return self._started

    def restart(self) -> None:
        """Start the design engine again after it was given up."""
        self._failed_starts = 0
        self._faulty.clear()
        self._started = True
        if self.design is None or self.design.state == "dead":
            self._start_design()
        else:
            self.design.close()  # `_design_ended` starts the next one

    def set_backend(self, backend: str) -> None:
        """Choose the backend of engines from now on; idle ones are replaced."""
        if backend == self._backend:
            return
        self._backend = backend
        for engine in self._runs:
            if engine.idle:
                engine.close()
        if self.design is not None:
            self.design.close()

    def set_keep_spare(self, keep: bool) -> None:
        """Say whether a warm spare run engine is kept."""
        self._keep_spare = keep
        if keep:
            self._spare_timer.start()
        else:
            for engine in self._runs:
                if engine.idle:
                    engine.close()

    def design_job(self, kind: str, spec: dict[str, Any], title: str = "") -> JobHandle:
        """Give the design engine a job; it fails at once when there is none."""
        handle = JobHandle(kind, title, self)
        if self.design is None or self.design.state == "dead":
            handle.fail_later(_no_engine(self.last_reason))
            return handle
        return self.design.run(handle, self._with_trust(spec))

    def run_job(
        self,
        kind: str,
        spec: dict[str, Any],
        title: str = "",
        *,
        choice: EngineChoice | None = None,
        recorder: Recorder | None = None,
    ) -> JobHandle:
        """Give a run engine a job: the warm spare where it fits, else a new one.

        Args:
            kind: Kind of the job.
            spec: What to do, plain data.
            title: What the status bar calls it.
            choice: Backend, device, precision.
            recorder: Writes down what the job reports, in the engine's thread.
        """
        handle = JobHandle(kind, title, self)
        choice = self._concrete(choice or EngineChoice())
        if kind == "train":
            self._close_used()
        engine = self._fitting(kind, choice) or self._start_run(choice)
        engine.run(handle, self._with_trust(spec), recorder)
        handle.finished.connect(self._tidy_later)
        return handle

    def _with_trust(self, spec: dict[str, Any]) -> dict[str, Any]:
        trusted = self.trusted()
        faulty = list(self._faulty.values())
        told = {"trusted_code": trusted, **({"faulty_code": faulty} if faulty else {})}
        return {**spec, **told} if trusted else spec

    def processes(self) -> list[LiveEngine]:
        """Return all engines, the design engine first."""
        return [e for e in (self.design, *self._runs) if e is not None and e.state != "dead"]

    def close(self, milliseconds: int = 5000) -> bool:
        """End all engines and wait until they are gone.

        Returns:
            Whether all ended in time.
        """
        self._closed = True
        self._spare_timer.stop()
        engines = [e for e in (self.design, *self._runs) if e is not None]
        for engine in engines:
            engine.close()
        deadline = time.monotonic() + milliseconds / 1000
        return all(e.wait(max(1, round(1000 * (deadline - time.monotonic())))) for e in engines)

    # ---- design engine -------------------------------------------------------------------

    def _start_design(self) -> None:
        again = self.design is not None
        if self.design is not None:
            self.design.wait(2000)  # it is dead; its thread may be in its last line
            self.design.deleteLater()
        self.design = self._make("design", self._concrete(EngineChoice(device="cpu")))
        self.design.ended.connect(self._design_ended)
        if again:
            self.design_restarted.emit()
        self.changed.emit()

    @Slot(object, object)
    def _design_ended(self, engine: LiveEngine, ending: Ending) -> None:
        if self._closed or engine is not self.design:
            return
        self.last_reason = ending.reason
        quick = time.monotonic() - engine.started_at < _QUICK_DEATH and engine.ready is None
        self._failed_starts = self._failed_starts + 1 if quick else 0
        if ending.own_code is not None:
            self._faulty[str(ending.own_code["key"])] = ending.own_code
        if ending.reason and ending.own_code is None:  # else the layer's problem tells it
            self.died.emit(_design_died(ending, given_up=self._failed_starts >= 3))
        if self._failed_starts < 3:
            QTimer.singleShot(_RESTART_AFTER[quick], self, self._restart_design)
        self.changed.emit()

    @Slot()
    def _restart_design(self) -> None:
        if not self._closed and (self.design is None or self.design.state == "dead"):
            self._start_design()

    # ---- run engines ---------------------------------------------------------------------

    def _fitting(self, kind: str, choice: EngineChoice) -> LiveEngine | None:
        for engine in sorted(self._runs, key=lambda e: (not e.trained, e.ready is None)):
            if engine.idle and engine.choice == choice and not (kind == "train" and engine.trained):
                return engine
        return None

    def _start_run(self, choice: EngineChoice) -> LiveEngine:
        engine = self._make("run", choice)
        engine.ended.connect(self._run_ended)
        self._runs.append(engine)
        return engine

    @Slot(object, object)
    def _run_ended(self, engine: LiveEngine, ending: Ending) -> None:
        if engine in self._runs:
            self._runs.remove(engine)
            engine.wait(2000)
            engine.deleteLater()
        if self._closed:
            return
        if ending.reason:
            self.last_reason = ending.reason
            self.died.emit(_run_died(ending))
        if not ending.reason or engine.ready is not None:
            self._spare_timer.start()
        self.changed.emit()

    @Slot()
    def _tidy_later(self) -> None:
        for engine in self._runs:
            if engine.idle and engine.jobs_done >= _JOBS_PER_ENGINE:
                engine.close()
        self._spare_timer.start()

    def _close_used(self) -> None:
        for engine in self._runs:
            if engine.idle and engine.trained:
                engine.close()

    @Slot()
    def _engine_changed(self) -> None:
        design = self.design
        if design is not None and design.state == "ready" and not self._runs:
            self._spare_timer.start()
        self.changed.emit()

    @Slot()
    def _make_spare(self) -> None:
        if self._closed or not self._keep_spare or not self._started:
            return
        if any(e.state in ("starting", "busy") for e in self._runs):
            return
        usual = self._concrete(EngineChoice())
        if any(e.idle and not e.trained and e.choice == usual for e in self._runs):
            return
        if _free_memory() > _SPARE_BYTES:
            self._start_run(usual)
            self.changed.emit()

    def _concrete(self, choice: EngineChoice) -> EngineChoice:
        return replace(choice, backend=self._backend) if choice.backend == "auto" else choice

    def _make(self, role: EngineRole, choice: EngineChoice) -> LiveEngine:
        engine = LiveEngine(self._make_client, role, choice, self)
        engine.changed.connect(self._engine_changed)
        return engine


def _free_memory() -> float:
    import psutil

    return float(psutil.virtual_memory().available)


def _no_engine(reason: str) -> EngineError:
    return EngineError(
        "The engine that computes shapes is not running.",
        received=reason.rstrip("."),
        remedy="Choose Restart engine in the Engine menu.",
        place=Place("engine"),
    )


def _design_died(ending: Ending, *, given_up: bool) -> EngineError:
    if given_up:
        return EngineError(
            "The engine that computes shapes could not be started three times.",
            remedy=f"{ending.reason} Put that right, then restart it.",
            place=Place("engine", part="given_up"),
            details=ending.details,
        )
    return EngineError(
        "The engine that computes shapes ended and is being restarted.",
        remedy=ending.reason,
        place=Place("engine"),
        details=ending.details,
    )


def _run_died(ending: Ending) -> EngineError:
    return EngineError(
        "A run engine ended. The window and the project are not affected.",
        remedy=ending.reason,
        place=Place("engine"),
        details=ending.details,
    )
