"""How far the estimate of a training's memory is from what a training takes.

Every network is trained for a few steps in a process of its own; measured is how far the
process's largest resident size rises above what it was before, with the backend warmed up by a
training of a tiny network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.benchmarks.harness import ROOT, Measurement, benchmark

BATCH = 32
NETWORKS = ("dense", "convolutional", "recurrent", "transformer")


def network(name: str) -> tuple[Any, tuple[int, ...]]:
    """Return a graph and the shape of its input."""
    from workbench.graph import Connect, Edge, Endpoint, Graph, Node
    from workbench.graph.changes import AddNode

    def conv(filters: int) -> tuple[str, dict[str, Any]]:
        return ("Conv2D", {"filters": filters, "kernel_size": 3, "padding": "same",
                           "activation": "relu"})  # fmt: skip

    chains: dict[str, tuple[tuple[int, ...], list[tuple[str, dict[str, Any]]]]] = {
        "dense": ((2048,), [("Dense", {"units": 4096, "activation": "relu"})] * 3),
        "convolutional": ((128, 128, 3), [
            conv(32), conv(32), ("MaxPooling2D", {}), conv(64), ("BatchNormalization", {}),
            conv(64), ("MaxPooling2D", {}), conv(128), conv(128), ("GlobalAveragePooling2D", {}),
        ]),
        "recurrent": ((400, 64), [
            ("LSTM", {"units": 256, "return_sequences": True}), ("LSTM", {"units": 256}),
        ]),
        "transformer": ((256, 256), []),
    }  # fmt: skip
    shape, layers = chains[name]
    graph = Graph()

    def add(key: str, params: dict[str, Any], *sources: tuple[str, str]) -> str:
        at = f"n{len(graph)}"
        graph.apply(AddNode(Node(at, key, f"{key.lower()}_{at}", params)))
        for number, (source, port) in enumerate(sources):
            target = Endpoint(at, port)
            index = number if port == "inputs" else 0
            graph.apply(Connect(Edge(Endpoint(source, "output"), target, index)))
        return at

    last = add("InputLayer", {"shape": list(shape)})
    for key, params in layers:
        last = add(key, params, (last, "input"))
    for _ in range(4 if name == "transformer" else 0):
        heads = add("MultiHeadAttention", {"num_heads": 8, "key_dim": 32}, (last, "query"),
                    (last, "value"))  # fmt: skip
        summed = add("Add", {}, (last, "inputs"), (heads, "inputs"))
        normal = add("LayerNormalization", {}, (summed, "input"))
        wide = add("Dense", {"units": 1024, "activation": "relu"}, (normal, "input"))
        narrow = add("Dense", {"units": 256}, (wide, "input"))
        again = add("Add", {}, (normal, "inputs"), (narrow, "inputs"))
        last = add("LayerNormalization", {}, (again, "input"))
    if name == "transformer":
        last = add("GlobalAveragePooling1D", {}, (last, "input"))
    add("Dense", {"units": 10, "activation": "softmax"}, (last, "input"))
    return graph, shape


def measure(name: str) -> dict[str, int]:
    """Train a network and return the estimate and the measured rise, in bytes."""
    import resource

    from workbench.engine.local import prepare_process

    prepare_process("tensorflow", "cpu")
    import keras
    import numpy as np

    from workbench.build.model import build_model
    from workbench.build.shapes import ShapeInference
    from workbench.catalog import load_catalog
    from workbench.graph.costs.memory import training_memory

    def train(model: Any, shape: tuple[int, ...], rows: int, batch: int) -> None:
        chance = np.random.default_rng(0)
        x = chance.normal(size=(rows, *shape)).astype("float32")
        y = chance.integers(0, 10, size=rows)
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=batch, epochs=1, verbose=0)

    train(keras.Sequential([keras.Input((4,)), keras.layers.Dense(10)]), (4,), 8, 4)
    catalog = load_catalog()
    graph, shape = network(name)
    shapes = ShapeInference(catalog).infer(graph)
    rows = 6 * BATCH
    row = 4 * int(np.prod(shape)) + 8
    needed = training_memory(shapes.nodes.values(), BATCH, "Adam", data_bytes=rows * row)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    train(build_model(graph, catalog, None), shape, rows, BATCH)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # No best weights are kept aside by this training.
    return {"estimate": needed.total - needed.best, "measured": after - before,
            "activations": needed.activations, "weights": needed.weights}  # fmt: skip


@benchmark(
    "memory-estimate",
    title="Estimated peak memory of a training",
    unit="MB",
    judged="ratio",
    limit=900.0,
)
def memory_estimate() -> list[Measurement]:
    """Estimate and measure, network by network, each in a process of its own."""
    found = []
    for name in NETWORKS:
        code = (
            "import sqlite3, json, sys; from tests.benchmarks.bench_memory import measure; "
            f"sys.stdout.write('\\n' + json.dumps(measure({name!r})))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=300,
                              capture_output=True, text=True, env=dict(os.environ))  # fmt: skip
        sizes = json.loads(done.stdout.splitlines()[-1])
        found.append(
            Measurement(
                sizes["estimate"] / 1e6,
                title=f"Estimated peak memory, {name}",
                compared_with="measured",
                compared_value=sizes["measured"] / 1e6,
                note=f"{BATCH} rows a batch, Adam; of it values of layers "
                f"{sizes['activations'] / 1e6:.0f} MB, weights {sizes['weights'] / 1e6:.0f} MB",
            )
        )
    return found
