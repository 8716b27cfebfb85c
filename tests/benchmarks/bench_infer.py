"""A parameter edit in a network of 200 and of 1,000 layers, until all shapes are drawn."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import Measurement, benchmark
from tests.benchmarks.networks import UNIT, deep_block_graph, deep_graph

LAYERS = 200
MANY_LAYERS = 1000
EDITS = 120
WARM_UP = 20


def edits(graph: Any, count: int) -> list[Any]:
    """Return parameter edits all over a network; half of them change shapes behind them."""
    from workbench.graph.changes import SetParam

    chance = random.Random(3)
    values: dict[str, tuple[str, Any]] = {
        "Conv2D": ("filters", lambda: chance.choice([4, 6, 8, 12])),
        "Activation": ("activation", lambda: chance.choice(["relu", "gelu", "tanh"])),
        "Dropout": ("rate", lambda: round(chance.random() * 0.5, 3)),
        "Dense": ("units", lambda: chance.randrange(8, 64)),
        "BatchNormalization": ("momentum", lambda: round(0.9 + 0.09 * chance.random(), 3)),
    }
    nodes = [node for node in graph if node.layer in values]
    made = []
    for at in range(count):
        kinds = ("Conv2D", "Dense") if at % 2 == 0 else tuple(values)
        node = chance.choice([node for node in nodes if node.layer in kinds])
        name, value = values[node.layer]
        made.append(SetParam(node.id, name, value()))
    return made


def block_edits(graph: Any, count: int) -> list[Any]:
    """Return parameter edits of uses of the block and, each second one, inside it."""
    from workbench.graph.changes import SetParam
    from workbench.graph.record_changes import InBlock

    chance = random.Random(3)
    uses = [node.id for node in graph if node.id.startswith("u")]
    inside: list[tuple[str, str, Any]] = [
        ("conv", "kernel_size", lambda: [chance.choice([1, 3, 5])] * 2),
        ("act", "activation", lambda: chance.choice(["relu", "gelu", "tanh"])),
        ("drop", "rate", lambda: round(chance.random() * 0.5, 3)),
    ]
    made: list[Any] = []
    for at in range(count):
        if at % 2 == 0:
            made.append(SetParam(chance.choice(uses), "filters", chance.choice([4, 6, 8, 12])))
        else:
            node, name, value = chance.choice(inside)
            made.append(InBlock(UNIT, SetParam(node, name, value())))
    return made


@benchmark(
    "infer-200",
    title=f"Edit in a network of {LAYERS} layers → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_200() -> list[Measurement]:
    """Through the real window: the change, the design engine, the answer, the repainted canvas."""
    graph = deep_graph(LAYERS)
    return _edit(graph, edits(graph, EDITS + WARM_UP))


@benchmark(
    "infer-1000",
    title=f"Edit in a network of {MANY_LAYERS:,} layers → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_1000() -> list[Measurement]:
    """The same in a large network; and how many times faster than building the model anew."""
    graph = deep_graph(MANY_LAYERS)
    p95, median = _edit(graph, edits(graph, EDITS + WARM_UP))
    assert p95.compared_value is not None
    return [
        p95,
        median,
        Measurement(
            p95.value, title="… against building the Keras model anew", target=1 / 50,
            judged="ratio", compared_with=p95.compared_with,
            compared_value=p95.compared_value,
        ),
    ]  # fmt: skip


@benchmark(
    "infer-blocks",
    title=f"Edit in a network of {MANY_LAYERS:,} layers in blocks → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_blocks() -> list[Measurement]:
    """Parameters of uses and layers inside the block, which change all its uses at once."""
    graph = deep_block_graph(MANY_LAYERS)
    return _edit(graph, block_edits(graph, EDITS + WARM_UP))


def _edit(graph: Any, changes: list[Any]) -> list[Measurement]:
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QWidget

    from ui.application import make_application, make_services, shut_down
    from ui.main_window import MainWindow
    from workbench.project import create_project
    from workbench.project.documents import Documents
    from workbench.settings import load_settings

    def wait_for(condition: Any, seconds: float, what: str) -> None:
        """Let the window work, looking every few milliseconds."""
        if condition():
            return
        loop, look, limit = QEventLoop(), QTimer(), QTimer()
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        look.start(5)
        limit.setSingleShot(True)
        limit.timeout.connect(lambda: loop.exit(1))
        limit.start(int(seconds * 1000))
        if loop.exec():
            raise RuntimeError(f"Waited {seconds} s for {what}")

    times: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "deep"
        create_project(project, "Deep", Documents(graph=graph.copy())).close()
        application = make_application()
        services = make_services(application, load_settings(), keep_spare=False)
        window = MainWindow(services)
        window.start(project)
        wait_for(lambda: window.session is not None, 30, "the project")
        session = window.session
        assert session is not None
        window.show_page("design")

        def shown() -> bool:
            return session.settled and len(session.inference.nodes) == len(session.document.graph)

        wait_for(shown, 180, "the first inference")
        canvas = window.findChild(QWidget, "design.canvas")
        assert canvas is not None
        target = canvas.viewport() if hasattr(canvas, "viewport") else canvas
        for at, change in enumerate(changes):
            loop = QEventLoop()

            def answered(inference: Any, loop: QEventLoop = loop) -> None:
                assert len(inference.nodes) == len(graph)
                target.repaint()
                loop.quit()

            session.inference_changed.connect(answered)
            begun = time.perf_counter()
            session.apply(change)
            loop.exec()
            if at >= WARM_UP:
                times.append((time.perf_counter() - begun) * 1000)
            session.inference_changed.disconnect(answered)
            wait_for(lambda: session.settled, 10, "the window")
        session.document.save()
        window.close()
        shut_down(services)
    times.sort()
    rebuild = _rebuild_ms(graph)
    return [
        Measurement(
            times[int(len(times) * 0.95)],
            compared_with="building the Keras model anew",
            compared_value=rebuild,
            note=f"{EDITS} edits, median {statistics.median(times):.1f} ms",
        ),
        Measurement(
            statistics.median(times), title="… median", target=50.0,
            compared_with="building the Keras model anew", compared_value=rebuild,
        ),
    ]  # fmt: skip


def _rebuild_ms(graph: Any) -> float:
    """Return the time of a functional rebuild of the same network in this process."""
    from workbench.engine.local import prepare_process

    prepare_process("auto", "cpu")
    from workbench.build.model import build_model
    from workbench.catalog import load_catalog

    times = []
    for _ in range(4):
        begun = time.perf_counter()
        build_model(graph, load_catalog(), None)
        times.append((time.perf_counter() - begun) * 1000)
    return min(times[1:])
