"""Advice about many layers in one row; repairs in blocks; layers that do not count."""

from __future__ import annotations

import pytest

from workbench.errors import Place
from workbench.graph import AddNode, Connect, Edge, Endpoint, Graph, InBlock, Node, PutRecord
from workbench.graph.advice import grouped
from workbench.graph.advice.grouping import FEWEST
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, layer_of
from workbench.graph.problems import Problem
from workbench.graph.records import Records

CONV = ("Conv2D", {"filters": 8, "kernel_size": 3, "padding": "same"})


def advice_of(net):
    return [p for p in net.infer().problems if p.why]


def test_the_same_advice_shares_a_row_and_a_repair(net):
    net.chain(*[CONV, "BatchNormalization", "ReLU"] * 5, ("Dropout", {"rate": 0}), shape=(8, 8, 3))
    rows = grouped(net.infer().problems)
    assert [(row.problem.code, len(row.members)) for row in rows] == [
        ("useless_bias", 5), ("dropout_nothing", 0)
    ]  # fmt: skip
    row = rows[0].problem
    assert row.message.startswith("Bias before BatchNormalization: 5 layers. ")
    assert [fix.label for fix in row.fixes] == ["Fix all (5)"]
    before = net.graph.copy()
    undo = net.graph.apply(row.fixes[0].change)
    assert [p.code for p in advice_of(net)] == ["dropout_nothing"]
    net.graph.apply(undo)
    assert net.graph == before
    net.graph.apply(rows[0].ignoring)
    assert [p.code for p in advice_of(net)] == ["dropout_nothing"]


def test_fewer_stay_alone_and_errors_always_do():
    def problem(code, number, severity="info", why="Because."):
        return Problem(code, severity, "Words.", Place("node", f"n{number}"), (), "", why)

    few = [problem("useless_bias", n) for n in range(FEWEST - 1)]
    assert [row.members for row in grouped(few)] == [()] * (FEWEST - 1)
    wrong = [problem("rank", n, "error", "") for n in range(9)]
    assert [row.problem for row in grouped(wrong)] == wrong


def test_repairs_that_take_layers_out_are_not_put_together(net):
    """Two neighbours that are both to go would each be joined to the other."""
    net.chain(*[("Dropout", {"rate": 0})] * 4, shape=(3,))
    (row,) = grouped(advice_of(net))
    assert len(row.members) == 4 and row.problem.fixes == ()
    assert all(problem.fixes for problem in row.members)


def block_with_bias():
    inner = Graph(Records())
    for node in (Node("in", BLOCK_INPUT, "image"), Node("unread", BLOCK_INPUT, "other"),
                 Node("conv", CONV[0], "conv", CONV[1]), Node("bn", "BatchNormalization", "norm"),
                 Node("relu", "ReLU", "relu"),
                 Node("out", BLOCK_OUTPUT, "image")):  # fmt: skip
        inner.apply(AddNode(node))
    for source, target in (("in", "conv"), ("conv", "bn"), ("bn", "relu"), ("relu", "out")):
        inner.apply(Connect(Edge(Endpoint(source, "output"), Endpoint(target, "input"))))
    return Block("stem", "Stem", inner)


@pytest.fixture
def used_four_times(net):
    """A block of convolution and normalisation, used four times one after the other."""
    net.graph.apply(PutRecord(block_with_bias()))
    at, port = net.add("InputLayer", {"shape": [8, 8, 3]}), "output"
    other = net.after(at, "Conv2D", {"filters": 500, "kernel_size": 1})
    for number in range(4):
        use = f"use{number}"
        net.graph.apply(AddNode(Node(use, layer_of("stem"), use)))
        net.graph.apply(Connect(Edge(Endpoint(at, port), Endpoint(use, "in"))))
        net.graph.apply(Connect(Edge(Endpoint(other, "output"), Endpoint(use, "unread"))))
        at, port = use, "out"
    net.after(at, "GlobalAveragePooling2D", port=port)
    net.other = other
    return net


def test_a_repair_in_a_block_names_the_layer_there_and_says_in_every_use(used_four_times):
    net = used_four_times
    (row,) = grouped(advice_of(net))
    assert {fix.label for p in row.members for fix in p.fixes} == {
        "Turn the bias off in every use"
    }  # fmt: skip
    assert (
        "In use0: The bias of 8 values of conv is taken away again by norm." in row.problem.message
    )
    change = row.problem.fixes[0].change
    assert len(change.changes) == 1 and isinstance(change.changes[0], InBlock)  # one definition
    net.graph.apply(change)
    assert advice_of(net) == []


def test_what_only_leads_into_an_input_that_is_not_read_counts_nowhere(used_four_times):
    from workbench.build.model import build_model

    net = used_four_times
    found = net.infer()
    model = build_model(net.graph, net.catalog, None)
    assert found.parameters == model.count_params()
    told = [p for p in found.problems if p.code == "not_read"]
    assert [(p.place.id, p.severity) for p in told] == [(net.other, "warning")]
    assert "is no part of the network" in told[0].message
    assert found.nodes[net.other].macs == 0 and found.nodes[net.other].output is not None
