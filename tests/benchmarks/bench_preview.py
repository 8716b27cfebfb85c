"""Previews of a network of 1,000 layers: another row, an edit, and the frames that draw them."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import Measurement, benchmark
from tests.benchmarks.networks import deep_graph

LAYERS = 1000
TIMES = 15


def _network() -> Any:
    """Return the deep network fed with 12 columns, repeated to an image of 32 × 32 × 3."""
    from workbench.graph import Connect, Disconnect, Edge, Endpoint, Node, SetParam
    from workbench.graph.changes import AddNode, Unset

    graph = deep_graph(LAYERS)
    graph.apply(SetParam("n0", "shape", Unset()))
    steps = (("Reshape", {"target_shape": [2, 2, 3]}), ("UpSampling2D", {"size": [16, 16]}))
    above = "n0"
    graph.apply(Disconnect(Edge(Endpoint("n0", "output"), Endpoint("n1", "input"))))
    for at, (layer, params) in enumerate(steps):
        graph.apply(AddNode(Node(f"p{at}", layer, f"prepare_{at}", params)))
        graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(f"p{at}", "input"))))
        above = f"p{at}"
    graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint("n1", "input"))))
    return graph


@benchmark(
    "preview-1000",
    title=f"Preview: an edit in {LAYERS} layers → the output's values",
    unit="ms",
    target=500.0,
)
def preview_1000() -> list[Measurement]:
    """The job in this process, compared with a functional rebuild and one call of the model."""
    from workbench.engine.local import prepare_process

    prepare_process("auto", "cpu")
    import numpy as np

    from workbench.build.infer_job import infer
    from workbench.build.model import build_model
    from workbench.catalog import load_catalog
    from workbench.data.infer import infer_columns
    from workbench.data.signature import signature_of
    from workbench.data.sniff import sniff
    from workbench.data.source import open_table
    from workbench.data.spec import DataSpec, SplitSpec
    from workbench.graph import SetParam
    from workbench.jobs import Control, ignore
    from workbench.predict.preview import preview

    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        values = rng.normal(size=(200, 12)).round(3).tolist()
        rows = [f"{','.join(map(str, row))},class {at % 10}" for at, row in enumerate(values)]
        names = [f"c{n}" for n in range(12)]
        (folder / "data.csv").write_text("\n".join([",".join([*names, "y"]), *rows]) + "\n")
        source = sniff(folder / "data.csv")
        data = DataSpec(source, infer_columns(open_table(source, folder)), SplitSpec())
        graph, signature = _network(), signature_of(data, folder)
        infer({"graph": graph.to_plain(), "signature": signature.to_plain(), "revision": 1},
              ignore, Control())  # fmt: skip
        last = next(reversed(graph.nodes))
        output = next(n for n in graph.nodes if not graph.feeds(n)) or last

        def ask(revision: int, index: int) -> float:
            begun = time.perf_counter()
            found = preview(
                {"project": str(folder), "data": data.to_plain(), "revision": revision,
                 "index": index, "nodes": [output]},
                ignore, Control(),
            )  # fmt: skip
            assert found["nodes"][output]["outputs"]
            return (time.perf_counter() - begun) * 1000

        first = ask(1, 0)
        another = statistics.median(ask(1, index) for index in range(1, TIMES))
        edited = []
        for at in range(TIMES):
            change = SetParam("n500" if graph.node("n500").layer == "Dropout" else "n504", "rate",
                              0.1 + at / 100)  # fmt: skip
            infer({"changes": [change.to_plain()], "revision": 2 + at}, ignore, Control())
            edited.append(ask(2 + at, 0))
        begun = time.perf_counter()
        model = build_model(graph, load_catalog(), signature)
        model(np.zeros((1, 12), np.float32))
        rebuilt = (time.perf_counter() - begun) * 1000
    against = "building the Keras model anew and calling it"
    return [
        Measurement(statistics.median(edited), compared_with=against, compared_value=rebuilt,
                    note=f"{TIMES} edits in the middle; the first preview took {first:.0f} ms"),
        Measurement(another, title="… another row", target=500.0, compared_with=against,
                    compared_value=rebuilt),
    ]  # fmt: skip


@benchmark(
    "preview-frames",
    title="Frames with a picture under every layer in view, 10,000 layers, p95",
    unit="ms",
    target=16.7,
)
def preview_frames() -> list[Measurement]:
    """Panning at three scales; every layer has an answer, its picture is painted when needed."""
    import numpy as np
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPixmap

    from tests.benchmarks.bench_design_frames import SIZE, make_canvas
    from ui.design.preview.asking import PreviewSync
    from ui.design.preview.beneath import Beneath
    from ui.design.preview.question import Answer
    from workbench.graph.preview import Activation, NodePreview, Statistics

    canvas = make_canvas(10_000)
    engines: Any = None
    sync = PreviewSync(engines)
    sync.on = True
    beneath = Beneath(canvas, sync)
    beneath.everywhere = True
    rng, about = np.random.default_rng(0), Statistics(100, -3.0, 3.0, 0.0, 1.0)
    drawn = [
        Activation("maps", (56, 56, 32), "float32",
                   rng.normal(size=(8, 48, 48)).astype(np.float32), (1, 2, 2), 0, about),
        Activation("vector", (256,), "float32",
                   rng.normal(size=256).astype(np.float32), (1,), 0, about),
        Activation("sequence", (96, 96), "float32",
                   rng.normal(size=(96, 96)).astype(np.float32), (1, 1), 0, about),
    ]  # fmt: skip
    ids = list(canvas.picture.nodes)
    for at, node in enumerate(ids):
        sync._answers[node] = Answer(NodePreview(node, {"output": drawn[at % 3]}), sync._turn)
    middle = canvas.picture.nodes[ids[len(ids) // 2]].rect.center()
    page = QPixmap(*SIZE)

    def p95(scale: float) -> float:
        canvas.camera.zoom_to(scale, QPointF(SIZE[0] / 2, SIZE[1] / 2))
        canvas.camera.center_on(middle, canvas.free_rect())
        times = []
        for _ in range(60):
            canvas.camera.pan(QPointF(0, -24))
            begun = time.perf_counter()
            canvas.render(page)
            times.append((time.perf_counter() - begun) * 1000)
        return sorted(times)[int(len(times) * 0.95)]

    rows = []
    for scale in (0.4, 0.7, 1.0):
        beneath.everywhere = False
        without = p95(scale)
        beneath.everywhere = True
        rows.append(
            Measurement(p95(scale), title=f"… at {scale:.0%}" if rows else "",
                        compared_with="the same without pictures", compared_value=without)
        )  # fmt: skip
    return rows
