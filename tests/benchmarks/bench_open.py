"""Opening and arranging a network of 10,000 layers in the real window, and its memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_design_frames import large_graph
from tests.benchmarks.harness import Measurement, benchmark

LAYERS = 10_000


@benchmark(
    "open-10000", title=f"Open {LAYERS:,} layers, arranged", unit="s", target=10.0, limit=300
)
def open_large() -> list[Measurement]:
    """From the wish to open until the canvas is painted and the layout has been made anew."""
    import psutil
    from PySide6.QtCore import QEventLoop, QTimer

    from ui.application import make_application, make_services, shut_down
    from ui.main_window import MainWindow
    from workbench.project import create_project
    from workbench.project.documents import Documents
    from workbench.settings import load_settings

    graph, _ = large_graph(LAYERS)
    longest = 0.0

    def wait_for(condition: Any, seconds: float) -> None:
        nonlocal longest
        loop, tick = QEventLoop(), QTimer()
        begun = last = time.perf_counter()

        def look() -> None:
            nonlocal last, longest
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            if condition() or now - begun > seconds:
                loop.quit()

        tick.timeout.connect(look)
        tick.start(5)
        loop.exec()
        if not condition():
            raise RuntimeError(f"Waited {seconds} s in vain")

    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "large"
        create_project(project, "Large", Documents(graph=graph.copy())).close()
        application = make_application()
        services = make_services(application, load_settings(), keep_spare=False)
        window = MainWindow(services)
        window.start()
        wait_for(window.isVisible, 30)
        begun = time.perf_counter()
        window.flow.open(project)
        wait_for(lambda: window.session is not None, 60)
        session = window.session
        assert session is not None
        window.show_page("design")
        window.repaint()
        opened = time.perf_counter() - begun
        longest = 0.0
        revision = session.document.revision
        services.actions.qaction("design.layout").trigger()
        wait_for(lambda: session.document.revision > revision, 60)
        window.repaint()
        arranged = time.perf_counter() - begun
        gap = longest
        wait_for(lambda: session.settled, 100)
        memory = psutil.Process().memory_info().rss / 1e9
        shapes = time.perf_counter() - begun
        session.document.save()
        window.close()
        shut_down(services)
    note = f"painted after {opened:.2f} s, everything checked after {shapes:.1f} s"
    return [
        Measurement(arranged, note=note),
        Measurement(
            gap * 1000, title="Longest time in which the window stood still meanwhile",
            unit="ms", target=100.0,
        ),
        Measurement(memory, title="Memory of the window's process", unit="GB", target=1.5),
    ]  # fmt: skip
