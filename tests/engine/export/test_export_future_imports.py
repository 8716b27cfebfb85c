"""A trained network whose own layers want something of `__future__`, deep enough to need `sys`."""

from workbench.catalog import load_catalog
from workbench.export.bundle import merged
from workbench.export.model import model_code
from workbench.export.network_writer import DEEP
from workbench.export.weights import with_loading
from workbench.graph import Edge, Endpoint, Graph, Node, PutRecord
from workbench.graph.own_layers import described

CATALOG = load_catalog()
TEXT = '''
from __future__ import annotations

import keras


class Same(keras.layers.Layer):
    """Gives what it gets."""

    def call(self, inputs: Anything) -> Anything:
        return inputs
'''


def test_imports_from_future_stand_first():
    lines = merged(["import sys", "from pathlib import Path", "from __future__ import annotations"])
    assert lines == ["from __future__ import annotations", "import sys", "from pathlib import Path"]


def test_the_code_of_a_deep_trained_network_with_own_layers_is_python():
    port = {"id": "input"}
    spec = {"key": "Same", "module": "", "family": "custom", "params": [],
            "inputs": [port], "outputs": [{"id": "output"}]}  # fmt: skip
    graph = Graph()
    graph.apply(PutRecord(described("same.py", TEXT, [spec], record_id="f1")))
    graph.put_node(Node("n0", "InputLayer", "features", {"shape": [3]}))
    for number in range(1, DEEP + 2):
        layer = "own:f1.Same" if number == 1 else "ReLU"
        graph.put_node(Node(f"n{number}", layer, f"step_{number}"))
        ends = Endpoint(f"n{number - 1}", "output"), Endpoint(f"n{number}", "input")
        graph.put_edge(Edge(*ends))
    code = with_loading(model_code(graph, CATALOG))
    compile(code.text, "model.py", "exec")
    lines = code.text.splitlines()
    first, last = code.lines[f"n{DEEP}"]
    assert f'name="step_{DEEP}"' in "".join(lines[first - 1 : last])
