"""Comparing networks: every sort of difference is named, and as Changes gives the other one."""

from __future__ import annotations

import random

import pytest

from workbench.catalog import load_catalog
from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    Node,
    PutRecord,
    RenameNode,
    SetParam,
)
from workbench.graph.blocking import group
from workbench.graph.changes import UNSET, SetTrainable
from workbench.graph.compare import MISSING, FieldChange, as_change, compare
from workbench.graph.edits import add_after, add_layer, delete, insert_on_edge, share
from workbench.graph.ignoring import Ignored


def with_new_ids(graph: Graph) -> Graph:
    """Return the same network as another project would hold it: other ids, same names."""
    names = {node.id: f"x{number}" for number, node in enumerate(graph)}
    plain = graph.to_plain()
    for node in plain["nodes"]:
        node["id"] = names[node["id"]]
        if node.get("shared_with"):
            node["shared_with"] = names[node["shared_with"]]
    for edge in plain["edges"]:
        text = repr(edge)
        for end in ("source", "target"):
            value = edge[end]
            if isinstance(value, list):
                value[0] = names[value[0]]
            elif isinstance(value, dict):
                value["node"] = names[value["node"]]
            else:
                raise AssertionError(text)
    return Graph.from_plain(plain)


@pytest.fixture
def pair(net):
    net.ids = net.chain(
        ("Dense", {"units": 16, "activation": "relu"}), ("Dropout", {"rate": 0.2}),
        ("Dense", {"units": 3, "activation": "softmax"}),
    )  # fmt: skip
    return net, net.graph.copy()


def test_a_network_is_the_same_as_itself(pair):
    net, before = pair
    found = compare(before, net.graph)
    assert found.same and found.partner == {i: i for i in net.ids}
    assert as_change(found).changes == ()
    net.graph.apply(MoveNodes({net.ids[0]: (5.0, 5.0)}))
    moved = compare(before, net.graph)
    assert moved.same
    before.apply(as_change(moved))
    assert before == net.graph


def test_parameters_names_and_freezing(pair):
    net, before = pair
    net.graph.apply(SetParam(net.ids[1], "units", 32))
    net.graph.apply(SetParam(net.ids[1], "activation", UNSET))
    net.graph.apply(SetParam(net.ids[1], "use_bias", False))
    net.graph.apply(RenameNode(net.ids[2], "drop"))
    net.graph.apply(SetTrainable(net.ids[3], False))
    found = compare(before, net.graph)
    assert found.fields == {
        net.ids[1]: (FieldChange("units", 16, 32), FieldChange("activation", "relu", MISSING),
                     FieldChange("use_bias", MISSING, False)),
        net.ids[2]: (FieldChange("name", "dropout", "drop"),),
        net.ids[3]: (FieldChange("trainable", True, False),),
    }  # fmt: skip
    assert not (found.added or found.removed or found.rewired)


def test_added_removed_and_rewired(pair):
    net, before = pair
    edge = net.graph.incoming(net.ids[1])[0]
    batch, new = insert_on_edge(net.graph, net.catalog, "BatchNormalization", edge)
    net.graph.apply(batch)
    net.graph.apply(delete(net.graph, [net.ids[2]], bridge=True))
    found = compare(before, net.graph)
    assert (found.added, found.removed) == ((new,), (net.ids[2],))
    assert set(found.rewired) == {net.ids[1], net.ids[3]}
    assert len(found.removed_edges) == 3 and len(found.added_edges) == 3
    before.apply(as_change(found))
    assert before == net.graph


def test_another_project_is_matched_by_names(pair):
    _, before = pair
    other = with_new_ids(before)
    found = compare(before, other)
    assert found.same
    assert [before.node(old).name for old in found.partner.values()] == [n.name for n in other]


def test_renamed_layers_of_another_project_are_matched_by_their_neighbours(pair):
    _, before = pair
    other = with_new_ids(before)
    for node in list(other)[1:]:
        other.apply(RenameNode(node.id, f"{node.name}_other"))
    found = compare(before, other)
    assert not found.added and not found.removed and not found.rewired
    assert {f.name for fields in found.fields.values() for f in fields} == {"name"}


def test_an_inserted_layer_does_not_shift_all_others(net):
    ids = net.chain(*[("Dense", {"units": 8})] * 6, shape=(8,))
    other = with_new_ids(net.graph)
    first = next(iter(other))
    edge = other.outgoing(first.id)[0]
    batch, new = insert_on_edge(other, net.catalog, "Dropout", edge)
    other.apply(batch)
    found = compare(net.graph, other)
    assert found.added == (new,) and not found.removed and not found.fields
    assert len(ids) == len(found.partner)


def test_a_layer_of_another_type_is_another_layer(pair):
    net, before = pair
    node = net.graph.node(net.ids[2])
    other = Graph.from_plain(net.graph.to_plain())
    other.apply(delete(other, [node.id]))
    other.apply(AddNode(Node(node.id, "GaussianNoise", node.name, {"stddev": 0.1})))
    found = compare(before, other)
    assert found.added == (node.id,) and found.removed == (node.id,)
    before.apply(as_change(found))
    assert before == other


def test_sharing(pair):
    net, before = pair
    change, twin = share(net.graph, net.ids[1], (0.0, 0.0))
    net.graph.apply(change)
    found = compare(before, net.graph)
    assert found.added == (twin,)
    back = compare(net.graph, before)
    assert back.removed == (twin,)
    copy = net.graph.copy()
    copy.apply(as_change(back))
    assert copy == before


def test_blocks_and_other_records(pair):
    net, before = pair
    change, use = group(net.graph, net.ids[1:3], "part")
    net.graph.apply(change)
    net.graph.apply(PutRecord(Ignored("no_nonlinearity", "n1")))
    found = compare(before, net.graph)
    assert use in found.added and set(found.removed) == set(net.ids[1:3])
    first = found.records[0]
    assert (first.kind, first.of, first.name) == ("added", "block", "part")
    there = before.copy()
    undo = there.apply(as_change(found))
    assert there == net.graph
    there.apply(undo)
    assert there == before
    later = net.graph.copy()
    block = next(iter(later.records.of("block").values()))
    inner = next(node for node in block.graph if node.layer == "Dense")
    from workbench.graph import InBlock

    later.apply(InBlock(block.id, SetParam(inner.id, "units", 99)))
    found = compare(net.graph, later)
    (record,) = found.records
    assert record.kind == "changed" and record.inside is not None
    assert record.inside.fields == {inner.id: (FieldChange("units", 16, 99),)}
    net.graph.apply(as_change(found))
    assert net.graph == later


CATALOG = load_catalog()
KEYS = ["Dense", "Dropout", "Add", "Concatenate", "ReLU", "LSTM", "InputLayer"]


def random_edit(graph: Graph, dice: random.Random) -> None:
    nodes, edges = list(graph), list(graph.edges)
    what = dice.randrange(9)
    place = (dice.uniform(-500, 500), dice.uniform(-500, 500))
    if what == 0 or not nodes:
        graph.apply(add_layer(graph, CATALOG, dice.choice(KEYS), place)[0])
        return
    node = dice.choice(nodes)
    if what == 1:
        graph.apply(add_after(graph, CATALOG, dice.choice(KEYS[:-1]),
                              Endpoint(node.id, "output"), place)[0])  # fmt: skip
    elif what == 2 and edges:
        graph.apply(insert_on_edge(graph, CATALOG, "Dropout", dice.choice(edges))[0])
    elif what == 3:
        graph.apply(delete(graph, [node.id], bridge=dice.random() < 0.5))
    elif what == 4:
        graph.apply(SetParam(node.id, dice.choice("abc"), dice.choice([1, True, 1.0, None, UNSET])))
    elif what == 5:
        graph.apply(RenameNode(node.id, f"r{dice.randrange(40)}"))
    elif what == 6:
        graph.apply(SetTrainable(node.id, dice.random() < 0.5))
    elif what == 7:
        graph.apply(share(graph, node.id, place)[0])
    else:
        other = dice.choice(nodes)
        from workbench.graph import Connect

        port = "inputs" if other.layer in ("Add", "Concatenate") else "input"
        graph.apply(Connect(Edge(Endpoint(node.id, "output"), Endpoint(other.id, port),
                                 dice.randrange(4))))  # fmt: skip


def edited(graph: Graph, dice: random.Random, edits: int) -> Graph:
    made = graph.copy()
    for _ in range(edits):
        try:
            random_edit(made, dice)
        except GraphError:
            continue
    return made


@pytest.mark.parametrize("seed", range(40))
def test_what_differs_applied_as_changes_gives_the_other_network(seed):
    dice = random.Random(seed)
    first = edited(Graph(), dice, 30)
    second = edited(first, dice, dice.randrange(40))
    for before, after in ((first, second), (second, first)):
        found = compare(before, after)
        made = before.copy()
        undo = made.apply(as_change(found))
        assert made == after
        assert compare(made, after).same
        made.apply(undo)
        assert made == before


@pytest.mark.parametrize("seed", range(40))
def test_foreign_networks_too(seed):
    """Other ids on the other side."""
    dice = random.Random(1000 + seed)
    first = edited(Graph(), dice, 25)
    second = with_new_ids(edited(first, dice, dice.randrange(25)))
    made = first.copy()
    undo = made.apply(as_change(compare(first, second)))
    assert made == second
    made.apply(undo)
    assert made == first


def test_a_large_network_is_compared_at_once(net):
    import time

    net.chain(*[("Dense", {"units": 8})] * 2000, shape=(8,))
    other = with_new_ids(net.graph)
    start = time.perf_counter()
    found = compare(net.graph, other)
    assert found.same
    assert time.perf_counter() - start < 2.0
