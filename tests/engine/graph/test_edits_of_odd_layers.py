"""Edits of layers with several outputs, of formulas outside of blocks, of names that are taken."""

import pytest

from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.graph import AddNode, Edge, Endpoint, Graph, Node, RenameNode
from workbench.graph.checks import check_graph
from workbench.graph.compare import compare
from workbench.graph.differences import differences
from workbench.graph.edits import delete, freeze, share
from workbench.graph.formulas import formula
from workbench.graph.taking_over import take_over

CATALOG = load_catalog()


def network(*nodes):
    graph = Graph()
    for node in nodes:
        graph.put_node(node)
    return graph


def join(graph, source, target, out="output", into="input"):
    graph.put_edge(Edge(Endpoint(source, out), Endpoint(target, into)))


def test_what_led_into_a_recurrent_layer_does_not_become_the_state_of_another():
    graph = network(
        Node("i", "InputLayer", "i"),
        Node("a", "LSTM", "a", {"return_state": True}),
        Node("b", "LSTM", "b"),
    )
    join(graph, "i", "a")
    join(graph, "a", "b")
    join(graph, "a", "b", "state_h", "initial_state")
    graph.apply(delete(graph, ["a"], bridge=True))
    assert not graph.edges


def test_a_formula_outside_of_blocks_is_told_as_one():
    graph = network(
        Node("i", "InputLayer", "i", {"shape": [2]}),
        Node("d", "Dense", "d", {"units": formula("width * 2")}),
    )
    join(graph, "i", "d")
    (problem,) = [p for p in check_graph(graph, CATALOG) if p.place.id == "d"]
    assert problem.message == (
        "d: units follows a parameter of a block (width * 2), and this layer stands in none; "
        "give it a value."
    )
    assert problem.fixes


def test_a_name_that_another_layer_has_now_is_not_taken_over():
    before = network(Node("a", "ReLU", "first"))
    after = before.copy()
    after.apply(RenameNode("a", "other"))
    after.apply(AddNode(Node("b", "ReLU", "first")))
    found = compare(before, after)
    (row,) = [row for row in differences(found) if row.mark == "changed"]
    with pytest.raises(GraphError, match="called first already") as refused:
        take_over(found, row, CATALOG)
    assert "then other" in refused.value.remedy


def test_all_that_apply_a_layer_are_frozen_together():
    graph = network(Node("d", "Dense", "d", {"units": 2}), Node("e", "Dense", "e", {"units": 2}))
    change, again = share(graph, "d", (0.0, 0.0))
    graph.apply(change)
    before = graph.copy()
    undo = graph.apply(freeze(graph, [again]))
    assert {node.id: node.trainable for node in graph} == {"d": False, "e": True, again: False}
    change, third = share(graph, again, (0.0, 0.0))
    graph.apply(change)
    assert not graph.node(third).trainable
    graph.apply(freeze(graph, [third, "e"], trainable=True))
    assert all(node.trainable for node in graph)
    graph.apply(delete(graph, [third]))
    graph.apply(freeze(graph, ["d"]))
    graph.apply(undo)
    assert graph == before
