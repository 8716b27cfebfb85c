"""A network with an own layer trains, predicts and explains; not without trust."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.local import run_local
from workbench.errors import WorkbenchError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.own_layers import described
from workbench.trust import fingerprint

pytestmark = pytest.mark.backend

TEXT = """import keras


class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor
"""


def network() -> Graph:
    spec = {"key": "Scale", "module": "", "family": "custom", "params": [],
            "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip
    file = described("mine.py", TEXT, [spec])
    graph = Graph()
    graph.apply(PutRecord(file))
    layers = ["InputLayer", file.specs[0].key, "Dense"]
    for at, layer in enumerate(layers):
        params = {"units": 1, "activation": "sigmoid"} if layer == "Dense" else {}
        graph.apply(AddNode(Node(f"n{at}", layer, f"layer_{at}", params)))
        if at:
            ends = Endpoint(f"n{at - 1}", "output"), Endpoint(f"n{at}", "input")
            graph.apply(Connect(Edge(*ends)))
    return graph


def test_one_epoch_predicting_and_explaining(make_project):
    project = make_project()
    course = project.course(network(), epochs=1)
    trusted = {"trusted_code": [fingerprint(TEXT)]}
    with pytest.raises(WorkbenchError, match="has not been trusted"):
        run_local("train", course.spec.to_plain())
    assert not (course.folder / "model.weights.h5").exists()
    run_local("train", {**course.spec.to_plain(), **trusted})
    assert any("factor" in name or array.shape == (1,) for name, array in course.weights.items())
    asked = {"project": str(project.folder), "run_id": course.spec.run_id}
    predicted = run_local("predict", {**asked, "part": "test", "csv": None, **trusted})
    assert np.isfinite(np.asarray(predicted["output"])).all() and len(predicted["rows"])
    rows = [int(row) for row in predicted["rows"][:2]]
    told = run_local("explain", {**asked, "rows": rows, **trusted})["explanation"]
    assert np.isfinite(np.asarray(told["values"])).all()
    with pytest.raises(WorkbenchError, match="has not been trusted"):
        run_local("predict", {**asked, "part": "test", "csv": None})
