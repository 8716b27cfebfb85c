"""Every operation of the catalog: inferred, built, computed, and exported code gives the same."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.valid_settings import network_of, values_of
from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.catalog.schema import ParamSpec
from workbench.export import model_code
from workbench.graph import Connect, Edge, Endpoint, Graph, InBlock, PutRecord, SetParam
from workbench.graph.blocking import group
from workbench.graph.blocks import blocks
from workbench.graph.changes import RenameNode
from workbench.graph.edits import add_layer
from workbench.graph.formulas import formula
from workbench.graph.ports import input_ports, output_ports

pytestmark = pytest.mark.backend

CATALOG = load_catalog()
OPERATIONS = [spec.key for spec in CATALOG if spec.is_operation]

# Keras alone runs what was exported; nothing of the program can be imported there.
_RUNNER = """
import json, sqlite3, sys
import numpy as np
import keras
assert not any(name.split(".")[0] == "workbench" for name in sys.modules)
codes = json.loads(open(sys.argv[1], encoding="utf-8").read())
given = np.load(sys.argv[2])
found = {}
for key, code in codes.items():
    scope = {}
    exec(compile(code, key, "exec"), scope)
    model = scope["build_model"]()
    start = key + "|"
    values = {name[len(start):]: given[name] for name in given.files if name.startswith(start)}
    results = model(values if len(values) > 1 else next(iter(values.values())))
    results = results if isinstance(results, (list, tuple)) else [results]
    for number, result in enumerate(results):
        found[f"{key}|{number}"] = keras.ops.convert_to_numpy(result)
np.savez(sys.argv[3], **found)
"""


def as_list(results):
    return list(results) if isinstance(results, (list, tuple)) else [results]


@pytest.fixture(scope="module")
def built():
    """Inference, results and exported code of every operation, and what the code computes."""
    import keras

    shapes = ShapeInference(CATALOG)
    found = {}
    for key in OPERATIONS:
        graph, node, offered = network_of(CATALOG, CATALOG.get(key))
        reopened = Graph.from_plain(json.loads(json.dumps(graph.to_plain())))
        said = shapes.infer(reopened)
        values = {source: values_of(*what) for source, what in offered.items()}
        results = None
        if not said.problems:
            model = build_model(reopened, CATALOG, shapes=said)
            called = model(values if len(values) > 1 else next(iter(values.values())))
            results = [keras.ops.convert_to_numpy(result) for result in as_list(called)]
            assert node in said.nodes
            assert reopened.node(node).name in [op.name for op in model.operations]
        found[key] = (reopened, node, said, values, results)
    return found


@pytest.fixture(scope="module")
def executed(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("operations")
    codes = {key: model_code(graph, CATALOG).text for key, (graph, *_) in built.items()}
    arrays = {
        f"{key}|{source}": array
        for key, (_, _, _, values, _) in built.items()
        for source, array in values.items()
    }
    (folder / "run.py").write_text(_RUNNER, encoding="utf-8")
    (folder / "codes.json").write_text(json.dumps(codes), encoding="utf-8")
    np.savez(folder / "given.npz", **arrays)
    done = subprocess.run(
        [sys.executable, "-P", "run.py", "codes.json", "given.npz", "found.npz"],
        capture_output=True, text=True, check=False, timeout=280, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return codes, dict(np.load(folder / "found.npz"))


@pytest.mark.parametrize("key", OPERATIONS)
def test_it_is_inferred_and_computed(built, key):
    graph, node, said, _, results = built[key]
    assert said.problems == (), [problem.message for problem in said.problems]
    info = said.nodes[node]
    ports = [port.id for port in output_ports(graph, CATALOG, graph.node(node))]
    assert list(info.outputs) == ports
    assert info.parameters == 0
    assert len(results) == len(ports)
    for port, result in zip(ports, results, strict=True):
        tensor = info.outputs[port]
        assert result.ndim == len(tensor.shape), port
        assert all(b in (a, None) for a, b in zip(result.shape, tensor.shape, strict=True)), port
        assert str(result.dtype) == tensor.dtype, port


@pytest.mark.parametrize("key", OPERATIONS)
def test_exported_code_gives_the_same(built, executed, key):
    codes, found = executed
    assert f"keras.{key}(" in codes[key] or key == "ops.get_item"
    for number, result in enumerate(built[key][4]):
        np.testing.assert_array_equal(found[f"{key}|{number}"], result)


def _chain(*steps, shape=(6,)):
    graph = Graph()
    change, last = add_layer(graph, CATALOG, "InputLayer", (0.0, 0.0), {"shape": list(shape)})
    graph.apply(change)
    nodes = [last]
    for key, params, port in steps:
        change, node = add_layer(graph, CATALOG, key, (0.0, 0.0), params)
        graph.apply(change)
        graph.apply(Connect(Edge(Endpoint(last, "output"), Endpoint(node, port))))
        nodes.append(node)
        last = node
    return graph, nodes


def test_the_code_is_what_a_person_would_write():
    graph, _ = _chain(
        ("ops.add", {"x2": 1.0}, "x1"),
        ("ops.subtract", {"x1": 1.0}, "x2"),
        ("ops.get_item", {"key": ":, 1:5"}, "x"),
        ("ops.reshape", {"newshape": [-1, 2, 2]}, "x"),
        ("ops.einsum", {"subscripts": "bij->bji"}, "operands"),
        ("ops.multiply", {"x2": [0.5, 2.0]}, "x1"),
        ("ops.mean", {"axis": -1}, "x"),
    )
    code = model_code(graph, CATALOG).text
    lines = [line.strip().partition(" = ")[2] for line in code.splitlines() if " = " in line][1:]
    assert lines == [
        "keras.ops.add(input, 1.0)".replace("input", "input_"),
        "keras.ops.subtract(1.0, add)",
        "subtract[:, 1:5]",
        "keras.ops.reshape(get_item, newshape=(-1, 2, 2))",
        'keras.ops.einsum("bij->bji", reshape)',
        "keras.ops.multiply(einsum, keras.ops.convert_to_tensor([0.5, 2.0]))",
        "keras.ops.mean(multiply, axis=-1)",
    ]
    assert "from keras import layers" not in code


def _run(code):
    scope = {}
    exec(compile(code, "exported", "exec"), scope)
    return scope["build_model"]()


def test_a_layer_of_the_name_that_keras_gives_an_operation():
    """Keras would call both "add": the code names the operation itself."""
    import keras

    graph, nodes = _chain(
        ("ops.add", {"x2": 1.0}, "x1"),
        ("Dense", {"units": 3}, "input"),
        ("ops.add", {"x2": 2.0}, "x1"),
        ("ops.square", {}, "x"),
    )
    graph.apply(RenameNode(nodes[1], "first"))
    graph.apply(RenameNode(nodes[2], "add"))
    code = model_code(graph, CATALOG).text
    keras.utils.clear_session()
    names = [operation.name for operation in _run(code).operations]
    assert names[1:4] == [graph.node(node).name for node in nodes[1:4]]
    assert code.count("keras.Function(") == 2, "operations that cannot clash stay as they are"
    assert "._" not in code, "no private attributes"


def test_layers_of_keras_applications():
    import keras

    graph, _ = _chain(
        ("applications.LayerScale", {"init_values": 0.5, "projection_dim": 6}, "input"),
        ("applications.StochasticDepth", {"drop_path_rate": 0.2}, "input"),
    )
    model = build_model(graph, CATALOG)
    assert model.count_params() == 6
    code = model_code(graph, CATALOG).text
    assert "from keras.src.applications import convnext" in code
    assert "from keras import layers" not in code
    again = _run(code)
    assert [type(layer).__name__ for layer in again.layers][1:] == ["LayerScale", "StochasticDepth"]
    values = values_of((6,), "float32")
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(again(values)), keras.ops.convert_to_numpy(model(values))
    )
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(values)), values * 0.5)


@pytest.mark.parametrize(
    ("key", "params", "pieces"),
    [
        ("ops.split", {"indices_or_sections": 1}, 1),
        ("ops.split", {"indices_or_sections": 3}, 3),
        ("ops.split", {"indices_or_sections": [1, 4]}, 3),
        ("ops.unstack", {"num": 6}, 6),
    ],
)
def test_pieces_are_ports(key, params, pieces):
    import keras

    graph, nodes = _chain((key, {**params, "axis": 1}, "x"), ("ops.exp", {}, "x"))
    shapes = ShapeInference(CATALOG).infer(graph)
    assert shapes.problems == (), shapes.problems
    assert len(shapes.nodes[nodes[1]].outputs) == pieces
    values = values_of((6,), "float32")
    built, exported = build_model(graph, CATALOG, shapes=shapes), _run(
        model_code(graph, CATALOG).text
    )  # fmt: skip
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(built(values)), keras.ops.convert_to_numpy(exported(values))
    )


@pytest.mark.parametrize(
    ("params", "port", "said"),
    [
        ({"x1": 1.0, "x2": 2.0}, "", "x2 must be empty: one input has to be a connection."),
        ({"x2": "a"}, "x1", "x2 must be a number, or lists of numbers of equal length"),
        ({"x2": [[1.0], [1.0, 2.0]]}, "x1", "lists of numbers of equal length"),
        (
            {"x2": [1.0, 2.0]},
            "x1",
            "add cannot combine these: input gives 6, second is a list of 2.",
        ),
        ({}, "x1", "Nothing leads into the second of add."),
    ],
)
def test_what_is_wrong_is_said(params, port, said):
    graph, nodes = _chain(("ops.add", params, port or "x1"))
    problems = ShapeInference(CATALOG).infer(graph).problems
    assert any(said in problem.message for problem in problems), problems
    assert all(problem.place.id in nodes for problem in problems)


def test_an_equation_for_more_inputs_than_there_are():
    graph, _ = _chain(("ops.einsum", {"subscripts": "ab,cb->ac"}, "operands"))
    messages = [problem.message for problem in ShapeInference(CATALOG).infer(graph).problems]
    assert messages == ["The equation of einsum names 2 inputs, but 1 connection leads into it."]


def test_numbers_in_place_of_a_connection_leave_no_port():
    graph, nodes = _chain(("ops.add", {}, "x1"))
    ports = [port.id for port in input_ports(graph, CATALOG, graph.node(nodes[1]))]
    assert ports == ["x1", "x2"]
    graph.apply(SetParam(nodes[1], "x2", 0.5))
    ports = [port.id for port in input_ports(graph, CATALOG, graph.node(nodes[1]))]
    assert ports == ["x1"]
    assert ShapeInference(CATALOG).infer(graph).problems == ()


def test_an_operation_that_runs_but_not_with_this_is_a_problem():
    """Shape rules of Keras let some inputs pass that the function refuses: the call is traced."""
    graph, nodes = _chain(("ops.bitwise_and", {"y": [1.5] * 6}, "x"))
    problems = ShapeInference(CATALOG).infer(graph).problems
    assert [problem.place.id for problem in problems] == [nodes[1]]
    assert "Traceback" not in problems[0].message


def test_operations_inside_a_repeated_block_with_a_formula():
    import keras

    graph, nodes = _chain(
        ("Dense", {"units": 6}, "input"),
        ("ops.multiply", {"x2": 2.0}, "x1"),
        ("ops.add", {"x2": 1.0}, "x1"),
    )
    change, use = group(graph, nodes[2:], "scale")
    graph.apply(change)
    (block,) = blocks(graph.records)
    inner = next(node for node in block.graph if node.layer == "ops.multiply")
    param = ParamSpec("factor", "float", 3.0)
    graph.apply(PutRecord(replace(block, params=(param,))))
    graph.apply(InBlock(block.id, SetParam(inner.id, "x2", formula("factor * 2"))))
    graph.apply(SetParam(use, "repeat", 2))
    code = model_code(graph, CATALOG).text
    assert "keras.ops.multiply(" in code and "factor * 2" in code
    keras.utils.set_random_seed(1)
    built = build_model(graph, CATALOG)
    exported = _run(code)
    exported.set_weights(built.get_weights())
    values = values_of((6,), "float32")
    wanted = keras.ops.convert_to_numpy(built(values))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(exported(values)), wanted)
    dense = keras.ops.convert_to_numpy(built.layers[1](values))
    np.testing.assert_allclose(wanted, (dense * 6 + 1) * 6 + 1, rtol=1e-5)
