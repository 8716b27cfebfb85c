"""A whole training through the window: first point, smoothness, and time against plain `fit`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_train import EPOCHS, digits_project, plain_seconds
from tests.benchmarks.harness import Measurement, benchmark

ROUNDS = 3
LONG = 400
"""Epochs of the training whose smoothness is measured."""
TICK = 16
"""Distance of the ticks whose lateness is measured, ms."""


@dataclass
class Round:
    """What was measured in one training.

    Attributes:
        first: Click to first point plotted, s.
        whole: Click to the end of training, testing and saving included, s.
        gaps: Distances of ticks, ms.
        busy: CPU time of the window's thread between ticks, ms; free of what other processes do.
        points: Points plotted at the end.
    """

    first: float
    whole: float
    gaps: list[float]
    busy: list[float]
    points: int


class TrainedWindow:
    """The real window with a project, real engines, and a hand that clicks Train."""

    def __init__(self, project: Path, home: Path) -> None:
        from ui.application import make_application, make_services
        from ui.main_window import MainWindow
        from workbench.settings import Settings

        application = make_application(["bench"])
        settings = Settings(theme="light", path=home / "settings.json")
        self.services = make_services(application, settings)
        self.window = MainWindow(self.services)
        self.window.resize(1366, 768)
        self.window.start()
        self.window.flow.open(project)
        self.wait(lambda: self.window.session is not None and self.window.session.settled)
        self.window.show_page("train")
        self.page = self.window.pages.page("train")

    def wait(self, condition: Callable[[], bool], seconds: float = 180.0) -> None:
        """Let the window live until something is so."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, look = QEventLoop(), QTimer()
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        look.start(10)
        QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
        if not condition():
            loop.exec()
        look.stop()
        if not condition():
            raise TimeoutError("The window did not get there")

    def wait_for_warm_engine(self) -> None:
        """Wait until a run engine that has never trained is ready."""
        self.wait(
            lambda: any(
                e.role == "run" and e.state == "ready" and not e.trained
                for e in self.services.engines.processes()
            )
        )

    def train(self) -> Round:
        """Click Train and measure until the run has ended."""
        from PySide6.QtCore import QEventLoop, Qt, QTimer
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QPushButton

        page, loop = self.page, QEventLoop()
        button = self.window.findChild(QPushButton, "train.start.button")
        ticks: list[float] = []
        used: list[float] = []

        def tick() -> None:
            ticks.append(time.perf_counter())
            used.append(time.thread_time())

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(TICK)
        timer.timeout.connect(tick)
        first: list[float] = []

        def drawn() -> None:
            chart = page.view.plots.plots["loss"].chart
            if not first and "batch" in chart.curves and len(chart.drawn("batch")[0]):
                first.append(time.perf_counter())

        def watch(event: dict[str, Any]) -> None:
            plot = page.view.plots.plots.get("loss")
            if event.get("event") == "run_started" and plot is not None:
                plot.chart.redrawn.connect(drawn)

        session = self.window.session
        session.run_event.connect(watch)
        session.run_finished.connect(lambda _outcome: loop.quit())
        timer.start()
        begun, used_before = time.perf_counter(), time.thread_time()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        loop.exec()
        ended = time.perf_counter()
        timer.stop()
        session.run_event.disconnect(watch)
        live = page.board.live
        if not live.state.has_weights:
            raise RuntimeError(f"The run ended as {live.state}: {page.view.banner.message}")
        return Round(
            first=first[0] - begun,
            whole=ended - begun,
            gaps=[1000 * (b - a) for a, b in pairwise([begun, *ticks])],
            busy=[1000 * (b - a) for a, b in pairwise([used_before, *used])],
            points=len(live.batches["loss"]),
        )

    def set_epochs(self, epochs: int) -> None:
        """Train longer the next time."""
        from workbench.graph.changes import SetField

        self.window.session.apply(SetField("recipe", ("epochs",), epochs))

    def close(self) -> None:
        """Close window and engines."""
        from ui.jobs import finish_background

        self.window.flow.give_up()
        self.services.engines.close(15_000)
        finish_background()


@benchmark(
    "window-train",
    title=f"Train digits, {EPOCHS} epochs, in the window with live plots",
    unit="s",
    target=1.0,
    judged="ratio",
    limit=900.0,
)
def window_train() -> list[Measurement]:
    """Several trainings in one window, plain `fit` in turn; the design engine idles beside."""
    import numpy as np

    from workbench.data.prepare import prepare

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        document = digits_project(folder / "digits")
        prepared = prepare(document.data, document.folder)
        train, held = prepared.part("train"), prepared.part("validation")
        arrays = folder / "arrays.npz"
        np.savez(
            arrays, x=train.inputs["features"], y=train.target,
            vx=held.inputs["features"], vy=held.target,
        )  # fmt: skip
        document.save()
        document.close()
        window = TrainedWindow(folder / "digits", folder)
        rounds, plain = [], []
        try:
            for _ in range(ROUNDS):
                window.wait_for_warm_engine()
                rounds.append(window.train())
                plain.append(plain_seconds(arrays))
            window.wait_for_warm_engine()
            window.set_epochs(LONG)
            long = window.train()
        finally:
            window.close()
    gaps = long.gaps
    firsts = [one.first for one in rounds]
    wholes = [one.whole for one in rounds]
    return [
        Measurement(
            min(wholes),
            compared_with="plain model.fit, same arrays",
            compared_value=min(plain),
            note=f"window {min(wholes):.2f} to {max(wholes):.2f} s, "
            f"plain {min(plain):.2f} to {max(plain):.2f} s, {rounds[0].points:,} points each",
        ),
        Measurement(
            statistics.median(firsts),
            title="Click on Train with a warm engine to first point plotted",
            target=2.0,
            judged="value",
            note=f"{min(firsts):.2f} to {max(firsts):.2f} s",
        ),
        Measurement(
            max(gaps),
            title="Longest gap between 16 ms ticks over a whole training",
            unit="ms",
            target=100.0,
            judged="value",
            note=f"{len(gaps):,} ticks, {long.points:,} points",
        ),
        Measurement(
            float(np.percentile(gaps, 99)),
            title="99th percentile of those gaps",
            unit="ms",
            target=35.0,
            judged="value",
            note=f"median {statistics.median(gaps):.1f} ms",
        ),
        Measurement(
            max(long.busy),
            title="Most CPU time of the window's thread between two of those ticks",
            unit="ms",
            target=20.0,
            judged="value",
            note=f"99th percentile {np.percentile(long.busy, 99):.1f} ms",
        ),
    ]
