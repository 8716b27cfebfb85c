"""Functions of blocks never take the name of something that the exported code has already."""

import ast
from collections import Counter

import pytest

from workbench.catalog import load_catalog
from workbench.data.spec import ColumnSpec, DataSpec, SourceSpec, SplitSpec
from workbench.export.model import model_code
from workbench.export.script import training_script
from workbench.export.weights import with_loading
from workbench.graph import Graph, Node, PutRecord
from workbench.graph.blocking import group
from workbench.graph.elements import Edge, Endpoint
from workbench.graph.own_layers import described
from workbench.recipe.spec import RecipeSpec

CATALOG = load_catalog()
OWN = '''
import keras


def helper(x):
    """Give twice a tensor."""
    return 2 * x


class Twice(keras.layers.Layer):
    """Gives twice what it gets."""

    def call(self, inputs):
        return helper(inputs)
'''


def network(block, first="ReLU"):
    graph = Graph()
    spec = {"key": "Twice", "module": "", "family": "custom", "params": [],
            "inputs": [{"id": "input"}], "outputs": [{"id": "output"}]}  # fmt: skip
    if first != "ReLU":
        graph.apply(PutRecord(described("own.py", OWN, [spec], record_id="f1")))
    graph.put_node(Node("i", "InputLayer", "features", {"shape": [2]}))
    graph.put_node(Node("a", first, "first"))
    graph.put_node(Node("b", "Dense", "last", {"units": 1}))
    for source, target in (("i", "a"), ("a", "b")):
        graph.put_edge(Edge(Endpoint(source, "output"), Endpoint(target, "input")))
    change, _ = group(graph, ["a"], block)
    graph.apply(change)
    return graph


def defined_twice(text):
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = Counter(node.name for node in ast.parse(text).body if isinstance(node, kinds))
    return [name for name, times in names.items() if times > 1]


@pytest.mark.parametrize("block", ["Load model", "Build model"])
def test_a_block_is_not_called_as_what_loads_the_weights(block):
    assert defined_twice(with_loading(model_code(network(block), CATALOG)).text) == []


def test_a_block_is_not_called_as_a_function_of_own_layers():
    assert defined_twice(model_code(network("Helper", "own:f1.Twice"), CATALOG).text) == []


@pytest.mark.parametrize("block", ["Start", "Main", "Report", "Compile model", "Split rows"])
def test_a_block_is_not_called_as_a_function_of_the_training_script(tmp_path, block):
    rows = "\n".join(f"{number},{number % 7},{2 * number}" for number in range(40))
    (tmp_path / "data.csv").write_text(f"one,two,target\n{rows}\n", encoding="utf-8")
    columns = (ColumnSpec("one"), ColumnSpec("two"), ColumnSpec("target", role="target"))
    data = DataSpec(SourceSpec("data.csv"), columns, SplitSpec())
    text = training_script(network(block), CATALOG, data, RecipeSpec(), tmp_path).text
    assert defined_twice(text) == []
    assert "def main() -> None:" in text
