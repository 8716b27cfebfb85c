"""Networks with blocks: what they expand to, against Keras models made by hand."""

from itertools import pairwise

import numpy as np
import pytest

from workbench.build.model import build_model
from workbench.build.shapes import ShapeInference
from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Connect,
    Disconnect,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    PutRecord,
    RemoveNode,
    SetParam,
)
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.edits import delete
from workbench.graph.expand import expand
from workbench.graph.formulas import formula
from workbench.graph.records import Records


def join(graph, *ends):
    """Connect "node.port node.port" pairs."""
    for source, target in pairwise(ends):
        out, _, out_port = source.partition(".")
        into, _, port = target.partition(".")
        spec_port = port or ("inputs" if graph.node(into).layer == "Add" else "input")
        end = Endpoint(into, spec_port)
        graph.apply(Connect(Edge(Endpoint(out, out_port or "output"), end, graph.next_index(end))))


def network(nodes, graph=None):
    graph = graph if graph is not None else Graph()
    for node in nodes:
        graph.apply(AddNode(node))
    return graph


def residual():
    """Conv 1×1 to `filters`, conv 3×3 of the same, added up."""
    inner = network(
        [
            Node("in", BLOCK_INPUT, "image"),
            Node("skip", "Conv2D", "skip", {"filters": formula("filters"), "kernel_size": 1}),
            Node("conv", "Conv2D", "conv", {"filters": formula("filters * 1"), "kernel_size": 3,
                                            "padding": "same", "activation": "relu"}),
            Node("add", "Add", "add"),
            Node("out", BLOCK_OUTPUT, "image"),
        ],
        Graph(Records()),
    )  # fmt: skip
    join(inner, "in", "skip", "add")
    join(inner, "in", "conv", "add", "out")
    return Block("res", "Residual", inner, (ParamSpec("filters", "int", default=4, minimum=1),))


def three_residuals():
    graph = Graph()
    graph.apply(PutRecord(residual()))
    network(
        [
            Node("i", "InputLayer", "input", {"shape": [8, 8, 3]}),
            Node("a", layer_of("res"), "first", {"filters": 6}),
            Node("b", layer_of("res"), "second"),
            Node("c", layer_of("res"), "third", {"filters": 5, "repeat": 3}),
            Node("g", "GlobalAveragePooling2D", "pool"),
        ],
        graph,
    )
    join(graph, "i", "a.in")
    join(graph, "a.out", "b.in")
    join(graph, "b.out", "c.in")
    join(graph, "c.out", "g")
    return graph


def by_hand():
    import keras

    tensor = start = keras.Input((8, 8, 3))
    for filters in (6, 4, 5, 5, 5):
        skip = keras.layers.Conv2D(filters, 1)(tensor)
        conv = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(tensor)
        tensor = keras.layers.Add()([skip, conv])
    return keras.Model(start, keras.layers.GlobalAveragePooling2D()(tensor))


@pytest.mark.backend
def test_a_residual_block_with_filters_is_the_network_made_by_hand(catalog):
    graph = three_residuals()
    model, wanted = build_model(graph, catalog), by_hand()
    assert model.count_params() == wanted.count_params()
    names = [layer.name for layer in model.layers]
    assert "first_conv" in names and "third_2_conv" in names and "third_3_add" in names
    assert len(names) == len(set(names)) == len(wanted.layers)
    model.set_weights(wanted.get_weights())
    rows = np.random.default_rng(0).normal(size=(3, 8, 8, 3)).astype("float32")
    assert np.abs(model(rows) - wanted(rows)).max() == 0.0


@pytest.mark.backend
def test_sums_shapes_and_insides_are_told(catalog):
    graph = three_residuals()
    found = ShapeInference(catalog).infer(graph)
    assert found.problems == ()
    assert found.nodes["a"].outputs["out"].shape == (None, 8, 8, 6)
    assert found.nodes["c"].outputs["out"].shape == (None, 8, 8, 5)
    assert found.nodes["a"].parameters == (3 * 6 + 6) + (27 * 6 + 6)
    assert found.parameters == by_hand().count_params()
    assert found.inside["c#2/conv"].parameters == 25 * 9 + 5
    assert list(found.nodes) == ["i", "a", "b", "c", "g"]
    inner = found.scoped("a")
    assert inner.nodes["conv"].parameters == 27 * 6 + 6
    assert type(found).from_plain(found.to_plain()) == found


@pytest.mark.backend
def test_the_definition_changes_every_use(catalog):
    graph, shapes = three_residuals(), ShapeInference(catalog)
    before = shapes.infer(graph).parameters
    undo = graph.apply(InBlock("res", SetParam("conv", "kernel_size", 5)))
    assert shapes.infer(graph).parameters > before
    graph.apply(undo)
    assert shapes.infer(graph).parameters == before


@pytest.mark.backend
def test_nested_shared_and_frozen(catalog):
    graph = Graph()
    graph.apply(PutRecord(residual()))
    outer = network(
        [
            Node("in", BLOCK_INPUT, "x"),
            Node("r", layer_of("res"), "res", {"filters": formula("width // 2")}),
            Node("out", BLOCK_OUTPUT, "y"),
        ],
        Graph(graph.records),
    )
    join(outer, "in", "r.in")
    join(outer, "r.out", "out")
    width = ParamSpec("width", "int", default=8)
    graph.apply(PutRecord(Block("outer", "Outer", outer, (width,))))
    network(
        [
            Node("i", "InputLayer", "left", {"shape": [4, 4, 3]}),
            Node("j", "InputLayer", "right", {"shape": [4, 4, 3], "source": "right"}),
            Node("a", layer_of("outer"), "one", {"width": 6}, trainable=False),
            Node("b", layer_of("outer"), "two", shared_with="a"),
            Node("s", "Add", "sum"),
        ],
        graph,
    )
    join(graph, "i", "a.in")
    join(graph, "j", "b.in")
    join(graph, "a.out", "s")
    join(graph, "b.out", "s")
    model = build_model(graph, catalog)
    assert model.count_params() == (3 * 3 + 3) + (27 * 3 + 3)
    assert model.trainable_weights == []
    flat = expand(graph)
    assert flat.path_of["a/r/conv"] == ("a", "r", "conv")
    assert flat.graph.node("b/r/conv").shared_with == "a/r/conv"
    rows = np.ones((2, 4, 4, 3), "float32")
    left = {"features": rows, "right": rows * 0}
    assert np.allclose(model(left), model({"features": rows * 0, "right": rows}), atol=1e-6)
    assert ShapeInference(catalog).infer(graph).parameters == model.count_params()


@pytest.mark.backend
def test_what_is_wrong_inside_is_told_where_it_is(catalog):
    graph, shapes = three_residuals(), ShapeInference(catalog)
    graph.apply(InBlock("res", SetParam("conv", "padding", "valid")))
    found = shapes.infer(graph)
    (problem, *_) = found.problems_of("a")
    assert problem.message.startswith("In first: ")
    assert problem.place.id == "a/add"
    assert found.parameters is None
    fixed = [fix for p in found.problems for fix in p.fixes]
    for fix in fixed:
        assert isinstance(fix.change, InBlock)
        graph.copy().apply(fix.change)


def inside(filters):
    return InBlock("res", SetParam("conv", "filters", filters))


@pytest.mark.backend
@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (SetParam("a", "filters", "many"), "bad_param", "In first"),
        (SetParam("a", "repeat", 0), "bad_repeat", "between 1 and 1000"),
        (inside(formula("width * 2")), "bad_formula", "no parameter width"),
        (inside(formula("__import__('os')")), "bad_formula", "cannot stand"),
        (RemoveNode("i"), "no_input", "no input"),
        (InBlock("res", RemoveNode("out")), "bad_repeat", "1 inputs and 0 outputs"),
    ],
)  # fmt: skip
def test_every_fault_has_a_name_and_a_place(catalog, change, code, text):
    graph = three_residuals()
    graph.apply(change)
    found = ShapeInference(catalog).infer(graph)
    assert code in [p.code for p in found.problems], found.problems
    assert text in " ".join(p.message for p in found.problems)
    assert all("Traceback" not in p.message for p in found.problems)
    with pytest.raises(GraphError):
        build_model(graph, catalog)


def test_an_unconnected_port_is_told_at_the_use(catalog):
    graph = three_residuals()
    (edge,) = graph.incoming("b")
    graph.drop_edge(edge)
    found = ShapeInference(catalog).infer(graph)
    told = [p for p in found.problems if p.code == "unconnected_port"]
    assert len(found.problems) == 1
    assert {p.place.id for p in told} == {"b"}
    assert "image" in told[0].message


def test_a_network_without_blocks_is_not_copied():
    graph = network([Node("i", "InputLayer", "input", {"shape": [2]})])
    assert expand(graph).graph is graph


def two_exits():
    """A block with two outputs of which the network needs the first only."""
    inner = network(
        [
            Node("in", BLOCK_INPUT, "x"),
            Node("d", "Dense", "dense", {"units": 4}),
            Node("y", BLOCK_OUTPUT, "y"),
            Node("e", "Dense", "extra", {"units": 7}),
            Node("f", "Dense", "further", {"units": 3}),
            Node("z", BLOCK_OUTPUT, "z"),
        ],
        Graph(Records()),
    )
    join(inner, "in", "d", "y")
    join(inner, "d", "e", "f", "z")
    graph = Graph()
    graph.apply(PutRecord(Block("two", "Two", inner)))
    network(
        [
            Node("i", "InputLayer", "input", {"shape": [3]}),
            Node("a", layer_of("two"), "first"),
            Node("o", "Dense", "last", {"units": 1}),
        ],
        graph,
    )
    join(graph, "i", "a.in")
    join(graph, "a.y", "o")
    return graph


@pytest.mark.backend
def test_an_output_of_a_block_that_nothing_needs_is_no_output_of_the_network(catalog):
    graph = two_exits()
    shapes = ShapeInference(catalog)
    found = shapes.infer(graph)
    assert not found.has_errors
    model = build_model(graph, catalog)
    assert len(model.outputs) == 1
    assert [layer.name for layer in model.layers] == ["input", "first_dense", "last"]
    assert found.parameters == model.count_params()
    assert found.inside["a/f"].outputs["output"].shape == (None, 3)
    network([Node("p", "Dense", "other", {"units": 2})], graph)
    join(graph, "a.z", "p")
    assert len(build_model(graph, catalog).outputs) == 2
    assert shapes.infer(graph).parameters == build_model(graph, catalog).count_params()


@pytest.mark.backend
def test_all_outputs_of_a_block_at_the_end_are_outputs_of_the_network(catalog):
    graph = two_exits()
    graph.apply(delete(graph, ["o"]))
    assert [t.shape[-1] for t in build_model(graph, catalog).outputs] == [3]
    graph.apply(InBlock("two", Disconnect(Edge(Endpoint("d", "output"), Endpoint("e", "input")))))
    graph.apply(InBlock("two", Connect(Edge(Endpoint("in", "output"), Endpoint("e", "input")))))
    assert [t.shape[-1] for t in build_model(graph, catalog).outputs] == [4, 3]


@pytest.mark.backend
def test_a_use_that_passes_its_input_on_follows_what_comes_in(catalog):
    graph = two_exits()
    for gone in "defz":
        graph.apply(InBlock("two", RemoveNode(gone)))
    graph.apply(InBlock("two", Connect(Edge(Endpoint("in", "output"), Endpoint("y", "input")))))
    shapes = ShapeInference(catalog)
    for width in (3, 5):
        graph.apply(SetParam("i", "shape", [width]))
        found = shapes.infer(graph)
        assert found.nodes["a"].outputs["y"].shape == (None, width)
    again = shapes.infer(graph)
    assert again.nodes["a"] is found.nodes["a"]
