"""Expanding again after an edit gives what expanding from the start gives, and costs the edit."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    MoveNodes,
    Node,
    PutRecord,
    RemoveNode,
    RenameNode,
    SetParam,
)
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, blocks, layer_of
from workbench.graph.changes import UNSET, SetTrainable
from workbench.graph.edits import delete, share
from workbench.graph.expand import Expander, expand
from workbench.graph.formulas import formula
from workbench.graph.record_changes import DropRecord
from workbench.graph.records import Records


def chained(nodes, graph):
    for node in nodes:
        graph.apply(AddNode(node))
    for before, node in pairwise(nodes):
        target = Endpoint(node.id, "in" if node.layer.startswith("block:") else "input")
        port = "out" if before.layer.startswith("block:") else "output"
        graph.apply(Connect(Edge(Endpoint(before.id, port), target)))
    return graph


def chain(*layers):
    ends = Node("in", BLOCK_INPUT, "in"), Node("out", BLOCK_OUTPUT, "out")
    return chained([ends[0], *layers, ends[1]], Graph(Records()))


def start():
    """Uses inside uses, repeated, shared, frozen, with names that meet each other."""
    graph = Graph()
    dense = Node("d", "Dense", "dense", {"units": formula("units")})
    units = (ParamSpec("units", "int", default=4),)
    graph.apply(PutRecord(Block("one", "One", chain(dense, Node("r", "ReLU", "relu")), units)))
    inner = [Node("p", layer_of("one"), "first", {"units": formula("units * 2")}),
             Node("q", layer_of("one"), "second", shared_with="p")]  # fmt: skip
    graph.apply(PutRecord(Block("two", "Two", chain(*inner), units)))
    return chained(
        [
            Node("i", "InputLayer", "x", {"shape": [4]}),
            Node("a", layer_of("two"), "a", {"units": 3}),
            Node("b", layer_of("one"), "b", {"repeat": 3, "units": 5}),
            Node("c", layer_of("two"), "c", shared_with="a", trainable=False),
            Node("e", "Dense", "b_2_dense", {"units": 1}),
        ],
        graph,
    )


def told(expanded):
    flat = expanded.graph
    return (
        list(flat),
        dict.fromkeys(sorted(flat.edges, key=repr)),
        {node.id: sorted(flat.sharers(node.id)) for node in flat},
        dict(expanded.path_of),
        expanded.problems,
        expanded.renamed,
        {at: (s.prefix, s.path, s.values, s.owner, s.trainable, s.name)
         for at, s in expanded.scopes.items()},
    )  # fmt: skip


@st.composite
def edits(draw, graph, inside=False):
    """Draw an edit of a network, or of the network in a block."""
    known = blocks(graph.records)
    kind = draw(st.integers(0, 13))
    if kind >= 9 and not inside and known:
        block = draw(st.sampled_from(known))
        if kind == 9:
            return DropRecord(Block.kind, block.id)
        return InBlock(block.id, draw(edits(block.graph, True)))
    ids = list(graph.nodes) or ["none"]
    node = draw(st.sampled_from(ids))
    if kind == 0:
        layer = draw(st.sampled_from(["Dense", *(layer_of(block.id) for block in known)]))
        name = draw(st.sampled_from(["a", "b_dense", "a_first_dense", "dense", "new"]))
        before = draw(st.sampled_from(["", *ids]))
        return AddNode(Node(f"n{draw(st.integers(0, 9))}", layer, name), before)
    if kind == 1:
        return RemoveNode(node) if draw(st.booleans()) else delete(graph, [node], bridge=True)
    if kind == 2:
        name = draw(st.sampled_from(["units", "repeat"]))
        values = st.sampled_from([1, 2, UNSET, "x", formula("units + 1"), formula("width")])
        return SetParam(node, name, draw(values))
    if kind == 3:
        return RenameNode(node, draw(st.sampled_from(["a", "b", "a_first", "relu", "b_2_dense"])))
    if kind == 4:
        return SetTrainable(node, draw(st.booleans()))
    if kind == 5:
        return MoveNodes({node: (float(draw(st.integers(-9, 9))), 0.0)})
    if kind == 6 and graph.edges:
        return Disconnect(draw(st.sampled_from(sorted(graph.edges, key=repr))))
    if kind == 7:
        return group(graph, [node, draw(st.sampled_from(ids))], "Made")[0]
    if kind == 8:
        return ungroup(graph, node)[0] if draw(st.booleans()) else share(graph, node, (1, 1))[0]
    ports = st.sampled_from(["input", "in", "out", "output"])
    return Connect(Edge(Endpoint(node, draw(ports)), Endpoint(draw(st.sampled_from(ids)), "in")))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_expanding_again_gives_what_expanding_gives(data):
    graph, expander = start(), Expander()
    undo = []
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            undo.append(graph.apply(data.draw(edits(graph))))
        except GraphError:
            continue
        assert told(expander.expand(graph)) == told(expand(graph))
    for change in reversed(undo):
        graph.apply(change)
        assert told(expander.expand(graph)) == told(expand(graph))


def test_names_in_blocks_give_way_to_names_outside():
    expanded = expand(start())
    names = [node.name for node in expanded.graph]
    assert len(names) == len(set(names))
    assert expanded.graph.node("e").name == "b_2_dense"
    assert expanded.graph.node("b#2/d").name == "b_2_dense_2"
    assert expanded.renamed


def test_an_edit_leaves_the_rest_of_the_expanded_network_alone():
    graph, expander = start(), Expander()
    first = expander.expand(graph).graph
    before = {node.id: node for node in first}
    graph.apply(SetParam("b", "units", 9))
    second = expander.expand(graph).graph
    assert second is first
    renewed = {node.id for node in second if node is not before[node.id]}
    assert renewed == {"b/d", "b#2/d", "b#3/d"}
    graph.apply(InBlock("one", MoveNodes({"r": (5.0, 5.0)})))
    assert expander.expand(graph).graph is first
    assert first.node("a/p/r").position == (5.0, 5.0)
    graph.apply(InBlock("one", RemoveNode("r")))
    third = expander.expand(graph).graph
    assert third is not first
    assert third.node("a/p/d") is first.node("a/p/d")
