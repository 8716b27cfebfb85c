"""Networks to export, and the execution of exported code in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workbench.catalog import load_catalog
from workbench.graph import Connect, Edge, Endpoint, Graph
from workbench.graph.edits import add_after, add_layer


class Network:
    """A graph with a shorthand for adding and connecting."""

    def __init__(self, catalog):
        self.catalog = catalog
        self.graph = Graph()

    def add(self, key, params=None):
        change, node_id = add_layer(self.graph, self.catalog, key, (0.0, 0.0), params)
        self.graph.apply(change)
        return node_id

    def after(self, source, key, params=None, port="output"):
        change, node_id = add_after(
            self.graph, self.catalog, key, Endpoint(source, port), (0.0, 0.0), params
        )
        self.graph.apply(change)
        return node_id

    def connect(self, source, target, port="input", index=0, output="output"):
        edge = Edge(Endpoint(source, output), Endpoint(target, port), index)
        if edge not in self.graph.edges:  # `after` connects every port that it can
            self.graph.apply(Connect(edge))


@pytest.fixture(scope="session")
def catalog():
    return load_catalog()


@pytest.fixture
def net(catalog):
    return Network(catalog)


@pytest.fixture(scope="session")
def new_net(catalog):
    return lambda: Network(catalog)


# Keras starts once for all networks: each exported file is run by path, with nothing of the
# program importable, and what it computes is written down.
_RUNNER = """
import json, runpy, sqlite3, sys
import numpy as np
import keras
assert not any(name.split(".")[0] == "workbench" for name in sys.modules)
jobs = json.loads(open(sys.argv[1], encoding="utf-8").read())
report = []
for job in jobs:
    model = runpy.run_path(job["code"])["build_model"]()
    given = dict(np.load(job["arrays"]))
    model.load_weights(job["weights"])
    values = {k: given["x_" + k] for k in job["inputs"]}
    out = model(values if len(values) > 1 else next(iter(values.values())))
    out = [np.asarray(keras.ops.convert_to_numpy(o)) for o in (
        out if isinstance(out, (list, tuple)) else [out])]
    np.savez(job["arrays"] + ".out.npz", *out)
    report.append({
        "parameters": model.count_params(),
        "trainable": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "layers": [[type(layer).__name__, layer.name] for layer in model.layers],
        "config": [str(layer.get_config()) for layer in model.layers
                   if type(layer).__name__ not in ("InputLayer", "Bidirectional", "RNN",
                                                   "TimeDistributed", "SpectralNormalization")],
    })
print(json.dumps(report))
"""


@pytest.fixture(scope="session")
def execute(tmp_path_factory):
    """Run files in another process, outside the checkout; returns what the runner reports."""
    folder = tmp_path_factory.mktemp("runner")

    def run(jobs):
        (folder / "run.py").write_text(_RUNNER, encoding="utf-8")
        (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-P", str(folder / "run.py"), str(folder / "jobs.json")],
            capture_output=True, text=True, check=False, timeout=280, cwd=folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run
