"""A long random walk through the edits of a network with blocks: every step undone and redone.

Steps are drawn with the present network in view, so that most of them fit; some do not, and must
leave everything as it was. One seed gives one walk.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbench.catalog.schema import ParamSpec
from workbench.errors import GraphError
from workbench.graph import (
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    DropRecord,
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
    change_from_plain,
)
from workbench.graph.blocking import group, ungroup
from workbench.graph.blocks import BLOCK_INPUT, BLOCK_OUTPUT, Block, blocks, layer_of
from workbench.graph.changes import UNSET, SetTrainable
from workbench.graph.clipboard import copy, paste
from workbench.graph.edits import delete, share
from workbench.graph.formulas import formula

LEG = 100
"""Changes between two comparisons."""
_MOST_NODES = 40
_MOST_BLOCKS = 12
_LAYERS = ("Dense", "Conv2D", "Add", "ops.matmul", "InputLayer", "LSTM")


class Walk:
    """One walk.

    Args:
        seed: Where it leads.

    Attributes:
        made: Changes that were made, undoing and redoing not counted.
        refused: Changes that did not fit.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._graph = Graph()
        self._replayed = Graph()
        self._count = 0
        self.made = self.refused = 0

    def leg(self) -> None:
        """Make some changes; undo them all, redo them all; replay them; write and read."""
        start = self._graph.copy()
        forwards: list[Change] = []
        backwards: list[Change] = []
        for _ in range(LEG):
            change = self._draw(self._graph)
            if change is None:
                continue
            try:
                inverse = self._graph.apply(change)
            except GraphError:
                self.refused += 1
                continue
            self.made += 1
            forwards.append(change)
            backwards.append(inverse)
        end = self._graph.copy()
        for change in forwards:
            self._replayed.apply(change_from_plain(change.to_plain()))
        assert self._replayed == end, "the journal's changes give another network"
        again = [self._graph.apply(inverse) for inverse in reversed(backwards)]
        assert self._graph == start, "undoing does not lead back"
        for change in reversed(again):
            self._graph.apply(change)
        assert self._graph == end, "redoing does not lead there again"
        assert Graph.from_plain(end.to_plain()) == end, "writing and reading changes it"
        _check_indexes(self._graph)

    def refused_leaves_all(self) -> None:
        """Make changes that do not fit; nothing may have changed."""
        before = self._graph.copy()
        for _ in range(10):
            bad = self._bad()
            try:
                undo = self._graph.apply(bad)
            except GraphError:
                continue
            self._graph.apply(undo)
        assert self._graph == before, "a refused change left something behind"

    # ---- drawing ---------------------------------------------------------------------------

    def _draw(self, graph: Graph, depth: int = 0) -> Change | None:
        chance = self._chance
        ids = list(graph.nodes)
        if not ids or (len(ids) < _MOST_NODES and chance.random() < 0.2):
            return self._add(graph, depth)
        node = chance.choice(ids)
        kinds: list[Callable[[], Change | None]] = [
            lambda: self._connect(ids),
            lambda: self._connect(ids),
            lambda: self._disconnect(graph),
            lambda: self._set(node),
            lambda: SetTrainable(node, chance.random() < 0.5),
            lambda: RenameNode(node, f"name_{chance.randrange(60)}"),
            lambda: MoveNodes({n: (chance.uniform(-9, 9), 1.5) for n in chance.sample(ids, 1)}),
            lambda: RemoveNode(node),
            lambda: delete(graph, chance.sample(ids, min(3, len(ids))), bridge=True),
            lambda: share(graph, node, (1.0, 2.0))[0],
            lambda: self._paste(graph, ids),
            lambda: self._several(graph, depth),
            lambda: self._group(graph, ids),
            lambda: ungroup(graph, node)[0] if graph.node(node).layer.startswith("block") else None,
            lambda: self._block(graph),
            lambda: self._inside(graph, depth),
            lambda: self._inside(graph, depth),
        ]
        try:
            return chance.choice(kinds)()
        except GraphError:
            self.refused += 1
            return None

    def _add(self, graph: Graph, depth: int) -> Change:
        chance = self._chance
        self._count += 1
        known = [layer_of(block.id) for block in blocks(graph.records)]
        layer = chance.choice([*_LAYERS, *known, *((BLOCK_INPUT, BLOCK_OUTPUT) * (depth > 0))])
        before = chance.choice([*list(graph.nodes)[:5], ""]) if chance.random() < 0.3 else ""
        return AddNode(Node(f"n{self._count}", layer, f"name_{chance.randrange(60)}"), before)

    def _connect(self, ids: list[str]) -> Change:
        chance = self._chance
        source, target = chance.choice(ids), chance.choice(ids)
        port = chance.choice(["input", "inputs", "x1"])
        return Connect(
            Edge(Endpoint(source, "output"), Endpoint(target, port), chance.randrange(3))
        )

    def _disconnect(self, graph: Graph) -> Change | None:
        edges = list(graph.edges)
        return Disconnect(self._chance.choice(edges)) if edges else None

    def _set(self, node: str) -> Change:
        chance = self._chance
        values: list[Any] = [1, 2.5, "relu", None, [3, 3], UNSET, formula("filters * 2")]
        return SetParam(node, chance.choice(["units", "filters", "repeat"]), chance.choice(values))

    def _paste(self, graph: Graph, ids: list[str]) -> Change | None:
        if len(ids) > _MOST_NODES:
            return None
        chosen = self._chance.sample(ids, min(3, len(ids)))
        return paste(graph, copy(graph, chosen), (4.0, 4.0))[0]

    def _several(self, graph: Graph, depth: int) -> Change | None:
        parts = [self._draw(graph, depth) for _ in range(3)] if depth < 2 else []
        return Batch(tuple(part for part in parts if part is not None), "Several")

    def _group(self, graph: Graph, ids: list[str]) -> Change | None:
        if len(blocks(graph.records)) >= _MOST_BLOCKS:
            return None
        chosen = self._chance.sample(ids, min(self._chance.randrange(1, 4), len(ids)))
        return group(graph, chosen, f"Block {self._chance.randrange(9)}")[0]

    def _block(self, graph: Graph) -> Change | None:
        known = blocks(graph.records)
        if not known:
            return None
        block = self._chance.choice(known)
        if self._chance.random() < 0.3:
            return DropRecord(Block.kind, block.id)
        params = (ParamSpec("filters", "int", default=self._chance.randrange(9)),)
        return PutRecord(replace(block, params=params, name=f"Other {self._chance.randrange(9)}"))

    def _inside(self, graph: Graph, depth: int) -> Change | None:
        known = blocks(graph.records)
        if not known or depth:
            return None
        block = self._chance.choice(known)
        change = self._draw(block.graph, depth + 1)
        return InBlock(block.id, change) if change is not None else None

    def _bad(self) -> Change:
        chance = self._chance
        fine = [c for c in (self._draw(self._graph) for _ in range(2)) if c is not None]
        wrong = chance.choice([
            RemoveNode("nowhere"), InBlock("nowhere", RemoveNode("x")), DropRecord("block", "no"),
            Connect(Edge(Endpoint("no", "output"), Endpoint("no", "input"))),
        ])  # fmt: skip
        return Batch((*fine, wrong), "Bad")


def _check_indexes(graph: Graph) -> None:
    """Compare what the network keeps beside its nodes with what they say."""
    fresh = Graph.from_plain(graph.to_plain())
    assert list(graph.nodes) == list(fresh.nodes), "the order of the nodes"
    assert graph.has_name_faults == fresh.has_name_faults, "the names"
    for node in graph:
        assert set(graph.incoming(node.id)) == set(fresh.incoming(node.id)), "edges into a node"
        assert set(graph.outgoing(node.id)) == set(fresh.outgoing(node.id)), "edges out of a node"
        assert set(graph.sharers(node.id)) == set(fresh.sharers(node.id)), "who shares a layer"
        assert graph.name_taken(node.name)
    assert graph.free_name("name_1") == fresh.free_name("name_1"), "the next free name"
