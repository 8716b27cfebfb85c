"""A trained network with own layers, exported at each level and run without the program."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from workbench.build import own_code
from workbench.catalog import load_catalog
from workbench.engine.local import run_local
from workbench.export.model import model_code
from workbench.export.script import training_script
from workbench.export.weights import export_weights
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.predict.predict import _part_rows
from workbench.training.load import load_run
from workbench.trust import fingerprint

pytestmark = [pytest.mark.backend, pytest.mark.slow]

TEXT = '''"""Mine."""

from __future__ import annotations

import keras


class Gate(keras.layers.Layer):
    def __init__(self, start: float = 0.5, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, shape):
        self.gate = self.add_weight(
            shape=(shape[-1],), initializer=keras.initializers.Constant(self.start), name="gate")

    def call(self, x, training=None):
        return x * keras.ops.sigmoid(self.gate)


class Mix(keras.layers.Layer):
    def call(self, first, second):
        both = first + 0.5 * second
        return both, second


if __name__ == "__main__":
    raise SystemExit("only when started by itself")
'''
_RUNNER = """
import json, sqlite3, sys, runpy
import numpy as np
given = json.loads(sys.argv[1])
names = runpy.run_path(given["model"])
assert not any(name.split(".")[0] == "workbench" for name in sys.modules)
trained = runpy.run_path(given["weights"])["load_model"]()
x = np.load(given["inputs"])
x = {name: x[name] for name in x.files}
fresh = names["build_model"]()
fresh.set_weights(trained.get_weights())
first = x if len(x) > 1 else next(iter(x.values()))
np.savez(given["out"], trained=np.asarray(trained(first)), fresh=np.asarray(fresh(first)))
"""


def network() -> Graph:
    port = {"id": "input"}
    base = {"module": "", "family": "custom", "outputs": [{"id": "output"}]}
    gate = {**base, "key": "Gate", "inputs": [port],
            "params": [{"name": "start", "kind": "float", "default": 0.5}]}  # fmt: skip
    mix = {**base, "key": "Mix", "params": [],
           "inputs": [port, {"id": "second", "argument": "second"}],
           "outputs": [{"id": "output"}, {"id": "output_2"}]}  # fmt: skip
    file = described("mine.py", TEXT, [gate, mix], record_id="f1")
    graph = Graph()
    graph.apply(PutRecord(file))
    for node in (
        Node("i", "InputLayer", "input"), Node("g", "own:f1.Gate", "gate", {"start": 0.25}),
        Node("m", "own:f1.Mix", "mix"),
        Node("d", "Dense", "dense", {"units": 1, "activation": "sigmoid"}),
    ):  # fmt: skip
        graph.apply(AddNode(node))
    for source, target, port_id in (("i", "g", "input"), ("i", "m", "input"), ("g", "m", "second"),
                                    ("m", "d", "input")):  # fmt: skip
        graph.apply(Connect(Edge(Endpoint(source, "output"), Endpoint(target, port_id))))
    return graph


@pytest.fixture(autouse=True)
def _trust_no_longer():
    yield
    own_code.allow([])


def test_each_level_runs_alone_and_gives_the_same(make_project, tmp_path):
    project = make_project()
    course = project.course(network(), epochs=1)
    trusted = {"trusted_code": [fingerprint(TEXT)]}
    run_local("train", {**course.spec.to_plain(), **trusted})
    asked = {"project": str(project.folder), "run_id": course.spec.run_id, **trusted}
    predicted = run_local("predict", {**asked, "part": "test", "csv": None})

    own_code.allow([fingerprint(TEXT)])
    catalog, spec, loaded = load_catalog(), course.spec, load_run(project.folder, asked["run_id"])
    _, inputs, _ = _part_rows(loaded, project.folder, "test", lambda _event: None)
    bare = tmp_path / "bare"
    bare.mkdir()
    np.savez(bare / "x.npz", **inputs)
    model = model_code(spec.graph, catalog, loaded.encoder.signature).text
    (bare / "model.py").write_text(model, encoding="utf-8")
    export_weights(project.folder, catalog, bare / "w", course.spec.run_id)
    script = training_script(spec.graph, catalog, spec.data, spec.recipe, project.folder).text
    (bare / "train.py").write_text(script, encoding="utf-8")
    (bare / "runner.py").write_text(_RUNNER, encoding="utf-8")
    for text in (model, script, (bare / "w" / "model.py").read_text(encoding="utf-8")):
        assert "workbench" not in text and "only when started by itself" not in text
    given = {"model": "model.py", "weights": "w/model.py", "inputs": "x.npz", "out": "out.npz"}
    for command in (["runner.py", json.dumps(given)], ["train.py"]):
        done = subprocess.run(
            [sys.executable, "-P", *command], cwd=bare, capture_output=True, text=True, check=False,
            timeout=120, env={"PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    told = np.load(bare / "out.npz")
    np.testing.assert_allclose(told["trained"], predicted["output"], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(told["trained"], told["fresh"])
