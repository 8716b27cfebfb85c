"""Kept layers are made anew when the text of an own layer inside a wrapper is another one."""

import numpy as np
import pytest

from workbench.build import own_code
from workbench.catalog import load_catalog
from workbench.graph import Graph, Node, PutRecord
from workbench.graph.inference import TensorInfo
from workbench.graph.own_layers import catalog_with_own, described
from workbench.predict.kept_layers import KeptLayers
from workbench.trust import fingerprint

pytestmark = pytest.mark.backend
CATALOG = load_catalog()
SPEC = {"key": "Times", "module": "", "family": "custom", "params": [],
        "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip


def text(factor):
    return f"""import keras


class Times(keras.layers.Layer):
    def call(self, x):
        return x * {factor}

    def compute_output_shape(self, shape):
        return shape
"""


@pytest.fixture(autouse=True)
def nothing_trusted():
    yield
    own_code.allow([])


def test_a_wrapper_around_an_own_layer_follows_its_text():
    kept = KeptLayers(CATALOG)
    owner = Node("t", "TimeDistributed", "t", {"layer": {"layer": "own:f1.Times", "params": {}}})
    graph = Graph()
    given = []
    for factor in (2, 3):
        own_code.allow([fingerprint(text(factor))])
        graph.apply(PutRecord(described("times.py", text(factor), [SPEC], record_id="f1")))
        spec = catalog_with_own(graph.records, CATALOG).get("TimeDistributed")
        kept.begin(0, "float32", None)
        made = kept.take(
            owner, spec, spec.inputs, (("input", TensorInfo((None, 4, 3))),), dict(owner.params),
            exact=False, records=graph.records,
        )  # fmt: skip
        kept.end()
        given.append(float(np.asarray(made.layer(np.ones((1, 4, 3), "float32"))).max()))
    assert given == [2.0, 3.0]
