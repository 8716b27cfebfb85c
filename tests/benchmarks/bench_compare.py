"""Comparing networks of 10,000 layers: how long it takes, and what the marks cost a frame."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tests.benchmarks.bench_design_frames import SCALES, frames, large_graph, make_canvas, p95
from tests.benchmarks.harness import Measurement, benchmark

LAYERS = 10_000


def changed(graph: Any) -> Any:
    """Return a copy with 400 settings changed and 100 layers deleted."""
    from workbench.graph.changes import SetParam
    from workbench.graph.edits import delete

    other = graph.copy()
    nodes = list(other)
    for node in nodes[::25]:
        other.apply(SetParam(node.id, "trainable_part", 1))
    for node in nodes[51::100]:
        other.apply(delete(other, [node.id], bridge=True))
    return other


def foreign(graph: Any) -> Any:
    """Return a network as a file of other origin holds it: other ids and names."""
    from workbench.graph import Graph

    text = json.dumps(graph.to_plain())
    text = re.sub(r'"n(\d+_\d+)"', r'"x\1"', text)
    return Graph.from_plain(json.loads(re.sub(r'"name": "', '"name": "k_', text)))


def _seconds(before: Any, after: Any, title: str) -> Measurement:
    from workbench.graph.compare import compare, without_names
    from workbench.graph.differences import differences

    begun = time.perf_counter()
    found = compare(before, after)
    rows = differences(found)
    seconds = time.perf_counter() - begun
    counted = len(differences(without_names(found)))
    return Measurement(seconds, title=title, note=f"{len(rows):,} differences, {counted:,} "
                       "without names")  # fmt: skip


@benchmark("compare", title="Comparing 10,000 layers", unit="s", target=5.0)
def comparing() -> list[Measurement]:
    """Compare two versions and a network of other origin; pan with 500 marks and without."""
    graph, _ = large_graph(LAYERS)
    other = changed(graph)
    return [
        _seconds(graph, other, "Two versions of 10,000 layers, in another thread"),
        _seconds(foreign(graph), other, "10,000 layers of other origin, in another thread"),
        _pan(),
    ]


def _pan() -> Measurement:
    from PySide6.QtCore import QPointF
    from PySide6.QtTest import QTest

    from ui.compare.overlay import Overlay
    from workbench.graph.compare import compare

    canvas = make_canvas(LAYERS)
    before, now = canvas.picture.graph, changed(canvas.picture.graph)
    camera, view = canvas.camera, canvas.free_rect()
    canvas.picture.show_graph(now)
    overlay = Overlay(canvas)
    found = compare(before, now)
    worst: dict[bool, float] = {True: 0.0, False: 0.0}
    for scale in SCALES:
        for marked in (False, True):
            overlay.show(found if marked else None)
            while overlay.making:
                QTest.qWait(5)
            camera.fit(canvas.picture.bounds(), view)
            if scale:
                camera.zoom_to(scale, view.center())
            canvas.repaint()
            times = frames(canvas, lambda _at: camera.pan(QPointF(-23, -17)))
            worst[marked] = max(worst[marked], p95(times))
    overlay.show(None)
    canvas.close()
    return Measurement(
        worst[True], "no marks", worst[False], unit="ms", target=16.7,
        title="Pan in 10,000 layers with 500 marks, p95 at the worst scale",
    )  # fmt: skip
