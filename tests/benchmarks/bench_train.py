"""Training through an engine, with every batch reported and recorded, against plain `fit`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import ROOT, Measurement, benchmark

EPOCHS = 30
ROUNDS = 3

# What somebody would write without this program: same network, arrays, optimizer, batches. The
# first fit traces the function, as the engine's does; the time is that of one whole `fit`.
_PLAIN = """
import json, sys, time
import numpy as np
import keras
arrays = np.load(sys.argv[1])
keras.utils.set_random_seed(0)
inputs = keras.Input((arrays["x"].shape[1],))
hidden = keras.layers.Dense(64, activation="relu")(inputs)
hidden = keras.layers.Dense(64, activation="relu")(hidden)
model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
begun = time.perf_counter()
model.fit(arrays["x"], arrays["y"], batch_size=32, epochs=int(sys.argv[2]), verbose=0,
          validation_data=(arrays["vx"], arrays["vy"]))
print(json.dumps(time.perf_counter() - begun))
"""


def digits_project(folder: Path) -> Any:
    """Make a project on scikit-learn's digits: 1,797 rows, 64 features, ten classes."""
    from sklearn.datasets import load_digits

    from workbench.data.infer import infer_columns
    from workbench.data.sniff import sniff
    from workbench.data.source import open_table
    from workbench.data.spec import ColumnSpec, DataSpec
    from workbench.graph import Connect, Edge, Endpoint, Node
    from workbench.graph.changes import AddNode
    from workbench.project import create_project
    from workbench.project.documents import Documents
    from workbench.recipe import EarlyStopping, RecipeSpec

    digits = load_digits()
    table = folder.parent / "digits.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(f"p{at}" for at in range(64)), "digit"])
        writer.writerows(
            [*row, f"d{target}"] for row, target in zip(digits.data, digits.target, strict=True)
        )
    source = sniff(table)
    columns = tuple(
        ColumnSpec("digit", "target", "categorical")
        if column.name == "digit"
        else ColumnSpec(column.name, "feature", "numeric")
        for column in infer_columns(open_table(source, folder.parent))
    )
    documents = Documents(
        data=DataSpec(source=source, columns=columns),
        recipe=RecipeSpec(epochs=EPOCHS, early_stopping=EarlyStopping(enabled=False)),
    )
    entries: list[tuple[str, dict[str, Any]]] = [
        ("InputLayer", {}),
        ("Dense", {"units": 64, "activation": "relu"}),
        ("Dense", {"units": 64, "activation": "relu"}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    ]
    for at, (kind, values) in enumerate(entries):
        documents.apply(AddNode(Node(f"n{at}", kind, f"layer_{at}", values)))
        if at:
            edge = Edge(Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input"))
            documents.apply(Connect(edge))
    return create_project(folder, "Digits", documents)


def plain_seconds(arrays: Path) -> float:
    """Return the time of plain `fit` in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _PLAIN, str(arrays), str(EPOCHS)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def engine_seconds(document: Any) -> float:
    """Return the time from asking a warm engine to its result, data and building included."""
    from workbench.engine.client import EngineClient
    from workbench.engine.messages import Died, JobDone, JobEvent, JobFailed, Ready
    from workbench.project.freeze import freeze
    from workbench.runs.recorder import Recorder

    spec = freeze(document)
    recorder = Recorder(spec)
    client = EngineClient("run", device="cpu")
    client.start()
    begun = 0.0
    try:
        while True:
            message = client.receive(120)
            if isinstance(message, Ready):
                begun = time.perf_counter()
                client.submit("train", spec.to_plain())
            elif isinstance(message, JobEvent):
                recorder.event(message.event)
            elif isinstance(message, JobDone):
                taken = time.perf_counter() - begun
                recorder.done(message.result)
                return taken
            elif isinstance(message, JobFailed | Died) or message is None:
                raise RuntimeError(f"The run failed: {message}")
    finally:
        client.close()


@benchmark(
    "train-engine",
    title=f"Train digits, {EPOCHS} epochs, in an engine, every batch recorded",
    unit="s",
    target=1.0,
    judged="ratio",
)
def train_engine() -> Measurement:
    """Best of several rounds, plain and engine in turn."""
    import numpy as np

    from workbench.data.prepare import prepare

    with tempfile.TemporaryDirectory() as scratch:
        document = digits_project(Path(scratch) / "digits")
        prepared = prepare(document.data, document.folder)
        train, held = prepared.part("train"), prepared.part("validation")
        assert train.target is not None and held.target is not None
        arrays = Path(scratch) / "arrays.npz"
        np.savez(
            arrays, x=train.inputs["features"], y=train.target,
            vx=held.inputs["features"], vy=held.target,
        )  # fmt: skip
        plain, engine = [], []
        for _ in range(ROUNDS):
            plain.append(plain_seconds(arrays))
            engine.append(engine_seconds(document))
        document.close()
    return Measurement(
        min(engine),
        compared_with="plain model.fit, same arrays",
        compared_value=min(plain),
        note=f"plain {min(plain):.2f} to {max(plain):.2f} s, "
        f"engine {min(engine):.2f} to {max(engine):.2f} s",
    )
