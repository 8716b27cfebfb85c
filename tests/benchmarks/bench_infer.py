"""An edit in a network of 200 and of 1,000 layers, until all shapes are drawn."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.harness import Measurement, benchmark
from tests.benchmarks.networks import CHAIN, deep_block_graph, deep_graph

LAYERS = 200
MANY_LAYERS = 1000
EDITS = 120
WARM_UP = 20
_ANEW = "building the Keras model anew"

Step: TypeAlias = Callable[[Any], str]
"""Makes an edit on the Design page, as a person does, and says what kind it was."""


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


def block_steps(graph: Any, count: int) -> list[tuple[Step, tuple[str, ...] | None]]:
    """Return parameter edits of uses of the block and inside it, with where they are made.

    Of four steps one edits a use and one a layer inside the block, which changes all its uses;
    the others undo both, so that the canvas goes into the block and comes back.
    """
    from workbench.graph.changes import SetParam

    chance = random.Random(3)
    uses = [node.id for node in graph if node.id.startswith("u")]
    inside: list[tuple[str, str, Any]] = [
        ("conv", "kernel_size", lambda: [chance.choice([1, 3, 5])] * 2),
        ("act", "activation", lambda: chance.choice(["relu", "gelu", "tanh"])),
        ("drop", "rate", lambda: round(chance.random() * 0.5, 3)),
    ]

    def edit_use(page: Any) -> str:
        use, filters = chance.choice(uses), chance.choice([4, 6, 8, 12])
        page.editor.apply(SetParam(use, "filters", filters))
        return "edit"

    def edit_inside(page: Any) -> str:
        node, name, value = chance.choice(inside)
        page.editor.apply(SetParam(node, name, value()))
        return "edit"

    def undo(page: Any) -> str:
        page.session.undo()
        return "undo"

    cycle: list[tuple[Step, tuple[str, ...] | None]] = [
        (edit_use, ()), (edit_inside, (uses[0],)), (undo, ()), (undo, None),
    ]  # fmt: skip
    return cycle * (count // len(cycle))


def structure_steps(count: int) -> list[Step]:
    """Return edits that put layers and connections in and take them out, each undone at once."""
    from workbench.graph import Endpoint
    from workbench.graph.changes import Disconnect
    from workbench.graph.edits import add_after, delete, insert_on_edge

    chance = random.Random(3)

    def insert(page: Any) -> str:
        graph = page.editor.graph
        edge = chance.choice(list(graph.edges))
        kind = chance.choice(["Activation", "Dropout", "BatchNormalization"])
        page.editor.apply(insert_on_edge(graph, page.services.catalog, kind, edge)[0])
        return "insert"

    def remove(page: Any) -> str:
        graph = page.editor.graph
        node = chance.choice([node.id for node in graph if node.layer in CHAIN])
        page.editor.apply(delete(graph, [node], bridge=True))
        return "delete"

    def cut(page: Any) -> str:
        page.editor.apply(Disconnect(chance.choice(list(page.editor.graph.edges))))
        return "disconnect"

    def append(page: Any) -> str:
        graph = page.editor.graph
        last = next(node for node in graph if not graph.feeds(node.id))
        source, below = Endpoint(last.id, "output"), (last.position[0], last.position[1] + 90)
        page.editor.apply(add_after(graph, page.services.catalog, "Dropout", source, below)[0])
        return "append"

    def undo(page: Any, what: str) -> str:
        page.session.undo()
        return f"undo {what}"

    kinds: list[tuple[str, Step]] = [
        ("insert", insert), ("delete", remove), ("disconnect", cut), ("append", append),
    ]  # fmt: skip
    steps: list[Step] = []
    for at in range(count // 2):
        name, step = kinds[at % len(kinds)]
        steps += [step, partial(undo, what=name)]
    return steps


@benchmark(
    "infer-200",
    title=f"Edit in a network of {LAYERS} layers → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_200() -> list[Measurement]:
    """Through the real window: the change, the design engine, the answer, the repainted canvas."""
    graph = deep_graph(LAYERS)
    return _parameter_rows(graph, edits(graph, EDITS + WARM_UP))


@benchmark(
    "infer-1000",
    title=f"Edit in a network of {MANY_LAYERS:,} layers → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_1000() -> list[Measurement]:
    """The same in a large network; and how many times faster than building the model anew."""
    graph = deep_graph(MANY_LAYERS)
    p95, median = _parameter_rows(graph, edits(graph, EDITS + WARM_UP))
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
    steps = block_steps(graph, 2 * EDITS + WARM_UP)
    measured = edit_times(graph, [step for step, _ in steps], [place for _, place in steps])
    rebuild = _rebuild_ms(graph)
    made = sorted(time for kind, time in measured if kind == "edit")
    undone = sorted(time for kind, time in measured if kind == "undo")
    return [
        Measurement(
            made[int(len(made) * 0.95)],
            compared_with=_ANEW,
            compared_value=rebuild,
            note=f"{len(made)} edits, median {statistics.median(made):.1f} ms",
        ),
        Measurement(
            statistics.median(made), title="… median",
            compared_with=_ANEW, compared_value=rebuild,
        ),
        Measurement(
            undone[int(len(undone) * 0.95)],
            title="… undo, which opens or leaves the block, p95",
            compared_with=_ANEW,
            compared_value=rebuild,
            note=f"median {statistics.median(undone):.1f} ms",
        ),
    ]  # fmt: skip


@benchmark(
    "infer-structure",
    title=f"Insert, delete, connect in {MANY_LAYERS:,} layers → all shapes drawn, p95",
    unit="ms",
    target=50.0,
)
def infer_structure() -> list[Measurement]:
    """Layers put into connections, deleted, appended; connections cut; all of it undone."""
    graph = deep_graph(MANY_LAYERS)
    measured = edit_times(graph, structure_steps(EDITS + WARM_UP))
    rebuild = _rebuild_ms(graph)
    times = sorted(time for _, time in measured)
    kinds: dict[str, list[float]] = {}
    for kind, taken in measured:
        kinds.setdefault(kind, []).append(taken)
    medians = {kind: statistics.median(taken) for kind, taken in kinds.items()}
    slowest = max(medians, key=lambda kind: medians[kind])
    return [
        Measurement(
            times[int(len(times) * 0.95)],
            compared_with=_ANEW,
            compared_value=rebuild,
            note=", ".join(f"{kind} {median:.0f} ms" for kind, median in medians.items()),
        ),
        Measurement(
            medians[slowest], title=f"… median of the slowest kind ({slowest})",
            compared_with=_ANEW, compared_value=rebuild,
        ),
    ]  # fmt: skip


def _parameter_rows(graph: Any, changes: Sequence[Any]) -> list[Measurement]:
    """Measure changes that leave the network without errors."""

    def apply(page: Any, change: Any) -> str:
        page.session.apply(change)
        return "parameter"

    measured = edit_times(graph, [partial(apply, change=change) for change in changes])
    times = sorted(time for _, time in measured)
    rebuild = _rebuild_ms(graph)
    return [
        Measurement(
            times[int(len(times) * 0.95)],
            compared_with=_ANEW,
            compared_value=rebuild,
            note=f"{EDITS} edits, median {statistics.median(times):.1f} ms",
        ),
        Measurement(
            statistics.median(times), title="… median", target=50.0,
            compared_with=_ANEW, compared_value=rebuild,
        ),
    ]  # fmt: skip


def edit_times(
    graph: Any, steps: Sequence[Step], places: Sequence[tuple[str, ...] | None] = ()
) -> list[tuple[str, float]]:
    """Make edits in the real window, each once the one before is answered.

    Args:
        graph: The network.
        steps: The edits; the first `WARM_UP` are not measured.
        places: Per edit the block that is opened beforehand, `()` for the network itself; None
            where whatever is shown stays.

    Returns:
        Kind and time (ms) of each edit, from its beginning until the canvas was painted with the
        shapes of the whole network.
    """
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

    def rest(milliseconds: int) -> None:
        """Let the window do what is left to do."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    times: list[tuple[str, float]] = []
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
        page: Any = window.pages.page("design")
        canvas = window.findChild(QWidget, "design.canvas")
        assert canvas is not None
        target = canvas.viewport() if hasattr(canvas, "viewport") else canvas
        for at, step in enumerate(steps):
            place = places[at] if places else None
            if place is not None:
                page.scopes.go(place)
                rest(60)
            loop = QEventLoop()

            def answered(inference: Any, loop: QEventLoop = loop) -> None:
                network = session.document.graph
                assert inference.has_errors or len(inference.nodes) == len(network)
                page.picture.finish()  # what a picture of many changes leaves for later
                target.repaint()
                loop.quit()

            session.inference_changed.connect(answered)
            begun = time.perf_counter()
            kind = step(page)
            loop.exec()
            if at >= WARM_UP:
                times.append((kind, (time.perf_counter() - begun) * 1000))
            session.inference_changed.disconnect(answered)
            wait_for(lambda: session.settled, 10, "the window")
        session.document.save()
        window.close()
        shut_down(services)
    return times


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
