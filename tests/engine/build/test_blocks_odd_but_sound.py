"""Networks with blocks that are odd but sound are built, and exported code builds the same."""

from itertools import pairwise

import keras
import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog import load_catalog
from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.export import model_code
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node, PutRecord, SetParam
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.edits import share
from workbench.graph.formulas import formula
from workbench.graph.records import Records

pytestmark = pytest.mark.backend
CATALOG = load_catalog()
IN, OUT = Node("in", BLOCK_INPUT, "x"), Node("out", BLOCK_OUTPUT, "y")


def wired(nodes, *ways, graph=None):
    """Add nodes and connect "node.port node.port" along every way."""
    graph = graph if graph is not None else Graph()
    for node in nodes:
        graph.apply(AddNode(node))
    for before, after in (pair for way in ways for pair in pairwise(way.split())):
        source, _, out = before.partition(".")
        target, _, port = after.partition(".")
        ends = Endpoint(source, out or "output"), Endpoint(target, port or "input")
        graph.apply(Connect(Edge(*ends)))
    return graph


def block(nodes, *ways, params=(), at="b"):
    return PutRecord(Block(at, at, wired(nodes, *ways, graph=Graph(Records())), params))


def network(*definitions):
    graph = Graph()
    for definition in definitions:
        graph.apply(definition)
    return graph


def entry(size=4):
    return Node("i", "InputLayer", "input", {"shape": [size]})


def dense(units, at="d"):
    return Node(at, "Dense", at, {"units": units})


def shared_operation():
    graph = wired([entry(), Node("a", "ops.relu", "relu"), dense(4)], "i a.x", "a d")
    change, again = share(graph, "a", (0.0, 0.0))
    graph.apply(change)
    return wired([], f"d {again}.x", graph=graph)


def shared_block_with_operation():
    inner = [IN, dense(4), Node("a", "ops.relu", "relu"), OUT]
    graph = network(block(inner, "in d a.x", "a out"))
    uses = [Node("u", layer_of("b"), "u"), Node("v", layer_of("b"), "v", shared_with="u")]
    return wired([entry(), *uses], "i u.in", "u.out v.in", graph=graph)


def default_that_no_layer_takes():
    units = (ParamSpec("n", "int", default=4),)
    graph = network(block([IN, dense(formula("n - 8")), OUT], "in d out", params=units))
    return wired([entry(), Node("u", layer_of("b"), "u", {"n": 11})], "i u.in", graph=graph)


def parameter_without_default():
    units = (ParamSpec("n", "int", required=True),)
    graph = network(block([IN, dense(formula("n * 2")), OUT], "in d out", params=units))
    return wired([entry(), Node("u", layer_of("b"), "u", {"n": 3})], "i u.in", graph=graph)


def open_output_that_nothing_needs():
    graph = network(block([IN, dense(4), OUT, Node("z", BLOCK_OUTPUT, "z")], "in d out"))
    nodes = [entry(), Node("u", layer_of("b"), "u"), dense(2, "e")]
    return wired(nodes, "i u.in", "u.out e", graph=graph)


def one_copy_of_a_block_that_cannot_be_repeated():
    two = block([IN, dense(4), OUT, Node("z", BLOCK_OUTPUT, "z")], "in d out", "d z")
    use = Node("k", layer_of("b"), "k", {"repeat": formula("n")})
    ports = [Node("x", BLOCK_INPUT, "x"), Node("y", BLOCK_OUTPUT, "y")]
    number = (ParamSpec("n", "int", default=1),)
    graph = network(two, block([*ports, use], "x k.in", "k.out y", params=number, at="c"))
    nodes = [entry(), Node("u", layer_of("c"), "u"), dense(2, "e")]
    return wired(nodes, "i u.x", "u.y e", graph=graph)


@pytest.mark.parametrize(
    "make",
    [
        shared_operation,
        shared_block_with_operation,
        default_that_no_layer_takes,
        parameter_without_default,
        open_output_that_nothing_needs,
        one_copy_of_a_block_that_cannot_be_repeated,
    ],
)
def test_it_is_built_and_exported_as_the_shapes_say(make):
    graph = make()
    found = ShapeInference(CATALOG).infer(graph)
    assert not found.has_errors, found.problems
    model = build_model(graph, CATALOG)
    assert model.count_params() == found.parameters
    scope = {}
    exec(compile(model_code(graph, CATALOG).text, "exported", "exec"), scope)
    again = scope["build_model"]()
    assert [w.path for w in again.weights] == [w.path for w in model.weights]
    again.set_weights(model.get_weights())
    x = np.linspace(-1, 1, 8, dtype="float32").reshape(2, 4)
    given = [np.asarray(out) for out in keras.tree.flatten(model(x))]
    written = [np.asarray(out) for out in keras.tree.flatten(again(x))]
    np.testing.assert_array_equal(given, written)


def test_a_step_that_is_applied_twice_has_two_names():
    names = [layer.name for layer in build_model(shared_operation(), CATALOG).operations]
    assert {"relu", "relu_shared"} <= set(names)


def test_an_input_of_the_network_in_a_block_is_told():
    inner = [Node("f", "InputLayer", "features", {"shape": [4]}), dense(2), OUT]
    graph = network(block(inner, "f d out"))
    wired([Node("u", layer_of("b"), "u"), dense(1, "e")], "u.out e", graph=graph)
    shapes = ShapeInference(CATALOG)
    for units in (2, 3):  # after an edit as well, when little is looked at anew
        (problem,) = shapes.infer(graph).problems_of("u")
        assert (problem.code, problem.place.id) == ("input_in_block", "u/f")
        assert problem.message.startswith("In u: features is an input of the network")
        graph.apply(SetParam("e", "units", units))
    for make in (lambda: build_model(graph, CATALOG), lambda: model_code(graph, CATALOG)):
        with pytest.raises(GraphError, match="features is an input"):
            make()


def test_an_output_that_is_needed_and_has_nothing_inside_is_told():
    graph = open_output_that_nothing_needs()
    wired([dense(3, "f")], "u.z f", graph=graph)
    told = [(p.code, p.place.id, p.message) for p in ShapeInference(CATALOG).infer(graph).problems]
    assert ("unconnected_port", "u", "u: inside it, nothing leads to its output z.") in told
