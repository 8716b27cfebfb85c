"""Grouping layers into blocks and taking them apart: the network stays the same network."""

import pytest

from workbench.errors import GraphError
from workbench.graph import AddNode, Batch, Connect, Edge, Endpoint, Graph, InBlock, Node, SetParam
from workbench.graph.adopting import adopt, needed
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import BLOCK_OUTPUT, blocks, layer_of
from workbench.graph.expand import expand
from workbench.graph.formulas import compose, evaluate, formula


def chain(*layers):
    graph = Graph()
    graph.apply(AddNode(Node("i", "InputLayer", "input", {"shape": [8]})))
    before = "i"
    for node_id, key, params in layers:
        graph.apply(AddNode(Node(node_id, key, node_id, params)))
        graph.apply(Connect(Edge(Endpoint(before, "output"), Endpoint(node_id, "input"))))
        before = node_id
    return graph


def structure(graph):
    """Layers with their parameters and neighbours, whatever ids and names they have."""
    flat = expand(graph).graph

    def sort_of(node_id):
        node = flat.node(node_id)
        return (node.layer, str(sorted(node.params.items())), node.trainable)

    return sorted(
        (
            sort_of(node.id),
            sorted((sort_of(e.source.node), e.source.port, e.target.port, e.index)
                   for e in flat.incoming(node.id)),
        )
        for node in flat
    )  # fmt: skip


DENSE = [(f"d{i}", "Dense", {"units": 3 + i}) for i in range(5)]


@pytest.mark.parametrize("chosen", [["d1"], ["d1", "d2"], ["d0", "d1", "d2", "d3", "d4"], ["d4"]])
def test_a_group_taken_apart_is_what_it_was(chosen):
    graph = chain(*DENSE)
    before, plain = structure(graph), graph.copy()
    change, use = group(graph, chosen, "Part")
    undo = graph.apply(change)
    assert structure(graph) == before
    assert graph.node(use).layer == layer_of(blocks(graph.records)[0].id)
    assert not any(node_id in graph for node_id in chosen)
    apart, made = ungroup(graph, use)
    again = graph.apply(apart)
    assert structure(graph) == before
    assert len(made) == len(chosen)
    graph.apply(again)
    graph.apply(undo)
    assert graph == plain


def test_borders_become_ports_once_per_tensor():
    graph = chain(*DENSE[:2])
    for index, node in enumerate(("i", "d0", "d1")):
        if index == 0:
            graph.apply(AddNode(Node("sum", "Concatenate", "sum")))
        edge = Edge(Endpoint(node, "output"), Endpoint("sum", "inputs"), index)
        graph.apply(Connect(edge))
    before = structure(graph)
    change, use = group(graph, ["d0", "d1"], "Two")
    graph.apply(change)
    (block,) = blocks(graph.records)
    assert len(graph.incoming(use)) == 1
    assert len(graph.outgoing(use)) == 2
    assert sum(node.layer == BLOCK_OUTPUT for node in block.graph) == 2
    assert structure(graph) == before


def test_a_layer_between_must_come_along():
    graph = chain(*DENSE)
    with pytest.raises(GraphError, match="d1 lies between"):
        group(graph, ["d0", "d2"], "Hole")


def test_inputs_stay_outside_and_nothing_is_refused_by_name():
    graph = chain(*DENSE)
    with pytest.raises(GraphError, match="nothing to group"):
        group(graph, ["i"], "Input")
    change, _ = group(graph, ["i", "d0"], "First")
    graph.apply(change)
    assert "i" in graph


def test_weights_that_are_shared_across_the_border_are_named():
    graph = chain(*DENSE[:2])
    graph.apply(AddNode(Node("again", "Dense", "again", shared_with="d1")))
    graph.apply(Connect(Edge(Endpoint("d1", "output"), Endpoint("again", "input"))))
    with pytest.raises(GraphError, match="shares its weights with again"):
        group(graph, ["d1"], "Half")
    change, _ = group(graph, ["d1", "again"], "Both")
    graph.apply(change)
    flat = expand(graph).graph
    assert sum(bool(node.shared_with) for node in flat) == 1


def test_copies_of_a_repeated_block_follow_each_other_when_taken_apart():
    graph = chain(*DENSE)
    change, use = group(graph, ["d1", "d2"], "Pair")
    graph.apply(change)
    graph.apply(SetParam(use, "repeat", 3))
    before = structure(graph)
    apart, made = ungroup(graph, use)
    graph.apply(apart)
    assert len(made) == 6
    assert structure(graph) == before


def test_groups_nest_and_parameters_pass_through():
    graph = chain(*DENSE)
    change, use = group(graph, ["d1", "d2"], "Outer")
    graph.apply(change)
    (outer,) = blocks(graph.records)
    graph.apply(InBlock(outer.id, SetParam("d1", "units", formula("width * 2"))))
    from dataclasses import replace

    from workbench.catalog.schema import ParamSpec
    from workbench.graph import PutRecord

    (outer,) = blocks(graph.records)
    width = ParamSpec("width", "int", default=5)
    graph.apply(PutRecord(replace(outer, params=(width,))))
    before = structure(graph)
    (outer,) = blocks(graph.records)
    inner, inner_use = group(outer.graph, ["d1"], "Inner", outer)
    graph.apply(InBlock(outer.id, inner))
    assert structure(graph) == before
    assert outer.graph.node(inner_use).params == {"width": formula("width")}
    graph.apply(SetParam(use, "width", 7))
    assert any(node.params.get("units") == 14 for node in expand(graph).graph)
    graph.apply(ungroup(graph, use)[0])
    (left,) = [node for node in graph if node.layer.startswith("block:")]
    assert left.params == {"width": 7}
    graph.apply(ungroup(graph, left.id)[0])
    assert any(node.params.get("units") == 14 for node in graph)


def test_definitions_go_into_another_document_once():
    graph = chain(*DENSE)
    change, use = group(graph, ["d1", "d2"], "Pair")
    graph.apply(change)
    wanted = needed(graph.records, [graph.node(use).layer])
    other = Graph()
    first, keys = adopt(other.records, wanted)
    other.apply(Batch(tuple(first), "Bring"))
    assert keys == {}
    assert adopt(other.records, wanted) == ([], {})
    (block,) = blocks(other.records)
    other.apply(InBlock(block.id, SetParam("d1", "units", 99)))
    second, keys = adopt(other.records, wanted)
    other.apply(Batch(tuple(second), "Bring"))
    assert keys.keys() == {graph.node(use).layer}
    assert [block.name for block in blocks(other.records)] == ["Pair", "Pair 2"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("filters", 6), ("filters * 4", 24), ("filters // 4", 1), ("-(filters - 8)", 2),
     ("filters / 4", 1.5), ("2 * filters % 5", 2)],
)  # fmt: skip
def test_formulas_are_calculated(text, value):
    assert evaluate(text, {"filters": 6}) == value


@pytest.mark.parametrize(
    "text",
    ["", "filters +", "filters ** 9", "len(filters)", "filters.real", "[filters]", "lambda: 1",
     "1 / 0", "9e999", "width", "'a' * 3", "filters if 1 else 2", "(" * 150, "10 * name"],
)  # fmt: skip
def test_formulas_that_are_none_are_refused(text):
    with pytest.raises(GraphError):
        evaluate(text, {"filters": 6, "name": "x"})


def test_formulas_of_an_outer_block_are_put_in():
    inner = formula("filters * 2")
    assert compose(inner, {"filters": formula("width + 1")}) == formula("(width + 1) * 2")
    assert compose(inner, {"filters": 5}) == 10
    assert compose([inner, 3], {"filters": 5}) == [10, 3]


def test_what_layers_pass_by_comes_in_the_lane_where_its_way_was_free():
    """A residual block: the connection that skips its layers must not run behind them."""
    graph = Graph()
    for node_id, layer, position in [
        ("i", "InputLayer", (100.0, 0.0)),
        ("a", "Dense", (0.0, 100.0)),
        ("b", "Dense", (0.0, 200.0)),
        ("sum", "Add", (100.0, 300.0)),
    ]:
        graph.apply(AddNode(Node(node_id, layer, node_id, position=position)))
    for source, target, port, index in [
        ("i", "a", "input", 0), ("a", "b", "input", 0),
        ("b", "sum", "inputs", 0), ("i", "sum", "inputs", 1),
    ]:  # fmt: skip
        edge = Edge(Endpoint(source, "output"), Endpoint(target, port), index)
        graph.apply(Connect(edge))
    graph.apply(group(graph, ["a", "b", "sum"], "Residual")[0])
    inner = blocks(graph.records)[0].graph
    (entry,) = (node for node in inner if node.layer == "BlockInput")
    assert entry.position[0] == 100.0
    assert entry.position[1] < inner.node("a").position[1]
