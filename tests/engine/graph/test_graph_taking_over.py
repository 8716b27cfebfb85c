"""Differences one by one: listed in words, taken over until nothing differs, written as tables."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import time

import pytest

from tests.engine.graph.test_graph_compare import CATALOG, edited, with_new_ids
from workbench.errors import GraphError, JobCancelled
from workbench.graph import (
    AddNode,
    Connect,
    Edge,
    Endpoint,
    Graph,
    InBlock,
    Node,
    RenameNode,
    SetParam,
)
from workbench.graph.alignment import align
from workbench.graph.blocking import group
from workbench.graph.blocks import layer_of
from workbench.graph.compare import as_change, compare, without_names
from workbench.graph.differences import COLUMNS, as_csv, as_markdown, differences
from workbench.graph.direction import towards
from workbench.graph.edits import add_after, delete, insert_on_edge
from workbench.graph.notes import Note
from workbench.graph.record_changes import PutRecord
from workbench.graph.taking_over import take_over, take_over_all


def line(*entries, stem="dense", first=0):
    """A chain of Dense layers of these units, with the names that Keras gives."""
    graph, above = Graph(), ""
    for row, units in enumerate(entries):
        number = row + first
        name = stem if not number else f"{stem}_{number}"
        node = Node(f"{stem}{random.random()}", "Dense", name, {"units": units}, (0.0, 110.0 * row))
        graph.apply(AddNode(node))
        if above:
            graph.apply(Connect(Edge(Endpoint(above, "output"), Endpoint(node.id, "input"))))
        above = node.id
    return graph


def row_of(found, mark, name):
    return next(r for r in differences(found) if r.mark == mark and r.name == name)


# ---- matching ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(200))
def test_alignment_is_a_longest_common_subsequence(seed):
    dice = random.Random(seed)
    a, b = ([dice.randrange(4) for _ in range(dice.randrange(14))] for _ in range(2))
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            best[i + 1][j + 1] = best[i][j] + 1 if x == y else max(best[i][j + 1], best[i + 1][j])
    pairs = align(a, b)
    assert len(pairs) == best[-1][-1]
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in itertools.pairwise(pairs))


def test_automatic_names_that_shifted_do_not_mislead():
    """dense, dense_1, dense_2 and one layer inserted: names now belong to other layers."""
    found = compare(line(64, 32, 16, 8), line(64, 48, 32, 16, 8))
    assert len(found.added) == 1 and not found.removed
    assert found.after.node(found.added[0]).params == {"units": 48}
    assert {f.name for fields in found.fields.values() for f in fields} <= {"name"}


def test_other_names_are_matched_by_structure():
    found = compare(line(64, 32, 16, 8, stem="hidden"), line(64, 32, 20, 8, stem="dense", first=3))
    assert not (found.added or found.removed or found.rewired)
    units = [f for fields in found.fields.values() for f in fields if f.name == "units"]
    assert [(f.before, f.after) for f in units] == [(16, 20)]


def test_a_persons_names_are_kept_to():
    before, after = line(8, 8, 8), line(8, 8, 8)
    for graph, names in ((before, "abc"), (after, "cab")):
        for node, name in zip(list(graph), names, strict=True):
            graph.apply(RenameNode(node.id, f"layer_{name}"))
    found = compare(before, after)
    partner = {after.node(n).name: before.node(o).name for n, o in found.partner.items()}
    assert partner == {"layer_a": "layer_a", "layer_b": "layer_b", "layer_c": "layer_c"} or (
        not found.rewired  # or all three renamed, which is no more
    )


def test_a_block_of_another_project_is_the_same_block(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dropout", {"rate": 0.1}), ("Dense", {"units": 2}))
    change, use = group(net.graph, ids[1:3], "part")
    net.graph.apply(change)
    text = json.dumps(net.graph.to_plain())
    block = next(iter(net.graph.records.of("block")))
    inner = list(net.graph.records.get("block", block).graph.nodes)
    for number, old in enumerate((block, *net.graph.nodes, *inner)):
        text = text.replace(old, f"other{number}x")
    other = Graph.from_plain(json.loads(text))
    found = compare(net.graph, other)
    assert found.same and differences(found) == ()
    made = net.graph.copy()
    made.apply(as_change(found))
    assert made == other
    node = next(n for n in other.records.get("block", "other0x").graph if n.layer == "Dense")
    other.apply(InBlock("other0x", SetParam(node.id, "units", 77)))
    found = compare(net.graph, other)
    (row,) = differences(found)
    assert (row.block, row.block_name, row.text) == ("other0x", "part", "units: 8 → 77")
    other.apply(take_over(found, row, CATALOG))
    assert compare(net.graph, other).same
    assert use in net.graph


def test_layers_that_were_grouped_say_where_they_are(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dropout", {"rate": 0.1}), ("Dense", {"units": 2}))
    before = net.graph.copy()
    net.graph.apply(group(net.graph, ids[1:3], "part")[0])
    rows = differences(compare(before, net.graph))
    assert [r.note for r in rows if r.mark == "removed"] == ["now in block part"] * 2
    back = differences(compare(net.graph, before))
    assert [r.note for r in back if r.mark == "added"] == ["was in block part"] * 2


@pytest.mark.parametrize("seed", range(30))
def test_a_network_equals_itself_and_sides_are_mirrors(seed):
    dice = random.Random(seed)
    first = edited(Graph(), dice, 30)
    second = edited(first, dice, 20)
    assert compare(first, first).same and differences(compare(first, first.copy())) == ()
    assert compare(first, with_new_ids(first)).same
    one, two = compare(first, second), compare(second, first)
    assert (one.added, one.removed) == (two.removed, two.added)
    assert (set(one.added_edges), set(one.removed_edges)) == (
        set(two.removed_edges), set(two.added_edges),
    )  # fmt: skip
    mirror = {"added": "removed", "removed": "added"}
    swapped = sorted((mirror.get(r.mark, r.mark), r.name) for r in differences(two))
    renamed = {f.before: f.after for fs in one.fields.values() for f in fs if f.name == "name"}
    assert sorted((r.mark, r.name) for r in differences(one)) == sorted(
        (mark, renamed.get(name, name) if mark in ("changed", "rewired") else name)
        for mark, name in swapped
    )


def test_how_a_network_is_drawn_does_not_count(net):
    net.chain(("Dense", {"units": 8}))
    before = net.graph.copy()
    net.graph.apply(towards(net.graph, "horizontal"))
    assert compare(before, net.graph).same
    net.graph.apply(PutRecord(Note("n", "Why", (0.0, 0.0, 9.0, 9.0))))
    noted = net.graph.copy()
    (row,) = differences(compare(before, net.graph))
    assert (row.mark, row.name, row.layer) == ("added", "Why", "Note")
    net.graph.apply(PutRecord(Note("n", "Why", (50.0, 0.0, 9.0, 9.0))))
    found = compare(noted, net.graph)
    assert found.same
    noted.apply(as_change(found))
    assert noted == net.graph


def test_names_may_be_left_out(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dense", {"units": 4}))
    net.graph.apply(group(net.graph, ids[2:], "part")[0])
    block = next(iter(net.graph.records.of("block")))
    before = net.graph.copy()
    net.graph.apply(RenameNode(ids[1], "other"))
    net.graph.apply(InBlock(block, RenameNode(ids[2], "inner")))
    found = compare(before, net.graph)
    assert len(differences(found)) == 2
    assert without_names(found).same and differences(without_names(found)) == ()
    net.graph.apply(SetParam(ids[1], "units", 9))
    (row,) = differences(without_names(compare(before, net.graph)))
    assert row.text == "units: 8 → 9"


# ---- taking over -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_taking_over_one_by_one_ends_where_nothing_differs(seed):
    dice = random.Random(5000 + seed)
    first = edited(Graph(), dice, 25)
    second = edited(first, dice, 25)
    for _ in range(400):
        found = compare(first, second)
        rows = list(differences(found))
        if not rows:
            break
        dice.shuffle(rows)
        for row in rows:
            try:
                change = take_over(found, row, CATALOG)
                undo = second.apply(change)
            except GraphError as error:
                assert error.message and error.remedy
                continue
            before = len(rows)
            again = second.copy()
            again.apply(undo)
            second_before = again
            assert compare(second_before, second).same is False or before == 0
            break
        else:
            raise AssertionError([(r.mark, r.name, r.text) for r in rows])
    assert compare(first, second).same


def with_blocks(dice):
    """A network with a block of some of its layers, and a later version of both."""
    first = edited(Graph(), dice, 25)
    for _ in range(20):
        chosen = dice.sample(list(first.nodes), min(len(first), 2))
        try:
            first.apply(group(first, chosen, "part")[0])
            break
        except GraphError:
            continue
    second = edited(first, dice, 12)
    for block_id in list(second.records.of("block")):
        inner = second.records.get("block", block_id).graph
        for _ in range(8):
            node = dice.choice(list(inner))
            what = dice.randrange(4)
            try:
                if what == 0:
                    change = SetParam(node.id, dice.choice("abc"), dice.randrange(5))
                elif what == 1:
                    change = RenameNode(node.id, f"r{dice.randrange(40)}")
                elif what == 2:
                    change = add_after(inner, CATALOG, "Dropout", Endpoint(node.id, "output"),
                                       (0.0, 0.0))[0]  # fmt: skip
                else:
                    edge = dice.choice(list(inner.edges))
                    change = insert_on_edge(inner, CATALOG, "ReLU", edge)[0]
                second.apply(InBlock(block_id, change))
            except (GraphError, IndexError):
                continue
    return first, second


@pytest.mark.parametrize("seed", range(40))
def test_taking_over_inside_blocks(seed):
    dice = random.Random(9000 + seed)
    one, two = with_blocks(dice)
    for before, after in ((one.copy(), two.copy()), (two, one)):
        whole = after.copy()
        whole.apply(take_over_all(compare(before, after)))
        assert whole == before
        for _ in range(300):
            rows = list(differences(compare(before, after)))
            if not rows:
                break
            dice.shuffle(rows)
            for row in rows:
                try:
                    after.apply(take_over(compare(before, after), row, CATALOG))
                    break
                except GraphError as error:
                    assert error.message
            else:
                raise AssertionError([(r.mark, r.name, r.text) for r in rows])
        assert compare(before, after).same


@pytest.mark.parametrize("seed", range(30))
def test_taking_over_from_a_network_of_other_origin(seed):
    """Every step that is possible is one; in the end nothing differs, though ids do."""
    dice = random.Random(7000 + seed)
    first = edited(Graph(), dice, 20)
    second = edited(first, dice, 15)
    first = with_new_ids(first)
    for _ in range(300):
        rows = list(differences(compare(first, second)))
        if not rows:
            break
        for row in rows:
            try:
                second.apply(take_over(compare(first, second), row, CATALOG))
                break
            except GraphError:
                continue
        else:
            raise AssertionError([(r.mark, r.name, r.text) for r in rows])
    assert compare(first, second).same


@pytest.mark.parametrize("seed", range(20))
def test_all_at_once_is_one_change(seed):
    dice = random.Random(seed)
    first = edited(Graph(), dice, 25)
    second = edited(first, dice, 25)
    kept = second.copy()
    undo = second.apply(take_over_all(compare(first, second)))
    assert second == first
    second.apply(undo)
    assert second == kept


def test_a_deleted_layer_comes_back_between_its_neighbours(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dropout", {"rate": 0.1}), ("Dense", {"units": 2}))
    before = net.graph.copy()
    net.graph.apply(delete(net.graph, [ids[2]], bridge=True))
    found = compare(before, net.graph)
    net.graph.apply(take_over(found, row_of(found, "removed", "dropout"), CATALOG))
    assert compare(before, net.graph).same and net.graph.edges.keys() == before.edges.keys()


def test_an_inserted_layer_goes_and_the_connection_is_as_before(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dense", {"units": 2}))
    before = net.graph.copy()
    edge = net.graph.incoming(ids[2])[0]
    net.graph.apply(insert_on_edge(net.graph, net.catalog, "Dropout", edge)[0])
    found = compare(before, net.graph)
    net.graph.apply(take_over(found, row_of(found, "added", "dropout"), CATALOG))
    assert net.graph == before


def test_one_parameter_of_several(net):
    ids = net.chain(("Dense", {"units": 8, "activation": "relu"}))
    before = net.graph.copy()
    net.graph.apply(SetParam(ids[1], "units", 9))
    net.graph.apply(SetParam(ids[1], "activation", "tanh"))
    found = compare(before, net.graph)
    net.graph.apply(take_over(found, row_of(found, "changed", "dense"), CATALOG, "activation"))
    assert net.graph.node(ids[1]).params == {"units": 9, "activation": "relu"}


def test_what_hangs_on_another_difference_says_so(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dense", {"units": 2}))
    before = net.graph.copy()
    net.graph.apply(delete(net.graph, [ids[1]], bridge=True))
    found = compare(before, net.graph)
    with pytest.raises(GraphError, match="was fed by dense") as caught:
        take_over(found, row_of(found, "rewired", "dense_2"), CATALOG)
    assert caught.value.remedy == "Take over dense first."


def test_a_use_of_a_block_comes_with_its_definition(net):
    ids = net.chain(("Dense", {"units": 8}), ("Dropout", {"rate": 0.1}))
    other = net.graph.copy()
    change, use = group(net.graph, ids[1:], "part")
    net.graph.apply(change)
    found = compare(net.graph, other)
    row = row_of(found, "removed", net.graph.node(use).name)
    other.apply(take_over(found, row, CATALOG))
    block = next(iter(net.graph.records.of("block")))
    assert other.node(use).layer == layer_of(block) and other.records.get("block", block)
    back = compare(other, net.graph)
    assert not [r for r in differences(back) if r.record]
    with pytest.raises(GraphError, match="is used by"):
        found = compare(Graph(), net.graph)
        take_over(found, next(r for r in differences(found) if r.record == "block"), CATALOG)


# ---- as text -----------------------------------------------------------------------------


def test_tables_hold_every_detail_and_no_formula(net):
    ids = net.chain(("Dense", {"units": 8}))
    before = net.graph.copy()
    net.graph.apply(RenameNode(ids[1], "=1+1|x"))
    net.graph.apply(SetParam(ids[1], "units", 9))
    net.graph.apply(add_after(net.graph, net.catalog, "Dropout", Endpoint(ids[1], "output"),
                              (0.0, 0.0))[0])  # fmt: skip
    rows = differences(compare(before, net.graph))
    table = list(csv.reader(io.StringIO(as_csv(rows))))
    assert table[0] == list(COLUMNS)
    assert table[1][:3] == ["Added", "dropout", "Dropout"]
    assert [line[4:] for line in table[2:]] == [["name", "dense", "'=1+1|x"], ["units", "8", "9"]]
    text = as_markdown(rows, "a", "b")
    assert text.startswith("# a → b\n") and "=1+1\\|x" in text
    assert "No differences." in as_markdown((), "a", "b")


# ---- size and cancelling ------------------------------------------------------------------


def large(count=10_000):
    graph, above = Graph(), ""
    for number in range(count):
        key = "Dense" if number % 2 else "Dropout"
        node = Node(f"n{number}", key, f"d{number}", {"units": number % 7}, (0.0, number * 100.0))
        graph.put_node(node)
        if above:
            graph.put_edge(Edge(Endpoint(above, "output"), Endpoint(node.id, "input")))
        above = node.id
    return graph


def test_ten_thousand_layers():
    first = large()
    second = with_new_ids(first)
    for number, node in enumerate(list(second)):
        second.put_node(Node(node.id, node.layer, f"k{number}", node.params, node.position))
    edge = second.outgoing("x5000")[0]
    second.apply(insert_on_edge(second, CATALOG, "ReLU", edge)[0])
    start = time.perf_counter()
    found = compare(first, second)
    seconds = time.perf_counter() - start
    assert len(found.added) == 1 and not found.removed and len(found.rewired) == 1
    assert seconds < 10


def test_many_differences_spread_over_a_large_network():
    """Repeating settings, other names, 500 differences: too many to align it as a whole."""
    first = large(8000)
    changed = first.copy()
    for number in range(0, 8000, 25):
        changed.apply(SetParam(f"n{number}", "units", 99))
    gone = [f"n{number}" for number in range(50, 8000, 100)]
    for node_id in gone:
        changed.apply(delete(changed, [node_id], bridge=True))
    second = with_new_ids(changed)
    for number, node in enumerate(list(second)):
        second.put_node(Node(node.id, node.layer, f"k{number}", node.params, node.position))
    found = without_names(compare(first, second))
    rows = differences(found)
    assert abs(len(found.removed) - len(gone)) <= 8 and len(found.added) <= 8
    assert len(rows) < 700


def test_networks_that_have_nothing_in_common():
    first, second = large(3000), Graph()
    for number in range(3000):
        second.put_node(Node(f"z{number}", "LSTM", f"z{number}", {"units": number}))
    found = compare(first, second)
    assert len(found.added) == len(found.removed) == 3000


def test_comparing_can_be_cancelled():
    first = large(3000)
    second = with_new_ids(first)
    turns = []

    def check():
        turns.append(1)
        if len(turns) == 3:
            raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        compare(first, second, check)
