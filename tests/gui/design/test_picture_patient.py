"""Figures that come bit by bit: however edits fall between the bits, all is right in the end."""

import random
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF

from ui.design.canvas import figure_set
from ui.design.canvas import picture as module
from ui.design.canvas.hits import edge_at, node_at, port_at
from ui.design.canvas.picture import Picture
from workbench.catalog import load_catalog
from workbench.errors import GraphError, Place
from workbench.graph import (
    AddNode,
    Batch,
    Connect,
    Edge,
    Endpoint,
    Graph,
    MoveNodes,
    Node,
    Problem,
    RenameNode,
)
from workbench.graph.edits import delete
from workbench.graph.inference import Inference, NodeInfo, TensorInfo

KINDS = ("Dense", "Add", "Flatten", "LSTM")


def change_of(chance, graph, number):
    """Return a change of one or of many layers, or None when none fits."""
    ids = list(graph.nodes)
    some = chance.sample(ids, min(len(ids), chance.choice((1, 2, 6))))
    kind = chance.randrange(6)
    if kind < 2 or len(ids) < 2:
        count = chance.choice((1, 5))
        new = [Node(f"n{number}_{i}", chance.choice(KINDS), f"n{number}_{i}", {},
                    (chance.randrange(4000) * 1.0, chance.randrange(4000) * 1.0))
               for i in range(count)]  # fmt: skip
        links = [Connect(Edge(Endpoint(a.id, "output"), Endpoint(b.id, "input")))
                 for a, b in pairwise(new)]  # fmt: skip
        return Batch((*map(AddNode, new), *links), "Add")
    if kind == 2:
        return MoveNodes({i: (chance.randrange(4000) * 1.0, 8.0) for i in some})
    if kind == 3:
        return delete(graph, some, bridge=False)
    if kind == 4:
        return RenameNode(some[0], f"r{number}")
    first, second = chance.sample(ids, 2)
    return Connect(Edge(Endpoint(first, "output"), Endpoint(second, "input"), number))


def seen(picture):
    whole = QRectF(-1e7, -1e7, 2e7, 2e7)
    nodes = {f.id: (f.node, f.shape, f.severity, f.rect.getRect(), f.inputs, f.outputs)
             for f in picture.nodes.values()}  # fmt: skip
    edges = {e: (round(f.start.x(), 6), round(f.start.y(), 6), round(f.end.x(), 6),
                 round(f.end.y(), 6), f.shape) for e, f in picture.edges.items()}  # fmt: skip
    return (
        nodes, edges, list(picture.nodes),
        {f.id for f in picture.node_index.inside(whole)},
        {f.edge for f in picture.edge_index.inside(whole)},
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_edits_between_the_bits_end_as_a_fresh_picture(qapp, monkeypatch, seed):
    monkeypatch.setattr(module, "MANY", 3)
    monkeypatch.setattr(figure_set, "_STEP", 1)
    chance, graph, picture = random.Random(seed), Graph(), Picture(load_catalog())
    picture.patient = True
    picture.show_graph(graph)
    undo, inference, problems = [], None, []
    for number in range(40):
        if undo and chance.random() < 0.25:
            change = undo.pop()
            graph.apply(change)
        else:
            try:
                change = change_of(chance, graph, number)
                undo.append(graph.apply(change))
            except GraphError:
                continue
        picture.touch(change)
        if chance.random() < 0.3:
            shape = TensorInfo((None, number))
            known = {i: NodeInfo({"output": shape}, number) for i in graph.nodes}
            inference = Inference(known)
            picture.set_inference(inference)
        if chance.random() < 0.3:
            bad = [i for i in graph.nodes if chance.random() < 0.5]
            problems = [Problem("odd", "error", "Odd.", Place("node", i)) for i in bad]
            picture.set_problems(problems)
        if chance.random() < 0.2:
            picture.lift(list(graph.nodes)[:2])
        for _ in range(chance.randrange(12)):
            picture._making._work(0.0)
            picture._wording._work(0.0)
        point = QPointF(chance.randrange(4000), chance.randrange(4000))
        hits = node_at(picture, point), edge_at(picture, point, 50.0), port_at(picture, point, 50.0)
        assert hits[0] is None or hits[0].id in graph
        assert hits[1] is None or hits[1].edge in graph.edges
        assert hits[2] is None or hits[2].end.node in graph
    picture.land()
    picture.finish()
    picture.finish()
    fresh = Picture(load_catalog())
    fresh.show_graph(graph)
    fresh.set_inference(inference)
    fresh.set_problems(problems)
    mine, theirs = seen(picture), seen(fresh)
    assert mine[0].keys() == theirs[0].keys()
    wrong = {i: (mine[0][i], theirs[0][i]) for i in mine[0] if mine[0][i] != theirs[0][i]}
    assert not wrong
    assert mine[1] == theirs[1]
    assert mine[3:] == theirs[3:]
