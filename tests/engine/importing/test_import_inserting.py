"""Another network beside the present one, or as one block: names, ports, places, one step back."""

import pytest

from workbench.errors import GraphError
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, Node
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, block_of, ports
from workbench.graph.expand import expand
from workbench.importing.inserting import box_of, insert_as_block, insert_beside


def network(*ends, inputs=("age", "words")):
    """Return a network with two inputs, a layer that joins them, and ends after it."""
    graph = Graph()
    for number, name in enumerate(inputs):
        node = Node(f"i{number}", "InputLayer", name, {"shape": [3]}, (number * 300.0, 0.0))
        graph.apply(AddNode(node))
    graph.apply(AddNode(Node("join", "Concatenate", "join", {}, (150.0, 120.0))))
    for number in range(len(inputs)):
        edge = Edge(Endpoint(f"i{number}", "output"), Endpoint("join", "inputs"), number)
        graph.apply(Connect(edge))
    for number, name in enumerate(ends):
        node = Node(f"e{number}", "Dense", name, {"units": 1}, (number * 300.0, 240.0))
        graph.apply(AddNode(node))
        graph.apply(Connect(Edge(Endpoint("join", "output"), Endpoint(node.id, "input"))))
    return graph


def test_beside_twice_gives_other_ids_other_names_and_no_overlap():
    graph = network("price")
    before = graph.copy()
    first, first_ids = insert_beside(graph, network("price", "rent"))
    undo_first = graph.apply(first)
    second, second_ids = insert_beside(graph, network("price", "rent"))
    undo_second = graph.apply(second)
    assert first.text == "Insert network beside"
    assert len(graph) == 4 + 5 + 5 and not set(first_ids) & set(second_ids)
    assert len({node.name for node in graph}) == len(graph)
    assert len(graph.edges) == 3 + 4 + 4
    parts = [["i0", "i1", "join", "e0"], first_ids, second_ids]
    lefts = [min(graph.node(i).position[0] for i in part) for part in parts]
    rights = [max(graph.node(i).position[0] for i in part) for part in parts]
    assert rights[0] + 288 < lefts[1] and rights[1] + 288 < lefts[2]
    graph.apply(undo_second)
    graph.apply(undo_first)
    assert graph == before


def test_a_block_has_the_inputs_and_outputs_as_named_ports():
    graph, other = network("price"), network("price", "rent")
    change, use_id = insert_as_block(graph, other, "saved model", (900.0, 40.0))
    graph.apply(change)
    use = graph.node(use_id)
    block = block_of(graph.records, use.layer)
    assert use.position == (900.0, 40.0) and block.name == "saved model"
    assert [port.name for port in ports(block, BLOCK_INPUT)] == ["age", "words"]
    assert [port.name for port in ports(block, BLOCK_OUTPUT)] == ["price_output", "rent_output"]
    assert "InputLayer" not in [node.layer for node in block.graph]
    assert [node.layer for node in expand(graph).graph].count("Dense") == 3
    again, second = insert_as_block(graph, other, "saved model")
    graph.apply(again)
    assert graph.node(second).name != use.name and graph.node(second).layer != use.layer
    assert other == network("price", "rent")


def test_a_block_is_one_step_back():
    graph = network("price")
    before = graph.copy()
    change, _ = insert_as_block(graph, network("rent"), "other")
    graph.apply(graph.apply(change))
    assert graph == before


def test_inputs_alone_are_no_block():
    alone = Graph()
    alone.apply(AddNode(Node("a", "InputLayer", "a", {"shape": [1]})))
    with pytest.raises(GraphError, match="no layers besides"):
        insert_as_block(Graph(), alone, "alone")
    assert box_of(Graph()) is None
