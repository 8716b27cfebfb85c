"""Trains a network of `memory_networks` in this process and tells what memory it took.

Run as `python -m tests.benchmarks.memory_measure NAME`; the last line of its output is JSON.
"""

from __future__ import annotations

import json
import re
import sqlite3  # noqa: F401 - TensorFlow exports its own SQLite symbols: load Python's first
import sys
from pathlib import Path
from typing import Any

STEPS = 4


def peak_bytes() -> int:
    """Return the largest memory that this process has held so far."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found.group(1)) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(name: str) -> dict[str, Any]:
    """Train a network as the job `train` does.

    Returns:
        `nodes`: what inference said about the layers; `data`: bytes of the rows; `before`: the
        peak before the network was made, with the backend warm as in a spare engine; `peak`: the
        peak at the end.
    """
    from workbench.engine.local import prepare_process

    prepare_process("tensorflow", "cpu")
    import keras
    import numpy as np

    from tests.benchmarks.memory_networks import CASES
    from workbench.build.model import build_model
    from workbench.build.scope import weightless
    from workbench.build.shapes import ShapeInference
    from workbench.catalog import load_catalog
    from workbench.importing.from_keras import graph_from_model
    from workbench.jobs import Control, ignore
    from workbench.recipe.presets import ResolvedRecipe
    from workbench.recipe.spec import EarlyStopping, OptimizerSpec
    from workbench.training.arrays import Arrays
    from workbench.training.compiling import make_optimizer
    from workbench.training.conductor import Conductor
    from workbench.training.surroundings import precision, seed_everything
    from workbench.training.trainer import Trainer
    from workbench.training.warm import train_once
    from workbench.training.watch import Watch

    case = CASES[name]
    train_once()
    before = peak_bytes()
    with precision("float32"), weightless():
        graph = graph_from_model(case.build(keras), load_catalog()).graph
    catalog = load_catalog()
    shapes = ShapeInference(catalog).infer(graph)
    rows = STEPS * case.batch
    chance = np.random.default_rng(0)
    seed_everything(0)
    with precision(case.precision):
        network = build_model(graph, catalog, None, shapes=shapes)
        kept = network.inputs[0]
        shape = tuple(kept.shape[1:])
        x: Any
        if "int" in str(kept.dtype):
            x = chance.integers(0, case.classes, size=(rows, *shape)).astype("int32")
        else:
            x = chance.standard_normal(size=(rows, *shape), dtype=np.float32)
        out = tuple(network.outputs[0].shape[1:])
        flat = len(out) == 1
        y: Any = (
            chance.integers(0, out[0], size=rows).astype("int32")
            if flat
            else chance.integers(0, 2, size=(rows, *out)).astype("float32")
        )
        last = network.outputs[0]._keras_history.operation
        last.dtype_policy = "float32"
        loss = "sparse_categorical_crossentropy" if flat else "binary_crossentropy"
        arrays = Arrays(x, y)
        trainer = Trainer(network)
        trainer.compile(
            make_optimizer(OptimizerSpec(case.optimizer, params=dict(case.params))),
            loss,
            metrics=["accuracy"] if flat else [],
            jit_compile=False,
        )
        conductor = Conductor(rows, case.batch, 2, 0, ignore, Control(), lambda _rate: None)
        recipe = ResolvedRecipe(loss, ("accuracy",), "loss", "min")
        trainer.run(
            conductor, arrays, None, case.batch, Watch(conductor, recipe, EarlyStopping(), 1.0)
        )
    return {
        "nodes": {at: info.plain for at, info in shapes.nodes.items()},
        "data": x.nbytes + y.nbytes,
        "before": before,
        "peak": peak_bytes(),
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(measure(sys.argv[1])))
