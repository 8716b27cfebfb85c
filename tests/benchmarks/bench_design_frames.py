"""Frames of the Design page's canvas: panning, zooming, selecting and moving in large networks."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.harness import Measurement, benchmark

SIZE = (1920, 1080)
FRAMES = 40
SCALES = (0.0, 0.1, 0.17, 0.25, 0.35, 0.5, 0.67, 1.0, 1.6)
"""Scales at which panning is measured; 0 fits the whole network."""


def large_graph(layers: int) -> tuple[Any, Any]:
    """Return a network of residual towers side by side, placed, and its inferred shapes."""
    from workbench.graph import Connect, Edge, Endpoint, Graph, Node
    from workbench.graph.changes import AddNode
    from workbench.graph.inference import Inference, NodeInfo, TensorInfo

    graph, chance = Graph(), random.Random(1)
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Conv2D", {"filters": 32, "kernel_size": 3, "padding": "same"}),
        ("BatchNormalization", {}),
        ("Activation", {"activation": "relu"}),
        ("Dropout", {"rate": 0.2}),
        ("Add", {}),
    )
    towers = max(layers // 125, 1)
    rows = layers // towers
    infos: dict[str, Any] = {}
    for tower in range(towers):
        for row in range(rows):
            kind, params = kinds[row % len(kinds)] if row else ("InputLayer", {})
            node_id = f"n{tower}_{row}"
            place = (tower * 328.0 + chance.randrange(-2, 3) * 8.0, row * 120.0)
            name = f"{kind.lower()}_{tower}_{row}"
            graph.apply(AddNode(Node(node_id, kind, name, params, place)))
            end = Endpoint(node_id, "inputs" if kind == "Add" else "input")
            if row:
                graph.apply(Connect(Edge(Endpoint(f"n{tower}_{row - 1}", "output"), end)))
            if kind == "Add":
                graph.apply(Connect(Edge(Endpoint(f"n{tower}_{row - 4}", "output"), end, 1)))
            shape = TensorInfo((None, 56 - row // 4, 56 - row // 4, 32))
            infos[node_id] = NodeInfo({"output": shape}, 9248 if kind == "Conv2D" else 0)
    return graph, Inference(infos)


def make_canvas(layers: int) -> Any:
    """Return a shown canvas with a large network."""
    from PySide6.QtTest import QTest

    from ui.application import make_application
    from ui.design.canvas.picture import Picture
    from ui.design.canvas.view import Canvas
    from ui.design.editor import Editor
    from ui.design.selection import Selection
    from ui.theme import Theme
    from workbench.catalog import load_catalog

    Theme("light").install(make_application())
    graph, inference = large_graph(layers)
    picture = Picture(load_catalog())
    editor = Editor(picture.catalog, picture, Selection())
    picture.show_graph(graph)
    picture.set_inference(inference)
    editor.set_session(_Session(graph, picture))
    canvas = Canvas(editor)
    canvas.resize(*SIZE)
    canvas.show()
    QTest.qWaitForWindowExposed(canvas)
    return canvas


class _Session:
    """The least that an editor edits: a graph whose picture follows."""

    def __init__(self, graph: Any, picture: Any) -> None:
        self.graph, self._picture = graph, picture
        self.document = self

    def apply(self, change: Any, merge: str = "") -> None:
        del merge
        self.graph.apply(change)
        self._picture.touch(change)


def frames(canvas: Any, step: Callable[[int], None], count: int = FRAMES) -> list[float]:
    """Return the time of each frame, ms: the step and the repaint that shows it."""
    times = []
    for at in range(count):
        begun = time.perf_counter()
        step(at)
        canvas.repaint()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


def _pan_and_zoom(layers: int) -> list[Measurement]:
    from PySide6.QtCore import QPointF

    canvas = make_canvas(layers)
    camera, view = canvas.camera, canvas.free_rect()
    worst, notes = 0.0, []
    everything: list[float] = []
    for scale in SCALES:
        camera.fit(canvas.picture.bounds(), view)
        if scale:
            camera.zoom_to(scale, view.center())
        canvas.repaint()
        times = frames(canvas, lambda _at: camera.pan(QPointF(-23, -17)))
        worst = max(worst, p95(times))
        everything += times
        notes.append(f"{camera.scale:.2g}: {p95(times):.1f}")
    camera.fit(canvas.picture.bounds(), view)
    zoom = frames(canvas, lambda at: camera.zoom(1.08 if at < 50 else 1 / 1.08, view.center()), 100)
    canvas.close()
    return [
        Measurement(worst, title=f"Pan in {layers:,} layers, p95 at the worst scale",
                    note="p95 by scale, ms: " + ", ".join(notes)),
        Measurement(p95(zoom), title=f"Zoom through {layers:,} layers, p95"),
    ]  # fmt: skip


@benchmark("design-frames", title="Frames of the canvas", unit="ms", target=16.7)
def design_frames() -> list[Measurement]:
    """Pan and zoom at 1920 × 1080 in 1,000 and 10,000 layers."""
    return [*_pan_and_zoom(1000), *_pan_and_zoom(10_000)]


@benchmark("design-edit", title="Edits on the canvas", unit="ms", target=33.0)
def design_edit() -> list[Measurement]:
    """Select and move in 10,000 layers: mouse events up to the painted frame."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    canvas = make_canvas(10_000)
    picture, camera = canvas.picture, canvas.camera
    camera.zoom_to(1.0, canvas.free_rect().center())
    camera.center_on(picture.nodes["n40_60"].rect.center(), canvas.free_rect())
    canvas.repaint()
    shown = [f.id for f in picture.node_index.inside(canvas.shown_area())]

    def click(at: int) -> None:
        centre = canvas.node_rect(shown[at % len(shown)]).center()
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=centre)

    select = frames(canvas, click)
    drag: list[float] = []
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for node_id in shown[:8]:
        start: QPoint = canvas.node_rect(node_id).center()
        QTest.mousePress(canvas, left, plain, start)
        drag += frames(canvas, lambda at, s=start: QTest.mouseMove(canvas, s + QPoint(9 * at, 5 * at)), 20)  # fmt: skip # noqa: E501
        drag += frames(canvas, lambda _at, s=start: QTest.mouseRelease(canvas, left, plain, s + QPoint(180, 100)), 1)  # fmt: skip # noqa: E501
    camera.fit(picture.bounds(), canvas.free_rect())
    canvas.selection.select(picture.nodes)
    canvas.repaint()
    start = canvas.node_rect("n40_60").center()
    QTest.mousePress(canvas, left, plain, start)
    lift = frames(canvas, lambda _at: QTest.mouseMove(canvas, start + QPoint(8, 8)), 1)
    everything = frames(canvas, lambda at: QTest.mouseMove(canvas, start + QPoint(at, at)))
    QTest.mouseRelease(canvas, left, plain, start + QPoint(40, 40))
    canvas.close()
    return [
        Measurement(p95(select), title="Select one of 10,000 layers, p95"),
        Measurement(p95(drag), title="Move one of 10,000 layers, p95"),
        Measurement(p95(everything), title="Move all of 10,000 layers, p95",
                    note=f"taking them up: {lift[0]:.0f} ms"),
    ]  # fmt: skip
